import { beforeEach, describe, expect, it } from "vitest";
import type { HoldAnswer, HoldFrame } from "../client/types.gen.ts";
import { HoldBook } from "./holds.ts";

const hold = (id: string, seq = 1, minute = 5): HoldAnswer => ({
  id,
  inventory: "inv_1",
  buyer: "buy_1",
  state: "held",
  epoch: 1,
  seq,
  adjacent: true,
  lines: [],
  step: null,
  total: null,
  expires_at: `2026-05-01T11:0${minute}:00Z`,
  expires_in_seconds: 300,
});
const frame = (id: string, state: HoldFrame["state"], seq = 1): HoldFrame => ({
  ...hold(id, seq),
  type: "hold",
  state,
});

describe("my holds", () => {
  let book: HoldBook;
  const ids = () => book.holds.value.map(({ id }) => id);
  beforeEach(() => {
    book = new HoldBook();
  });

  it("stand in the order of their end", () => {
    book.replace([hold("late", 1, 9), hold("soon", 1, 2)], book.mark());
    expect(ids()).toEqual(["soon", "late"]);
  });

  it("come and go with frames", () => {
    book.take(frame("a", "held"));
    book.take(frame("b", "held"));
    book.take(frame("a", "expired"));
    expect(ids()).toEqual(["b"]);
  });

  it("tell whose time was over, and of no other end", () => {
    for (const id of ["a", "b", "c", "d"]) book.put(hold(id));
    book.take(frame("a", "sold"));
    book.take(frame("b", "released"));
    book.end("c");
    expect(book.expired.value).toBeUndefined();
    book.take(frame("d", "expired"));
    expect(book.expired.value?.id).toBe("d");
    book.put(hold("e", 1, 6));
    book.dropExpired(Date.parse("2026-05-01T11:06:00Z"));
    expect(book.expired.value?.id).toBe("e");
    // Told by its clock before by the server: once is enough.
    book.put(hold("f"));
    book.take(frame("e", "expired"));
    book.take(frame("f", "released"));
    expect(book.expired.value?.id).toBe("e");
  });

  it("keep what is newer than the list that arrives", () => {
    const mark = book.mark();
    book.take(frame("fresh", "held", 9));
    book.replace([hold("old")], mark);
    expect(ids().sort()).toEqual(["fresh", "old"]);
  });

  it("lose what the list no longer has", () => {
    book.put(hold("gone"));
    book.replace([], book.mark());
    expect(ids()).toEqual([]);
  });

  it("do not come back from a list that was written before they ended", () => {
    book.put(hold("a"));
    const mark = book.mark();
    book.take(frame("a", "sold"));
    book.replace([hold("a")], mark);
    book.put(hold("a", 2));
    expect(ids()).toEqual([]);
  });

  it("keep the newer of two answers about one hold", () => {
    book.put(hold("a", 7, 9));
    book.put(hold("a", 5, 2));
    expect(book.holds.value[0]?.seq).toBe(7);
  });

  it("end by the clock, and come back if the server says they live", () => {
    book.put(hold("a"));
    book.dropExpired(Date.parse("2026-05-01T11:05:00Z"));
    expect(ids()).toEqual([]);
    book.replace([hold("a", 2, 8)], book.mark());
    expect(ids()).toEqual(["a"]);
  });
});
