// A plan made ready to draw, once: places in typed arrays, groups with outlines, areas, tables, drawings, floors.
import type { PlanIndex } from "../client/plan.ts";
import type { PlanAnswer } from "../client/types.gen.ts";
import type { Outline, Writing } from "./drawings.ts";
import { blob, coverAll, outlineOf, writingOf } from "./drawings.ts";
import type { Box, Point } from "./geometry.ts";
import { cover, grow, NOTHING } from "./geometry.ts";
import { Grid } from "./grid.ts";
import { PITCH, place } from "./layout.ts";
import { areasOf, tablesOf } from "./places.ts";
import { gatherUnits, outerPlaces } from "./units.ts";

/** A section, or the part of a zone that is in none: what the overview shows as one. */
export interface Group {
  readonly name: string;
  readonly zone: string;
  readonly section: string | null;
  readonly entrance: string | undefined;
  readonly floor: number;
  /** Seats and areas, by their numbers. */
  readonly units: readonly number[];
  readonly outline: Outline;
  /** Whether it has seats; a group of areas only is shown by these. */
  readonly seats: number;
}

export interface AreaPlace {
  readonly unit: number;
  readonly group: number;
  readonly outline: Outline;
}

export interface TablePlace {
  /** In the plan's `rows`. */
  readonly row: number;
  readonly floor: number;
  readonly whole: boolean;
  readonly centre: Point;
  readonly outline: Outline;
}

export interface Drawing {
  readonly floor: number;
  readonly outline?: Outline;
  readonly writing?: Writing;
}

export interface Scene {
  readonly plan: PlanIndex;
  /** Of each unit; NaN for items, which stand nowhere. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Of each unit: its place in `groups`, or -1 for what is never drawn. */
  readonly groupOf: Int32Array;
  /** Of each unit: its place in the plan's categories, or -1. */
  readonly categoryOf: Int16Array;
  /** All seats that are drawn. */
  readonly seats: Uint32Array;
  readonly grid: Grid;
  /** The distance of neighbours, and the radius that is drawn. */
  readonly pitch: number;
  readonly radius: number;
  readonly groups: readonly Group[];
  readonly areas: readonly AreaPlace[];
  readonly tables: readonly TablePlace[];
  readonly drawings: readonly Drawing[];
  readonly floors: readonly { id: string; name: string }[];
  /** They lie over each other: only one can be looked at. */
  readonly stacked: boolean;
  /** Of everything, and of each floor. */
  readonly box: Box;
  readonly floorBoxes: readonly Box[];
}

/** From this many seats on, the first look is at sections. */
const LARGE = 1_000;

export function isLarge(scene: Scene): boolean {
  return scene.seats.length >= LARGE && scene.groups.length > 1;
}

const made = new WeakMap<PlanIndex, Scene>();

/** The same plan gives the same scene: the map and the list share it. */
export function sceneOf(index: PlanIndex): Scene {
  const known = made.get(index);
  if (known) return known;
  const scene = makeScene(index);
  made.set(index, scene);
  return scene;
}

export function makeScene(index: PlanIndex): Scene {
  const { plan } = index;
  const { x, y, groupOf, categoryOf, seats, members, isIncomplete } = gatherUnits(plan);
  if (isIncomplete) place(plan, groupOf, { x, y });
  const grid = new Grid(x, y, seats, boxOfSeats(seats, x, y));
  const pitch = pitchOf(seats, grid);
  const floors = floorsOf(plan);
  const floorOf = floorOfZones(plan);
  const at = { plan, x, y, groupOf, grid, pitch };
  const areas = areasOf(at);
  const groups = members.map((member, group) => ({
    ...member,
    floor: floorOf.get(member.zone) ?? 0,
    outline: outlineOfGroup(group, member.units, { x, y, pitch, areas }),
  }));
  const tables = tablesOf(at, floorOf);
  const drawings = drawingsOf(plan, floorOf);
  const floorBoxes = floors.map((_, floor) => boxOfFloor(floor, groups, drawings, pitch));
  return {
    plan: index,
    x,
    y,
    groupOf,
    categoryOf,
    seats,
    grid,
    pitch,
    radius: pitch * 0.42,
    groups,
    areas,
    tables,
    drawings,
    floors,
    stacked: areStacked(floors.length, groups, { seats, x, y, groupOf, pitch }),
    box: floorBoxes.reduce(cover, NOTHING),
    floorBoxes,
  };
}

function boxOfSeats(seats: Uint32Array, x: Float32Array, y: Float32Array): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < seats.length; at++) {
    const seat = seats[at] as number;
    left = Math.min(left, x[seat] as number);
    right = Math.max(right, x[seat] as number);
    top = Math.min(top, y[seat] as number);
    bottom = Math.max(bottom, y[seat] as number);
  }
  return seats.length === 0 ? { left: 0, top: 0, right: 0, bottom: 0 } : { left, top, right, bottom };
}

/** What nine in ten of some hundred seats have between themselves and the nearest other. */
function pitchOf(seats: Uint32Array, grid: Grid): number {
  const distances: number[] = [];
  const step = Math.max(1, Math.floor(seats.length / 300));
  for (let i = 0; i < seats.length; i += step) {
    const seat = seats[i] as number;
    const { x, y } = { x: grid.x[seat] as number, y: grid.y[seat] as number };
    for (let reach = 1; reach < 1e6; reach *= 2) {
      const apart = (other: number) => other !== seat && (grid.x[other] !== x || grid.y[other] !== y);
      const next = grid.nearest(x, y, reach, apart);
      if (next === undefined) continue;
      distances.push(Math.hypot((grid.x[next] as number) - x, (grid.y[next] as number) - y));
      break;
    }
  }
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 10)] ?? PITCH;
}

function outlineOfGroup(
  group: number,
  units: readonly number[],
  { x, y, pitch, areas }: { x: Float32Array; y: Float32Array; pitch: number; areas: readonly AreaPlace[] },
): Outline {
  const own = areas.filter((area) => area.group === group).flatMap(({ outline }) => outline.points);
  return blob([...outerPlaces(units, x, y), ...own], pitch * 0.75);
}

/** Only floors with something on them. Zones without a floor are on one of their own, named nothing. */
function floorsOf(plan: PlanAnswer): { id: string; name: string }[] {
  const used = new Set(plan.zones.map(({ floor }) => floor ?? ""));
  const named = plan.floors.filter(({ id }) => used.has(id));
  const nameless = plan.zones.some(({ floor }) => floor === null) || named.length === 0;
  return nameless ? [{ id: "", name: "" }, ...named] : named;
}

function floorOfZones(plan: PlanAnswer): Map<string, number> {
  const numbers = new Map(floorsOf(plan).map(({ id }, number) => [id, number]));
  return new Map(plan.zones.map(({ id, floor }) => [id, numbers.get(floor ?? "") ?? 0]));
}

function drawingsOf(plan: PlanAnswer, floorOf: ReadonlyMap<string, number>): Drawing[] {
  return plan.zones.flatMap(({ id, shapes }) =>
    shapes.flatMap((shape): Drawing[] => {
      const floor = floorOf.get(id) ?? 0;
      const writing = writingOf(shape);
      if (writing) return [{ floor, writing }];
      const outline = outlineOf(shape);
      return outline ? [{ floor, outline }] : [];
    }),
  );
}

function boxOfFloor(
  floor: number,
  groups: readonly { floor: number; outline: Outline }[],
  drawings: readonly Drawing[],
  pitch: number,
): Box {
  const held = coverAll(groups.filter((group) => group.floor === floor).map(({ outline }) => outline));
  const drawn = coverAll(
    drawings.flatMap((drawing) => (drawing.floor === floor && drawing.outline ? [drawing.outline] : [])),
  );
  return grow(cover(held, drawn), pitch);
}

/** Whether seats of different floors share places: more than one in fifty squares has seats of two. */
function areStacked(
  floors: number,
  groups: readonly { floor: number }[],
  {
    seats,
    x,
    y,
    groupOf,
    pitch,
  }: { seats: Uint32Array; x: Float32Array; y: Float32Array; groupOf: Int32Array; pitch: number },
): boolean {
  if (floors < 2) return false;
  const owners = new Map<number, number>();
  const shared = new Set<number>();
  for (const seat of seats) {
    const square =
      Math.floor((x[seat] as number) / (2 * pitch)) * 1e6 + Math.floor((y[seat] as number) / (2 * pitch));
    const floor = groups[groupOf[seat] as number]?.floor ?? 0;
    if ((owners.get(square) ?? floor) !== floor) shared.add(square);
    owners.set(square, floor);
  }
  return shared.size * 50 > owners.size;
}
