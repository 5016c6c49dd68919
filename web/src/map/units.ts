// What a scene needs of every unit, gathered in one pass: plans have tens of thousands of them.
import type { PlanAnswer, PlanUnit } from "../client/types.gen.ts";
import { ownOutline } from "./drawings.ts";
import type { Point } from "./geometry.ts";
import { middle, outside } from "./geometry.ts";

/** A section, or the part of a zone that is in none. */
export interface Member {
  readonly name: string;
  readonly zone: string;
  readonly section: string | null;
  readonly entrance: string | undefined;
  /** Seats and areas, by their numbers. */
  readonly units: number[];
  /** How many of them are seats. */
  seats: number;
}

export interface Gathered {
  /** NaN for what has no place (yet). */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** The place in `members`, or -1 for what is never drawn. */
  readonly groupOf: Int32Array;
  /** The place in the plan's categories, or -1. */
  readonly categoryOf: Int16Array;
  /** The numbers of all seats that are drawn. */
  readonly seats: Uint32Array;
  readonly members: readonly Member[];
  /** Whether something that is drawn has no place. */
  readonly isIncomplete: boolean;
}

export function gatherUnits(plan: PlanAnswer): Gathered {
  const { units } = plan;
  const x = new Float32Array(units.length).fill(Number.NaN);
  const y = new Float32Array(units.length).fill(Number.NaN);
  const groupOf = new Int32Array(units.length).fill(-1);
  const categoryOf = new Int16Array(units.length);
  const seats = new Uint32Array(units.length);
  const groups = new Groups(plan);
  const categoryNumber = numbersOf(plan.categories);
  let count = 0;
  let isIncomplete = false;
  for (let unit = 0; unit < units.length; unit++) {
    const each = units[unit] as PlanUnit;
    categoryOf[unit] = categoryNumber(each.category);
    const group = each.kind === "item" || each.closed ? -1 : groups.numberOf(each);
    if (group < 0) continue;
    groupOf[unit] = group;
    const member = groups.members[group] as Member;
    member.units.push(unit);
    if (each.kind === "seat") {
      seats[count++] = unit;
      member.seats++;
    }
    const at = placeIn(each);
    if (at) {
      x[unit] = at.x;
      y[unit] = at.y;
    } else isIncomplete = true;
  }
  return { x, y, groupOf, categoryOf, seats: seats.slice(0, count), members: groups.members, isIncomplete };
}

/** As the plan says it, or in the middle of an area's outline. */
function placeIn(unit: PlanUnit): Point | undefined {
  const { x, y } = unit;
  if (x !== undefined && y !== undefined) return { x, y };
  const outline = unit.kind === "area" ? ownOutline(unit) : undefined;
  return outline && middle(outline.box);
}

/** Neighbours in a plan are mostly of the same category: then nothing is looked up. */
function numbersOf(categories: PlanAnswer["categories"]): (id: string | undefined) => number {
  const numbers = new Map(categories.map(({ id }, number) => [id, number]));
  let last: string | undefined;
  let number = -1;
  return (id) => {
    if (id === last) return number;
    last = id;
    number = id === undefined ? -1 : (numbers.get(id) ?? -1);
    return number;
  };
}

/** Groups in the order in which the plan first names them. */
class Groups {
  readonly members: Member[] = [];
  readonly #zones: ReadonlyMap<string, PlanAnswer["zones"][number]>;
  readonly #numbers = new Map<string, Map<string | null, number>>();
  #zone: string | undefined;
  #section: string | null = null;
  #number = -1;

  constructor({ zones }: PlanAnswer) {
    this.#zones = new Map(zones.map((zone) => [zone.id, zone]));
  }

  numberOf({ zone, section: of }: PlanUnit): number {
    const section = of ?? null;
    if (zone === this.#zone && section === this.#section) return this.#number;
    this.#zone = zone;
    this.#section = section;
    this.#number = zone === undefined ? -1 : this.#find(zone, section);
    return this.#number;
  }

  #find(id: string, section: string | null): number {
    const zone = this.#zones.get(id);
    if (!zone) return -1;
    const numbers = this.#numbers.get(id) ?? new Map<string | null, number>();
    this.#numbers.set(id, numbers);
    const known = numbers.get(section);
    if (known !== undefined) return known;
    const part = zone.sections.find((each) => each.id === section);
    const name = part ? part.name || part.id : zone.name || zone.id;
    const entrance = part?.entrance ?? undefined;
    numbers.set(section, this.members.length);
    return this.members.push({ name, zone: id, section, entrance, units: [], seats: 0 }) - 1;
  }
}

/** Those of the units' places that can be corners of what holds all of them. */
export function outerPlaces(units: readonly number[], x: Float32Array, y: Float32Array): Point[] {
  return outside(
    units.length,
    (at) => x[units[at] as number] as number,
    (at) => y[units[at] as number] as number,
  );
}
