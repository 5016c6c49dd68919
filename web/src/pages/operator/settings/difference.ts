import type { PlanAnswer } from "../../../client/types.gen.ts";

/** What a new plan would change, by the ids of units. The server decides; this is to look at before it is asked. */
export interface Difference {
  added: readonly string[];
  /** Units that are on sale now and are not in the new plan. */
  closed: readonly string[];
  relabelled: readonly string[];
  /** Areas and items: how much more or less there will be. */
  capacity: readonly { id: string; from: number; to: number }[];
}

type Units = Pick<PlanAnswer, "units">;

export function differenceOf(now: Units, next: Units): Difference {
  const before = new Map(now.units.filter((unit) => !unit.closed).map((unit) => [unit.id, unit]));
  const after = new Map(next.units.map((unit) => [unit.id, unit]));
  const kept = [...after.values()].flatMap((unit) => {
    const was = before.get(unit.id);
    return was ? [{ was, unit }] : [];
  });
  return {
    added: [...after.keys()].filter((id) => !before.has(id)),
    closed: [...before.keys()].filter((id) => !after.has(id)),
    relabelled: kept.filter(({ was, unit }) => was.label !== unit.label).map(({ unit }) => unit.id),
    capacity: kept
      .filter(({ was, unit }) => was.capacity !== unit.capacity)
      .map(({ was, unit }) => ({ id: unit.id, from: was.capacity, to: unit.capacity })),
  };
}
