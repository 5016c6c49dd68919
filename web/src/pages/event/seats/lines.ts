// What is chosen, held or bought, as lines that people read.
import type { PlanIndex } from "../../../client/plan.ts";
import type { LineAnswer, Money, ProblemDetails } from "../../../client/types.gen.ts";
import { number, t } from "../../../i18n/index.ts";
import { fullName, nameOf, type Pick, pickOfOffer } from "../../../map/index.ts";

export interface Line {
  readonly offer: string;
  readonly name: string;
  readonly category: string | undefined;
  readonly quantity: number;
  /** Of one piece; null when unknown. */
  readonly price: Money | null;
  /** Undefined for what is not in the plan any more. */
  readonly pick: Pick | undefined;
}

export function pickName(plan: PlanIndex, pick: Pick): string {
  const first = pick.units[0];
  if (first === undefined) return pick.offer;
  if (pick.kind !== "table") return fullName(plan, first);
  const { section, row } = nameOf(plan, first);
  const places = t("map.places", { count: number(pick.units.length) });
  return [section, row || pick.offer, places].filter((part) => part !== "").join(" · ");
}

export function lineOf(plan: PlanIndex, offer: string, quantity: number, price?: Money | null): Line {
  const pick = pickOfOffer(plan, offer);
  const unit = pick?.units[0];
  const category = unit === undefined ? undefined : plan.unit(unit).category;
  return {
    offer,
    name: pick ? pickName(plan, pick) : offer,
    category: plan.plan.categories.find(({ id }) => id === category)?.name,
    quantity,
    price: price === undefined ? (pick?.price ?? null) : price,
    pick,
  };
}

export function linesOf(plan: PlanIndex, lines: readonly LineAnswer[]): Line[] {
  return lines.map(({ offer, quantity, price }) => lineOf(plan, offer, quantity, price ?? null));
}

/** Null when any price is unknown. */
export function totalOf(lines: readonly Line[]): Money | null {
  const prices = lines.flatMap(({ price, quantity }) =>
    price ? [{ amount: price.amount * quantity, currency: price.currency }] : [],
  );
  const [first] = prices;
  if (!first || prices.length < lines.length) return null;
  return { amount: prices.reduce((sum, { amount }) => sum + amount, 0), currency: first.currency };
}

/** The units that a problem names, as numbers. */
export function unitsIn(problem: ProblemDetails, plan: PlanIndex): number[] {
  return (problem.units ?? []).flatMap((id) => plan.unitNumber(id) ?? []);
}
