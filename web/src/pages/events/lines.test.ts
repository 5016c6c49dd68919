import { describe, expect, it } from "vitest";
import type { InventoryQuery } from "../../client/api.ts";
import type { InventoryLine, InventoryList } from "../../client/types.gen.ts";
import { LineList } from "./lines.ts";
import { addressOf, filterOf, inventoryQuery, isFiltered, NO_FILTER } from "./query.ts";

const as_of = "2031-05-01T12:00:00.000Z";
const line = (id: string) => ({ id, name: id }) as InventoryLine;

/** Answers when the test says so. */
function bench() {
  const asked: { query: InventoryQuery; answer(list: InventoryList): void; fail(): void }[] = [];
  const api = {
    inventories: (query: InventoryQuery = {}) =>
      new Promise<InventoryList>((answer, reject) => {
        asked.push({ query, answer, fail: () => reject(new Error("down")) });
      }),
  };
  return { asked, list: new LineList(api) };
}

describe("the list of events", () => {
  it("adds the next page behind the last line", async () => {
    const { asked, list } = bench();
    const first = list.begin({ q: "a" });
    asked[0]?.answer({ data: [line("1"), line("2")], has_more: true, as_of });
    await first;
    const more = list.more({ q: "a" });
    expect(list.state.value).toBe("more");
    expect(asked[1]?.query).toEqual({ q: "a", startingAfter: "2" });
    asked[1]?.answer({ data: [line("3")], has_more: false, as_of });
    await more;
    expect(list.lines.value.map(({ id }) => id)).toEqual(["1", "2", "3"]);
    expect(list.hasMore.value).toBe(false);
  });

  it("passes over an answer that comes after the next question", async () => {
    const { asked, list } = bench();
    const slow = list.begin({ q: "a" });
    const quick = list.begin({ q: "ab" });
    asked[1]?.answer({ data: [line("ab")], has_more: false, as_of });
    await quick;
    asked[0]?.answer({ data: [line("a")], has_more: true, as_of });
    await slow;
    expect(list.lines.value.map(({ id }) => id)).toEqual(["ab"]);
    expect([list.state.value, list.hasMore.value]).toEqual(["ready", false]);
  });

  it("renews what it shows in place, and keeps it while nothing answers", async () => {
    const { asked, list } = bench();
    const first = list.begin({ q: "a" });
    asked[0]?.answer({ data: [line("1"), line("2")], has_more: false, as_of });
    await first;
    const again = list.refresh({ q: "a" });
    expect(asked[1]?.query).toEqual({ q: "a", limit: 2 });
    asked[1]?.answer({ data: [{ ...line("2"), name: "two" }], has_more: false, as_of });
    await again;
    expect(list.lines.value.map(({ name }) => name)).toEqual(["1", "two"]);
    const failing = list.refresh({ q: "a" });
    asked[2]?.fail();
    await failing;
    expect([list.state.value, list.lines.value.length]).toEqual(["ready", 2]);
  });

  it("does not take the answer to an old question for news", async () => {
    const { asked, list } = bench();
    const first = list.begin({ q: "a" });
    asked[0]?.answer({ data: [line("1")], has_more: false, as_of });
    await first;
    const late = list.refresh({ q: "a" });
    const next = list.begin({ q: "b" });
    asked[2]?.answer({ data: [line("9")], has_more: false, as_of });
    await next;
    asked[1]?.answer({ data: [{ ...line("9"), name: "old" }], has_more: false, as_of });
    await late;
    expect(list.lines.value.map(({ name }) => name)).toEqual(["9"]);
  });

  it("knows the server's time by its answers", async () => {
    const { asked, list } = bench();
    const first = list.begin({});
    asked[0]?.answer({ data: [], has_more: false, as_of });
    await first;
    expect(Math.abs(list.clock.now() - Date.parse(as_of))).toBeLessThan(60_000);
  });

  it("says that it failed, and not because of an old question", async () => {
    const { asked, list } = bench();
    const old = list.begin({});
    const now = list.begin({ q: "x" });
    asked[0]?.fail();
    await old;
    expect(list.state.value).toBe("loading");
    asked[1]?.fail();
    await now;
    expect(list.state.value).toBe("failed");
  });
});

describe("the filter", () => {
  it("stands in the address and comes back from it", () => {
    const filter = { q: "한강 & co", from: "2026-05-01", until: "" };
    const { searchParams } = new URL(addressOf(filter), "http://x");
    expect(filterOf(Object.fromEntries(searchParams))).toEqual(filter);
    expect(addressOf(NO_FILTER)).toBe("/");
  });

  it("takes only days for days", () => {
    expect(filterOf({ from: "yesterday", until: "2026-05-1" })).toEqual(NO_FILTER);
  });

  it("asks from the reader's midnight to the end of the last day", () => {
    const query = inventoryQuery({ q: "  ", from: "2026-05-01", until: "2026-05-31" });
    expect(query).toEqual({
      q: undefined,
      startsFrom: new Date(2026, 4, 1).toISOString(),
      startsUntil: new Date(2026, 5, 1).toISOString(),
    });
    expect(isFiltered({ ...NO_FILTER, q: "  " })).toBe(false);
  });
});
