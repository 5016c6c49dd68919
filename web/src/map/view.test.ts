import { expect, test } from "vitest";
import { between, framing, keep, toScene, toScreen, visible, zoom } from "./view.ts";

const size = { width: 400, height: 300 };
const box = { left: 0, top: 0, right: 1000, bottom: 500 };

test("a frame shows all of the box in the middle", () => {
  const view = framing(box, size, 0);
  expect(toScreen(view, { x: 500, y: 250 })).toEqual({ x: 200, y: 150 });
  expect(visible(view, size)).toMatchObject({ left: 0, right: 1000 });
});

test("what is under the pointer stays there when it zooms", () => {
  const view = framing(box, size);
  const at = { x: 90, y: 210 };
  const nearer = zoom(view, 3, at, { min: 0.01, max: 100 });
  expect(toScene(nearer, at).x).toBeCloseTo(toScene(view, at).x);
  expect(nearer.scale).toBeCloseTo(view.scale * 3);
  expect(zoom(view, 1e9, at, { min: 0.01, max: 5 }).scale).toBe(5);
});

test("nobody gets lost beside the map", () => {
  const lost = { scale: 1, x: 9_999, y: -9_999 };
  const { x, y } = toScene(keep(lost, box, size), { x: 200, y: 150 });
  expect([x, y]).toEqual([0, 500]);
});

test("a way begins and ends where it should, and never leaves its scales", () => {
  const [from, to] = [framing(box, size), framing({ left: 900, top: 400, right: 1000, bottom: 500 }, size)];
  expect(between(from, to, 1, size)).toEqual(to);
  expect(between(from, to, 0, size).scale).toBeCloseTo(from.scale);
  const half = between(from, to, 0.5, size);
  expect(half.scale).toBeGreaterThan(from.scale);
  expect(half.scale).toBeLessThan(to.scale);
});
