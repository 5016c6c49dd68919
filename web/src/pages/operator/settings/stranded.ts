import { isLoose, objects, text } from "../document/loose.ts";

/** Why a unit cannot become what a new plan says. */
const REASONS = ["closed", "relabelled", "capacity"] as const;
export type Reason = (typeof REASONS)[number];

export interface Stranded {
  /** Its id. */
  unit: string;
  /** Undefined: one that this page does not know yet. */
  reason: Reason | undefined;
  /** As the server says it. */
  why: string;
}

/** What stands in the way of a new plan (`would_strand_holder`), all of it. */
export function strandedOf(problem: unknown): readonly Stranded[] {
  const listed = isLoose(problem) ? objects(problem.stranded) : [];
  return listed.map(({ unit, why }) => {
    const reason = REASONS.find((known) => known === why);
    return { unit: text(unit), reason, why: text(why) };
  });
}
