import { expect, it } from "vitest";
import { RequestKeys } from "./keys.ts";

it("a request has one key until it is done", () => {
  let made = 0;
  const keys = new RequestKeys(() => `key-${++made}`);
  const more = { unit: "mug", change: 5 };
  expect([keys.of(more), keys.of({ ...more }), keys.of({ ...more, change: 6 })]).toEqual([
    "key-1",
    "key-1",
    "key-2",
  ]);
  keys.done(more);
  expect(keys.of(more)).toBe("key-3");
});
