import { expect, test } from "vitest";
import { boxOf, hull, inside, padded, turned } from "./geometry.ts";

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
