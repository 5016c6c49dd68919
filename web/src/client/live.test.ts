import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Board, FREE, HELD, SOLD } from "./board.ts";
import type { Connection, LiveOptions } from "./connection.ts";
import type { Frame } from "./frames.ts";
import { delta, FakeSocket, FakeStream, snapshot } from "./live.fakes.ts";
import { LiveConnection } from "./live.ts";

describe("a live connection", () => {
  let board: Board;
  let states: Connection[];
  let frames: Frame[];
  let live: LiveConnection;

  const begin = (options: Partial<LiveOptions> = {}) => {
    live = new LiveConnection({
      inventory: "inv_1",
      base: "http://server",
      board,
      onState: (state) => states.push(state),
      onFrame: (frame) => frames.push(frame),
      random: () => 1,
      network: {
        WebSocket: FakeSocket as unknown as new (url: string) => WebSocket,
        fetch: async (url, init) =>
          new FakeStream(String(url), { ...(init?.headers as Record<string, string>) }).response(),
      },
      ...options,
    });
  };
  const beginLive = (options: Partial<LiveOptions> = {}) => {
    begin(options);
    FakeSocket.last.open();
    FakeSocket.last.tell(snapshot(40));
  };

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.made = [];
    FakeStream.made = [];
    FakeStream.answer = () => 200;
    board = new Board();
    states = [];
    frames = [];
  });

  afterEach(() => {
    live.close();
    vi.useRealTimers();
  });

  it("is live with the first snapshot and applies what follows", () => {
    begin();
    FakeSocket.last.open();
    expect(live.state).toBe("connecting");
    FakeSocket.last.tell(snapshot(40));
    expect(live.state).toBe("live");
    FakeSocket.last.tell(delta(40, 41, [[2, HELD]]));
    expect([board.seq, board.status(2), board.status(1)]).toEqual([41, HELD, FREE]);
    expect(frames.map(({ type }) => type)).toEqual(["snapshot", "delta"]);
  });

  it("begins without a resume point and goes to the right address", () => {
    begin();
    expect(FakeSocket.last.url).toBe("ws://server/v1/inventories/inv_1/live");
  });

  it("resumes where it was after the socket broke, and is stale meanwhile", () => {
    beginLive();
    FakeSocket.last.tell(delta(40, 42, [[0, SOLD]]));
    FakeSocket.last.end();
    expect(live.state).toBe("stale");
    vi.advanceTimersByTime(500);
    expect(FakeSocket.made).toHaveLength(2);
    expect(FakeSocket.last.resumesAt).toBe("3:42");
    FakeSocket.last.open();
    FakeSocket.last.tell({ type: "resumed", epoch: 3, from: 42, to: 44 });
    // Two records are still on their way.
    expect(live.state).toBe("stale");
    FakeSocket.last.tell(delta(42, 44, [[1, HELD]]));
    expect(live.state).toBe("live");
    expect([board.status(0), board.status(1)]).toEqual([SOLD, HELD]);
    expect(states).toEqual(["live", "stale", "live"]);
  });

  it("takes a fresh snapshot when records are missing", () => {
    beginLive();
    FakeSocket.last.tell(delta(44, 45, [[3, SOLD]]));
    expect(live.state).toBe("stale");
    expect(board.status(3)).toBe(FREE);
    vi.advanceTimersByTime(0);
    expect(FakeSocket.made).toHaveLength(2);
    expect(FakeSocket.last.resumesAt).toBeNull();
    FakeSocket.last.open();
    FakeSocket.last.tell(snapshot(45, { seats: "gAA=" }));
    expect([live.state, board.status(3), board.seq]).toEqual(["live", SOLD, 45]);
  });

  it("does not resume over a new plan whose snapshot it has not seen", () => {
    beginLive();
    FakeSocket.last.tell({ type: "plan", plan_version: 2 });
    FakeSocket.last.end(4000);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.last.resumesAt).toBeNull();
  });

  it("takes the snapshot of a new epoch and drops frames of the old one", () => {
    beginLive();
    FakeSocket.last.tell(snapshot(41, { epoch: 4 }));
    FakeSocket.last.tell(delta(41, 42, [[0, SOLD]]));
    expect([live.state, board.epoch, board.seq, board.status(0)]).toEqual(["live", 4, 41, FREE]);
  });

  it("waits longer after each failure, and at most 15 seconds", () => {
    beginLive();
    const waits: number[] = [];
    FakeStream.answer = () => 503;
    for (let turn = 0; turn < 12; turn++) {
      const began = Date.now();
      const before = FakeSocket.made.length;
      FakeSocket.last.open();
      FakeSocket.last.tell(snapshot(40));
      FakeSocket.last.end(4001);
      vi.advanceTimersToNextTimer();
      while (FakeSocket.made.length === before) vi.advanceTimersToNextTimer();
      waits.push(Date.now() - began);
    }
    expect(waits.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(waits.at(-1)).toBe(15_000);
  });

  it("falls back to server-sent events when upgrades do not pass", async () => {
    begin({ token: () => "tok" });
    FakeSocket.last.end();
    vi.advanceTimersByTime(500);
    FakeSocket.last.end();
    await vi.advanceTimersByTimeAsync(0);
    const stream = FakeStream.made[0];
    expect(stream?.url).toBe("http://server/v1/inventories/inv_1/live");
    expect(stream?.headers.Authorization).toBe("Bearer tok");
    stream?.write(`retry: 1000\n\nid: 3:7\ndata: ${JSON.stringify(snapshot(7)).slice(0, 20)}`);
    await vi.advanceTimersByTimeAsync(0);
    expect(live.state).toBe("connecting");
    stream?.write(
      `${JSON.stringify(snapshot(7)).slice(20)}\n\n: still here\n\ndata: ${JSON.stringify(delta(7, 8))}\n\n`,
    );
    await vi.advanceTimersByTimeAsync(0);
    expect([live.state, board.seq]).toEqual(["live", 8]);
  });

  it("comes back to events at once after they broke and one more upgrade failed", async () => {
    begin();
    FakeSocket.last.end();
    vi.advanceTimersByTime(500);
    FakeSocket.last.end();
    await vi.advanceTimersByTimeAsync(0);
    FakeStream.made[0]?.write(`data: ${JSON.stringify(snapshot(7))}\n\n`);
    await vi.advanceTimersByTimeAsync(20_000);
    FakeStream.made[0]?.end();
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.made).toHaveLength(3);
    FakeSocket.last.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeStream.made).toHaveLength(2);
    expect(FakeStream.made[1]?.url).toContain("last_event_id=3%3A7");
  });

  it("gives a socket up that opens and stays silent", () => {
    begin();
    FakeSocket.last.open();
    vi.advanceTimersByTime(6_000);
    expect(FakeSocket.made[0]?.isClosed).toBe(true);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("is closed for good by a code from 4500 on", () => {
    beginLive();
    FakeSocket.last.end(4502);
    vi.advanceTimersByTime(60_000);
    expect(live.state).toBe("closed");
    expect(FakeSocket.made).toHaveLength(1);
  });

  it("is closed for good when the inventory does not exist", async () => {
    begin();
    FakeStream.answer = () => 404;
    FakeSocket.last.end();
    vi.advanceTimersByTime(500);
    FakeSocket.last.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(live.state).toBe("closed");
  });

  it("says who it is first, and again when that changes", () => {
    beginLive({ token: () => "one" });
    expect(FakeSocket.last.sent).toEqual(['{"type":"auth","token":"one"}']);
    live.authenticate("two");
    expect(FakeSocket.last.sent.at(-1)).toBe('{"type":"auth","token":"two"}');
  });

  it("comes back with another token after the server refused the first", async () => {
    let token = "old";
    const renew = async () => {
      token = "new";
      return token;
    };
    beginLive({ token: () => token, renew });
    FakeSocket.last.end(4501);
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual(['{"type":"auth","token":"new"}']);
  });

  it("comes back with the same token where the buyer has too many streams", async () => {
    const renew = vi.fn(async () => "another buyer's");
    beginLive({ token: () => "good", renew });
    FakeSocket.last.end(4005);
    expect(live.state).toBe("stale");
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.last.open();
    expect([FakeSocket.last.sent, renew.mock.calls.length]).toEqual([['{"type":"auth","token":"good"}'], 0]);
  });

  it("watches without a name when there is no other token", async () => {
    beginLive({ token: () => "bad" });
    FakeSocket.last.end(4501);
    await vi.advanceTimersByTimeAsync(1000);
    FakeSocket.last.open();
    expect(FakeSocket.last.sent).toEqual([]);
  });

  const beat = { type: "beat" };

  it("is no longer called live after six silent seconds, while the server is asked", async () => {
    const newest = vi.fn((_: AbortSignal) => new Promise<never>(() => {}));
    beginLive({ newest });
    await vi.advanceTimersByTimeAsync(6_000);
    expect([live.state, newest.mock.calls.length]).toEqual(["live", 0]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([live.state, newest.mock.calls.length]).toEqual(["stale", 1]);
    // Who does not answer either is gone: the call is given up, and a new connection begins.
    await vi.advanceTimersByTimeAsync(3_000);
    expect([FakeSocket.made[0]?.isClosed, newest.mock.calls[0]?.[0].aborted]).toEqual([true, true]);
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("notices a dead socket: the server knows more than it says", async () => {
    beginLive({ newest: async () => ({ epoch: 3, seq: 41 }) });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(live.state).toBe("stale");
    expect(FakeSocket.made[0]?.isClosed).toBe(true);
  });

  it("stays live while the server says that nothing happens", async () => {
    const newest = vi.fn(async () => ({ epoch: 3, seq: 40 }));
    beginLive({ newest });
    for (let turn = 0; turn < 100; turn++) {
      await vi.advanceTimersByTimeAsync(3_000);
      FakeSocket.last.tell(beat);
    }
    expect([states, FakeSocket.made.length, newest.mock.calls.length]).toEqual([["live"], 1, 0]);
  });

  it("lasts beside a server that says nothing but answers", async () => {
    beginLive({ newest: async () => ({ epoch: 3, seq: 40 }) });
    await vi.advanceTimersByTimeAsync(300_000);
    expect([live.state, FakeSocket.made.length]).toEqual(["live", 1]);
  });

  it("is stale when nobody answers after a silence", async () => {
    beginLive({ newest: () => Promise.reject(new Error("unreachable")) });
    await vi.advanceTimersByTimeAsync(7_000);
    expect(live.state).toBe("stale");
  });

  it("begins anew at once when somebody cannot wait for a connection that hangs", async () => {
    beginLive();
    FakeSocket.last.end();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(FakeSocket.made).toHaveLength(2);
    live.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeSocket.made).toHaveLength(3);
  });

  describe("beside a database that was put back to an earlier state", () => {
    it.each([
      ["an older epoch", { epoch: 2 }],
      ["an older record", {}],
    ])("never calls %s live, and believes it when it is told twice", async (_, more) => {
      beginLive();
      FakeSocket.last.tell(delta(40, 45, [[2, SOLD]]));
      FakeSocket.last.end(4000);
      await vi.advanceTimersByTimeAsync(500);
      FakeSocket.last.open();
      FakeSocket.last.tell(snapshot(30, more));
      expect([live.state, board.seq]).toEqual(["stale", 45]);
      // What it tells from now on is of that state, too.
      await vi.advanceTimersByTimeAsync(2_000);
      await vi.advanceTimersByTimeAsync(1_000);
      expect([FakeSocket.made.length, FakeSocket.last.resumesAt]).toEqual([3, null]);
      FakeSocket.last.open();
      FakeSocket.last.tell(snapshot(31, more));
      expect([live.state, board.seq, board.status(2)]).toEqual(["live", 31, FREE]);
      FakeSocket.last.tell({ ...delta(31, 32, [[1, HELD]]), ...more });
      expect([board.seq, board.status(1)]).toEqual([32, HELD]);
    });

    it("takes a stream that is only a moment behind as soon as it has caught up", async () => {
      begin();
      board.reset(snapshot(41) as never);
      FakeSocket.last.open();
      FakeSocket.last.tell(snapshot(40));
      expect(live.state).toBe("stale");
      FakeSocket.last.tell(delta(40, 42, [[0, SOLD]]));
      expect([live.state, board.seq, board.status(0)]).toEqual(["live", 42, SOLD]);
      await vi.advanceTimersByTimeAsync(3_000);
      expect(FakeSocket.made).toHaveLength(1);
    });
  });

  it("is stale as soon as the device is offline, and asks when it is back", async () => {
    beginLive({ newest: async () => ({ epoch: 3, seq: 40 }) });
    dispatchEvent(new Event("offline"));
    expect(live.state).toBe("stale");
    dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(states).toEqual(["live", "stale", "live"]);
  });

  it("does not wait any longer when the network is back", () => {
    beginLive();
    for (let turn = 0; turn < 4; turn++) {
      FakeSocket.last.end();
      vi.advanceTimersByTime(100);
    }
    const before = FakeSocket.made.length;
    dispatchEvent(new Event("online"));
    vi.advanceTimersByTime(0);
    expect(FakeSocket.made.length).toBe(before + 1);
  });

  it("asks after the device has slept", async () => {
    const newest = vi.fn(async () => ({ epoch: 3, seq: 40 }));
    beginLive({ newest });
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(newest).toHaveBeenCalledTimes(1);
  });

  it("passes over what it does not understand", () => {
    beginLive();
    for (const text of ["", "{", "[]", "null", '{"type":"weather"}', '{"x":1}']) FakeSocket.last.tell(text);
    expect([live.state, frames.length]).toEqual(["live", 1]);
  });

  it("says nothing any more after it was closed", () => {
    beginLive();
    const socket = FakeSocket.last;
    live.close();
    socket.tell(delta(40, 41, [[0, SOLD]]));
    socket.end();
    vi.advanceTimersByTime(60_000);
    expect([live.state, board.seq, FakeSocket.made.length]).toEqual(["closed", 40, 1]);
  });
});
