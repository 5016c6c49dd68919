import { expect, test } from "vitest";
import { contrast, parse, visibleOn } from "./color.ts";
import { fullName, nameOf, withoutPrefixes } from "./names.ts";
import { pickOf, pickOfOffer } from "./picks.ts";
import { planOf, row, seat, smallPlan } from "./testing.ts";

test("a seat is called by what its row and section do not say already", () => {
  expect(withoutPrefixes("101-C-12", ["101", "Section 101", "C"])).toBe("12");
  expect(withoutPrefixes("C12", ["C"])).toBe("C12");
  expect(withoutPrefixes("A-", ["A"])).toBe("A-");
  expect(nameOf(smallPlan(), 4)).toEqual({ section: "Hall", row: "B", isTable: false, seat: "2" });
});

test("labels from right to left or with marks stay apart and are not changed", () => {
  for (const label of ["<b>1</b>", "\u202e21", "א12", "1\u200b2"]) {
    const plan = planOf({ units: [seat("x", { label, row: 0 })], rows: [row("A", [0])] });
    expect(fullName(plan, 0)).toContain(`\u2068${label}\u2069`);
  }
});

test("what is picked: a seat, a whole table, an area, a booth with guests", () => {
  const units = [
    seat("s"),
    seat("t-1", { row: 0, offer: false, whole: true }),
    { ...seat("a"), kind: "area" as const, capacity: 80 },
    { ...seat("b"), kind: "area" as const, capacity: 6, whole: true },
    { ...seat("g"), kind: "area" as const, capacity: 6, whole: true, min_guests: 3 },
    seat("off", { offer: false }),
  ];
  const plan = planOf({ units, rows: [row("T", [1], { table: true, whole: true })] });
  const found = units.map((_, unit) => pickOf(plan, unit));
  expect(found.map((pick) => pick && [pick.kind, pick.offer, pick.min, pick.max])).toEqual([
    ["seat", "s", 1, 1],
    ["table", "T", 1, 1],
    ["area", "a", 1, 80],
    ["area", "b", 1, 1],
    ["area", "g", 3, 6],
    undefined,
  ]);
  expect(pickOfOffer(plan, "T")?.units).toEqual([1]);
  expect(pickOfOffer(plan, "gone")).toBeUndefined();
});

test("colours are read as browsers write them, and made to be seen", () => {
  expect(parse("#abc")).toEqual({ r: 170, g: 187, b: 204 });
  expect(parse("rgba(1, 2, 3, 0.5)")).toEqual({ r: 1, g: 2, b: 3 });
  expect(parse("color(srgb 1 0.5 0)")).toEqual({ r: 255, g: 127.5, b: 0 });
  expect(parse("url(x)")).toBeUndefined();
  const white = { r: 255, g: 255, b: 255 };
  const yellow = visibleOn({ r: 255, g: 240, b: 0 }, white, { r: 0, g: 0, b: 0 });
  expect(contrast(yellow, white)).toBeGreaterThanOrEqual(3);
});
