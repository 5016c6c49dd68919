import type { ActivityAnswer, MinuteAnswer } from "../../client/types.gen.ts";

/** Sums that stand beside the charts. */
export interface Totals {
  holds: number;
  purchases: number;
  released: number;
  expired: number;
  returned: number;
  refused: number;
  viewersMax: number;
}

const MINUTE = 60;

/** One value a minute without holes: minutes in which nothing happened are not in the answer. */
export interface Series {
  /** Seconds since 1970, ascending. */
  at: readonly number[];
  holds: readonly number[];
  purchases: readonly number[];
  viewers: readonly number[];
}

/** The minutes from `since`, or an hour before `now`, to the minute of `now` (ms). */
export function seriesOf(activity: ActivityAnswer, now: number): Series {
  const known = new Map(activity.minutes.map((minute) => [minuteOf(Date.parse(minute.at)), minute]));
  const end = Math.max(minuteOf(now), ...known.keys());
  const start = Math.max(minuteOf(Date.parse(activity.since)), end - 59 * MINUTE);
  const at: number[] = [];
  for (let minute = start; minute <= end; minute += MINUTE) at.push(minute);
  const of = (value: (minute: MinuteAnswer) => number) => at.map((time) => read(known.get(time), value));
  return {
    at,
    holds: of((minute) => minute.holds),
    purchases: of((minute) => minute.purchases),
    viewers: of((minute) => minute.viewers_max),
  };
}

function read(minute: MinuteAnswer | undefined, value: (minute: MinuteAnswer) => number): number {
  return minute ? value(minute) : 0;
}

function minuteOf(ms: number): number {
  return Math.floor(ms / 1000 / MINUTE) * MINUTE;
}

export function totalsOf({ minutes, refused }: ActivityAnswer): Totals {
  const sum = (value: (minute: MinuteAnswer) => number) =>
    minutes.reduce((all, minute) => all + value(minute), 0);
  return {
    holds: sum((minute) => minute.holds),
    purchases: sum((minute) => minute.purchases),
    released: sum((minute) => minute.released),
    expired: sum((minute) => minute.expired),
    returned: sum((minute) => minute.returned),
    refused: Object.values(refused).reduce((all, count) => all + count, 0),
    viewersMax: minutes.reduce((most, minute) => Math.max(most, minute.viewers_max), 0),
  };
}

/** A reason and how often it was given; `share` of the most frequent one is 1. */
export interface Refusals {
  code: string;
  count: number;
  share: number;
}

/** Refusals by reason, the most frequent first. */
export function refusals({ refused }: Pick<ActivityAnswer, "refused">): readonly Refusals[] {
  const counts = Object.entries(refused);
  const most = Math.max(1, ...counts.map(([, count]) => count));
  return counts
    .map(([code, count]) => ({ code, count, share: count / most }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}
