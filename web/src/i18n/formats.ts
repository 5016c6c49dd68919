import type { Money } from "../client/types.gen.ts";
import { locale } from "./language.ts";

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
        currencyDisplay: "narrowSymbol",
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

export function dateTime(time: string | number | Date): string {
  const format = formatter(
    "dateTime",
    (tag) =>
      new Intl.DateTimeFormat(tag, {
        weekday: "short",
        year: "numeric",
        month: "short",
        day: "numeric",
        hour: "numeric",
        minute: "2-digit",
      }),
  );
  return format.format(new Date(time));
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

/** Several things as one text: `milk and beans`. */
export function list(things: readonly string[]): string {
  return formatter("list", (tag) => new Intl.ListFormat(tag, { type: "conjunction" })).format(things);
}

/** Of languages with two forms. */
export function plural(count: number, one: string, other: string): string {
  return count === 1 ? one : other;
}
