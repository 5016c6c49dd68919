import { describe, expect, it } from "vitest";
import { Board } from "../../../client/board.ts";
import { PlanIndex } from "../../../client/plan.ts";
import type { Blocked } from "../../../client/types.gen.ts";
import { planView } from "../document/view.ts";
import { BLOCK_UNITS_MAX, blockBodies, sortOut, touchedBlocks } from "./selection.ts";

const { plan } = planView({
  zones: [
    {
      id: "z",
      rows: [{ seats: ["a", "b", "c", "d"].map((id) => ({ id })) }],
      areas: [{ id: "floor", capacity: 9 }],
    },
  ],
});
const index = new PlanIndex(plan);

function board(...statuses: number[]): Board {
  const made = new Board();
  made.statuses = Uint8Array.from(statuses);
  made.counts = new Map([[4, 7]]);
  return made;
}

describe("a selection", () => {
  it("is sorted out by what can be done with it", () => {
    expect(sortOut([0, 1, 2, 3, 4], index, board(0, 1, 2, 3, 0))).toEqual({
      free: [0],
      held: [1],
      sold: [2],
      blocked: [3],
      counted: [4],
    });
  });

  it("passes over closed seats", () => {
    const closed = new PlanIndex({
      ...plan,
      units: plan.units.map((unit, n) => ({ ...unit, closed: n === 0 })),
    });
    expect(sortOut([0, 1], closed, board(0, 0, 0, 0, 0)).free).toEqual([1]);
  });
});

describe("a block", () => {
  it("names units and pieces, and its reason where there is one", () => {
    const pieces = new Map([
      [0, 1],
      [4, 3],
      [1, 0],
    ]);
    expect(blockBodies(pieces, index, " camera ")).toEqual([
      {
        units: [
          ["a", 1],
          ["floor", 3],
        ],
        reason: "camera",
      },
    ]);
    expect(blockBodies(new Map([[1, 1]]), index, " ")).toEqual([{ units: [["b", 1]] }]);
  });

  it("becomes several where there are more units than one takes", () => {
    const seats = Array.from({ length: BLOCK_UNITS_MAX + 1 }, (_, n) => ({ id: `s${n}` }));
    const large = new PlanIndex(planView({ zones: [{ id: "z", rows: [{ seats }] }] }).plan);
    const bodies = blockBodies(new Map(seats.map((_, n) => [n, 1])), large, "");
    expect(bodies.map((body) => body.units.length)).toEqual([BLOCK_UNITS_MAX, 1]);
  });

  it("is touched by a selection, and tells what else would come free", () => {
    const block = (id: string, ...units: string[]): Blocked => {
      return {
        id,
        units: units.map((unit) => [unit, 1]),
        reason: null,
        channel: null,
        has_code: false,
        release_at: null,
      };
    };
    const blocks = [block("block_1", "a", "b"), block("block_2", "c"), block("block_3", "gone")];
    expect(touchedBlocks(new Set([0, 3]), blocks, index)).toEqual([
      { block: blocks[0], selected: 1, others: 1, rest: [["b", 1]] },
    ]);
  });
});
