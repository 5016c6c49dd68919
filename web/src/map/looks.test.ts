import { expect, test } from "vitest";
import * as board from "../client/board.ts";
import { areasOf, move, openGroups, rowsOf } from "./list-model.ts";
import { CHOSEN, FREE, HELD, LOST, Looks, MINE, SOLD } from "./looks.ts";
import { makeScene } from "./scene.ts";
import { lowestPrice } from "./tally.ts";
import { freeBoard, planOf, row, seat, smallPlan } from "./testing.ts";

const none: ReadonlySet<number> = new Set();

function make() {
  const plan = smallPlan();
  const standing = freeBoard(plan);
  const looks = new Looks(makeScene(plan), standing, { mine: none, chosen: none, lost: none });
  return { standing, looks };
}

test("what is mine, chosen or lost shows before what the board says", () => {
  const { standing, looks } = make();
  standing.statuses.set([board.HELD, board.HELD, board.SOLD, board.SOLD]);
  looks.marked = { mine: new Set([0]), chosen: new Set([1, 4]), lost: new Set([2]) };
  looks.refreshAll();
  expect([...looks.of.subarray(0, 6)]).toEqual([MINE, HELD, LOST, SOLD, CHOSEN, FREE]);
});

test("what is left is counted change by change", () => {
  const { standing, looks } = make();
  expect(looks.leftInGroup(0)).toBe(86);
  standing.statuses[0] = board.HELD;
  expect(looks.refresh(0)).toBe(true);
  expect(looks.refresh(0)).toBe(false);
  standing.counts.set(6, 79);
  expect(looks.refresh(6)).toBe(true);
  expect(looks.leftInGroup(0)).toBe(84);
  expect(looks.leftInCategory(0)).toBe(84);
  standing.statuses.fill(board.SOLD, 0, 6);
  standing.counts.set(6, 0);
  looks.refreshAll();
  expect(looks.leftInGroup(0)).toBe(0);
  expect(lowestPrice(looks.scene, looks, 0)).toBeUndefined();
});

test("the list shows what can be bought, and keeps what was shown", () => {
  const { standing, looks } = make();
  standing.statuses[1] = board.SOLD;
  looks.refreshAll();
  expect(rowsOf(looks, 0, none).map(({ label, cells }) => [label, cells])).toEqual([
    ["A", [0, 2]],
    ["B", [3, 4, 5]],
  ]);
  expect(rowsOf(looks, 0, new Set([1]))[0]?.cells).toEqual([0, 1, 2]);
  expect(areasOf(looks, 0).map(({ unit }) => unit)).toEqual([6]);
  expect(openGroups(looks)).toEqual([0]);
});

test("a whole table is one cell, and none once one of its seats is taken", () => {
  const units = [0, 1, 2].map((n) => seat(`T-${n}`, { row: 0, x: n * 10, y: 0, offer: false, whole: true }));
  const plan = planOf({ units, rows: [row("T", [0, 1, 2], { table: true, whole: true })] });
  const standing = freeBoard(plan);
  const looks = new Looks(makeScene(plan), standing, { mine: none, chosen: none, lost: none });
  expect(rowsOf(looks, 0, none)[0]?.cells).toEqual([0]);
  standing.statuses[2] = board.HELD;
  looks.refreshAll();
  expect(rowsOf(looks, 0, none)).toEqual([]);
});

test("arrow keys move in the grid and stop at its edges", () => {
  const { looks } = make();
  const rows = rowsOf(looks, 0, none);
  const go = (from: number, key: string, isFar = false) => move(rows, from, key, isFar, looks.scene.x);
  expect([
    go(0, "ArrowRight"),
    go(2, "ArrowRight"),
    go(1, "ArrowDown"),
    go(4, "ArrowUp"),
    go(0, "ArrowUp"),
  ]).toEqual([1, 2, 4, 1, 0]);
  expect([go(1, "Home"), go(1, "End"), go(1, "Home", true), go(1, "End", true)]).toEqual([0, 2, 0, 5]);
  expect(go(0, "x")).toBeUndefined();
});
