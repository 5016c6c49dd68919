import { beforeEach, describe, expect, it } from "vitest";
import { holdOf, SETTINGS } from "./fakes.ts";
import { extended, moreTime, neverAgain, OFFERED_MS } from "./more-time.ts";

const NOON = Date.parse("2031-05-01T12:00:00Z");
const hold = (left: number) => ({
  ...holdOf("hold_1", ["A-1"]),
  expires_at: new Date(NOON + left).toISOString(),
});

describe("more time", () => {
  beforeEach(() => localStorage.clear());

  it("is offered late, with what it gives and how often", () => {
    expect(moreTime(hold(300_000), SETTINGS, NOON)).toBeUndefined();
    expect(moreTime(hold(OFFERED_MS + 1), SETTINGS, NOON)).toBeUndefined();
    expect(moreTime(hold(OFFERED_MS), SETTINGS, NOON)).toEqual({ times: 2, seconds: 300 });
  });

  it("tells what is left of the longest that a hold can live", () => {
    const first = hold(OFFERED_MS);
    extended(first, SETTINGS);
    // The server gave 300 seconds from now; the hold is 210 seconds old.
    const later = NOON + 300_000 - 60_000;
    expect(moreTime(hold(300_000), SETTINGS, later)).toEqual({ times: 1, seconds: 150 });
  });

  it("is gone when there is none, over, or worth nothing", () => {
    expect(moreTime(hold(60_000), { ...SETTINGS, extensions_max: 0 }, NOON)).toBeUndefined();
    expect(moreTime(hold(0), SETTINGS, NOON)).toBeUndefined();
    expect(moreTime(hold(28_000), { ...SETTINGS, hold_seconds: 30 }, NOON)).toBeUndefined();
    neverAgain(hold(60_000), SETTINGS);
    expect(moreTime(hold(60_000), SETTINGS, NOON)).toBeUndefined();
  });

  it("survives what somebody else wrote into the store", () => {
    localStorage.setItem("fairhold.extended", '[null, {"id": 3}, 7]');
    expect(moreTime(hold(60_000), SETTINGS, NOON)?.times).toBe(2);
    localStorage.setItem("fairhold.extended", "{");
    expect(moreTime(hold(60_000), SETTINGS, NOON)?.times).toBe(2);
  });
});
