import { expect, it } from "vitest";
import { strandedOf } from "./stranded.ts";

it("what stands in the way of a plan is listed with its reason", () => {
  const stranded = [
    { unit: "A-1", why: "closed" },
    { unit: "A-2", why: "else" },
  ];
  expect(strandedOf({ code: "would_strand_holder", stranded })).toEqual([
    { unit: "A-1", reason: "closed", why: "closed" },
    { unit: "A-2", reason: undefined, why: "else" },
  ]);
  expect(strandedOf({})).toEqual([]);
  expect(strandedOf(undefined)).toEqual([]);
});
