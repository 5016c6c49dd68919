import { describe, expect, it } from "vitest";
import { currencyDigits, EMPTY_LINE, minorUnits, stockRequest, wrongLines } from "./stock.ts";

describe("stock from a form", () => {
  it("becomes items that can be bought, each with an id of its own", () => {
    const lines = [
      { label: " Moonlight Sneaker ", capacity: "1000", price: "189,000" },
      { label: "Moonlight sneaker!", capacity: "5", price: "" },
      EMPTY_LINE,
      { label: "포스터", capacity: "40", price: "0" },
    ];
    expect(stockRequest(lines, "KRW", 0)).toEqual({
      currency: "KRW",
      items: [
        {
          id: "moonlight-sneaker",
          label: "Moonlight Sneaker",
          capacity: 1000,
          sellable: true,
          price: 189000,
        },
        { id: "moonlight-sneaker-2", label: "Moonlight sneaker!", capacity: 5, sellable: true },
        { id: "포스터", label: "포스터", capacity: 40, sellable: true, price: 0 },
      ],
    });
  });

  it("without a price names no currency", () => {
    expect(stockRequest([{ label: "A", capacity: "1", price: "" }], "KRW", 0)).not.toHaveProperty("currency");
  });

  it("is checked line by line", () => {
    expect(wrongLines([EMPTY_LINE], 0)).toEqual([
      { line: 0, field: "label", wrong: "missing" },
      { line: 0, field: "capacity", wrong: "number" },
    ]);
    const lines = [EMPTY_LINE, { label: "A", capacity: "2000000000", price: "1.5" }];
    expect(wrongLines(lines, 0)).toEqual([
      { line: 1, field: "capacity", wrong: "range" },
      { line: 1, field: "price", wrong: "number" },
    ]);
    expect(wrongLines([{ label: "A", capacity: "1", price: "1.5" }], 2)).toEqual([]);
  });

  it("counts money in minor units, exactly", () => {
    expect(minorUnits("12.5", 2)).toBe(1250);
    expect(minorUnits("0.29", 2)).toBe(29);
    expect(minorUnits("1,234,567", 0)).toBe(1234567);
    for (const bad of ["", "-1", "1.234", "1,5", "x", "1e3"]) expect(minorUnits(bad, 2), bad).toBeUndefined();
    expect([currencyDigits("KRW"), currencyDigits("USD"), currencyDigits("won")]).toEqual([0, 2, undefined]);
  });
});
