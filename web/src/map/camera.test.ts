import { expect, test } from "vitest";
import { Camera } from "./camera.ts";
import { toScene, visible } from "./view.ts";

const all = { left: 0, top: 0, right: 4_000, bottom: 2_000 };
const corner = { left: 100, top: 100, right: 140, bottom: 130 };
const size = { width: 800, height: 600 };
const middle = { x: 400, y: 300 };

const camera = () => new Camera(all, 5, 0, () => false);

test("what is to be shown before the first layout is shown in it", () => {
  const made = camera();
  made.show(corner, 0);
  made.zoomTo(1.6, { x: 0, y: 0 }, 0);
  made.resize(size);
  expect(toScene(made.view, middle)).toEqual({ x: 120, y: 115 });
  expect(made.view.scale).toBe(5);
  expect(made.step(0)).toBe(false);
});

test("all of it is shown first, and in every size until somebody moves it", () => {
  const made = camera();
  made.resize(size);
  made.resize({ width: 400, height: 400 });
  const { left, right } = visible(made.view, made.size);
  expect([left, right].map(Math.round)).toEqual([-273, 4_273]);
});
