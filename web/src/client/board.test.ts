import { beforeEach, describe, expect, it } from "vitest";
import { BLOCKED, Board, type Changed, FREE, HELD, SOLD, unpack } from "./board.ts";
import type { DeltaFrame, SnapshotFrame } from "./types.gen.ts";

/** Two bits a unit, least significant first. */
function pack(statuses: number[]): string {
  const bytes = new Uint8Array(Math.ceil(statuses.length / 4));
  statuses.forEach((status, unit) => {
    bytes[unit >> 2] = (bytes[unit >> 2] ?? 0) | (status << ((unit & 3) * 2));
  });
  return btoa(String.fromCharCode(...bytes));
}

const snapshot = (seq: number, statuses: number[], more: Partial<SnapshotFrame> = {}): SnapshotFrame => ({
  type: "snapshot",
  inventory: "inv_1",
  epoch: 2,
  seq,
  plan_version: 1,
  seats: pack(statuses),
  counts: [],
  ...more,
});
const delta = (from: number, to: number, more: Partial<DeltaFrame> = {}): DeltaFrame => ({
  type: "delta",
  epoch: 2,
  from,
  to,
  seats: [],
  counts: [],
  at_ms: 0,
  ...more,
});

describe("the board", () => {
  let board: Board;
  let told: Changed[];
  beforeEach(() => {
    board = new Board();
    board.reset(snapshot(10, [FREE, HELD, SOLD, BLOCKED, SOLD], { counts: [[5, 7]] }));
    told = [];
    board.subscribe((changed) => told.push(changed));
  });

  it("reads every status of a snapshot", () => {
    expect([0, 1, 2, 3, 4].map((unit) => board.status(unit))).toEqual([FREE, HELD, SOLD, BLOCKED, SOLD]);
    expect([board.left(0), board.left(1), board.left(5)]).toEqual([1, 0, 7]);
  });

  it("reads all 256 bytes", () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    const statuses = unpack(btoa(String.fromCharCode(...bytes)));
    expect(
      bytes.every((byte) => [0, 1, 2, 3].every((p) => statuses[byte * 4 + p] === ((byte >> (2 * p)) & 3))),
    ).toBe(true);
  });

  it("applies a change, tells it, and remembers the record", () => {
    expect(board.apply(delta(10, 12, { seats: [[0, SOLD]], counts: [[5, 3]] }))).toBe(true);
    expect([board.seq, board.status(0), board.left(5)]).toEqual([12, SOLD, 3]);
    expect(told).toEqual([[0, 5]]);
  });

  it("applies what overlaps with what it knows", () => {
    expect(board.apply(delta(8, 11, { seats: [[1, FREE]] }))).toBe(true);
    expect([board.seq, board.status(1)]).toEqual([11, FREE]);
  });

  it("changes nothing for what it knows already, and tells nobody", () => {
    expect(board.apply(delta(8, 10, { seats: [[1, FREE]] }))).toBe(true);
    expect([board.seq, board.status(1), told]).toEqual([10, HELD, []]);
  });

  it("refuses what lies behind a gap", () => {
    expect(board.apply(delta(11, 12, { seats: [[0, SOLD]] }))).toBe(false);
    expect([board.seq, board.status(0)]).toEqual([10, FREE]);
  });

  it("passes over an older epoch and refuses a newer one without its snapshot", () => {
    expect(board.apply(delta(10, 11, { epoch: 1, seats: [[0, SOLD]] }))).toBe(true);
    expect(board.apply(delta(10, 11, { epoch: 3, seats: [[0, SOLD]] }))).toBe(false);
    expect(board.status(0)).toBe(FREE);
  });

  it("does not go back to an older snapshot", () => {
    expect(board.reset(snapshot(9, [SOLD]))).toBe(false);
    expect(board.reset(snapshot(99, [SOLD], { epoch: 1 }))).toBe(false);
    expect([board.seq, board.status(0), told]).toEqual([10, FREE, []]);
  });

  it("forgets the counts that a new snapshot does not name", () => {
    board.reset(snapshot(11, [], { counts: [[6, 1]] }));
    expect([board.left(6), board.counts.has(5), told]).toEqual([1, false, ["all"]]);
  });

  it("advances over records that change nothing that can be seen, and tells nobody", () => {
    board.apply(delta(10, 20));
    expect([board.seq, told]).toEqual([20, []]);
  });

  it("tells nobody who has gone", () => {
    const heard: Changed[] = [];
    const stop = board.subscribe((changed) => heard.push(changed));
    stop();
    board.apply(delta(10, 11, { seats: [[0, HELD]] }));
    expect(heard).toEqual([]);
  });
});
