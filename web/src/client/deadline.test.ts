import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Api } from "./api.ts";
import { OperatorApi } from "./operator-api.ts";
import { ProblemError } from "./problem.ts";
import type { Waiting } from "./retry.ts";

/** Answers by hand: what the server does next is up to the test. */
function silentServer() {
  const asked: {
    key: string | undefined;
    signal: AbortSignal;
    answer(body: BodyInit, init?: ResponseInit): void;
  }[] = [];
  const fetch = (_: RequestInfo | URL, init: RequestInit = {}) =>
    new Promise<Response>((resolve) => {
      asked.push({
        key: (init.headers as Record<string, string>)["Idempotency-Key"],
        signal: init.signal as AbortSignal,
        answer: (body, how) => resolve(new Response(body, how)),
      });
    });
  return { fetch, asked };
}

describe("a call on a dead path", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const outcome = (call: Promise<unknown>) => call.catch((error: unknown) => error);

  it("ends after its deadline, and nobody knows whether it was carried out", async () => {
    const { fetch, asked } = silentServer();
    const call = outcome(new Api({ base: "http://s", fetch, retry: { attempts: 1 } }).hold("inv_1", {}));
    await vi.advanceTimersByTimeAsync(6_900);
    expect(asked[0]?.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(await call).toMatchObject({ code: "offline", retryable: true, isUnknown: true });
  });

  it("that nobody waits for with patience is not tried for longer than a page can be silent", async () => {
    const { fetch, asked } = silentServer();
    const call = outcome(new Api({ base: "http://s", fetch }).inventories());
    await vi.advanceTimersByTimeAsync(8_100);
    expect(asked).toHaveLength(1);
    expect(await call).toMatchObject({ code: "offline" });
  });

  it("ends when the answer stops in the middle, and not while it goes on", async () => {
    const { fetch, asked } = silentServer();
    const call = outcome(new Api({ base: "http://s", fetch, retry: { attempts: 1 } }).inventory("inv_1"));
    let send: ReadableStreamDefaultController<Uint8Array> | undefined;
    asked[0]?.answer(
      new ReadableStream({
        start: (controller) => {
          send = controller;
        },
      }),
    );
    for (let turn = 0; turn < 5; turn++) {
      await vi.advanceTimersByTimeAsync(6_000);
      send?.enqueue(new TextEncoder().encode(" "));
      expect(asked[0]?.signal.aborted).toBe(false);
    }
    await vi.advanceTimersByTimeAsync(8_100);
    expect(await call).toMatchObject({ code: "offline" });
  });

  it("that somebody waits for goes on under the same key until it is answered, and tells so", async () => {
    const { fetch, asked } = silentServer();
    const told: Waiting[] = [];
    const api = new Api({ base: "http://s", fetch, retry: { random: () => 1 } });
    const call = api.hold("inv_1", {}, { patience: { onWait: (waiting) => told.push(waiting) } });
    for (let turn = 0; turn < 8; turn++) await vi.advanceTimersByTimeAsync(25_000);
    expect(asked.length).toBeGreaterThan(6);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    expect(told.map(({ tries }) => tries).slice(0, 3)).toEqual([1, 2, 3]);
    expect(told[0]?.problem.isUnknown).toBe(true);
    asked.at(-1)?.answer('{"id":"hold_1"}');
    while (asked.at(-1)?.signal.aborted) await vi.advanceTimersByTimeAsync(1_000);
    asked.at(-1)?.answer('{"id":"hold_1"}');
    await vi.advanceTimersByTimeAsync(0);
    expect((await call).id).toBe("hold_1");
  });

  it("is tried at once by whoever cannot wait, and when the network is back", async () => {
    const { fetch, asked } = silentServer();
    let waiting: Waiting | undefined;
    const patience = {
      onWait: (now: Waiting) => {
        waiting = now;
      },
    };
    const api = new Api({ base: "http://s", fetch, retry: { baseMs: 5_000, random: () => 1 } });
    void outcome(api.hold("inv_1", {}, { patience }));
    await vi.advanceTimersByTimeAsync(8_000);
    expect(asked).toHaveLength(1);
    waiting?.now();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(8_000);
    dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(3);
  });

  it("is not sent again once nobody waits", async () => {
    const { fetch, asked } = silentServer();
    const left = new AbortController();
    const api = new Api({ base: "http://s", fetch });
    const call = outcome(api.hold("inv_1", {}, { patience: { onWait: () => {}, signal: left.signal } }));
    await vi.advanceTimersByTimeAsync(7_000);
    left.abort();
    await vi.advanceTimersByTimeAsync(30_000);
    expect([asked.length, (await call) instanceof ProblemError]).toEqual([1, true]);
  });

  it("is not repeated without an end where a limit is used up: that is told", async () => {
    const { fetch, asked } = silentServer();
    const problem = { status: 429, code: "rate_limited", detail: "", retryable: true };
    const call = outcome(
      new Api({ base: "http://s", fetch }).hold("inv_1", {}, { patience: { onWait: () => {} } }),
    );
    for (let turn = 0; turn < 10; turn++) {
      asked.at(-1)?.answer(JSON.stringify(problem), { status: 429, headers: { "Retry-After": "1" } });
      await vi.advanceTimersByTimeAsync(7_000);
    }
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(await call).toMatchObject({ code: "rate_limited", retryAfterMs: 1_000, isUnknown: false });
  });

  it("is given up by its signal, and not sent again", async () => {
    const { fetch, asked } = silentServer();
    const asking = new AbortController();
    const call = outcome(new Api({ base: "http://s", fetch }).inventory("inv_1", { signal: asking.signal }));
    await vi.advanceTimersByTimeAsync(0);
    asking.abort();
    await vi.advanceTimersByTimeAsync(30_000);
    expect([asked.length, asked[0]?.signal.aborted]).toEqual([1, true]);
    expect(await call).toMatchObject({ code: "offline", retryable: false });
  });

  it("that changes something has a key, whatever its method", async () => {
    const { fetch, asked } = silentServer();
    const api = new OperatorApi({ base: "http://s", fetch, retry: { attempts: 1 }, newKey: () => "key" });
    const calls = [
      api.configure("inv_1", {} as never, '"1"'),
      api.replacePlan("inv_1", {}, '"1"'),
      api.unblock("inv_1", "blk_1"),
      api.release("inv_1", "hold_1"),
      api.extend("inv_1", "hold_1"),
      api.restock("inv_1", { unit: "beans", change: 1 }),
    ].map(outcome);
    await vi.advanceTimersByTimeAsync(9_000);
    await Promise.all(calls);
    expect(asked.map(({ key }) => key)).toEqual(Array(6).fill("key"));
  });
});

describe("when to come again", () => {
  it.each([
    [{ "Retry-After": "3" }, 3_000],
    [{ RateLimit: '"buyer";r=0;t=30' }, 30_000],
    [{ RateLimit: '"buyer";r=7;t=30' }, undefined],
    [{ "RateLimit-Remaining": "0", "RateLimit-Reset": "12" }, 12_000],
    [{ "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT" }, undefined],
    [{}, undefined],
  ])("is what the headers %o say", async (headers, ms) => {
    const answer = new Response("{}", { status: 429, headers: headers as Record<string, string> });
    expect((await ProblemError.of(answer)).retryAfterMs).toBe(ms);
  });
});
