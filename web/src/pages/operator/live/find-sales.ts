import type { PlanIndex } from "../../../client/plan.ts";
import type { SaleList, SoldAnswer } from "../../../client/types.gen.ts";

/** So many units are asked for at once; each is a request, but those of a sale that is known already. */
export const UNITS_ASKED_MAX = 1_000;
/** An area may have more sales than anybody reads through in a dialog. */
export const SALES_OF_AREA_MAX = 200;
const WORKERS = 4;

export interface Found {
  sales: readonly SoldAnswer[];
  /** Seats that nobody has by now. */
  nobodys: readonly number[];
  /** Areas with more sales than were read. */
  more: readonly number[];
}

export interface Search {
  plan: PlanIndex;
  /** The sales that have a unit, newest first. */
  ask(unit: string): Promise<SaleList>;
  onProgress(asked: number): void;
  signal: AbortSignal;
}

/** The sales that have something of these units. A few workers ask, each for neighbours: they mostly have one sale. */
export async function findSales(units: readonly number[], search: Search): Promise<Found> {
  const found = new Finding(units, search);
  const share = Math.ceil(units.length / WORKERS);
  const parts = Array.from({ length: WORKERS }, (_, n) => units.slice(n * share, (n + 1) * share));
  await Promise.all(parts.map((part) => found.go(part)));
  return found;
}

class Finding implements Found {
  readonly #sales = new Map<string, SoldAnswer>();
  readonly #wanted: ReadonlySet<number>;
  readonly #known = new Set<number>();
  #settled = 0;
  readonly nobodys: number[] = [];
  readonly more: number[] = [];

  constructor(
    units: readonly number[],
    readonly search: Search,
  ) {
    this.#wanted = new Set(units);
  }

  get sales(): readonly SoldAnswer[] {
    return [...this.#sales.values()];
  }

  async go(units: readonly number[]) {
    for (const unit of units) {
      if (this.search.signal.aborted) return;
      if (!this.#known.has(unit)) await this.#ask(unit);
      this.search.onProgress(++this.#settled);
    }
  }

  async #ask(unit: number) {
    const { id, kind } = this.search.plan.unit(unit);
    const { data, has_more } = await this.search.ask(id);
    for (const sale of data) this.#learn(sale);
    if (has_more) this.more.push(unit);
    if (data.length === 0 && kind === "seat") this.nobodys.push(unit);
  }

  /** A seat has one owner, so its sale tells all of it. An area has many, and is asked for by itself. */
  #learn(sale: SoldAnswer) {
    this.#sales.set(sale.id, sale);
    for (const [id] of sale.lines.flatMap((line) => line.units)) {
      const unit = this.search.plan.unitNumber(id);
      if (unit === undefined || !this.#wanted.has(unit)) continue;
      const { kind, whole } = this.search.plan.unit(unit);
      if (kind === "seat" || whole) this.#known.add(unit);
    }
  }
}
