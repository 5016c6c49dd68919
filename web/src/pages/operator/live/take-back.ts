import type { PlanIndex } from "../../../client/plan.ts";
import type { LineAnswer, Money, ReturnRequest, SoldAnswer } from "../../../client/types.gen.ts";

/** What comes back of a sale: nothing, what is selected, or all that is left of it. */
export type Choice = "none" | "part" | "whole";

/** A sale, and which of it the selection means. */
export interface SaleGroup {
  sale: SoldAnswer;
  /** Lines that have something selected: a whole table comes back with all of its seats. */
  selected: readonly LineAnswer[];
  others: readonly LineAnswer[];
  /** What stands in the dialog first. */
  first: Choice;
}

/** Groups the sales by what is selected of each, in the order of the seats on the plan. */
export function groupSales(
  sales: readonly SoldAnswer[],
  units: ReadonlySet<number>,
  plan: PlanIndex,
): readonly SaleGroup[] {
  const groups = sales.map((sale) => groupOf(sale, units, plan));
  const place = ({ selected }: SaleGroup) => Math.min(...selected.flatMap((line) => numbersOf(line, plan)));
  return groups.filter(({ selected }) => selected.length > 0).sort((one, two) => place(one) - place(two));
}

function groupOf(sale: SoldAnswer, units: ReadonlySet<number>, plan: PlanIndex): SaleGroup {
  const meant = sale.lines.filter((line) => numbersOf(line, plan).some((unit) => units.has(unit)));
  const own = meant.filter((line) => numbersOf(line, plan).some((unit) => !isShared(unit, plan)));
  // A return names offers, not lines: with one line of an offer go all of its lines.
  const offers = new Set((own.length > 0 ? own : meant).map(({ offer }) => offer));
  const selected = sale.lines.filter(({ offer }) => offers.has(offer));
  const others = sale.lines.filter(({ offer }) => !offers.has(offer));
  return { sale, selected, others, first: own.length > 0 ? "part" : "none" };
}

/** An area where everybody stands: who drew around it hardly means all who are in it, so each has to be chosen. */
function isShared(unit: number, plan: PlanIndex): boolean {
  const { kind, whole } = plan.unit(unit);
  return kind !== "seat" && !whole;
}

export function numbersOf(line: LineAnswer, plan: PlanIndex): readonly number[] {
  return line.units.flatMap(([id]) => plan.unitNumber(id) ?? []);
}

export function linesBack({ selected, others }: SaleGroup, choice: Choice): readonly LineAnswer[] {
  if (choice === "none") return [];
  return choice === "part" ? selected : [...selected, ...others];
}

/** What was chosen for it, or else what stands there first. Where all is selected, a part says exactly what that is. */
export function choiceOf({ sale, first, others }: SaleGroup, choices: ReadonlyMap<string, Choice>): Choice {
  const choice = choices.get(sale.id) ?? first;
  return choice === "whole" && others.length === 0 ? "part" : choice;
}

/** All that is left is asked for without a list; a part names each offer once. */
export function returnOf(group: SaleGroup, choice: Exclude<Choice, "none">): ReturnRequest {
  if (choice === "whole") return {};
  const quantities = new Map<string, number>();
  for (const { offer, quantity } of group.selected)
    quantities.set(offer, (quantities.get(offer) ?? 0) + quantity);
  return { offers: [...quantities].map(([offer, quantity]) => ({ offer, quantity })) };
}

/** Pieces and what they cost; what has no price is counted apart. */
export interface Worth {
  pieces: number;
  money: Money | null;
  unpriced: number;
}

export function worthOf(lines: readonly LineAnswer[]): Worth {
  const worth: Worth = { pieces: 0, money: null, unpriced: 0 };
  for (const { price, quantity } of lines) {
    worth.pieces += quantity;
    if (price) worth.money = { ...price, amount: (worth.money?.amount ?? 0) + price.amount * quantity };
    else worth.unpriced += quantity;
  }
  return worth;
}
