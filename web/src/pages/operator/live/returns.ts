import type { PlanIndex } from "../../../client/plan.ts";
import type { Pick, ReturnRequest, SoldAnswer } from "../../../client/types.gen.ts";

/** One line of a part that comes back, as people type it. */
export interface ReturnLine {
  offer: string;
  quantity: string;
}

/** What was bought with these seats: each by its own id, those of a whole table by the table's. */
export function linesOf(sold: readonly number[], plan: PlanIndex): readonly ReturnLine[] {
  const offers = new Set(sold.map((unit) => offerOf(unit, plan)));
  return [...offers].map((offer) => ({ offer, quantity: "1" }));
}

function offerOf(unit: number, plan: PlanIndex): string {
  const { id, row } = plan.unit(unit);
  const table = row === undefined ? undefined : plan.plan.rows[row];
  return table?.whole && table.id ? table.id : id;
}

/** All that is left of a sale. */
export function linesOfSale(sale: SoldAnswer): readonly ReturnLine[] {
  return sale.lines.map(({ offer, quantity }) => ({ offer, quantity: String(quantity) }));
}

/** The server's limit of entries in one return. */
export const RETURN_LINES_MAX = 50;

const SALE_ID = /^sale_[0-9a-f]{32}$/;

export function isSaleId(typed: string): boolean {
  return SALE_ID.test(typed.trim());
}

/** The request for a part, or undefined where a line is no offer with a number of pieces. */
export function partRequest(lines: readonly ReturnLine[]): ReturnRequest | undefined {
  const used = lines.filter(({ offer, quantity }) => offer.trim() || quantity.trim());
  const sound = used.every(({ offer, quantity }) => offer.trim() && /^[1-9]\d*$/.test(quantity.trim()));
  if (!sound || used.length === 0 || used.length > RETURN_LINES_MAX) return undefined;
  const offers = used.map(
    ({ offer, quantity }): Pick => ({ offer: offer.trim(), quantity: Number(quantity) }),
  );
  return { offers };
}
