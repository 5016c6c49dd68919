import { Board } from "../../../client/board.ts";
import { PlanIndex } from "../../../client/plan.ts";
import type { Loose } from "./loose.ts";
import { planView } from "./view.ts";

/** A document as it will look when everything of it is free. */
export interface Preview {
  document: Loose;
  plan: PlanIndex;
  board: Board;
  /** Where each unit stands in the document, by number. */
  pointers: readonly string[];
  counts: { seats: number; areas: number; items: number; offers: number };
  /** Whether there is anything that a map can show. */
  hasMap: boolean;
}

export function previewOf(document: Loose): Preview {
  const { plan, pointers } = planView(document);
  const board = new Board();
  board.statuses = new Uint8Array(plan.units.length);
  board.counts = new Map();
  plan.units.forEach((unit, number) => {
    if (unit.kind !== "seat") board.counts.set(number, unit.capacity);
  });
  const count = (kind: string) => plan.units.filter((unit) => unit.kind === kind).length;
  const counts = {
    seats: count("seat"),
    areas: count("area"),
    items: count("item"),
    offers: plan.offers.length,
  };
  return {
    document,
    plan: new PlanIndex(plan),
    board,
    pointers,
    counts,
    hasMap: counts.seats + counts.areas > 0,
  };
}
