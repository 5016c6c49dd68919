import { expect, test } from "vitest";
import { inside } from "./geometry.ts";
import { hitAt, inLasso } from "./hit.ts";
import { isLarge, makeScene } from "./scene.ts";
import { area, planOf, row, seat, smallPlan } from "./testing.ts";

const look = { view: { scale: 1, x: 0, y: 0 }, floor: undefined, isOverview: false };

test("seats stand where the plan puts them, and their distance is known", () => {
  const scene = makeScene(smallPlan());
  expect([scene.x[4], scene.y[4]]).toEqual([10, 14]);
  expect(scene.pitch).toBeCloseTo(10);
  expect(scene.groups.map(({ name, seats }) => [name, seats])).toEqual([["Hall", 6]]);
  expect(isLarge(scene)).toBe(false);
});

test("a plan without positions gets rows under each other, with their aisles", () => {
  const units = [
    seat("1", { row: 0 }),
    seat("2", { row: 0 }),
    seat("3", { row: 0, gap_before: true }),
    seat("4", { row: 1 }),
  ];
  const { x, y } = makeScene(planOf({ units, rows: [row("A", [0, 1, 2]), row("B", [3])] }));
  const at = (unit: number) => ({ x: x[unit] ?? Number.NaN, y: y[unit] ?? Number.NaN });
  expect(at(1).y).toBe(at(0).y);
  expect(at(2).x - at(1).x).toBeGreaterThan(at(1).x - at(0).x);
  expect(at(3).y).toBeGreaterThan(at(0).y);
});

test("closed units and items are nowhere", () => {
  const units = [
    seat("1", { x: 0, y: 0 }),
    seat("2", { x: 50, y: 0, closed: true }),
    { ...seat("beans"), kind: "item" as const },
  ];
  const scene = makeScene(planOf({ units }));
  expect([...scene.seats]).toEqual([0]);
  expect(hitAt(scene, look, { x: 50, y: 0 }, 2)?.kind).not.toBe("seat");
});

test("floors over each other are looked at one at a time", () => {
  const zones = ["1F", "2F"].map((floor) => ({
    id: floor,
    name: floor,
    floor,
    focal_point: null,
    sections: [],
    shapes: [],
  }));
  const floors = [
    { id: "1F", name: "1F" },
    { id: "2F", name: "2F" },
  ];
  const at = (shift: number) =>
    Array.from({ length: 40 }, (_, n) =>
      seat(`${n}`, { zone: n < 20 ? "1F" : "2F", x: (n % 20) * 10, y: n < 20 ? 0 : shift }),
    );
  expect(makeScene(planOf({ units: at(0), zones, floors })).stacked).toBe(true);
  expect(makeScene(planOf({ units: at(500), zones, floors })).stacked).toBe(false);
});

test("areas do not lie over seats or over each other", () => {
  const units = [
    seat("1", { x: 0, y: 0 }),
    seat("2", { x: 10, y: 0 }),
    area("left", { x: 0, y: 40 }),
    area("right", { x: 60, y: 40 }),
  ];
  const scene = makeScene(planOf({ units }));
  const [left, right] = scene.areas.map(({ outline }) => outline);
  expect(left && right && left.box.right <= right.box.left).toBe(true);
  expect(left && inside(left.points, 0, 0)).toBe(false);
});

test("a seat is hit from near it, an area from within, a section otherwise", () => {
  const scene = makeScene(smallPlan());
  expect(hitAt(scene, look, { x: 11, y: 13 }, 0)).toEqual({ kind: "seat", unit: 4 });
  expect(hitAt(scene, look, { x: 10, y: 100 }, 0)).toEqual({ kind: "area", unit: 6 });
  expect(hitAt(scene, { ...look, isOverview: true }, { x: 10, y: 14 }, 0)).toEqual({
    kind: "group",
    group: 0,
  });
  expect(hitAt(scene, look, { x: 500, y: 500 }, 0)).toBeUndefined();
});

test("a lasso takes what lies in it", () => {
  const path = [
    { x: -5, y: -5 },
    { x: 15, y: -5 },
    { x: 15, y: 5 },
    { x: -5, y: 5 },
  ];
  expect(inLasso(makeScene(smallPlan()), look, path)).toEqual([0, 1]);
});
