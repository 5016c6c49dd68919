import { expect, it } from "vitest";
import { planView } from "../document/view.ts";
import { differenceOf } from "./difference.ts";

const view = (items: object[]) => planView({ items }).plan;

it("a new plan is compared with the one in force, unit by unit", () => {
  const now = view([
    { id: "mug", label: "Mug", capacity: 5 },
    { id: "cup", label: "Cup", capacity: 5 },
    { id: "bag", label: "Bag", capacity: 5 },
    { id: "old", label: "Old", capacity: 5 },
  ]);
  const units = now.units.map((unit) => (unit.id === "old" ? { ...unit, closed: true } : unit));
  const next = view([
    { id: "mug", label: "Mug", capacity: 9 },
    { id: "cup", label: "Big cup", capacity: 5 },
    { id: "old", label: "Old", capacity: 5 },
  ]);
  expect(differenceOf({ units }, next)).toEqual({
    added: ["old"],
    closed: ["bag"],
    relabelled: ["cup"],
    capacity: [{ id: "mug", from: 5, to: 9 }],
  });
});
