import type { DeltaFrame, SnapshotFrame } from "./types.gen.ts";

/** What a seat is. Areas and items have a count instead. */
export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;
export const BLOCKED = 3;
export type Status = typeof FREE | typeof HELD | typeof SOLD | typeof BLOCKED;

/** Which units changed: their numbers, or all of them. */
export type Changed = readonly number[] | "all";

/** The standing of every unit as of one record, kept up to date by frames. */
export class Board {
  epoch = 0;
  seq = 0;
  planVersion = 0;
  /** One byte for each unit number. */
  statuses = new Uint8Array(0);
  /** Of areas and items: what is left. */
  counts = new Map<number, number>();
  /** Unit number and pieces that are kept back from others, and open to who looks. */
  readonly #opened = new Map<number, number>();
  readonly #listeners = new Set<(changed: Changed) => void>();

  status(unit: number): Status {
    const status = (this.statuses[unit] ?? FREE) as Status;
    return status === BLOCKED && this.#opened.has(unit) ? FREE : status;
  }

  left(unit: number): number {
    const count = this.counts.get(unit);
    if (count === undefined) return this.status(unit) === FREE ? 1 : 0;
    return count + (this.#opened.get(unit) ?? 0);
  }

  /** What a code opens, instead of what was open before. */
  open(units: Iterable<readonly [number, number]>) {
    this.#opened.clear();
    for (const [unit, pieces] of units) this.#opened.set(unit, (this.#opened.get(unit) ?? 0) + pieces);
    this.#tell("all");
  }

  /** Told of every change, until the answer is called. */
  subscribe(listener: (changed: Changed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** False: it is of an older epoch or record than what is known, and changed nothing, unless it is to be believed. */
  reset(frame: SnapshotFrame, isBelieved = false): boolean {
    const isOlder = frame.epoch < this.epoch || (frame.epoch === this.epoch && frame.seq < this.seq);
    if (isOlder && !isBelieved) return false;
    this.epoch = frame.epoch;
    this.seq = frame.seq;
    this.planVersion = frame.plan_version;
    this.statuses = unpack(frame.seats);
    this.counts = new Map(frame.counts);
    this.#tell("all");
    return true;
  }

  /** False: records are missing in between; only a snapshot helps. */
  apply(frame: DeltaFrame): boolean {
    if (frame.epoch < this.epoch) return true;
    if (frame.epoch > this.epoch || frame.from > this.seq) return false;
    if (frame.to <= this.seq) return true;
    this.seq = frame.to;
    const changed: number[] = [];
    for (const [unit, status] of frame.seats) {
      this.statuses[unit] = status;
      changed.push(unit);
    }
    for (const [unit, left] of frame.counts) {
      this.counts.set(unit, left);
      changed.push(unit);
    }
    if (changed.length > 0) this.#tell(changed);
    return true;
  }

  /** All of it, as a server would tell it. */
  snapshot(inventory: string): SnapshotFrame {
    const { epoch, seq, planVersion: plan_version, counts } = this;
    return {
      type: "snapshot",
      inventory,
      epoch,
      seq,
      plan_version,
      seats: pack(this.statuses),
      counts: [...counts],
    };
  }

  #tell(changed: Changed) {
    for (const listener of this.#listeners) listener(changed);
  }
}

/** Base64 of two bits a unit, least significant first: to one byte a unit. */
export function unpack(seats: string): Uint8Array<ArrayBuffer> {
  const packed = atob(seats);
  const statuses = new Uint8Array(packed.length * 4);
  for (let byte = 0; byte < packed.length; byte++) {
    const four = packed.charCodeAt(byte);
    for (let pair = 0; pair < 4; pair++) statuses[byte * 4 + pair] = (four >> (pair * 2)) & 3;
  }
  return statuses;
}

/** The other way round; what is missing in the last byte is free. */
function pack(statuses: Uint8Array): string {
  let packed = "";
  for (let unit = 0; unit < statuses.length; unit += 4) {
    let four = 0;
    for (let pair = 0; pair < 4; pair++) four |= (statuses[unit + pair] ?? FREE) << (pair * 2);
    packed += String.fromCharCode(four);
  }
  return btoa(packed);
}
