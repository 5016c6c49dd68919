import { describe, expect, it } from "vitest";
import { planView } from "./view.ts";

const hall = {
  name: "Small stage",
  currency: "KRW",
  size: { width: 400, height: 300 },
  categories: [{ id: "R", name: "R", color: "#D9822B", price: 66000 }],
  floors: [{ id: "1F" }],
  zones: [
    {
      id: "hall",
      name: "Hall",
      floor: "1F",
      sections: [{ id: "left", name: "Left" }],
      areas: [{ id: "floor", label: "Standing", capacity: 80, category: "R" }],
      tables: [
        { id: "T1", label: "Table 1", whole: true, category: "R", seats: [{ id: "T1-1" }, { id: "T1-2" }] },
      ],
      rows: [
        {
          id: "A",
          label: "A",
          section: "left",
          seats: [
            { id: "A-1", label: "1", category: "R", x: 180, y: 120, gap_before: true },
            { id: "A-2", x: 192, y: 120, gap_before: true, accessible: true },
          ],
        },
      ],
      shapes: [{ kind: "text", x: 1, y: 2, text: "Exit" }],
    },
    { id: "balcony", rows: [{ seats: [{ id: "B-1" }] }] },
  ],
  items: [
    { id: "poster", label: "Poster", capacity: 40, sellable: true, price: 15000 },
    { id: "beans", capacity: 9 },
  ],
  offers: [{ id: "set", price: 100, units: { poster: 2 } }],
};

describe("the view of a document", () => {
  const { plan, pointers } = planView(hall);

  it("numbers all seats, then all areas, then the items, as the server does", () => {
    expect(plan.units.map((unit) => unit.id)).toEqual([
      "A-1",
      "A-2",
      "T1-1",
      "T1-2",
      "B-1",
      "floor",
      "poster",
      "beans",
    ]);
    expect(plan.rows.map((row) => row.units)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it("gives a seat what its category costs, and none to a seat without one", () => {
    expect(plan.units[0]).toMatchObject({
      offer: true,
      price: { amount: 66000, currency: "KRW" },
      label: "1",
    });
    expect(plan.units[1]).toMatchObject({ offer: false, label: "A-2", section: "left", row: 0 });
    expect(plan.units[1]).not.toHaveProperty("price");
  });

  it("knows no gap before the first seat of a row", () => {
    expect(plan.units[0]).not.toHaveProperty("gap_before");
    expect(plan.units[1]).toMatchObject({ gap_before: true, accessible: true });
  });

  it("offers a whole table by its own id, not by its seats", () => {
    expect(plan.units[2]).toMatchObject({ whole: true, offer: false, category: "R" });
    expect(plan.offers[0]).toEqual({
      id: "T1",
      label: "Table 1",
      price: { amount: 66000, currency: "KRW" },
      units: { "T1-1": 1, "T1-2": 1 },
    });
    expect(plan.offers[1]).toMatchObject({ id: "set", label: "set", units: { poster: 2 } });
  });

  it("says for each unit where it stands in the document", () => {
    expect(pointers).toEqual([
      "/zones/0/rows/0/seats/0",
      "/zones/0/rows/0/seats/1",
      "/zones/0/tables/0/seats/0",
      "/zones/0/tables/0/seats/1",
      "/zones/1/rows/0/seats/0",
      "/zones/0/areas/0",
      "/items/0",
      "/items/1",
    ]);
  });

  it("passes on only drawings that can be drawn", () => {
    const shapes = [
      { kind: "circle", x: 1, y: 2, radius: 3 },
      { kind: "circle", x: 1, y: 2 },
      { kind: "polygon", points: [{ x: 1, y: 2 }, { x: "a" }] },
      { kind: "polygon", points: [{ x: 1, y: 2 }] },
      { kind: "text", x: 1, y: 2, text: 5 },
      { kind: "star", x: 1, y: 2 },
      "none",
    ];
    expect(planView({ zones: [{ id: "z", shapes }] }).plan.zones[0]?.shapes).toEqual([shapes[0], shapes[3]]);
  });

  it("draws what it can of a document that makes no sense", () => {
    const broken = {
      name: 3,
      zones: [
        null,
        { id: 5, rows: [{ seats: [{ id: 1, x: "a", y: 2 }, "seat"] }], areas: [{ capacity: -1 }] },
      ],
      categories: "none",
      items: {},
    };
    const view = planView(broken);
    expect(view.plan.name).toBe("");
    expect(view.pointers).toEqual(["/zones/1/rows/0/seats/0", "/zones/1/rows/0/seats/1", "/zones/1/areas/0"]);
    expect(view.plan.units[0]).not.toHaveProperty("x");
    expect(view.plan.units[2]?.capacity).toBe(0);
  });
});
