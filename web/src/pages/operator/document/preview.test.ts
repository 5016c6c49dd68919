import { expect, it } from "vitest";
import { FREE } from "../../../client/board.ts";
import { previewOf } from "./preview.ts";

it("a preview shows everything free, and how much there is of what", () => {
  const preview = previewOf({
    zones: [
      { id: "z", rows: [{ seats: [{ id: "a" }, { id: "b" }] }], areas: [{ id: "floor", capacity: 80 }] },
    ],
    items: [{ id: "mug", capacity: 3 }],
  });
  expect(preview.counts).toEqual({ seats: 2, areas: 1, items: 1, offers: 0 });
  expect([0, 1].map((unit) => preview.board.status(unit))).toEqual([FREE, FREE]);
  expect([2, 3].map((unit) => preview.board.left(unit))).toEqual([80, 3]);
  expect(preview.hasMap).toBe(true);
  expect(previewOf({ items: [{ id: "mug", capacity: 3 }] }).hasMap).toBe(false);
});
