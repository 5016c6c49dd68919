import type { Board } from "../../../client/board.ts";
import { available, leftBeside, type Offer, piecesOf, shortUnits } from "../../../client/offers.ts";
import type { PlanIndex } from "../../../client/plan.ts";

/** One line of the menu as it stands now. */
export interface MenuLine {
  offer: Offer;
  quantity: number;
  /** That could be had if nothing else were chosen. */
  left: number;
  /** That can be added to what is chosen. */
  more: number;
  /** What ran out, by name, when none can be made; or none beside what is chosen. Empty for a thing by itself. */
  missing: string[];
}

export function menuOf(plan: PlanIndex, board: Board, chosen: ReadonlyMap<string, number>): MenuLine[] {
  const offers = [...plan.offers.values()];
  const picked = offers.map((offer) => [offer, chosen.get(offer.id) ?? 0] as const);
  const beside = leftBeside(picked, board);
  return picked.map(([offer, quantity]) => {
    const left = available(offer, board);
    const short = shortUnits(offer, left === 0 ? (unit) => board.left(unit) : beside);
    return {
      offer,
      quantity,
      left,
      more: piecesOf(offer, beside),
      missing: offer.named ? short.map((unit) => plan.unit(unit).label || plan.unit(unit).id) : [],
    };
  });
}

/** What ran out or came back between two looks at the menu. */
export function changes(before: readonly MenuLine[], now: readonly MenuLine[]): MenuLine[] {
  const leftBefore = new Map(before.map((line) => [line.offer.id, line.left]));
  return now.filter((line) => {
    const was = leftBefore.get(line.offer.id);
    return was !== undefined && (was === 0) !== (line.left === 0);
  });
}
