// How each unit looks: its standing on the board, unless it is the reader's own, chosen, or just lost.
import type { Board } from "../client/board.ts";
import { BLOCKED as BOARD_BLOCKED, HELD as BOARD_HELD, SOLD as BOARD_SOLD } from "../client/board.ts";
import type { Scene } from "./scene.ts";

export const FREE = 0;
export const CHOSEN = 1;
export const MINE = 2;
export const HELD = 3;
export const SOLD = 4;
export const BLOCKED = 5;
/** Just taken by somebody else. */
export const LOST = 6;
/** Nobody can buy it: the plan gives it no category. */
export const OFF = 7;
export type Look =
  | typeof FREE
  | typeof CHOSEN
  | typeof MINE
  | typeof HELD
  | typeof SOLD
  | typeof BLOCKED
  | typeof LOST
  | typeof OFF;

export interface Marked {
  readonly mine: ReadonlySet<number>;
  readonly chosen: ReadonlySet<number>;
  readonly lost: ReadonlySet<number>;
}

/** A look for every unit, and what is left of each group and category, kept up to date change by change. */
export class Looks {
  readonly of: Uint8Array;
  /** What can be bought now, by group and category: `group × (categories + 1) + category + 1`. */
  readonly #left: Int32Array;
  readonly #width: number;
  readonly #countOf: Int32Array;
  readonly #isForSale: Uint8Array;

  constructor(
    readonly scene: Scene,
    readonly board: Board,
    public marked: Marked,
  ) {
    const { units, categories, rows } = scene.plan.plan;
    this.of = new Uint8Array(units.length);
    this.#countOf = new Int32Array(units.length);
    this.#width = categories.length + 1;
    this.#left = new Int32Array(scene.groups.length * this.#width);
    this.#isForSale = new Uint8Array(units.length);
    for (let unit = 0; unit < units.length; unit++) if (units[unit]?.offer) this.#isForSale[unit] = 1;
    for (const row of rows) {
      if (row.whole && row.id !== "")
        for (const unit of row.units) this.#isForSale[unit] = units[unit]?.category ? 1 : 0;
    }
    this.refreshAll();
  }

  refreshAll() {
    this.#left.fill(0);
    this.#countOf.fill(0);
    for (let unit = 0; unit < this.of.length; unit++) this.refresh(unit);
  }

  /** Whether it looks different now. Of areas: also whether another number is left. */
  refresh(unit: number): boolean {
    const look = this.#look(unit);
    const left = this.#leftOf(unit, look);
    const wasLook = this.of[unit];
    const was = this.#countOf[unit] as number;
    this.of[unit] = look;
    if (left !== was) this.#count(unit, left - was);
    this.#countOf[unit] = left;
    return look !== wasLook || left !== was;
  }

  /** Pieces of it that can be bought now: 0 or 1 of a seat. */
  left(unit: number): number {
    return this.#countOf[unit] ?? 0;
  }

  isForSale(unit: number): boolean {
    return this.#isForSale[unit] === 1;
  }

  leftInGroup(group: number): number {
    let sum = 0;
    for (let at = group * this.#width; at < (group + 1) * this.#width; at++) sum += this.#left[at] as number;
    return sum;
  }

  /** -1 is what has no category. */
  leftInCategory(category: number): number {
    let sum = 0;
    for (let at = category + 1; at < this.#left.length; at += this.#width) sum += this.#left[at] as number;
    return sum;
  }

  leftInBoth(group: number, category: number): number {
    return this.#left[group * this.#width + category + 1] ?? 0;
  }

  #look(unit: number): Look {
    const { mine, chosen, lost } = this.marked;
    if (mine.has(unit)) return MINE;
    if (lost.has(unit)) return LOST;
    const status = this.board.status(unit);
    if (status === BOARD_HELD) return HELD;
    if (status === BOARD_SOLD) return SOLD;
    if (status === BOARD_BLOCKED) return BLOCKED;
    if (chosen.has(unit)) return CHOSEN;
    return this.#isForSale[unit] === 1 ? FREE : OFF;
  }

  #leftOf(unit: number, look: Look): number {
    if (this.#isForSale[unit] !== 1) return 0;
    const { kind } = this.scene.plan.unit(unit);
    if (kind === "seat") return look === FREE || look === CHOSEN ? 1 : 0;
    return this.board.left(unit);
  }

  #count(unit: number, by: number) {
    const group = this.scene.groupOf[unit] as number;
    if (group < 0) return;
    (this.#left[group * this.#width + (this.scene.categoryOf[unit] as number) + 1] as number) += by;
  }
}
