import { expect, it } from "vitest";
import { splitErrors } from "./refused.ts";

const error = (pointer: string) => ({ pointer, code: "invalid_field", detail: `bad ${pointer}` });

it("errors of a request stand at their field, in the plan, or by themselves", () => {
  const errors = ["/name", "/settings/hold_seconds", "/plan", "/plan/zones/0/id", "/planet", "/else"].map(
    error,
  );
  const split = splitErrors(errors, "/plan");
  expect(split.fields).toEqual({ name: "bad /name", hold_seconds: "bad /settings/hold_seconds" });
  expect(split.plan.map(({ pointer }) => pointer)).toEqual(["/plan", "/plan/zones/0/id"]);
  expect(split.others.map(({ pointer }) => pointer)).toEqual(["/planet", "/else"]);
});

it("of stock without a plan, the request itself is the plan", () => {
  const split = splitErrors(["/items/0/label", "", "/name"].map(error), "");
  expect(split.plan.map(({ pointer }) => pointer)).toEqual(["/items/0/label", ""]);
  expect(split.fields).toEqual({ name: "bad /name" });
});
