import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Board, FREE, HELD, SOLD } from "./board.ts";
import type { Live } from "./connection.ts";
import type { Frame } from "./frames.ts";
import { delta, FakeSocket, snapshot } from "./live.fakes.ts";
import { FakeBrowser } from "./tabs.fakes.ts";
import { connect, type TabOptions } from "./tabs.ts";

interface Tab {
  board: Board;
  live: Live;
  states: string[];
  frames: Frame[];
}

describe("tabs of one browser", () => {
  let browser: FakeBrowser;
  let tabs: Tab[];

  const tab = (more: Partial<TabOptions> = {}): Tab => {
    const made = { board: new Board(), states: [] as string[], frames: [] as Frame[] } as Tab;
    made.live = connect({
      inventory: "inv_1",
      base: "http://server",
      board: made.board,
      onState: (state) => made.states.push(state),
      onFrame: (frame) => made.frames.push(frame),
      newest: () => new Promise<never>(() => {}),
      random: () => 0,
      network: { WebSocket: FakeSocket as unknown as new (url: string) => WebSocket },
      tools: browser.tools(made),
      ...more,
    });
    tabs.push(made);
    return made;
  };
  const settle = () => vi.advanceTimersByTimeAsync(0);
  /** Time passes, and the server says every second that it lives. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 1_000) {
      await vi.advanceTimersByTimeAsync(1_000);
      FakeSocket.last.tell({ type: "beat" });
    }
  };
  const see = (state: "visible" | "hidden") => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const begin = async (count: number) => {
    const made = Array.from({ length: count }, () => tab());
    await settle();
    FakeSocket.last.open();
    FakeSocket.last.tell(snapshot(40));
    await settle();
    return made;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.made = [];
    browser = new FakeBrowser();
    tabs = [];
  });

  afterEach(() => {
    for (const { live } of tabs) live.close();
    see("visible");
    vi.useRealTimers();
  });

  it("have one stream, and all show what it tells, each frame once", async () => {
    const nine = await begin(9);
    FakeSocket.last.tell(delta(40, 41, [[2, HELD]]));
    FakeSocket.last.tell({ type: "hold", id: "hold_1", buyer: "buy_1" });
    await settle();
    expect(FakeSocket.made).toHaveLength(1);
    for (const { board, live, frames } of nine) {
      expect([live.state, board.seq, board.status(2)]).toEqual(["live", 41, HELD]);
      expect(frames.map(({ type }) => type)).toEqual(["snapshot", "delta", "hold"]);
    }
  });

  it("that come later get the standing and the number of viewers from the leading one", async () => {
    await begin(1);
    FakeSocket.last.tell(delta(40, 43, [[3, SOLD]]));
    FakeSocket.last.tell({ type: "viewers", count: 7 });
    const late = tab();
    await settle();
    expect([late.live.state, late.board.seq, late.board.status(3)]).toEqual(["live", 43, SOLD]);
    expect(late.frames.map(({ type }) => type)).toEqual(["snapshot", "viewers"]);
    expect(FakeSocket.made).toHaveLength(1);
  });

  it("go on with the stream where it was when the leading one is closed or crashes", async () => {
    const [first, second, third] = (await begin(3)) as [Tab, Tab, Tab];
    FakeSocket.last.tell(delta(40, 42));
    await settle();
    first.live.close();
    await settle();
    expect([FakeSocket.made[0]?.isClosed, FakeSocket.made.length]).toEqual([true, 2]);
    expect(FakeSocket.last.resumesAt).toBe("3:42");
    FakeSocket.last.open();
    FakeSocket.last.tell({ type: "resumed", epoch: 3, from: 42, to: 42 });
    await settle();
    browser.crash(second);
    await settle();
    expect([FakeSocket.made.length, FakeSocket.last.resumesAt]).toEqual([3, "3:42"]);
    FakeSocket.last.open();
    FakeSocket.last.tell({ type: "resumed", epoch: 3, from: 42, to: 43 });
    FakeSocket.last.tell(delta(42, 43, [[0, SOLD]]));
    expect([third.live.state, third.board.status(0)]).toEqual(["live", SOLD]);
  });

  it("do not call live what a hanging tab told last, and take its place", async () => {
    const [first, second] = (await begin(2)) as [Tab, Tab];
    browser.hung.add(first);
    await pass(6_000);
    expect(second.live.state).toBe("live");
    await pass(2_000);
    expect(second.live.state).toBe("stale");
    await pass(3_000);
    expect(FakeSocket.made.length).toBeGreaterThan(1);
    FakeSocket.last.open();
    FakeSocket.last.tell({ type: "resumed", epoch: 3, from: 40, to: 40 });
    expect(second.live.state).toBe("live");
    // It wakes up, and follows.
    browser.hung.delete(first);
    await pass(3_000);
    expect([first.live.state, FakeSocket.made[0]?.isClosed]).toEqual(["live", true]);
    FakeSocket.last.tell(delta(40, 41, [[1, HELD]]));
    await settle();
    expect([first.board.status(1), second.board.status(1)]).toEqual([HELD, HELD]);
  });

  it("on many events have room for calls: the newest three streams last, the others ask by turns", async () => {
    const open = () => FakeSocket.made.filter(({ isClosed }) => !isClosed);
    const nameOf = ({ url }: FakeSocket) => url.replace(/.*(inv_\d+).*/, "$1");
    /** Nine servers' worth of records: who connects is told where each stands. */
    const seqs = new Map<string, number>();
    const asked = { newest: 0, standing: 0 };
    const answered = new Set<FakeSocket>();
    const run = async (ms: number) => {
      for (let left = ms; left > 0; left -= 100) {
        await vi.advanceTimersByTimeAsync(100);
        for (const socket of open().filter((one) => !answered.has(one))) {
          answered.add(socket);
          socket.open();
          const to = seqs.get(nameOf(socket)) ?? 40;
          if (socket.resumesAt) socket.tell({ type: "resumed", epoch: 3, from: to, to });
          else socket.tell(snapshot(to, { inventory: nameOf(socket) }));
        }
        for (const socket of open()) socket.tell({ type: "beat" });
      }
    };
    const nine: Tab[] = [];
    for (let at = 1; at <= 9; at++) {
      const inventory = `inv_${at}`;
      const seq = () => seqs.get(inventory) ?? 40;
      const newest = async () => {
        asked.newest++;
        return { epoch: 3, seq: seq() };
      };
      const standing = async () => {
        asked.standing++;
        return snapshot(seq(), { inventory, seats: btoa(String.fromCharCode(HELD << 4)) });
      };
      nine.push(tab({ inventory, newest, standing: standing as never }));
      await run(1_500);
    }
    await run(5_000);
    for (const made of nine) made.states.length = 0;
    const streams = FakeSocket.made.length;
    await run(30_000);
    // Six of nine ask every three seconds, and connect no more.
    expect([open().map(nameOf), FakeSocket.made.length]).toEqual([["inv_7", "inv_8", "inv_9"], streams]);
    expect(asked.newest).toBeGreaterThanOrEqual(6 * 9);
    expect(asked.standing).toBe(0);
    // What happened is told at the next turn.
    const first = nine[0] as Tab;
    seqs.set("inv_1", 41);
    await run(3_500);
    expect([first.board.seq, first.board.status(2), first.frames.at(-1)?.type]).toEqual([
      41,
      HELD,
      "snapshot",
    ]);
    expect(nine.map(({ live, states }) => [live.state, states])).toEqual(nine.map(() => ["live", []]));
    // A newer one goes: there is room again.
    nine[8]?.live.close();
    await run(8_000);
    expect(open().map(nameOf).sort()).toEqual(["inv_6", "inv_7", "inv_8"]);
    expect((nine[5] as Tab).states).toEqual([]);
  });

  it.each([
    ["brings nothing", () => new Promise<never>(() => {})],
    ["fails", () => Promise.reject(new Error("down"))],
    ["knows less than was known", async () => ({ epoch: 3, seq: 12 })],
  ])("are not called live when a call to the server %s, and try a stream", async (_, newest) => {
    const standing = () => new Promise<never>(() => {});
    const first = tab({ inventory: "inv_1", newest, standing });
    await settle();
    FakeSocket.last.open();
    FakeSocket.last.tell(snapshot(40));
    for (const inventory of ["inv_2", "inv_3", "inv_4"]) {
      await vi.advanceTimersByTimeAsync(10);
      tab({ inventory });
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect([FakeSocket.made[0]?.isClosed, first.live.state]).toEqual([true, "live"]);
    await vi.advanceTimersByTimeAsync(6_500);
    expect(first.live.state).toBe("stale");
    expect(FakeSocket.made.filter(({ url }) => url.includes("inv_1")).length).toBeGreaterThan(1);
  });

  it("are all stale when the stream is, and hurry together", async () => {
    const [first, second] = (await begin(2)) as [Tab, Tab];
    await vi.advanceTimersByTimeAsync(7_100);
    expect([first.live.state, second.live.state]).toEqual(["stale", "stale"]);
    await vi.advanceTimersByTimeAsync(2_900);
    const before = FakeSocket.made.length;
    second.live.wake();
    await settle();
    expect(FakeSocket.made.length).toBe(before + 1);
  });

  it("ask for the standing when they have missed something", async () => {
    const [, second] = (await begin(2)) as [Tab, Tab];
    browser.hung.add(second);
    FakeSocket.last.tell(delta(40, 41, [[0, SOLD]]));
    await settle();
    browser.hung.delete(second);
    FakeSocket.last.tell(delta(41, 42, [[1, HELD]]));
    await settle();
    expect([second.live.state, second.board.seq, second.board.status(0)]).toEqual(["live", 42, SOLD]);
  });

  it("have no stream while none is seen, are not called live then, and go on when one is", async () => {
    const [first] = await begin(2);
    see("hidden");
    await vi.advanceTimersByTimeAsync(1_900);
    expect(FakeSocket.last.isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect([FakeSocket.last.isClosed, first?.live.state]).toEqual([true, "stale"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.made.every(({ isClosed }) => isClosed)).toBe(true);
    const before = FakeSocket.made.length;
    see("visible");
    await settle();
    expect([FakeSocket.made.length, FakeSocket.last.resumesAt]).toEqual([before + 1, "3:40"]);
  });

  it("that begin hidden have no stream", async () => {
    see("hidden");
    tab();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSocket.made).toHaveLength(0);
  });

  it("are put away without a stream, and come back with one", async () => {
    await begin(1);
    dispatchEvent(new Event("pagehide"));
    expect(FakeSocket.last.isClosed).toBe(true);
    dispatchEvent(new Event("pageshow"));
    await settle();
    expect([FakeSocket.made.length, FakeSocket.last.resumesAt]).toEqual([2, "3:40"]);
  });

  it.each([
    ["locks", { locks: undefined }],
    ["channels", { channel: undefined }],
  ])("have a stream each where there are no %s", async (_, without) => {
    for (const turn of [1, 2]) {
      tab({ tools: { ...browser.tools({}), ...without } });
      await settle();
      expect(FakeSocket.made).toHaveLength(turn);
    }
  });

  it("end together when the server ends the stream for good", async () => {
    const nine = await begin(3);
    FakeSocket.last.end(4502);
    await settle();
    expect(nine.map(({ live }) => live.state)).toEqual(["closed", "closed", "closed"]);
    expect(FakeSocket.made).toHaveLength(1);
  });

  it("follow the leading one back to an earlier state of the database", async () => {
    const [, second] = (await begin(2)) as [Tab, Tab];
    FakeSocket.last.tell(delta(40, 45, [[2, SOLD]]));
    FakeSocket.last.end(4000);
    await vi.advanceTimersByTimeAsync(500);
    for (const seq of [30, 31]) {
      FakeSocket.last.open();
      FakeSocket.last.tell(snapshot(seq, { epoch: 2 }));
      await vi.advanceTimersByTimeAsync(seq === 30 ? 3_000 : 0);
    }
    expect([second.live.state, second.board.epoch, second.board.status(2)]).toEqual(["live", 2, FREE]);
  });
});
