import { isLoose, type Loose } from "./loose.ts";
import { malformedAt } from "./malformed.ts";

/** The most that the server takes as one plan. */
export const FILE_BYTES_MAX = 32 * 1024 * 1024;

/** Formats that `fairhold import` reads and this page does not. */
export type OtherFormat = "pretix" | "seatsio" | "csv";

export type FileRead =
  | { kind: "plan"; document: Loose }
  | { kind: "other"; format: OtherFormat }
  | { kind: "not_json"; line: number; column: number }
  | { kind: "unknown" };

/** What a chosen file is, by its content. Whether a plan is sound is for the server to say. */
export function readPlanFile(content: string, name: string): FileRead {
  if (looksLikeGrid(content, name)) return { kind: "other", format: "csv" };
  const parsed = parse(content);
  if ("at" in parsed) return { kind: "not_json", ...lineAndColumn(content, parsed.at) };
  if (!isLoose(parsed.value)) return { kind: "unknown" };
  return ofObject(parsed.value);
}

function ofObject(value: Loose): FileRead {
  if ("subChart" in value || "venueType" in value) return { kind: "other", format: "seatsio" };
  if (isPretix(value)) return { kind: "other", format: "pretix" };
  const isPlan = "zones" in value || "items" in value || "categories" in value;
  return isPlan ? { kind: "plan", document: value } : { kind: "unknown" };
}

/** A seating plan of pretix names zones by `zone_id` and seats by `seat_guid`. */
function isPretix(value: Loose): boolean {
  const zones = Array.isArray(value.zones) ? value.zones : [];
  return zones.some((zone) => isLoose(zone) && ("zone_id" in zone || "position" in zone || "uuid" in zone));
}

function looksLikeGrid(content: string, name: string): boolean {
  const start = content.trimStart()[0];
  return /\.csv$/i.test(name) || (start !== "{" && start !== "[" && /^#\s*zones:/m.test(content));
}

function parse(content: string): { value: unknown } | { at: number } {
  try {
    return { value: JSON.parse(content) };
  } catch {
    return { at: malformedAt(content) };
  }
}

function lineAndColumn(content: string, offset: number): { line: number; column: number } {
  const before = content.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
