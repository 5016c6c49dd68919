import { describe, expect, it } from "vitest";
import type { Kept } from "./kept.ts";
import { Session } from "./session.ts";

const HOUR = 3_600_000;

/** Storage that tabs share. */
class Shelf {
  value: string | null = null;
  readonly #watchers = new Set<(value: string | null) => void>();

  tab(): Kept {
    let mine: ((value: string | null) => void) | undefined;
    return {
      read: () => this.value,
      write: (value) => {
        this.value = value;
        for (const watcher of this.#watchers) if (watcher !== mine) watcher(value);
      },
      watch: (listener) => {
        mine = listener;
        this.#watchers.add(listener);
        return () => this.#watchers.delete(listener);
      },
    };
  }
}

/** Hands out buyers and tokens, and can be told to refuse. */
class Server {
  asked: (string | undefined)[] = [];
  refuses = false;
  isDown = false;
  pause: Promise<void> = Promise.resolve();
  readonly fetch = async (_: RequestInfo | URL, init: RequestInit = {}) => {
    const token = (init.headers as Record<string, string>).Authorization?.replace("Bearer ", "");
    const turn = this.asked.push(token);
    await this.pause;
    if (this.isDown) throw new TypeError("network");
    if (this.refuses && token) {
      return Response.json({ status: 401, code: "token_expired", retryable: false }, { status: 401 });
    }
    const buyer = token?.split("#")[0] ?? `buy_${turn}`;
    const answer = {
      buyer_id: buyer,
      token: `${buyer}#${turn}`,
      expires_at: "2026-05-02T00:00:00Z",
    };
    return Response.json(answer);
  };
}

function bench() {
  const shelf = new Shelf();
  const server = new Server();
  const time = { now: 1000 * HOUR };
  const tab = () =>
    new Session({
      store: shelf.tab(),
      fetch: server.fetch,
      now: () => time.now,
      retry: { attempts: 1 },
    });
  return { shelf, server, time, tab };
}

describe("a session", () => {
  it("begins when a token is first needed, once for all who ask", async () => {
    const { server, tab } = bench();
    const session = tab();
    expect(session.current()).toBeUndefined();
    const tokens = await Promise.all([session.token(), session.token(), session.token()]);
    expect(new Set(tokens)).toEqual(new Set(["buy_1#1"]));
    expect(server.asked).toEqual([undefined]);
  });

  it("is the same in another tab, which is told", async () => {
    const { server, tab } = bench();
    const [one, two] = [tab(), tab()];
    const told: (string | undefined)[] = [];
    two.subscribe((token) => told.push(token));
    await one.token();
    expect(await two.token()).toBe("buy_1#1");
    expect(told).toEqual(["buy_1#1"]);
    expect(server.asked).toHaveLength(1);
  });

  it("is renewed after half a day, and the buyer stays the same", async () => {
    const { server, time, tab } = bench();
    const session = tab();
    await session.token();
    time.now += 11 * HOUR;
    expect(await session.token()).toBe("buy_1#1");
    time.now += 2 * HOUR;
    expect(await session.token()).toBe("buy_1#2");
    expect(session.buyer()).toBe("buy_1");
    expect(server.asked).toEqual([undefined, "buy_1#1"]);
  });

  it("renews rather than trusts a clock that was set back", async () => {
    const { time, tab } = bench();
    const session = tab();
    await session.token();
    time.now -= HOUR;
    expect(await session.token()).toBe("buy_1#2");
  });

  it("goes on with the old token while the server does not answer", async () => {
    const { server, time, tab } = bench();
    const session = tab();
    await session.token();
    time.now += 20 * HOUR;
    server.isDown = true;
    expect(await session.token()).toBe("buy_1#1");
  });

  it("begins another buyer when the old token is refused", async () => {
    const { server, time, tab } = bench();
    const session = tab();
    await session.token();
    time.now += 30 * HOUR;
    server.refuses = true;
    expect(await session.token()).toBe("buy_3#3");
    expect(session.buyer()).toBe("buy_3");
  });

  it("does not replace what another tab has replaced already", async () => {
    const { server, tab } = bench();
    const [one, two] = [tab(), tab()];
    const refused = await one.token();
    const fresh = await two.replace(refused);
    expect(await one.replace(refused)).toBe(fresh);
    expect(server.asked).toHaveLength(2);
  });

  it("gives way when two tabs begin at the same time", async () => {
    const { server, tab } = bench();
    let go = () => {};
    server.pause = new Promise((resolve) => {
      go = resolve;
    });
    const [one, two] = [tab(), tab()];
    const asking = [one.token(), two.token()];
    go();
    const [first, second] = await Promise.all(asking);
    expect(first).toBe(second);
    expect(one.buyer()).toBe(two.buyer());
  });

  it("begins anew when what is stored is not a session", async () => {
    const { shelf, tab } = bench();
    for (const text of ["", "{", "null", "[]", '{"token":7}']) {
      shelf.value = text;
      expect(tab().current()).toBeUndefined();
    }
    expect(await tab().token()).toBe("buy_1#1");
  });
});
