import { BLOCKED, type Board, FREE, HELD, SOLD } from "../../../client/board.ts";
import type { PlanIndex } from "../../../client/plan.ts";
import type { Blocked, BlockRequest } from "../../../client/types.gen.ts";

/** The server's limit of entries in one block. */
export const BLOCK_UNITS_MAX = 2_000;

/** A selection by what can be done with it. Areas and items have pieces of several states at once. */
export interface Selection {
  free: readonly number[];
  held: readonly number[];
  sold: readonly number[];
  blocked: readonly number[];
  counted: readonly number[];
}

export function sortOut(chosen: Iterable<number>, plan: PlanIndex, board: Board): Selection {
  const sorted = { free: [], held: [], sold: [], blocked: [], counted: [] } as Record<
    keyof Selection,
    number[]
  >;
  for (const unit of chosen) {
    if (plan.unit(unit).closed) continue;
    sorted[plan.unit(unit).kind === "seat" ? stateOf(board, unit) : "counted"].push(unit);
  }
  return sorted;
}

export type SeatState = "free" | "held" | "sold" | "blocked";

export function stateOf(board: Board, unit: number): SeatState {
  switch (board.status(unit)) {
    case FREE:
      return "free";
    case HELD:
      return "held";
    case SOLD:
      return "sold";
    case BLOCKED:
      return "blocked";
  }
}

/** One block, or several where there are more units than one takes. Each of them is made whole or not at all. */
export function blockBodies(
  pieces: ReadonlyMap<number, number>,
  plan: PlanIndex,
  reason: string,
): BlockRequest[] {
  const units = [...pieces].filter(([, quantity]) => quantity > 0);
  const entries = units.map(([unit, quantity]): [string, number] => [plan.unit(unit).id, quantity]);
  const words = reason.normalize("NFC").trim();
  const bodies: BlockRequest[] = [];
  for (let start = 0; start < entries.length; start += BLOCK_UNITS_MAX) {
    const part = entries.slice(start, start + BLOCK_UNITS_MAX);
    bodies.push(words ? { units: part, reason: words } : { units: part });
  }
  return bodies;
}

/** A block that has something of the selection: it is lifted whole, so what else it has comes free, too. */
export interface Touched {
  block: Blocked;
  /** Of its units, how many are selected. */
  selected: number;
  /** Units of it that are not selected. */
  others: number;
  /** Those, with their pieces. */
  rest: Blocked["units"];
}

export function touchedBlocks(
  chosen: ReadonlySet<number>,
  blocks: readonly Blocked[],
  plan: PlanIndex,
): readonly Touched[] {
  const touched: Touched[] = [];
  for (const block of blocks) {
    const rest = block.units.filter(([id]) => !chosen.has(plan.unitNumber(id) ?? -1));
    const selected = block.units.length - rest.length;
    if (selected > 0) touched.push({ block, selected, others: rest.length, rest });
  }
  return touched;
}

export function pieces({ units }: Pick<Blocked, "units">): number {
  return units.reduce((sum, [, quantity]) => sum + quantity, 0);
}
