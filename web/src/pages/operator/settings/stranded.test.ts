import { expect, it } from "vitest";
import { strandedOf } from "./stranded.ts";

it("what stands in the way of a plan is listed with its reason", () => {
  const error = (code: string) => ({ pointer: "", code, detail: `it is ${code}` });
  expect(strandedOf({ units: ["A-1", "A-2"], errors: [error("closed"), error("else")] })).toEqual([
    { unit: "A-1", reason: "closed", detail: "it is closed" },
    { unit: "A-2", reason: undefined, detail: "it is else" },
  ]);
  expect(strandedOf({ units: ["A-1"] })).toEqual([{ unit: "A-1", reason: undefined, detail: "" }]);
  expect(strandedOf({ errors: [{ pointer: "/zones/0", code: "capacity", detail: "x" }] })).toEqual([
    { unit: "/zones/0", reason: "capacity", detail: "x" },
  ]);
  expect(strandedOf({})).toEqual([]);
});
