import { expect, test } from "vitest";
import { ProblemError } from "../../../client/problem.ts";
import type { ProblemDetails } from "../../../client/types.gen.ts";
import { smallPlan } from "../../../map/testing.ts";
import { wanted } from "./best.ts";
import { lineOf, totalOf } from "./lines.ts";
import { refusalText } from "./refusal.ts";

const NOON = Date.parse("2031-05-01T12:00:00Z");

function text(code: string, more: Partial<ProblemDetails> = {}): string {
  const problem = {
    type: "",
    title: "",
    status: 409,
    code,
    detail: "",
    retryable: false,
    request_id: "",
    ...more,
  };
  return refusalText(new ProblemError(problem), smallPlan(), NOON).replace(/[\u2068\u2069]/g, "");
}

test("a refusal names the seats and numbers that it is about", () => {
  expect(text("unit_taken", { units: ["B-2"] })).toContain("Hall · Row B · Seat 2");
  expect(text("would_orphan_seat", { units: ["A-3"] })).toContain("Hall · Row A · Seat 3");
  expect(text("no_adjacent_block", { largest_block: 3 })).toContain("3");
  expect(text("buyer_limit", { limits: { holds_per_buyer: 4 } })).toContain("4 holds");
  expect(text("buyer_limit", { limits: { pieces_per_buyer: 6 } })).toContain("at most 6");
});

test("a sale has not begun or is over by the server's clock", () => {
  const on_sale_from = "2031-05-01T13:00:00Z";
  expect(text("not_on_sale", { on_sale_from })).toContain("2031");
  expect(text("not_on_sale", { on_sale_from, on_sale_until: "2031-05-01T14:00:00Z" })).toContain("2031");
  const over = { on_sale_from: "2031-05-01T10:00:00Z", on_sale_until: "2031-05-01T11:00:00Z" };
  expect(text("not_on_sale", over)).toBe("The sale is over");
});

test("an unknown refusal is still told in words", () => {
  expect(text("brand_new")).not.toBe("");
  expect(text("brand_new", { retryable: true })).not.toBe(text("brand_new"));
});

test("lines add up, unless a price is unknown", () => {
  const plan = smallPlan();
  const lines = [lineOf(plan, "A-1", 1), lineOf(plan, "floor", 3)];
  expect(totalOf(lines)).toEqual({ amount: 40_000, currency: "KRW" });
  expect(totalOf([...lines, lineOf(plan, "A-2", 1, null)])).toBeNull();
});

test("a wish holds only what was wished for", () => {
  const wish = { quantity: 1, category: "", priceMax: "", together: true, accessible: 0 };
  expect(wanted(wish)).toEqual({ quantity: 1, adjacent: false });
  expect(wanted({ ...wish, quantity: 3, category: "R", priceMax: "90000", accessible: 1 })).toEqual({
    quantity: 3,
    adjacent: true,
    category: "R",
    price_max: 90_000,
    accessible: 1,
  });
});
