import { describe, expect, it, vi } from "vitest";
import { Api, newKey } from "./api.ts";
import { ProblemError } from "./problem.ts";
import { backOff } from "./retry.ts";

/** A server that answers what the test lines up, and remembers what it was asked. */
function bench(...answers: (Response | Error)[]) {
  const asked: { url: string; method: string; headers: Record<string, string>; body: unknown }[] = [];
  const waits: number[] = [];
  const fetch = vi.fn(async (url: RequestInfo | URL, init: RequestInit = {}) => {
    asked.push({
      url: String(url),
      method: init.method ?? "GET",
      headers: init.headers as Record<string, string>,
      body: init.body,
    });
    const answer = answers.shift() ?? json(200, {});
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const sleep = async (ms: number) => void waits.push(ms);
  const api = (options: object = {}) =>
    new Api({ base: "http://server/", fetch, retry: { sleep, random: () => 1 }, ...options });
  return { api, asked, waits };
}

function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

const busy = (headers: Record<string, string> = {}) =>
  json(503, { status: 503, code: "overloaded", detail: "busy", retryable: true }, headers);
const refused = (code: string, status = 409) =>
  json(status, { status, code, detail: code, retryable: false, units: ["A-1"] });

describe("a call", () => {
  it("is sent again with the same key and body until it is answered", async () => {
    const { api, asked } = bench(new TypeError("network"), busy(), json(201, { id: "hold_1" }));
    const hold = await api().hold("inv_1", { offers: [{ offer: "A-1" }] });
    expect(hold.id).toBe("hold_1");
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ headers }) => headers["Idempotency-Key"])).size).toBe(1);
    expect(new Set(asked.map(({ body }) => body)).size).toBe(1);
  });

  it("has a fresh key for each new request", async () => {
    const { api, asked } = bench();
    await api().hold("inv_1", { offers: [] });
    await api().hold("inv_1", { offers: [] });
    expect(asked[0]?.headers["Idempotency-Key"]).not.toBe(asked[1]?.headers["Idempotency-Key"]);
  });

  it("takes the key that it is given", async () => {
    const { api, asked } = bench();
    await api().purchase("inv_1", "hold_1", { key: "mine" });
    expect(asked[0]?.headers["Idempotency-Key"]).toBe("mine");
  });

  it("waits twice as long after each failure", async () => {
    const { api, waits } = bench(busy(), busy(), busy());
    await api().inventory("inv_1");
    expect(waits).toEqual([250, 500, 1000]);
  });

  it("never comes back before Retry-After", async () => {
    const { api, waits } = bench(busy({ "Retry-After": "2" }));
    await api().inventory("inv_1");
    expect(waits).toEqual([2250]);
  });

  it("leaves a long Retry-After to whoever asked", async () => {
    const { api, waits } = bench(busy({ "Retry-After": "120" }));
    await expect(api().inventory("inv_1")).rejects.toMatchObject({ retryAfterMs: 120_000 });
    expect(waits).toEqual([]);
  });

  it("is not repeated when the answer is a refusal", async () => {
    const { api, asked } = bench(refused("unit_taken"));
    const failure = await api()
      .hold("inv_1", { offers: [] })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProblemError);
    expect(failure).toMatchObject({ code: "unit_taken", status: 409, problem: { units: ["A-1"] } });
    expect(asked).toHaveLength(1);
  });

  it("gives up after four tries and says that no answer came", async () => {
    const down = () => new TypeError("network");
    const { api, asked } = bench(down(), down(), down(), down());
    await expect(api().inventory("inv_1")).rejects.toMatchObject({
      code: "offline",
      status: 0,
      retryable: true,
    });
    expect(asked).toHaveLength(4);
  });

  it("takes a proxy's page for what it is", async () => {
    const page = () => new Response("<h1>Bad Gateway</h1>", { status: 502 });
    const { api, asked } = bench(page(), json(200, { id: "inv_1" }));
    expect((await api().inventory("inv_1")).id).toBe("inv_1");
    expect(asked).toHaveLength(2);
  });

  it("uses one new token when the server refuses the old one", async () => {
    const { api, asked } = bench(refused("token_expired", 401), json(200, { data: [] }));
    const renew = vi.fn(async () => "new");
    await api({ token: () => "old", renew }).holds("inv_1");
    expect(asked.map(({ headers }) => headers.Authorization)).toEqual(["Bearer old", "Bearer new"]);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it("reads without a token", async () => {
    const { api, asked } = bench();
    const token = vi.fn(() => "secret");
    await api({ token }).inventories({ q: "한강 & co", startsFrom: "2026-05-01T00:00:00Z" });
    expect(token).not.toHaveBeenCalled();
    expect(asked[0]?.headers.Authorization).toBeUndefined();
    const { searchParams } = new URL(asked[0]?.url ?? "");
    expect(Object.fromEntries(searchParams)).toEqual({ q: "한강 & co", starts_from: "2026-05-01T00:00:00Z" });
  });

  it("keeps ids from the outside in their place of the path", async () => {
    const { api, asked } = bench(new Response(null, { status: 204 }));
    await api().release("inv/../x", "hold?1");
    expect(asked[0]?.url).toBe("http://server/v1/inventories/inv%2F..%2Fx/holds/hold%3F1");
    expect(asked[0]?.method).toBe("DELETE");
  });
});

describe("back-off", () => {
  it("is at least half and at most the whole of its step, and has an end", () => {
    const options = { baseMs: 100, maxMs: 1000 };
    expect(backOff(1, { ...options, random: () => 0 })).toBe(50);
    expect(backOff(1, { ...options, random: () => 1 })).toBe(100);
    expect(backOff(3, { ...options, random: () => 1 })).toBe(400);
    expect(backOff(99, { ...options, random: () => 1 })).toBe(1000);
  });
});

describe("a key", () => {
  it("is printable and never the same twice", () => {
    const keys = Array.from({ length: 100 }, newKey);
    expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
    expect(new Set(keys).size).toBe(100);
  });
});
