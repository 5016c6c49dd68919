import type { Board } from "../../../client/board.ts";
import type { PlanIndex } from "../../../client/plan.ts";
import { type SeatState, stateOf } from "./selection.ts";

/** What the list beside the map shows; empty means all. */
export interface Filter {
  zone: string;
  section: string;
  /** The number of a row of the plan. */
  row: number | undefined;
  state: SeatState | "";
  /** A part of a label or id. */
  text: string;
}

export const NO_FILTER: Filter = { zone: "", section: "", row: undefined, state: "", text: "" };

/** The seats that the filter lets through, by number. What is counted in pieces stands in a list of its own. */
export function matching(filter: Filter, plan: PlanIndex, board: Board): number[] {
  const words = filter.text.trim().toLocaleLowerCase();
  const found: number[] = [];
  plan.plan.units.forEach((unit, number) => {
    const fits =
      unit.kind === "seat" &&
      !unit.closed &&
      (!filter.zone || unit.zone === filter.zone) &&
      (!filter.section || unit.section === filter.section) &&
      (filter.row === undefined || unit.row === filter.row) &&
      (!filter.state || stateOf(board, number) === filter.state) &&
      (!words ||
        unit.label.toLocaleLowerCase().includes(words) ||
        unit.id.toLocaleLowerCase().includes(words));
    if (fits) found.push(number);
  });
  return found;
}

/** The zones that have seats, their sections, and their rows, for the choices of the filter. */
export function zonesWithSeats(plan: PlanIndex): PlanIndex["plan"]["zones"] {
  const used = new Set(plan.plan.rows.map((row) => row.zone));
  return plan.plan.zones.filter((zone) => used.has(zone.id));
}

export interface RowChoice {
  row: number;
  label: string;
}

export function rowsOf(plan: PlanIndex, zone: string, section: string): readonly RowChoice[] {
  const choices: RowChoice[] = [];
  plan.plan.rows.forEach(({ zone: at, section: part, label, id }, row) => {
    if (at === zone && (!section || part === section))
      choices.push({ row, label: label || id || String(row + 1) });
  });
  return choices;
}
