import type { Board } from "../../../client/board.ts";
import { leftBeside, type Offer, piecesOf } from "../../../client/offers.ts";
import type { PlanIndex } from "../../../client/plan.ts";

/** Why an order cannot be made as it is. Ingredients are the kitchen's business: it speaks of what was ordered. */
export interface Shortage {
  /** Which drinks compete for what is left, in the order they were chosen. */
  offers: readonly Offer[];
  /** How many of these can be made in all. */
  fits: number;
  /** What has to go so that the rest can be made, taken from what was chosen last. */
  tooMuch: readonly (readonly [Offer, number])[];
}

/** Undefined: all of it can be made, as far as is known. */
export function shortageOf(
  plan: PlanIndex,
  board: Board,
  chosen: ReadonlyMap<string, number>,
): Shortage | undefined {
  const order = [...chosen].flatMap(([id, quantity]): [Offer, number][] => {
    const offer = plan.offer(id);
    return offer ? [[offer, quantity]] : [];
  });
  const short = shortUnitsOf(order, board);
  if (short.size === 0) return undefined;
  const competing = order.filter(([offer]) => offer.units.some(([unit]) => short.has(unit)));
  const kept: [Offer, number][] = order.filter(([offer]) => !offer.units.some(([unit]) => short.has(unit)));
  const tooMuch: [Offer, number][] = [];
  let fits = 0;
  for (const [offer, quantity] of competing) {
    const possible = Math.min(quantity, piecesOf(offer, leftBeside(kept, board)));
    kept.push([offer, possible]);
    fits += possible;
    if (possible < quantity) tooMuch.push([offer, quantity - possible]);
  }
  return { offers: competing.map(([offer]) => offer), fits, tooMuch };
}

/** Units of which the whole order takes more than there is. */
function shortUnitsOf(order: readonly (readonly [Offer, number])[], board: Board): Set<number> {
  const used = new Map<number, number>();
  for (const [offer, quantity] of order) {
    for (const [unit, each] of offer.units) used.set(unit, (used.get(unit) ?? 0) + each * quantity);
  }
  return new Set([...used].filter(([unit, amount]) => amount > board.left(unit)).map(([unit]) => unit));
}
