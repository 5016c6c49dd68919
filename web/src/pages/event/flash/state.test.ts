import { describe, expect, it } from "vitest";
import { SETTINGS } from "../../../store/fakes.ts";
import { buyState, type SaleFacts } from "./state.ts";

const OPEN = { kind: "open", closesAt: undefined } as const;

function state(facts: Partial<SaleFacts>, settings: Partial<SaleFacts["settings"]> = {}) {
  return buyState({
    connection: "live",
    left: 100,
    have: 0,
    isBusy: false,
    sale: OPEN,
    ...facts,
    settings: { ...SETTINGS, ...settings },
  });
}

describe("the button", () => {
  it("offers what can be had", () => {
    expect(state({})).toEqual({ kind: "buy", most: 50 });
    expect(state({ left: 3 })).toEqual({ kind: "buy", most: 3 });
    expect(state({ have: 1 }, { pieces_per_buyer: 4 })).toEqual({ kind: "buy", most: 3 });
  });

  it("says that all are gone only while it knows that", () => {
    expect(state({ left: 0 })).toEqual({ kind: "soldOut" });
    expect(state({ left: 0, connection: "stale" })).toEqual({ kind: "try", most: 50 });
  });

  it("promises nothing while the connection is down", () => {
    expect(state({ connection: "stale" }, { pieces_per_buyer: 2 })).toEqual({ kind: "try", most: 2 });
    expect(state({ connection: "closed" })).toEqual({ kind: "closed" });
  });

  it("says that the limit is reached before the server does", () => {
    expect(state({ have: 2 }, { pieces_per_buyer: 2 })).toEqual({ kind: "limit" });
    expect(state({ have: 1 }, { pieces_per_buyer: 2, pieces_per_hold_min: 2 })).toEqual({ kind: "limit" });
  });

  it("knows that fewer are left than have to be taken at once", () => {
    expect(state({ left: 1 }, { pieces_per_hold_min: 2 })).toEqual({ kind: "tooFew", least: 2 });
  });

  it("is shut with the sale", () => {
    for (const sale of [
      { kind: "upcoming", opensAt: 1 },
      { kind: "closed" },
      { kind: "cancelled", reason: "x" },
    ] as const) {
      expect(state({ sale })).toEqual({ kind: "shut", sale });
    }
  });

  it("is pending while a call is under way, whatever else is true", () => {
    expect(state({ isBusy: true, left: 0 })).toEqual({ kind: "pending" });
  });
});
