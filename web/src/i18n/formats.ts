import type { Money } from "../client/types.gen.ts";
import { language, locale } from "./language.ts";

/** Making a formatter costs more than formatting: each is made once. */
const made = new Map<string, unknown>();

function formatter<T>(kind: string, make: (locale: string) => T): T {
  const tag = locale();
  const key = `${tag} ${kind}`;
  const known = made.get(key) as T | undefined;
  if (known !== undefined) return known;
  const fresh = make(tag);
  made.set(key, fresh);
  return fresh;
}

export function number(value: number): string {
  return formatter("number", (tag) => new Intl.NumberFormat(tag)).format(value);
}

/** Of a share between 0 and 1. */
export function percent(share: number): string {
  return formatter("percent", (tag) => new Intl.NumberFormat(tag, { style: "percent" })).format(share);
}

/** Amounts are in minor units; how many of them are one unit, the currency says. */
export function money(value: Money): string {
  const format = formatter(
    `money ${value.currency}`,
    (tag) =>
      new Intl.NumberFormat(tag, {
        style: "currency",
        currency: value.currency,
        // Not the narrow one: "$" is a dozen currencies, "¥" two. These two share the wide one as well.
        currencyDisplay: ["XAF", "XOF"].includes(value.currency) ? "code" : "symbol",
      }),
  );
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(value.amount / 10 ** digits);
}

export function date(time: string | number | Date): string {
  return formatter("date", (tag) => new Intl.DateTimeFormat(tag, { dateStyle: "medium" })).format(
    new Date(time),
  );
}

export function time(time: string | number | Date): string {
  return formatter("time", (tag) => new Intl.DateTimeFormat(tag, { timeStyle: "short" })).format(
    new Date(time),
  );
}

const MOMENT = {
  weekday: "short",
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
} as const;

export function dateTime(time: string | number | Date): string {
  return formatter("dateTime", (tag) => new Intl.DateTimeFormat(tag, MOMENT)).format(new Date(time));
}

export interface EventTimes {
  /** On the clocks where it takes place, with the name of their time. */
  there: string;
  /** On the reader's, where these say something else. */
  here: string | undefined;
}

/** A moment as it is told where something takes place. Without a zone of its own the reader's counts, and is named. */
export function eventTimes(moment: string | number | Date, zone: string | undefined): EventTimes {
  const at = new Date(moment);
  const there = zonedTime(at, known(zone));
  const here = zonedTime(at, undefined);
  const isSame = clockFace(at, known(zone)) === clockFace(at, undefined);
  return { there, here: isSame ? undefined : here };
}

/** A zone that this browser has not heard of is none. */
function known(zone: string | undefined): string | undefined {
  if (zone === undefined) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function zonedTime(at: Date, timeZone: string | undefined): string {
  const options: Intl.DateTimeFormatOptions = {
    ...MOMENT,
    timeZoneName: "shortGeneric",
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  return formatter(`zoned ${timeZone}`, (tag) => new Intl.DateTimeFormat(tag, options)).format(at);
}

/** What a clock shows there, whatever the zone is called. */
function clockFace(at: Date, timeZone: string | undefined): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: "short", timeStyle: "short" };
  if (timeZone !== undefined) options.timeZone = timeZone;
  return formatter(`face ${timeZone}`, () => new Intl.DateTimeFormat("en", options)).format(at);
}

/** As on a clock: `4:05`, `1:00:00`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, place) => (place === 0 ? `${part}` : `${part}`.padStart(2, "0"))).join(":");
}

/** In words, for those who listen: `4 minutes 5 seconds`. */
export function durationInWords(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ];
  const told = parts.filter(([count, unit]) => count > 0 || (whole === 0 && unit === "second"));
  return told.map(([count, unit]) => unitInWords(count, unit)).join(" ");
}

function unitInWords(count: number, unit: string): string {
  const options = { style: "unit", unit, unitDisplay: "long" } as const;
  return formatter(`unit ${unit}`, (tag) => new Intl.NumberFormat(tag, options)).format(count);
}

/** `in 3 days`, `2 hours ago`: by the largest unit that fits. */
export function relative(ms: number): string {
  const format = formatter("relative", (tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }));
  const seconds = ms / 1000;
  const [size, unit] = RELATIVE_UNITS.find(([size]) => Math.abs(seconds) >= size) ?? ([1, "second"] as const);
  return format.format(Math.trunc(seconds / size), unit);
}

const RELATIVE_UNITS = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
] as const;

/** Several things as one text: `milk and beans`. Korean shops put commas between them. */
export function list(things: readonly string[]): string {
  if (language.value === "ko") return things.join(", ");
  return formatter("list", (tag) => new Intl.ListFormat(tag, { type: "conjunction" })).format(things);
}

/** One of several things: `Latte or Mocha`. */
export function either(things: readonly string[]): string {
  return formatter("either", (tag) => new Intl.ListFormat(tag, { type: "disjunction" })).format(things);
}

/** Of languages with two forms. */
export function plural(count: number, one: string, other: string): string {
  return count === 1 ? one : other;
}
