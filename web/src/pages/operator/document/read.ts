import { isLoose, type Loose, objects } from "./loose.ts";
import { malformedAt } from "./malformed.ts";

/** The most that the server takes as one plan. */
export const FILE_BYTES_MAX = 32 * 1024 * 1024;

/** Formats that the server reads and this page does not; `auto` where only the server can tell what a file is. */
export type OtherFormat = "pretix" | "seatsio" | "csv" | "auto";

export type FileRead =
  | { kind: "plan"; document: Loose }
  | { kind: "other"; format: OtherFormat; source: Loose }
  | { kind: "not_json"; line: number; column: number }
  | { kind: "unknown" };

/** What a chosen file is, by its content. Whether a plan is sound is for the server to say. */
export function readPlanFile(content: string, name: string): FileRead {
  if (!beginsLikeJson(content)) {
    const format = looksLikeGrid(content, name) ? "csv" : "auto";
    return { kind: "other", format, source: {} };
  }
  const parsed = parse(content);
  if ("at" in parsed) return { kind: "not_json", ...lineAndColumn(content, parsed.at) };
  if (!isLoose(parsed.value)) return { kind: "unknown" };
  return ofObject(parsed.value);
}

function ofObject(value: Loose): FileRead {
  if (CHART_FIELDS.some((field) => field in value))
    return { kind: "other", format: "seatsio", source: value };
  if (isPretix(value)) return { kind: "other", format: "pretix", source: value };
  const isPlan = "zones" in value || "items" in value || "categories" in value;
  return isPlan ? { kind: "plan", document: value } : { kind: "unknown" };
}

const CHART_FIELDS = ["subChart", "subChartFloors", "venueType"];
const ZONE_FIELDS = ["zone_id", "position", "uuid"];

/** A seating plan of pretix names zones by `zone_id`, seats by `seat_guid` and rows by `row_number`. */
function isPretix(value: Loose): boolean {
  return objects(value.zones).some(
    (zone) =>
      ZONE_FIELDS.some((field) => field in zone) || objects(zone.rows).some((row) => "row_number" in row),
  );
}

/** A line that declares the zones, or a cell `zone:seat`. */
const CELL = /^#\s*zones:|(?:^|[,;\t])"?[^\s:,;"]+:[^\s:,;"]+/m;

function beginsLikeJson(content: string): boolean {
  const start = content.trimStart()[0];
  return start === "{" || start === "[";
}

function looksLikeGrid(content: string, name: string): boolean {
  return /\.csv$/i.test(name) || CELL.test(content);
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
