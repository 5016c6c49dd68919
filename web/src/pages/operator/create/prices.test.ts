import { expect, it } from "vitest";
import { priced, wrongPrices } from "./prices.ts";

const PLAN = {
  currency: "KRW",
  categories: [{ id: "R", name: "R" }, { id: "S", price: 5 }, { id: "A" }],
};

it("takes the prices that are typed, and leaves the others", () => {
  const { categories } = priced(PLAN, { R: "66,000", S: " ", A: "free", X: "1" });
  expect(categories).toEqual([{ id: "R", name: "R", price: 66_000 }, { id: "S", price: 5 }, { id: "A" }]);
  expect(wrongPrices(PLAN, { R: "66,000", S: " ", A: "free", X: "?" })).toEqual(["A"]);
  expect(wrongPrices(PLAN, { R: "100000000001" })).toEqual(["R"]);
});

it("knows of each currency what its minor units are, and takes no price without one", () => {
  const dollars = priced({ ...PLAN, currency: "USD" }, { R: "12.5" });
  expect(dollars.categories).toMatchObject([{ price: 1_250 }, {}, {}]);
  expect(wrongPrices({ ...PLAN, currency: "KRW" }, { R: "12.5" })).toEqual(["R"]);
  expect(priced({ categories: PLAN.categories }, { R: "12" })).toEqual({ categories: PLAN.categories });
});
