// What the list shows: sections with something left, then rows and their seats that can be bought now.
import type { Looks } from "./looks.ts";
import { CHOSEN, FREE, MINE } from "./looks.ts";
import { type Pick, pickOf } from "./picks.ts";

export interface ListRow {
  /** In the plan's `rows`. */
  readonly row: number;
  readonly label: string;
  readonly isTable: boolean;
  /** Seats; of a table that is sold as a whole only the first. */
  readonly cells: readonly number[];
}

export interface ListArea {
  readonly unit: number;
  readonly pick: Pick;
}

/** Groups in which something can be bought, or of which something is chosen. */
export function openGroups(looks: Looks): number[] {
  const { groups, groupOf } = looks.scene;
  const own = new Set([...looks.marked.chosen].map((unit) => groupOf[unit]));
  return groups.flatMap((_, group) => (looks.leftInGroup(group) > 0 || own.has(group) ? [group] : []));
}

/** `shown` are seats that stay in the list although they were taken, so that nothing jumps under the keyboard. */
export function rowsOf(looks: Looks, group: number, shown: ReadonlySet<number>): ListRow[] {
  const { plan } = looks.scene.plan;
  const isListed = (unit: number) => shown.has(unit) || isBuyable(looks, unit);
  return plan.rows.flatMap((row, number): ListRow[] => {
    const first = row.units[0];
    if (first === undefined || row.units.every((unit) => looks.scene.groupOf[unit] !== group)) return [];
    const open = row.units.filter((unit) => looks.scene.groupOf[unit] === group && isListed(unit));
    // A whole table is for who takes all of it: one taken seat, and it is gone.
    const isGone = row.whole && open.length < row.units.length;
    const cells = isGone ? [] : row.whole ? open.slice(0, 1) : open;
    return cells.length === 0 ? [] : [{ row: number, label: row.label || row.id, isTable: row.table, cells }];
  });
}

export function areasOf(looks: Looks, group: number): ListArea[] {
  const units = looks.scene.areas.filter((area) => area.group === group).map(({ unit }) => unit);
  return units.flatMap((unit) => {
    const pick = pickOf(looks.scene.plan, unit);
    const isListed = looks.left(unit) > 0 || looks.of[unit] === CHOSEN;
    return pick && isListed ? [{ unit, pick }] : [];
  });
}

function isBuyable(looks: Looks, unit: number): boolean {
  const look = looks.of[unit];
  return looks.isForSale(unit) && (look === FREE || look === CHOSEN || look === MINE);
}

/** Where a key leads from a cell; the same cell where it leads nowhere, undefined for other keys. */
export function move(
  rows: readonly ListRow[],
  from: number,
  key: string,
  isFar: boolean,
  x: Float32Array,
): number | undefined {
  const at = rows.findIndex(({ cells }) => cells.includes(from));
  const row = rows[at];
  if (!row) return undefined;
  const place = row.cells.indexOf(from);
  switch (key) {
    case "ArrowRight":
      return row.cells[place + 1] ?? from;
    case "ArrowLeft":
      return row.cells[place - 1] ?? from;
    case "ArrowDown":
      return below(rows[at + 1], from, place, x);
    case "ArrowUp":
      return below(rows[at - 1], from, place, x);
    case "Home":
      return isFar ? (rows[0]?.cells[0] ?? from) : (row.cells[0] ?? from);
    case "End":
      return isFar ? (rows.at(-1)?.cells.at(-1) ?? from) : (row.cells.at(-1) ?? from);
    default:
      return undefined;
  }
}

/** The seat of the other row that stands nearest below or above. */
function below(row: ListRow | undefined, from: number, place: number, x: Float32Array): number {
  if (!row) return from;
  const left = x[from] ?? Number.NaN;
  if (Number.isNaN(left)) return row.cells[Math.min(place, row.cells.length - 1)] ?? from;
  const far = (unit: number) => Math.abs((x[unit] as number) - left);
  return row.cells.reduce((best, unit) => (far(unit) < far(best) ? unit : best), row.cells[0] ?? from);
}
