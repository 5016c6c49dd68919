import { expect, it } from "vitest";
import { Board } from "../../../client/board.ts";
import { PlanIndex } from "../../../client/plan.ts";
import { planView } from "../document/view.ts";
import { matching, NO_FILTER, rowsOf, zonesWithSeats } from "./filter.ts";

const index = new PlanIndex(
  planView({
    zones: [
      { id: "stage", name: "Stage" },
      {
        id: "z",
        sections: [{ id: "left" }, { id: "right" }],
        rows: [
          { label: "A", section: "left", seats: [{ id: "L-1" }, { id: "L-2", label: "Aisle" }] },
          { section: "right", seats: [{ id: "R-1" }] },
        ],
        areas: [{ id: "floor", capacity: 9 }],
      },
    ],
  }).plan,
);
const board = new Board();
board.statuses = Uint8Array.from([2, 0, 2, 0]);

it("the list shows seats by zone, section, row, state and words", () => {
  const found = (filter: object) => matching({ ...NO_FILTER, ...filter }, index, board);
  expect(found({})).toEqual([0, 1, 2]);
  expect(found({ zone: "stage" })).toEqual([]);
  expect(found({ zone: "z", section: "right" })).toEqual([2]);
  expect(found({ row: 0 })).toEqual([0, 1]);
  expect(found({ state: "sold" })).toEqual([0, 2]);
  expect(found({ text: " aisle" })).toEqual([1]);
  expect(found({ text: "r-1", state: "free" })).toEqual([]);
});

it("closed seats are in no list", () => {
  const units = index.plan.units.map((unit, number) => ({ ...unit, closed: number === 1 }));
  expect(matching(NO_FILTER, new PlanIndex({ ...index.plan, units }), board)).toEqual([0, 2]);
});

it("the choices are those that have seats", () => {
  expect(zonesWithSeats(index).map((zone) => zone.id)).toEqual(["z"]);
  expect(rowsOf(index, "z", "")).toEqual([
    { row: 0, label: "A" },
    { row: 1, label: "2" },
  ]);
  expect(rowsOf(index, "z", "left")).toEqual([{ row: 0, label: "A" }]);
});
