// What units are called, as people read it: `Section 101 · Row C · Seat 12`.
import type { PlanIndex } from "../client/plan.ts";
import { t } from "../i18n/index.ts";
import { isolated } from "./writing.ts";

export interface UnitName {
  /** Of the section, or of the zone where it is in none. */
  readonly section: string;
  /** Empty for areas. */
  readonly row: string;
  readonly isTable: boolean;
  /** Of the seat within its row, or of the area. */
  readonly seat: string;
}

export function nameOf(index: PlanIndex, number: number): UnitName {
  const unit = index.unit(number);
  const zone = index.plan.zones.find(({ id }) => id === unit.zone);
  const part = zone?.sections.find(({ id }) => id === unit.section);
  const section = part ? part.name || part.id : zone?.name || zone?.id || "";
  const row = unit.row === undefined ? undefined : index.plan.rows[unit.row];
  const label = unit.label || unit.id;
  if (!row) return { section, row: "", isTable: false, seat: label };
  const rowName = row.label || row.id;
  const before = [zone?.id, zone?.name, part?.id, part?.name, row.id, row.label, lastWord(rowName)];
  return { section, row: rowName, isTable: row.table, seat: withoutPrefixes(label, before) };
}

/** One line. Each part keeps its own direction of writing. */
export function fullName(index: PlanIndex, number: number): string {
  const { section, row, isTable, seat } = nameOf(index, number);
  const parts = [section];
  if (row) parts.push(isTable ? row : t("map.row", { row: isolated(row) }));
  parts.push(row ? t("map.seat", { seat: isolated(seat) }) : seat);
  return parts
    .filter((part) => part !== "")
    .map(isolated)
    .join(" · ");
}

/** `Row C seat 12`, for those who know the section. */
export function shortName(index: PlanIndex, number: number): string {
  const { row, isTable, seat } = nameOf(index, number);
  if (!row) return isolated(seat);
  const place = isTable ? isolated(row) : t("map.row", { row: isolated(row) });
  return `${place} ${t("map.seat", { seat: isolated(seat) })}`;
}

/** A seat `101-C-12` in row C of section 101 is seat 12: what its row and section say already is left out. */
export function withoutPrefixes(label: string, before: readonly (string | undefined)[]): string {
  let rest = label;
  for (let again = true; again; ) {
    again = false;
    for (const prefix of before) {
      if (!prefix || !rest.startsWith(prefix)) continue;
      const cut = rest.slice(prefix.length);
      const separator = /^[\s\-_/.:·]+/.exec(cut)?.[0] ?? "";
      if (separator === "" || cut.length === separator.length) continue;
      rest = cut.slice(separator.length);
      again = true;
    }
  }
  return rest;
}

function lastWord(name: string): string | undefined {
  return name.split(/\s+/).at(-1);
}
