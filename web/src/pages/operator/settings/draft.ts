import type { SettingsAnswer, SettingsPatch } from "../../../client/types.gen.ts";

/** What stands in the fields of the form: all text, as people type it. Empty times and limits mean none. */
export interface Draft {
  on_sale_from: string;
  on_sale_until: string;
  checkout: SettingsAnswer["checkout"];
  hold_seconds: string;
  extensions_max: string;
  holds_per_buyer: string;
  pieces_per_hold_min: string;
  pieces_per_hold: string;
  pieces_per_buyer: string;
  single_seats: SettingsAnswer["single_seats"];
  single_seats_until_left: string;
  /** As a choice of a form: `true` as text. */
  release_accessible: "true" | "false";
}

export type Field = keyof Draft;
export const FIELDS = [
  "on_sale_from",
  "on_sale_until",
  "checkout",
  "hold_seconds",
  "extensions_max",
  "holds_per_buyer",
  "pieces_per_hold_min",
  "pieces_per_hold",
  "pieces_per_buyer",
  "single_seats",
  "single_seats_until_left",
  "release_accessible",
] as const satisfies readonly Field[];

/** The ranges that the server sets (`setting_invalid` outside of them). */
export const RANGES = {
  hold_seconds: [30, 1_800],
  extensions_max: [0, 2],
  holds_per_buyer: [1, 1_000_000],
  pieces_per_hold_min: [1, 50],
  pieces_per_hold: [1, 50],
  pieces_per_buyer: [1, 4_294_967_295],
  single_seats_until_left: [0, 4_294_967_295],
} as const satisfies Partial<Record<Field, readonly [number, number]>>;

export type NumberField = keyof typeof RANGES;

/** The server's own settings where nothing is said. */
export const DEFAULTS: Draft = {
  on_sale_from: "",
  on_sale_until: "",
  checkout: "key",
  hold_seconds: "300",
  extensions_max: "2",
  holds_per_buyer: "4",
  pieces_per_hold_min: "1",
  pieces_per_hold: "8",
  pieces_per_buyer: "",
  single_seats: "off",
  single_seats_until_left: "0",
  release_accessible: "false",
};

export function draftOf(settings: SettingsAnswer): Draft {
  return {
    on_sale_from: localTime(settings.on_sale_from),
    on_sale_until: localTime(settings.on_sale_until),
    checkout: settings.checkout,
    hold_seconds: String(settings.hold_seconds),
    extensions_max: String(settings.extensions_max),
    holds_per_buyer: String(settings.holds_per_buyer),
    pieces_per_hold_min: String(settings.pieces_per_hold_min),
    pieces_per_hold: String(settings.pieces_per_hold),
    pieces_per_buyer: settings.pieces_per_buyer == null ? "" : String(settings.pieces_per_buyer),
    single_seats: settings.single_seats,
    single_seats_until_left: String(settings.single_seats_until_left),
    release_accessible: settings.release_accessible ? "true" : "false",
  };
}

/** Only what differs from `base`, so that nothing is written back that was merely read. */
export function patchOf(draft: Draft, base: Draft): SettingsPatch {
  const changed = FIELDS.filter((field) => draft[field] !== base[field]);
  return Object.fromEntries(changed.map((field) => [field, typedValue(field, draft)]));
}

function typedValue(field: Field, draft: Draft): string | number | boolean | null {
  const typed = draft[field].trim();
  if (field === "release_accessible") return typed === "true";
  if (field === "on_sale_from" || field === "on_sale_until") return typed ? instant(typed) : null;
  if (!(field in RANGES)) return typed;
  return typed ? Number(typed) : null;
}

export type Wrong = { field: Field; wrong: "number" | "range" | "time" | "order" };

/** What is wrong with the draft, field by field; the server has the last word. */
export function wrongIn(draft: Draft): readonly Wrong[] {
  const wrong: Wrong[] = [];
  for (const [field, range] of Object.entries(RANGES) as [NumberField, readonly [number, number]][]) {
    const fault = wrongNumber(draft[field].trim(), range, field === "pieces_per_buyer");
    if (fault) wrong.push({ field, wrong: fault });
  }
  for (const field of ["on_sale_from", "on_sale_until"] as const) {
    if (draft[field] && Number.isNaN(Date.parse(draft[field]))) wrong.push({ field, wrong: "time" });
  }
  if (draft.on_sale_from && draft.on_sale_until && !(draft.on_sale_from < draft.on_sale_until))
    wrong.push({ field: "on_sale_until", wrong: "order" });
  if (wrong.length === 0 && Number(draft.pieces_per_hold_min) > Number(draft.pieces_per_hold))
    wrong.push({ field: "pieces_per_hold_min", wrong: "order" });
  return wrong;
}

function wrongNumber(typed: string, [least, most]: readonly [number, number], mayBeEmpty: boolean) {
  if (!typed) return mayBeEmpty ? undefined : "number";
  if (!/^\d+$/.test(typed)) return "number";
  return Number(typed) < least || Number(typed) > most ? "range" : undefined;
}

/** A field that both changed, since the form was opened. */
export interface Clash {
  field: Field;
  mine: string;
  theirs: string;
}

/** Theirs, with what only I have changed; what both have changed differently is listed, and mine stands in the draft. */
export function merge(base: Draft, mine: Draft, theirs: Draft): { draft: Draft; clashes: readonly Clash[] } {
  const draft: Draft = { ...theirs };
  const clashes: Clash[] = [];
  for (const field of FIELDS) {
    if (mine[field] === base[field]) continue;
    set(draft, field, mine[field]);
    if (theirs[field] !== base[field] && theirs[field] !== mine[field])
      clashes.push({ field, mine: mine[field], theirs: theirs[field] });
  }
  return { draft, clashes };
}

/** What they changed since `base`. */
export function changedFields(base: Draft, theirs: Draft): readonly Field[] {
  return FIELDS.filter((field) => base[field] !== theirs[field]);
}

function set<F extends Field>(draft: Draft, field: F, value: Draft[F]) {
  draft[field] = value;
}

/** RFC 3339 to what a `datetime-local` field shows; to the second where there are seconds. */
export function localTime(time: string | null | undefined): string {
  if (!time) return "";
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const seconds = at.getSeconds() ? `:${two(at.getSeconds())}` : "";
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}${seconds}`;
}

/** The other way; the reader's own time zone counts. */
export function instant(local: string): string {
  return new Date(local).toISOString();
}
