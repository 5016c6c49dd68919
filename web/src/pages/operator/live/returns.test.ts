import { expect, it } from "vitest";
import { PlanIndex } from "../../../client/plan.ts";
import { planView } from "../document/view.ts";
import { isSaleId, linesOf, partRequest } from "./returns.ts";

const plan = new PlanIndex(
  planView({
    categories: [{ id: "R", name: "R" }],
    zones: [
      {
        id: "z",
        rows: [{ seats: [{ id: "a", category: "R" }] }],
        tables: [{ id: "T1", whole: true, category: "R", seats: [{ id: "t1" }, { id: "t2" }] }],
      },
    ],
  }).plan,
);

it("sold seats are returned by what they were bought by", () => {
  expect(linesOf([0, 1, 2], plan)).toEqual([
    { offer: "a", quantity: "1" },
    { offer: "T1", quantity: "1" },
  ]);
});

it("a part names offers with pieces, and at most fifty", () => {
  const line = (offer: string, quantity: string) => ({ offer, quantity });
  expect(partRequest([line(" a ", "2"), line("", "")])).toEqual({ offers: [{ offer: "a", quantity: 2 }] });
  for (const bad of [
    [],
    [line("", "")],
    [line("a", "0")],
    [line("a", "")],
    [line("", "1")],
    [line("a", "x")],
  ])
    expect(partRequest(bad), JSON.stringify(bad)).toBeUndefined();
  expect(partRequest(Array.from({ length: 51 }, (_, n) => line(`s${n}`, "1")))).toBeUndefined();
});

it("a sale is known by its id", () => {
  expect(isSaleId(" sale_01976f0a5c7e7d70a3f2b6f2c7b1d0aa ")).toBe(true);
  expect(isSaleId("hold_01976f0a5c7e7d70a3f2b6f2c7b1d0aa")).toBe(false);
  expect(isSaleId("sale_1")).toBe(false);
});
