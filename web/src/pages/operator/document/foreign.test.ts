import { afterEach, describe, expect, it, vi } from "vitest";
import { DEFAULT_RETRY } from "../../../client/retry.ts";
import type { PlanReadAnswer } from "../../../client/types.gen.ts";
import {
  asksForCurrency,
  cannotRead,
  type ForeignFile,
  isCurrencyRefused,
  readForeign,
  unrepaired,
} from "./foreign.ts";

const EMPTY: PlanReadAnswer = {
  ...{ plan: null, format: null, seats: 0, areas: 0, units: 0, offers: 0, not_for_sale: 0, read_alike: 0 },
  ...{ defects: [], repaired: [], counts: [], left_out: [], settled: [] },
};
const BYTES = new Uint8Array([0xef, 0xbb, 0xbf, 0x52]).buffer;
const FILE: ForeignFile = { format: "csv", source: {}, name: "큰 홀.csv", bytes: BYTES };
const retry = { ...DEFAULT_RETRY, sleep: async () => {} };

afterEach(() => vi.unstubAllGlobals());

/** A server that answers what the test lines up. */
function serve(...answers: (Response | Error)[]) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => {
    const answer = answers.shift() ?? Response.json(EMPTY);
    if (answer instanceof Error) throw answer;
    return answer;
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const refuse = (status: number, code: string, more: object = {}) =>
  Response.json({ status, code, detail: code, retryable: status === 503, ...more }, { status });

describe("a file of another program", () => {
  it("is sent as it is on the disk, with the key and the name of the file", async () => {
    const fetch = serve();
    await readForeign(FILE, { currency: "", repair: false }, { key: "sk_1" });
    const [url, init] = fetch.mock.calls[0] ?? [];
    const asked = new URL(String(url), "http://server");
    expect(asked.pathname).toBe("/v1/plans");
    expect(Object.fromEntries(asked.searchParams)).toEqual({ format: "csv", file_name: "큰 홀" });
    expect(init).toMatchObject({ method: "POST", body: BYTES });
    expect(init?.headers).toEqual({
      Accept: "application/json",
      "Content-Type": "application/octet-stream",
      Authorization: "Bearer sk_1",
    });
  });

  it("is sent with what is wished", async () => {
    const fetch = serve();
    await readForeign(FILE, { currency: "KRW", repair: true }, { key: "sk_1" });
    const asked = new URL(String(fetch.mock.calls[0]?.[0]), "http://server").searchParams;
    expect([asked.get("currency"), asked.get("repair")]).toEqual(["KRW", "true"]);
  });

  it("is sent again while that may help, and no longer", async () => {
    const fetch = serve(new TypeError("network"), refuse(503, "overloaded"));
    await expect(readForeign(FILE, { currency: "", repair: false }, { key: "k", retry })).resolves.toEqual(
      EMPTY,
    );
    expect(fetch).toHaveBeenCalledTimes(3);
    const once = serve(refuse(422, "invalid_query", { errors: [{ pointer: "?currency", code: "x" }] }));
    const told = await readForeign(FILE, { currency: "XXQ", repair: false }, { key: "k", retry }).catch(
      (error: unknown) => error,
    );
    expect(isCurrencyRefused(told)).toBe(true);
    expect(cannotRead(told)).toBe(false);
    expect(once).toHaveBeenCalledTimes(1);
  });

  it("may be beyond a server that was built before", async () => {
    serve(refuse(404, "route_unknown"));
    const told = await readForeign(FILE, { currency: "", repair: false }, { key: "k" }).catch(
      (error: unknown) => error,
    );
    expect(cannotRead(told)).toBe(true);
  });
});

describe("an answer", () => {
  const flaw = (code: string, pointer: string) => ({ code, pointer, detail: "" });

  it("tells what no repair was made for, also where there are two at one place", () => {
    const [a, b] = [flaw("bad_text", "/zones/0"), flaw("row_empty", "/zones/0")];
    expect(unrepaired({ ...EMPTY, defects: [a, b, a], repaired: [a] })).toEqual([b, a]);
    expect(unrepaired({ ...EMPTY, defects: [a, b], repaired: [b, a] })).toEqual([]);
  });

  it("asks for a currency where there is none, or the wrong one", () => {
    expect(asksForCurrency({ ...EMPTY, plan: { currency: null } })).toBe(true);
    expect(asksForCurrency({ ...EMPTY, plan: { currency: "KRW" } })).toBe(false);
    expect(asksForCurrency({ ...EMPTY, defects: [flaw("currency_missing", "/currency")] })).toBe(true);
    expect(asksForCurrency({ ...EMPTY, defects: [flaw("row_empty", "")] })).toBe(false);
  });
});
