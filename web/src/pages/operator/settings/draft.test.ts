import { describe, expect, it } from "vitest";
import type { SettingsAnswer } from "../../../client/types.gen.ts";
import { changedFields, DEFAULTS, draftOf, instant, localTime, merge, patchOf, wrongIn } from "./draft.ts";

const settings: SettingsAnswer = {
  on_sale_from: null,
  on_sale_until: "2026-05-01T11:00:30Z",
  hold_seconds: 300,
  extensions_max: 2,
  holds_per_buyer: 4,
  pieces_per_hold: 50,
  pieces_per_hold_min: 1,
  pieces_per_hold_of_keys: null,
  pieces_per_buyer: null,
  checkout: "open",
  categories: {},
  channels: {},
  single_seats: "off",
  single_seats_until_left: 0,
  release_accessible: false,
  release_accessible_at: null,
  sale_ends_before_start_seconds: null,
};

describe("settings in a form", () => {
  it("come back as a patch of what was changed, and of nothing else", () => {
    const base = draftOf(settings);
    expect(patchOf(base, base)).toEqual({});
    const changed = {
      ...base,
      hold_seconds: " 60 ",
      pieces_per_buyer: "8",
      on_sale_until: "",
      checkout: "key" as const,
      single_seats_until_left: "40",
      release_accessible: "true" as const,
    };
    expect(patchOf(changed, base)).toEqual({
      hold_seconds: 60,
      pieces_per_buyer: 8,
      on_sale_until: null,
      checkout: "key",
      single_seats_until_left: 40,
      release_accessible: true,
    });
    expect(patchOf({ ...base, pieces_per_buyer: "" }, { ...base, pieces_per_buyer: "8" })).toEqual({
      pieces_per_buyer: null,
    });
  });

  it("show times in the reader's own zone and keep them", () => {
    expect(localTime("2026-05-01T11:00:30Z")).toMatch(/^2026-0[45]-\d\dT\d\d:\d\d:30$/);
    expect(instant(localTime("2026-05-01T11:00:30Z"))).toBe("2026-05-01T11:00:30.000Z");
    expect(localTime("2026-05-01T11:00:00Z")).toHaveLength(16);
    expect([localTime(null), localTime("soon")]).toEqual(["", ""]);
  });

  it("are checked against the server's ranges", () => {
    expect(wrongIn(DEFAULTS)).toEqual([]);
    const wrong = (change: object) =>
      wrongIn({ ...DEFAULTS, ...change }).map(({ field, wrong }) => [field, wrong]);
    expect(wrong({ hold_seconds: "29" })).toEqual([["hold_seconds", "range"]]);
    expect(wrong({ hold_seconds: "" })).toEqual([["hold_seconds", "number"]]);
    expect(wrong({ holds_per_buyer: "1.5" })).toEqual([["holds_per_buyer", "number"]]);
    expect(wrong({ single_seats_until_left: "" })).toEqual([["single_seats_until_left", "number"]]);
    expect(wrong({ pieces_per_buyer: "0" })).toEqual([["pieces_per_buyer", "range"]]);
    expect(wrong({ pieces_per_hold: "2", pieces_per_hold_min: "3" })).toEqual([
      ["pieces_per_hold_min", "order"],
    ]);
    expect(wrong({ on_sale_from: "2026-05-02T10:00", on_sale_until: "2026-05-01T10:00" })).toEqual([
      ["on_sale_until", "order"],
    ]);
    expect(wrong({ on_sale_from: "tomorrow" })).toEqual([["on_sale_from", "time"]]);
  });
});

describe("settings that somebody else changed meanwhile", () => {
  const theirs = { ...DEFAULTS, hold_seconds: "120", checkout: "open" as const };

  it("keep their changes where I made none, and mine where they made none", () => {
    const merged = merge(DEFAULTS, { ...DEFAULTS, extensions_max: "0" }, theirs);
    expect(merged).toEqual({ draft: { ...theirs, extensions_max: "0" }, clashes: [] });
    expect(changedFields(DEFAULTS, theirs)).toEqual(["checkout", "hold_seconds"]);
  });

  it("list what both have changed", () => {
    const merged = merge(DEFAULTS, { ...DEFAULTS, hold_seconds: "60", checkout: "open" }, theirs);
    expect(merged.clashes).toEqual([{ field: "hold_seconds", mine: "60", theirs: "120" }]);
    expect(merged.draft.hold_seconds).toBe("60");
  });
});
