import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { InventoryLine } from "../../client/types.gen.ts";
import { language } from "../../i18n/index.ts";
import { EventCard } from "./EventCard.tsx";

const NOON = Date.parse("2031-05-01T12:00:00Z");
const at = (ms: number) => new Date(NOON + ms).toISOString();
const page = document.createElement("div");

/** The server's clock, which goes on with the test's. */
let clock: { now(): number };

function show(sale: { state: string; opens_at?: string; closes_at?: string }, asOf = at(0)): string {
  const line = {
    id: "inv_1",
    name: "Gala",
    sale,
    as_of: asOf,
    figures: { available: 5, capacity: 10, held: 0, sold: 5, blocked: 0 },
  } as unknown as InventoryLine;
  act(() => render(<EventCard line={line} clock={clock} />, page));
  return words();
}

function words(): string {
  return (page.querySelector(".event-left")?.textContent ?? "").replace(/[\u2068\u2069]/g, "");
}

beforeEach(() => {
  language.value = "en";
  vi.useFakeTimers();
});

afterEach(() => {
  act(() => render(null, page));
  vi.useRealTimers();
});

it.each([
  ["three hours ahead", 3],
  ["right", 0],
  ["three hours behind", -3],
])("a card tells how a sale stands by the server's clock where the device is %s", (_, hours) => {
  vi.setSystemTime(NOON + hours * 3_600_000);
  const began = Date.now();
  clock = { now: () => NOON + Date.now() - began };
  expect(show({ state: "open" })).toBe("On sale50% left");
  expect(show({ state: "open", closes_at: at(60_000) })).toBe("On sale50% left");
  expect(show({ state: "upcoming", opens_at: at(90_000) })).toBe("Opens in 1:30");
  act(() => void vi.advanceTimersByTime(89_000));
  expect(words()).toBe("Opens in 0:01");
  act(() => void vi.advanceTimersByTime(1_000));
  expect(words()).toContain("On sale");
  expect(show({ state: "open", closes_at: at(60_000) })).toBe("Sale closed");
  // Older than a minute: how much is left is not told.
  expect(show({ state: "open" }, at(0))).toBe("On sale");
});
