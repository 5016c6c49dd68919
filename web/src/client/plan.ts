import { type Offer, offersOf } from "./offers.ts";
import type { PlanAnswer, PlanUnit } from "./types.gen.ts";

/** A plan with the look-ups that a page needs. Immutable: a new version makes a new one. */
export class PlanIndex {
  readonly version: number;
  readonly #units = new Map<string, number>();
  #offers: ReadonlyMap<string, Offer> | undefined;

  constructor(readonly plan: PlanAnswer) {
    this.version = plan.plan_version;
    plan.units.forEach((unit, number) => {
      this.#units.set(unit.id, number);
    });
  }

  unit(number: number): PlanUnit {
    const unit = this.plan.units[number];
    if (!unit) throw new RangeError(`the plan has no unit ${number}`);
    return unit;
  }

  unitNumber(id: string): number | undefined {
    return this.#units.get(id);
  }

  /** All that can be picked, by id. */
  get offers(): ReadonlyMap<string, Offer> {
    this.#offers ??= offersOf(this.plan);
    return this.#offers;
  }

  offer(id: string): Offer | undefined {
    return this.offers.get(id);
  }
}
