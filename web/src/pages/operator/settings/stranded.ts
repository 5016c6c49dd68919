import type { ProblemDetails } from "../../../client/types.gen.ts";

/** Why a unit cannot become what a new plan says. */
const REASONS = ["closed", "relabelled", "capacity"] as const;
export type Reason = (typeof REASONS)[number];

export interface Stranded {
  /** Its id, where the server names it. */
  unit: string;
  reason: Reason | undefined;
  detail: string;
}

/**
 * What stands in the way of a new plan (`would_strand_holder`). `units` and `errors` go in step where both are there;
 * each reason is an error's code.
 */
export function strandedOf(problem: Pick<ProblemDetails, "units" | "errors">): readonly Stranded[] {
  const units = problem.units ?? [];
  const errors = problem.errors ?? [];
  const count = Math.max(units.length, errors.length);
  return Array.from({ length: count }, (_, place) => {
    const error = errors[place];
    const reason = REASONS.find((known) => known === error?.code);
    return { unit: units[place] ?? error?.pointer ?? "", reason, detail: error?.detail ?? "" };
  });
}
