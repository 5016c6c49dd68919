// Where units stand that the plan gives no position: rows under each other, a block for each group, blocks side by side.
import type { PlanAnswer } from "../client/types.gen.ts";
import type { Box } from "./geometry.ts";
import { cover, isEmpty, NOTHING } from "./geometry.ts";

export interface Places {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** How far seats stand apart where the plan does not say. */
export const PITCH = 20;
/** Rows, blocks and floors stand further apart than seats, in pitches. */
const ROW = 1.4;
const AISLE = 1.2;
const BLOCK = 4;

interface Block {
  readonly units: number[];
  /** Relative to the block's upper left corner. */
  readonly x: number[];
  readonly y: number[];
  width: number;
  height: number;
}

/** Fills in the missing places (NaN). `groupOf` says which block a unit belongs to, or -1 for what is never drawn. */
export function place(plan: PlanAnswer, groupOf: Int32Array, places: Places) {
  const blocks = [...gather(plan, groupOf, places.x).values()];
  if (blocks.length === 0) return;
  const known = boxOfKnown(places);
  const origin = isEmpty(known) ? { x: 0, y: 0 } : { x: known.left, y: known.bottom + BLOCK * PITCH };
  shelve(blocks, origin, places, isEmpty(known) ? 0 : known.right - known.left);
}

function gather(plan: PlanAnswer, groupOf: Int32Array, x: Float32Array): Map<number, Block> {
  const blocks = new Map<number, Block>();
  for (const row of plan.rows) {
    const missing = row.units.filter((unit) => needsPlace(unit, groupOf, x));
    if (missing.length > 0) addRow(blockOf(blocks, groupOf[missing[0] as number] as number), plan, missing);
  }
  for (const [unit, { kind }] of plan.units.entries()) {
    if (kind !== "area" || !needsPlace(unit, groupOf, x)) continue;
    addArea(blockOf(blocks, groupOf[unit] as number), unit, plan.units[unit]?.capacity ?? 1);
  }
  return blocks;
}

function needsPlace(unit: number, groupOf: Int32Array, x: Float32Array): boolean {
  return (groupOf[unit] ?? -1) >= 0 && Number.isNaN(x[unit]);
}

function blockOf(blocks: Map<number, Block>, group: number): Block {
  const known = blocks.get(group);
  if (known) return known;
  const block = { units: [], x: [], y: [], width: 0, height: 0 };
  blocks.set(group, block);
  return block;
}

function addRow(block: Block, plan: PlanAnswer, units: readonly number[]) {
  const y = block.units.length === 0 ? 0 : block.height + ROW * PITCH;
  let x = 0;
  for (const [place, unit] of units.entries()) {
    if (place > 0) x += plan.units[unit]?.gap_before ? PITCH * (1 + AISLE) : PITCH;
    block.units.push(unit);
    block.x.push(x);
    block.y.push(y);
  }
  block.width = Math.max(block.width, x);
  block.height = y;
}

function addArea(block: Block, unit: number, capacity: number) {
  const half = areaWidth(capacity, PITCH) / 2;
  const y = block.units.length === 0 ? half / 2 : block.height + half / 2 + ROW * PITCH;
  block.units.push(unit);
  block.x.push(half);
  block.y.push(y);
  block.width = Math.max(block.width, 2 * half);
  block.height = y + half / 2;
}

/** An area without an outline is twice as wide as high, and grows slower than what it holds. */
export function areaWidth(capacity: number, pitch: number): number {
  return pitch * Math.min(6 + Math.sqrt(capacity), 40);
}

/** Blocks from left to right, then on the next shelf, so that the whole is about as wide as a screen. */
function shelve(
  blocks: readonly Block[],
  origin: { x: number; y: number },
  places: Places,
  widthMin: number,
) {
  const gap = BLOCK * PITCH;
  const area = blocks.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0);
  const widest = blocks.reduce((most, { width }) => Math.max(most, width), 0);
  const limit = Math.max(Math.sqrt(area * 1.6), widest, widthMin);
  let left = 0;
  let top = 0;
  let shelf = 0;
  for (const block of blocks) {
    if (left > 0 && left + block.width > limit) {
      left = 0;
      top += shelf + gap;
      shelf = 0;
    }
    put(block, origin.x + left, origin.y + top, places);
    left += block.width + gap;
    shelf = Math.max(shelf, block.height);
  }
}

function put(block: Block, left: number, top: number, places: Places) {
  for (const [at, unit] of block.units.entries()) {
    places.x[unit] = left + (block.x[at] as number);
    places.y[unit] = top + (block.y[at] as number);
  }
}

function boxOfKnown({ x, y }: Places): Box {
  let box = NOTHING;
  for (let unit = 0; unit < x.length; unit++) {
    const left = x[unit] as number;
    const top = y[unit] as number;
    if (!Number.isNaN(left)) box = cover(box, { left, top, right: left, bottom: top });
  }
  return box;
}
