import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HoldAnswer } from "../client/types.gen.ts";
import { holdOf, PLAN, SETTINGS } from "./fakes.ts";
import type { OpenInventory } from "./inventory.ts";

/** A server: answers by path, and the sockets that were opened to it. */
class FakeServer {
  planVersion = 1;
  status = 200;
  asOf: string | undefined;
  isStale = false;
  holds: HoldAnswer[] = [];
  asked: string[] = [];
  sockets: FakeSocket[] = [];

  readonly fetch = async (url: RequestInfo | URL): Promise<Response> => {
    const path = String(url).replace(/^.*\/v1/, "");
    this.asked.push(path);
    if (this.status === 0) throw new TypeError("network");
    if (this.status !== 200)
      return Response.json({ status: this.status, code: "x" }, { status: this.status });
    if (path.endsWith("/sessions")) return Response.json({ buyer_id: "buy_1", token: "tok" });
    if (path.endsWith("/plan")) return Response.json({ ...PLAN, plan_version: this.planVersion });
    if (path.endsWith("/holds")) return Response.json({ data: this.holds, has_more: false });
    if (path.endsWith("/availability")) return Response.json(this.snapshot(1));
    const told = { as_of: this.asOf ?? new Date().toISOString(), stale: this.isStale };
    return Response.json({ id: "inv_1", name: "Hall", settings: SETTINGS, epoch: 1, seq: 1, ...told });
  };

  snapshot(seq: number) {
    const counts = [[4, 10]];
    return {
      type: "snapshot",
      inventory: "inv_1",
      epoch: 1,
      seq,
      plan_version: this.planVersion,
      seats: "AAA=",
      counts,
    };
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no socket");
    return socket;
  }
}

class FakeSocket {
  readonly OPEN = 1;
  readyState = 1;
  sent: string[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.isClosed = true;
  }
  tell(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

describe("an open inventory", () => {
  let server: FakeServer;
  let open: OpenInventory;
  let store: typeof import("./inventory.ts");
  let session: typeof import("./session.ts").session;
  const settle = () => vi.advanceTimersByTimeAsync(50);
  const begin = async () => {
    open = store.openInventory("inv_1");
    await settle();
  };
  const beginReady = async () => {
    await begin();
    server.socket.tell(server.snapshot(1));
    await settle();
  };

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetModules();
    localStorage.clear();
    server = new FakeServer();
    vi.stubGlobal("fetch", server.fetch);
    const sockets = server.sockets;
    vi.stubGlobal(
      "WebSocket",
      class extends FakeSocket {
        constructor() {
          super();
          sockets.push(this);
        }
      },
    );
    store = await import("./inventory.ts");
    session = (await import("./session.ts")).session;
  });

  afterEach(async () => {
    open.close();
    await vi.advanceTimersByTimeAsync(10_000);
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("is ready when its facts, its plan and its standing are there", async () => {
    await begin();
    expect(open.state.value).toBe("loading");
    server.socket.tell(server.snapshot(1));
    await settle();
    expect([open.state.value, open.connection.value]).toEqual(["ready", "live"]);
    expect([open.facts.value?.name, open.plan.value?.version, open.board.left(4)]).toEqual(["Hall", 1, 10]);
  });

  it("knows the server's time as soon as it knows anything, whatever the device's clock says", async () => {
    server.asOf = new Date(Date.now() - 3 * 3_600_000).toISOString();
    await beginReady();
    expect(Math.abs(open.clock.now() - Date.parse(server.asOf))).toBeLessThan(1_000);
  });

  it("does not take the time of what the server only remembers for its time", async () => {
    server.asOf = new Date(Date.now() - 3 * 3_600_000).toISOString();
    server.isStale = true;
    await beginReady();
    expect(Math.abs(open.clock.now() - Date.now())).toBeLessThan(1_000);
  });

  it("is ready without a stream, and says that it is not live", async () => {
    await begin();
    await vi.advanceTimersByTimeAsync(3_000);
    expect([open.state.value, open.connection.value]).toEqual(["ready", "connecting"]);
  });

  it("is missing when the server does not know it, and asks no more", async () => {
    server.status = 404;
    await begin();
    expect(open.state.value).toBe("missing");
    expect(server.socket.isClosed).toBe(true);
  });

  it("has failed when nobody answers, and can be tried again", async () => {
    server.status = 0;
    await begin();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(open.state.value).toBe("failed");
    server.status = 200;
    open.retry();
    await settle();
    server.socket.tell(server.snapshot(1));
    await settle();
    expect(open.state.value).toBe("ready");
  });

  it("that has failed is asked for again, and has failed until it is there", async () => {
    server.status = 503;
    await begin();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(open.state.value).toBe("failed");
    const asked = server.asked.length;
    await vi.advanceTimersByTimeAsync(9_500);
    expect([open.state.value, server.asked.length > asked]).toEqual(["failed", true]);
    server.status = 200;
    await vi.advanceTimersByTimeAsync(12_000);
    expect(open.state.value).toBe("ready");
  });

  it("is one for all who open it, and ends some seconds after the last closed it", async () => {
    await beginReady();
    expect(store.openInventory("inv_1")).toBe(open);
    open.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.socket.isClosed).toBe(false);
    open.close();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(store.openInventory("inv_1")).toBe(open);
    open.close();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(server.socket.isClosed).toBe(true);
  });

  it("fetches the plan anew when there is a new one", async () => {
    await beginReady();
    server.planVersion = 2;
    server.socket.tell({ type: "plan", plan_version: 2 });
    server.socket.tell(server.snapshot(2));
    await settle();
    expect(open.plan.value?.version).toBe(2);
  });

  it("asks for no holds of nobody, and for mine as soon as it is live", async () => {
    await beginReady();
    expect(server.asked.some((path) => path.endsWith("/holds"))).toBe(false);
    open.close();
    await vi.advanceTimersByTimeAsync(6_000);
    await session.token();
    server.holds = [holdOf("hold_1", ["A-2"])];
    await beginReady();
    expect([...open.mine.value]).toEqual([1]);
  });

  it("says who it is on the open stream once somebody is there", async () => {
    await beginReady();
    await session.token();
    expect(server.socket.sent).toEqual(['{"type":"auth","token":"tok"}']);
  });

  it("follows my holds as frames tell them: what another tab does shows here", async () => {
    await beginReady();
    const buyer = session.buyer() ?? "buy_1";
    const frame = { ...holdOf("hold_1", ["A-1"]), buyer, type: "hold" };
    server.socket.tell(frame);
    expect([...open.mine.value]).toEqual([0]);
    server.socket.tell({ ...frame, state: "released" });
    expect(open.holds.value).toEqual([]);
  });

  it("asks for my holds when the stream was away for a moment and never called stale", async () => {
    await session.token();
    await beginReady();
    server.holds = [holdOf("hold_1", ["A-2"])];
    server.socket.tell({ type: "resumed", epoch: 1, from: 1, to: 1 });
    await settle();
    expect([...open.mine.value]).toEqual([1]);
  });

  it("drops a hold a moment after its end, whatever becomes of the stream", async () => {
    await beginReady();
    const mark = open.clock.mark();
    const ends = new Date(Date.now() + 10_000).toISOString();
    open.took({ ...holdOf("hold_1", ["A-1"]), expires_at: ends, expires_in_seconds: 10 }, mark);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(open.holds.value).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(open.holds.value).toHaveLength(0);
  });

  it("forgets the holds of a buyer that is no more", async () => {
    await session.token();
    server.holds = [holdOf("hold_1", ["A-1"])];
    await beginReady();
    expect(open.holds.value).toHaveLength(1);
    server.holds = [];
    localStorage.setItem(
      "fairhold.session",
      JSON.stringify({ buyer: "buy_2", token: "other", obtainedMs: Date.now() }),
    );
    dispatchEvent(new StorageEvent("storage", { key: "fairhold.session" }));
    await settle();
    expect(open.holds.value).toEqual([]);
    expect(server.socket.sent.at(-1)).toContain("other");
  });
});
