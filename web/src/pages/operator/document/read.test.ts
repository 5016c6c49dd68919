import { describe, expect, it } from "vitest";
import { readPlanFile } from "./read.ts";

describe("a chosen file", () => {
  it("is a plan by its content", () => {
    expect(readPlanFile('{"name":"A","items":[]}', "x.txt")).toEqual({
      kind: "plan",
      document: { name: "A", items: [] },
    });
  });

  it("is told when another program has to read it", () => {
    const pretix = { zones: [{ zone_id: "z", position: { x: 0, y: 0 }, rows: [] }], categories: [] };
    expect(readPlanFile(JSON.stringify(pretix), "a.json")).toEqual({
      kind: "other",
      format: "pretix",
      source: pretix,
    });
    const rows = { zones: [{ name: "Z", rows: [{ row_number: "1", seats: [] }] }] };
    expect(readPlanFile(JSON.stringify(rows), "grid.csv")).toMatchObject({ kind: "other", format: "pretix" });
    expect(readPlanFile('{"venueType":"SIMPLE","subChart":{}}', "a.json")).toEqual({
      kind: "other",
      format: "seatsio",
      source: { venueType: "SIMPLE", subChart: {} },
    });
    expect(readPlanFile('{"subChartFloors":[]}', "a.json")).toMatchObject({ format: "seatsio" });
    const csv = { kind: "other", format: "csv", source: {} };
    expect(readPlanFile("A1,A2", "grid.csv")).toEqual(csv);
    expect(readPlanFile("# zones: R\nx", "grid.txt")).toEqual(csv);
    expect(readPlanFile(",,\n,R:A1", "grid.txt")).toEqual(csv);
  });

  it("that is no JSON is told with its place", () => {
    for (const [content, line, column] of [
      ['{\n  "name": oops\n}', 2, 11],
      ['{"a":1', 1, 7],
      ['{"a":[1,\n2,]}', 2, 3],
      ['{"a":"x\ny"}', 1, 6],
      ['{"a":{"b":[]},"c":01}', 1, 19],
      ['{"a":1} x', 1, 9],
    ] as const) {
      expect(readPlanFile(content, "a.json"), content).toEqual({ kind: "not_json", line, column });
    }
  });

  it("that is something else is not taken for a plan", () => {
    for (const content of ["[]", '{"seats":[]}']) {
      expect(readPlanFile(content, "a.json")).toEqual({ kind: "unknown" });
    }
  });

  it("that is no JSON at all is for the server to tell", () => {
    for (const content of ["", "3", "PK\u0003\u0004xl/workbook.xml", "section,row,seat\nA,1,1", "<svg>"]) {
      expect(readPlanFile(content, "a.xlsx")).toEqual({ kind: "other", format: "auto", source: {} });
    }
  });
});
