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

test("an area and a table have the outlines that the plan gives them", () => {
  const corners = [
    { x: 100, y: 0 },
    { x: 180, y: 0 },
    { x: 140, y: 60 },
  ];
  const shaped = (x: number) => ({ shape: { kind: "rectangle", x, y: 40, width: 60, height: 20 } as const });
  const table = {
    ...row("T", [0, 1], { table: true }),
    shape: { kind: "polygon", points: corners } as const,
  };
  const units = [
    seat("1", { row: 0, x: 90, y: 20 }),
    seat("2", { row: 0, x: 190, y: 20 }),
    { ...area("with a place", { x: 5, y: 5 }), ...shaped(0) },
    { ...area("without one"), ...shaped(300) },
  ];
  const scene = makeScene(planOf({ units, rows: [table] }));
  expect(scene.tables.map(({ outline, centre }) => [outline.points, centre])).toEqual([
    [corners, { x: 140, y: 30 }],
  ]);
  expect(scene.areas.map(({ outline }) => outline.box)).toEqual([
    { left: 0, top: 40, right: 60, bottom: 60 },
    { left: 300, top: 40, right: 360, bottom: 60 },
  ]);
  expect([scene.x[3], scene.y[3]]).toEqual([330, 50]);
  expect(hitAt(scene, look, { x: 358, y: 42 }, 0)).toEqual({ kind: "area", unit: 3 });
});

test("what has the same zone and section is one group, in whatever order the plan names it", () => {
  const zone = (id: string, sections: string[]) => ({
    id,
    name: "",
    floor: null,
    focal_point: null,
    sections: sections.map((name) => ({ id: name, name: "" })),
    shapes: [],
  });
  const at = (id: string, zone: string, section?: string) =>
    seat(id, { zone, x: Number(id), y: 0, ...(section && { section }), category: id === "1" ? "R" : "?" });
  const units = [at("1", "a", "s"), at("2", "b"), at("3", "a", "s"), at("4", "a"), at("5", "nowhere")];
  const scene = makeScene(planOf({ units, zones: [zone("a", ["s"]), zone("b", ["s"])] }));
  expect(scene.groups.map(({ name, units, seats }) => [name, units, seats])).toEqual([
    ["s", [0, 2], 2],
    ["b", [1], 1],
    ["a", [3], 1],
  ]);
  expect([...scene.groupOf]).toEqual([0, 1, 0, 2, -1]);
  expect([...scene.categoryOf]).toEqual([0, -1, -1, -1, -1]);
});
