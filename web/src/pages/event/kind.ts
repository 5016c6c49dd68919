import type { PlanIndex } from "../../client/plan.ts";

export type EventKind = "seats" | "flash" | "cafe";

/** Which page shows it: by what can be picked there. */
export function kindOf({ plan }: PlanIndex): EventKind {
  const hasPlaces = plan.units.some((unit) => unit.kind !== "item" && !unit.closed);
  if (hasPlaces) return "seats";
  return plan.offers.length > 0 ? "cafe" : "flash";
}
