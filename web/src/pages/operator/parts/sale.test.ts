import { describe, expect, it } from "vitest";
import { closing, opening, saleState } from "./sale.ts";

const at = (time: string) => Date.parse(`2026-05-01T${time}:00Z`);
const window = { on_sale_from: "2026-05-01T10:00:00Z", on_sale_until: "2026-05-01T12:00:00Z" };
const always = { on_sale_from: null, on_sale_until: null };

describe("a sale", () => {
  it("is open from its first moment until just before its end", () => {
    expect(saleState(window, at("09:59"))).toBe("before");
    expect(saleState(window, at("10:00"))).toBe("open");
    expect(saleState(window, at("11:59"))).toBe("open");
    expect(saleState(window, at("12:00"))).toBe("over");
    expect(saleState(always, at("00:00"))).toBe("open");
  });

  it("closes now, also before it has begun", () => {
    expect(closing(window, at("11:00"))).toEqual({ on_sale_until: "2026-05-01T11:00:00.000Z" });
    expect(closing(window, at("09:00"))).toEqual({
      on_sale_from: null,
      on_sale_until: "2026-05-01T09:00:00.000Z",
    });
  });

  it("opens now, without waiting for its beginning", () => {
    expect(opening(window, at("12:30"))).toEqual({ on_sale_until: null });
    expect(opening(window, at("09:00"))).toEqual({ on_sale_from: null, on_sale_until: null });
  });
});
