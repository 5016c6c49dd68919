import { describe, expect, it } from "vitest";
import { byCode, type Defect, defectsOf } from "./defects.ts";
import { planView } from "./view.ts";

const document = {
  name: "A",
  zones: [
    {
      id: "hall",
      name: "Hall",
      rows: [{ label: "A", seats: [{ id: "A-1" }, { id: "A-1", category: "X" }] }],
      areas: [{ id: "floor", capacity: 0 }],
    },
  ],
  offers: [{ id: "latte", units: { "a/b": 1 } }],
};

function defects(...pointers: string[]): readonly Defect[] {
  const errors = pointers.map((pointer) => ({ pointer, code: "duplicate_id", detail: "exists already" }));
  return defectsOf(errors, document, planView(document).pointers);
}

describe("the defects of a refused plan", () => {
  it("name the way to their place, from the outside to the inside", () => {
    expect(defects("/plan/zones/0/rows/0/seats/1/id")[0]).toEqual({
      code: "duplicate_id",
      detail: "exists already",
      pointer: "/zones/0/rows/0/seats/1/id",
      steps: [
        { kind: "zone", name: "Hall", position: 1 },
        { kind: "row", name: "A", position: 1 },
        { kind: "seat", name: "A-1", position: 2 },
      ],
      field: "id",
      unit: 1,
      excerpt: '{ "id": "A-1", "category": "X" }',
    });
  });

  it("show the unit that they are about, and none where they are about none", () => {
    const [area, zone, whole] = defects("/plan/zones/0/areas/0/capacity", "/plan/zones/0/floor", "/plan");
    expect(area).toMatchObject({ unit: 2, field: "capacity" });
    expect(zone).toMatchObject({
      unit: undefined,
      field: "floor",
      excerpt: '{ "id": "hall", "name": "Hall" }',
    });
    expect(whole).toMatchObject({ steps: [], pointer: "", field: undefined, excerpt: undefined });
  });

  it("stay where the document has nothing, and where a name has a slash", () => {
    const [beyond, bill, list] = defects("/plan/zones/7/id", "/plan/offers/0/units/a~1b", "/plan/items");
    expect(beyond?.steps).toEqual([{ kind: "zone", name: "", position: 8 }]);
    expect(bill).toMatchObject({ steps: [{ kind: "offer", name: "latte" }], field: "units" });
    expect(list).toMatchObject({ steps: [], field: "items" });
  });

  it("are counted by kind, the most frequent first", () => {
    const codes = ["b", "a", "b", "c"].map((code) => ({ code }) as Defect);
    expect(byCode(codes)).toEqual([
      ["b", 2],
      ["a", 1],
      ["c", 1],
    ]);
  });
});
