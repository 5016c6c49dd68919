import { expect, test } from "vitest";
import { boxOf, hull, inside, outside, type Point, padded, turned } from "./geometry.ts";

const square = [
  { x: 0, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 10 },
  { x: 0, y: 10 },
];

test("a hull leaves out what lies within", () => {
  const found = hull([...square, { x: 5, y: 5 }, { x: 5, y: 0 }]);
  expect(found).toHaveLength(4);
  expect(found).toEqual(expect.arrayContaining(square));
});

test("a point or a line gets an outline with an area, too", () => {
  for (const points of [
    [{ x: 3, y: 4 }],
    [
      { x: 0, y: 0 },
      { x: 9, y: 0 },
    ],
  ]) {
    const outline = padded(points, 2);
    expect(outline.length).toBeGreaterThanOrEqual(8);
    expect(points.every(({ x, y }) => inside(outline, x, y))).toBe(true);
  }
});

test("inside and outside are told apart", () => {
  expect(inside(square, 5, 5)).toBe(true);
  expect(inside(square, 11, 5)).toBe(false);
  expect(inside(square, 5, -1)).toBe(false);
});

test("a quarter turn goes clockwise on a screen", () => {
  const { x, y } = turned({ x: 1, y: 0 }, { x: 0, y: 0 }, 90);
  expect([Math.round(x), Math.round(y)]).toEqual([0, 1]);
});

test("a box holds all its points", () => {
  expect(boxOf(square)).toEqual({ left: 0, top: 0, right: 10, bottom: 10 });
});

test("what cannot be a corner is left out before the hull is made, and nothing else", () => {
  const row = Array.from({ length: 40 }, (_, at) => ({ x: at, y: 3 }));
  const block = Array.from({ length: 400 }, (_, at) => ({ x: at % 20, y: Math.floor(at / 20) }));
  const bow = block.map(({ x, y }) => ({ x: x * 7.3 - y, y: (x - 10) ** 2 / 9 + y * 2.1 }));
  const scattered = block.map((_, at) => ({ x: (at * 7_919) % 1_009, y: (at * 104_729) % 997 }));
  const kept = (points: Point[]) =>
    outside(
      points.length,
      (at) => points[at]?.x ?? 0,
      (at) => points[at]?.y ?? 0,
    );
  for (const points of [[], row.slice(0, 1), row.slice(0, 2), row, block, bow, scattered]) {
    expect(hull(kept(points))).toEqual(hull(points));
  }
  expect(kept(block).length).toBeLessThan(10);
});
