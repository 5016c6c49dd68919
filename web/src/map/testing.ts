// Plans for tests.
import { Board } from "../client/board.ts";
import { PlanIndex } from "../client/plan.ts";
import type { PlanAnswer, PlanRow, PlanUnit } from "../client/types.gen.ts";

const price = { amount: 10_000, currency: "KRW" };

export function seat(id: string, more: Partial<PlanUnit> = {}): PlanUnit {
  return {
    id,
    kind: "seat",
    capacity: 1,
    label: id,
    zone: "hall",
    category: "R",
    offer: true,
    price,
    ...more,
  };
}

export function area(id: string, more: Partial<PlanUnit> = {}): PlanUnit {
  return { ...seat(id, more), kind: "area", capacity: 80, ...more };
}

export function row(id: string, units: number[], more: Partial<PlanRow> = {}): PlanRow {
  return { id, label: id, zone: "hall", section: null, table: false, whole: false, units, ...more };
}

export function planOf(more: Partial<PlanAnswer>): PlanIndex {
  return new PlanIndex({
    plan_version: 1,
    name: "Hall",
    currency: "KRW",
    size: null,
    focal_point: null,
    units: [],
    zones: [{ id: "hall", name: "Hall", floor: null, focal_point: null, sections: [], shapes: [] }],
    rows: [],
    categories: [{ id: "R", name: "R", color: null, price }],
    offers: [],
    floors: [],
    ...more,
  });
}

/** Two rows of three, and an area. */
export function smallPlan(): PlanIndex {
  const ids = ["A-1", "A-2", "A-3", "B-1", "B-2", "B-3"];
  const units = ids.map((id, unit) =>
    seat(id, { row: Math.floor(unit / 3), x: (unit % 3) * 10, y: Math.floor(unit / 3) * 14 }),
  );
  return planOf({
    units: [...units, area("floor", { x: 10, y: 100 })],
    rows: [row("A", [0, 1, 2]), row("B", [3, 4, 5])],
  });
}

/** All free. */
export function freeBoard({ plan }: PlanIndex): Board {
  const board = new Board();
  board.statuses = new Uint8Array(plan.units.length);
  board.counts = new Map(
    plan.units.flatMap(({ kind, capacity }, unit) => (kind === "seat" ? [] : [[unit, capacity]])),
  );
  return board;
}
