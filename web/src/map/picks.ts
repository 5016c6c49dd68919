// What a unit is bought by: its own offer, its table's, or nothing.
import type { PlanIndex } from "../client/plan.ts";
import type { Money } from "../client/types.gen.ts";

export interface Pick {
  readonly kind: "seat" | "table" | "area";
  readonly offer: string;
  /** Everything that it takes. */
  readonly units: readonly number[];
  /** Of one piece; null when unknown. */
  readonly price: Money | null;
  /** How many pieces or guests: 1 and 1 for what is simply taken or not. */
  readonly min: number;
  readonly max: number;
}

/** Undefined: it cannot be bought. */
export function pickOf(index: PlanIndex, number: number): Pick | undefined {
  const { plan } = index;
  const unit = plan.units[number];
  if (!unit || unit.closed) return undefined;
  const row = unit.row === undefined ? undefined : plan.rows[unit.row];
  if (row?.whole) return tableOf(index, unit.row as number);
  if (!unit.offer || unit.kind === "item") return undefined;
  const base = { offer: unit.id, units: [number], price: unit.price ?? null };
  if (unit.kind === "seat") return { ...base, kind: "seat", min: 1, max: 1 };
  const isOnePiece = unit.whole === true && unit.min_guests === undefined;
  return { ...base, kind: "area", min: unit.min_guests ?? 1, max: isOnePiece ? 1 : unit.capacity };
}

/** Of a table that is sold as a whole, by its place in `rows`. */
export function tableOf(index: PlanIndex, number: number): Pick | undefined {
  const row = index.plan.rows[number];
  if (!row?.whole || row.id === "") return undefined;
  const category = index.plan.units[row.units[0] ?? -1]?.category;
  if (category === undefined) return undefined;
  const offer = index.plan.offers.find(({ id }) => id === row.id);
  const price = offer
    ? offer.price
    : (index.plan.categories.find(({ id }) => id === category)?.price ?? null);
  return { kind: "table", offer: row.id, units: row.units, price, min: 1, max: 1 };
}

/** Of an offer's id; undefined for offers of stock, and for what is not there any more. */
export function pickOfOffer(index: PlanIndex, offer: string): Pick | undefined {
  const unit = index.unitNumber(offer);
  if (unit !== undefined) return pickOf(index, unit);
  const table = index.plan.rows.findIndex(({ id, whole }) => whole && id === offer);
  return table < 0 ? undefined : tableOf(index, table);
}

/** Between none and the fewest guests there is nothing. */
export function stepOver(wanted: number, was: number, min: number): number {
  if (wanted >= min) return wanted;
  return wanted > was ? min : 0;
}
