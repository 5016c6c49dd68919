import { describe, expect, it } from "vitest";
import { nextChange, saleState } from "./sale-state.ts";

const NOON = Date.parse("2031-05-01T12:00:00Z");
const at = (ms: number) => new Date(NOON + ms).toISOString();

describe("a sale", () => {
  it("opens and closes by its times, whatever its state was when it was asked", () => {
    const told = { sale: { state: "upcoming", opens_at: at(1000), closes_at: at(2000) } };
    expect(saleState(told, NOON)).toEqual({ kind: "upcoming", opensAt: NOON + 1000 });
    expect(saleState(told, NOON + 1000)).toEqual({ kind: "open", closesAt: NOON + 2000 });
    expect(saleState(told, NOON + 2000)).toEqual({ kind: "closed" });
    expect(nextChange(saleState(told, NOON))).toBe(NOON + 1000);
    expect(nextChange(saleState(told, NOON + 1500))).toBe(NOON + 2000);
    expect(nextChange({ kind: "closed" })).toBeUndefined();
  });

  it("is read from the settings where the server tells no state", () => {
    const settings = { on_sale_from: at(500), on_sale_until: null };
    expect(saleState({ settings }, NOON).kind).toBe("upcoming");
    expect(saleState({ settings }, NOON + 500)).toEqual({ kind: "open", closesAt: undefined });
    expect(saleState({}, NOON).kind).toBe("open");
    expect(saleState(undefined, NOON).kind).toBe("open");
    expect(saleState({ sale: { opens_at: "soon" } }, NOON).kind).toBe("open");
  });

  it("is over when it is cancelled, whatever its times say", () => {
    const told = { cancelled: { at: at(0), reason: "storm" }, sale: { opens_at: at(1000) } };
    expect(saleState(told, NOON)).toEqual({ kind: "cancelled", reason: "storm" });
  });
});
