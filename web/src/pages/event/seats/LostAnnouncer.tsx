import { useEffect, useRef } from "preact/hooks";
import { t } from "../../../i18n/index.ts";
import { shortName } from "../../../map/index.ts";
import { toast } from "../../../ui/index.ts";
import type { Desk } from "./desk.ts";

/** Says which of the chosen seats somebody else was quicker to get. */
export function LostAnnouncer({ desk }: { desk: Desk }) {
  const told = useRef<ReadonlySet<number>>(new Set());
  const lost = desk.basket.lost.value;
  const plan = desk.open.plan.value;
  useEffect(() => {
    for (const [unit, reason] of lost) {
      if (told.current.has(unit) || !plan) continue;
      const seat = shortName(plan, unit);
      toast(t(reason === "blocked" ? "map.justBlocked" : "map.justTaken", { seat }), "bad");
    }
    told.current = new Set(lost.keys());
  }, [lost, plan]);
  return null;
}
