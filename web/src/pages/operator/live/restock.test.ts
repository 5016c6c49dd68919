import { expect, it } from "vitest";
import { CAPACITY_MAX, restockChange } from "./restock.ts";

it("stock grows, and shrinks by no more than is left", () => {
  expect(restockChange(" 500 ", "add", 3)).toEqual({ change: 500 });
  expect(restockChange("3", "remove", 3)).toEqual({ change: -3 });
  expect(restockChange("4", "remove", 3)).toEqual({ wrong: "too_few" });
  expect(restockChange(String(CAPACITY_MAX), "add", 1)).toEqual({ wrong: "too_many" });
  for (const typed of ["", "0", "-1", "1.5", "x"])
    expect(restockChange(typed, "add", 3)).toEqual({ wrong: "number" });
});
