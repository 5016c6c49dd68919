import { describe, expect, it } from "vitest";
import type { ActivityAnswer, MinuteAnswer } from "../../client/types.gen.ts";
import { refusals, seriesOf, totalsOf } from "./activity.ts";

function minute(at: string, rest: Partial<MinuteAnswer> = {}): MinuteAnswer {
  const nothing = {
    holds: 0,
    purchases: 0,
    released: 0,
    expired: 0,
    returned: 0,
    viewers_max: 0,
    refused: {},
  };
  return { at, ...nothing, ...rest };
}

const activity: ActivityAnswer = {
  since: "2026-05-01T11:00:30Z",
  refused: { unit_taken: 5, buyer_limit: 1 },
  minutes: [
    minute("2026-05-01T11:01:00Z", { holds: 3, viewers_max: 9, refused: { unit_taken: 2, buyer_limit: 1 } }),
    minute("2026-05-01T11:03:00Z", { holds: 1, purchases: 2, viewers_max: 4, refused: { unit_taken: 3 } }),
  ],
};

describe("activity", () => {
  it("has a value for each minute, also where nothing happened", () => {
    const series = seriesOf(activity, Date.parse("2026-05-01T11:04:10Z"));
    expect(series.at.map((at) => new Date(at * 1000).toISOString().slice(11, 16))).toEqual([
      "11:00",
      "11:01",
      "11:02",
      "11:03",
      "11:04",
    ]);
    expect(series.holds).toEqual([0, 3, 0, 1, 0]);
    expect(series.purchases).toEqual([0, 0, 0, 2, 0]);
    expect(series.viewers).toEqual([0, 9, 0, 4, 0]);
  });

  it("looks back an hour and no further", () => {
    const series = seriesOf(
      { ...activity, since: "2026-04-01T00:00:00Z" },
      Date.parse("2026-05-01T11:59:59Z"),
    );
    expect(series.at).toHaveLength(60);
    expect(series.holds[1]).toBe(3);
  });

  it("shows the server's last minute when this clock is behind", () => {
    const series = seriesOf(activity, Date.parse("2026-05-01T10:00:00Z"));
    expect(series.holds.at(-1)).toBe(1);
  });

  it("counts refusals by reason, the most frequent first", () => {
    expect(refusals(activity)).toEqual([
      { code: "unit_taken", count: 5, share: 1 },
      { code: "buyer_limit", count: 1, share: 0.2 },
    ]);
    expect(refusals({ refused: {} })).toEqual([]);
  });

  it("is summed up", () => {
    expect(totalsOf(activity)).toEqual({
      holds: 4,
      purchases: 2,
      released: 0,
      expired: 0,
      returned: 0,
      refused: 6,
      viewersMax: 9,
    });
  });
});
