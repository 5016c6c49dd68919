import type { FieldError } from "../../../client/types.gen.ts";
import { isLoose, type Loose, text } from "./loose.ts";
import { pointerParts, walk } from "./pointer.ts";

/** A thing on the way to a defect, such as row A: a kind with a name, or with its position where it has none. */
export interface Step {
  kind:
    | "category"
    | "floor"
    | "zone"
    | "section"
    | "row"
    | "table"
    | "seat"
    | "area"
    | "shape"
    | "item"
    | "offer";
  name: string;
  /** From 1 on. */
  position: number;
}

export interface Defect {
  code: string;
  detail: string;
  /** Inside the plan, as the file's author counts; empty: the whole of it. */
  pointer: string;
  /** Where it is, from the outside to the inside. */
  steps: readonly Step[];
  /** The field that is wrong, where the pointer names one. */
  field: string | undefined;
  /** The unit that it is about, to show it on the map. */
  unit: number | undefined;
  /** What stands there, as JSON. */
  excerpt: string | undefined;
}

const KINDS: Readonly<Record<string, Step["kind"]>> = {
  categories: "category",
  floors: "floor",
  zones: "zone",
  sections: "section",
  rows: "row",
  tables: "table",
  seats: "seat",
  areas: "area",
  shapes: "shape",
  items: "item",
  offers: "offer",
};

const EXCERPT_MAX = 600;

/**
 * The defects of a refused plan with their places. `prefix` is where the plan stands in the request (`/plan`), `units`
 * the pointer of each unit by number.
 */
export function defectsOf(
  errors: readonly FieldError[],
  document: Loose,
  units: readonly string[],
  prefix = "/plan",
): readonly Defect[] {
  const numbers = new Map(units.map((pointer, number) => [pointer, number]));
  return errors.map(({ pointer, code, detail }) => {
    const inside = pointer.startsWith(prefix) ? pointer.slice(prefix.length) : pointer;
    return { code, detail, pointer: inside, ...placeOf(inside, document, numbers) };
  });
}

function placeOf(pointer: string, document: Loose, numbers: ReadonlyMap<string, number>) {
  const parts = pointerParts(pointer);
  const passed = walk(document, parts);
  const steps: Step[] = [];
  let field: string | undefined;
  let unit: number | undefined;
  let thing: unknown;
  parts.forEach((part, depth) => {
    const kind = KINDS[parts[depth - 1] ?? ""];
    if (kind && /^\d+$/.test(part)) {
      thing = passed[depth + 1];
      steps.push({ kind, name: nameOf(thing), position: Number(part) + 1 });
      unit = numbers.get(`/${parts.slice(0, depth + 1).join("/")}`) ?? unit;
      field = undefined;
    } else if (!(part in KINDS) || depth === parts.length - 1) {
      field ??= part;
    }
  });
  return { steps, field, unit, excerpt: excerptOf(thing) };
}

function nameOf(thing: unknown): string {
  if (!isLoose(thing)) return "";
  return text(thing.label) || text(thing.name) || text(thing.id) || text(thing.text);
}

/** A seat is shown whole; of what holds lists, the lists are left out. */
function excerptOf(thing: unknown): string | undefined {
  if (thing === undefined) return undefined;
  const short = isLoose(thing)
    ? Object.fromEntries(Object.entries(thing).filter(([, value]) => !Array.isArray(value)))
    : thing;
  const words = JSON.stringify(short, null, 1).replace(/\n\s*/g, " ");
  return words.length > EXCERPT_MAX ? `${words.slice(0, EXCERPT_MAX)} …` : words;
}

/** How many there are of each code, the most frequent first. */
export function byCode(defects: readonly Defect[]): readonly [string, number][] {
  const counts = new Map<string, number>();
  for (const { code } of defects) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
}
