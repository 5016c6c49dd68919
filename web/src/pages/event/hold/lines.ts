import type { PlanIndex } from "../../../client/plan.ts";
import type { LineAnswer } from "../../../client/types.gen.ts";
import { number } from "../../../i18n/index.ts";

/** What people call what an offer's id stands for. */
export function offerLabel(plan: PlanIndex | undefined, id: string): string {
  return plan?.offer(id)?.label || id;
}

/** One line of a hold or a sale: `2 × Latte`. */
export function lineText(plan: PlanIndex | undefined, line: LineAnswer): string {
  const label = offerLabel(plan, line.offer);
  return line.quantity === 1 ? label : `${number(line.quantity)} × ${label}`;
}

export function linesText(plan: PlanIndex | undefined, lines: readonly LineAnswer[]): string {
  return lines.map((line) => lineText(plan, line)).join(", ");
}

/** Lines as a review shows them. */
export function namedLines(plan: PlanIndex | undefined, lines: readonly LineAnswer[]) {
  return lines.map(({ offer, quantity, price }) => ({ name: offerLabel(plan, offer), quantity, price }));
}
