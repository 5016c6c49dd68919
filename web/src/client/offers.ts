import type { Board } from "./board.ts";
import type { Money, PlanAnswer } from "./types.gen.ts";

/** What can be picked by one id: a seat, an area, an item, a whole table, or a named offer with its bill. */
export interface Offer {
  id: string;
  label: string;
  /** Of one piece; null when it is not known. */
  price: Money | null;
  /** Unit number, and how many of it one piece takes. */
  units: readonly (readonly [number, number])[];
  /** It is picked with the number of guests, from `least` to `most`, and takes all of its unit. */
  guests?: { least: number; most: number };
  /** It is a recipe, not a unit by itself. */
  named: boolean;
}

/** All offers of a plan by their id, in the order of the plan. */
export function offersOf(plan: PlanAnswer): Map<string, Offer> {
  const numbers = new Map(plan.units.map((unit, number) => [unit.id, number]));
  return new Map(
    [...unitOffers(plan), ...tableOffers(plan), ...namedOffers(plan, numbers)].map((o) => [o.id, o]),
  );
}

/** So many pieces could be had now: the least that any of its units is enough for. */
export function available(offer: Offer, board: Board): number {
  const least = piecesOf(offer, (unit) => board.left(unit));
  return offer.guests && least > 0 ? offer.guests.most : least;
}

/** What is left of each unit when all that is chosen is taken away: offers that share an ingredient compete. */
export function leftBeside(
  chosen: Iterable<readonly [Offer, number]>,
  board: Board,
): (unit: number) => number {
  const used = new Map<number, number>();
  for (const [offer, quantity] of chosen) {
    for (const [unit, each] of offer.units) used.set(unit, (used.get(unit) ?? 0) + each * quantity);
  }
  return (unit) => Math.max(0, board.left(unit) - (used.get(unit) ?? 0));
}

/** So many pieces can be made of what is left. */
export function piecesOf(offer: Offer, left: (unit: number) => number): number {
  return Math.min(...offer.units.map(([unit, each]) => Math.floor(left(unit) / each)));
}

/** The units of which not even one piece can be made. */
export function shortUnits(offer: Offer, left: (unit: number) => number): number[] {
  return offer.units.filter(([unit, each]) => left(unit) < each).map(([unit]) => unit);
}

function unitOffers({ units }: PlanAnswer): Offer[] {
  return units.flatMap((unit, number) => {
    if (!unit.offer || unit.closed) return [];
    const offer: Offer = {
      id: unit.id,
      label: unit.label,
      price: unit.price ?? null,
      units: [[number, unit.whole ? unit.capacity : 1]],
      named: false,
    };
    if (unit.min_guests !== undefined) offer.guests = { least: unit.min_guests, most: unit.capacity };
    return [offer];
  });
}

/** A table that is sold as a whole has the id of its row, and takes all of its seats. */
function tableOffers({ rows, units, categories }: PlanAnswer): Offer[] {
  const prices = new Map(categories.map((category) => [category.id, category.price]));
  return rows.flatMap((row) => {
    const category = units[row.units[0] ?? -1]?.category;
    if (!row.whole || row.id === "" || category === undefined) return [];
    return [
      {
        id: row.id,
        label: row.label || row.id,
        price: prices.get(category) ?? null,
        units: row.units.map((unit) => [unit, 1] as const),
        named: false,
      },
    ];
  });
}

function namedOffers({ offers }: PlanAnswer, numbers: Map<string, number>): Offer[] {
  return offers.map((offer) => ({
    id: offer.id,
    label: offer.label || offer.id,
    price: offer.price,
    units: Object.entries(offer.units).flatMap(([id, each]) => {
      const unit = numbers.get(id);
      return unit === undefined ? [] : [[unit, each] as const];
    }),
    named: true,
  }));
}
