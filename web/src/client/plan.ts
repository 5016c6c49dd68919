import { type Offer, offersOf } from "./offers.ts";
import type { PlanAnswer, PlanUnit } from "./types.gen.ts";

/** A plan with the look-ups that a page needs. Immutable: a new version makes a new one. */
export class PlanIndex {
  readonly version: number;
  #units: ReadonlyMap<string, number> | undefined;
  #offers: ReadonlyMap<string, Offer> | undefined;

  constructor(readonly plan: PlanAnswer) {
    this.version = plan.plan_version;
  }

  unit(number: number): PlanUnit {
    const unit = this.plan.units[number];
    if (!unit) throw new RangeError(`the plan has no unit ${number}`);
    return unit;
  }

  unitNumber(id: string): number | undefined {
    this.#units ??= new Map(this.plan.units.map((unit, number) => [unit.id, number]));
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
