import { expect, test } from "vitest";
import { Grid } from "./grid.ts";

function field(side: number): Grid {
  const points = Array.from({ length: side * side }, (_, point) => point);
  const x = Float32Array.from(points, (point) => point % side);
  const y = Float32Array.from(points, (point) => Math.floor(point / side));
  return new Grid(x, y, Uint32Array.from(points), { left: 0, top: 0, right: side - 1, bottom: side - 1 });
}

test("the nearest is found, and only within reach", () => {
  const grid = field(100);
  expect(grid.nearest(42.3, 17.4, 1, () => true)).toBe(1742);
  expect(grid.nearest(-5, -5, 1, () => true)).toBeUndefined();
  expect(grid.nearest(42.3, 17.4, 2, (point) => point !== 1742)).toBe(1842);
});

test("a box is visited without anything beside it", () => {
  const found: number[] = [];
  field(100).visit({ left: 9.5, top: 3.5, right: 11.5, bottom: 4.5 }, (point) => found.push(point));
  expect(found).toEqual([410, 411]);
});

test("one point, points in one place and none are no problem", () => {
  const same = new Grid(new Float32Array(3), new Float32Array(3), Uint32Array.of(0, 1, 2), {
    left: 0,
    top: 0,
    right: 0,
    bottom: 0,
  });
  expect(same.nearest(0, 0, 1, () => true)).toBeDefined();
  const none = new Grid(new Float32Array(0), new Float32Array(0), new Uint32Array(0), {
    left: 0,
    top: 0,
    right: 0,
    bottom: 0,
  });
  expect(none.nearest(0, 0, 1, () => true)).toBeUndefined();
});
