import { DEADLINES, type Deadlines, fetchWithin } from "./deadline.ts";
import { ProblemError } from "./problem.ts";
import { DEFAULT_RETRY, type Patience, type RetryOptions, withRetries } from "./retry.ts";
import type {
  BlockList,
  HoldAnswer,
  HoldList,
  HoldRequest,
  InventoryAnswer,
  InventoryList,
  OfferList,
  PlanAnswer,
  SaleAnswer,
  SaleList,
  SessionAnswer,
  SnapshotFrame,
} from "./types.gen.ts";

export interface ApiOptions {
  /** Where the server is; nothing: where the page comes from. */
  base?: string;
  /** What proves who asks. Asked before every call that needs it. */
  token?: () => string | undefined | Promise<string | undefined>;
  /** Told when the server no longer takes the token; a new one is used once. */
  renew?: () => string | undefined | Promise<string | undefined>;
  /** Reading needs no token, but what is read may be for who has one: a draft. */
  everywhere?: boolean;
  fetch?: typeof fetch;
  retry?: Partial<RetryOptions>;
  deadlines?: Partial<Deadlines>;
  newKey?: () => string;
}

/** Of a call that changes something. */
export interface ChangeOptions {
  /** The key of an earlier try: then it is done once. */
  key?: string;
  /** Repeated until there is an outcome, and telling what goes on; without it given up after some tries. */
  patience?: Patience;
}

/** Which inventories to list. */
export interface InventoryQuery {
  q?: string | undefined;
  startsFrom?: string | undefined;
  startsUntil?: string | undefined;
  startingAfter?: string | undefined;
  limit?: number | undefined;
}

/** Which sales to list: those of the token's buyer, or for a secret key of whom it names, or who has this unit. */
export interface SaleQuery {
  buyer?: string | undefined;
  /** The id of a unit; instead of a buyer. */
  unit?: string | undefined;
  /** Where an operator's key names neither: all, or only those that stand so. */
  state?: "sold" | "returned" | undefined;
  startingAfter?: string | undefined;
  limit?: number | undefined;
}

export type Change = "POST" | "PATCH" | "PUT" | "DELETE";

export interface Call {
  method: "GET" | Change;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Reading needs no token. */
  open?: boolean;
  cache?: RequestCache;
  patience?: Patience | undefined;
  /** Given up, and not repeated. */
  signal?: AbortSignal | undefined;
}

/** The calls of one server that buyers make. Each is repeated, with the same key, while that may help. */
export class Api {
  readonly #base: string;
  readonly #options: ApiOptions;
  readonly #retry: RetryOptions;
  readonly #deadlines: Deadlines;
  readonly #newKey: () => string;

  constructor(options: ApiOptions = {}) {
    this.#base = (options.base ?? "").replace(/\/$/, "");
    this.#options = options;
    this.#retry = { ...DEFAULT_RETRY, ...options.retry };
    this.#deadlines = { ...DEADLINES, ...options.deadlines };
    this.#newKey = options.newKey ?? newKey;
  }

  inventories(query: InventoryQuery = {}): Promise<InventoryList> {
    return this.read(`/v1/inventories${queryText(query)}`);
  }

  inventory(id: string, { signal }: { signal?: AbortSignal } = {}): Promise<InventoryAnswer> {
    return this.json({ method: "GET", path: at(id), open: true, signal });
  }

  /** Browsers keep a plan for a minute; `fresh` asks whether there is a newer one. */
  plan(id: string, { fresh = false } = {}): Promise<PlanAnswer> {
    const path = at(id, "plan");
    return this.json({ method: "GET", path, open: true, cache: fresh ? "no-cache" : "default" });
  }

  availability(id: string, { signal }: { signal?: AbortSignal } = {}): Promise<SnapshotFrame> {
    return this.json({ method: "GET", path: at(id, "availability"), open: true, signal });
  }

  offers(id: string): Promise<OfferList> {
    return this.read(at(id, "offers"));
  }

  /** What is kept for those who know this code. */
  allotment(id: string, code: string): Promise<BlockList> {
    return this.json({ method: "GET", path: at(id, "allotment"), headers: { "X-Access-Code": code } });
  }

  /** Everything or nothing. With the key of an earlier try it is done once. */
  hold(id: string, request: HoldRequest, options?: ChangeOptions): Promise<HoldAnswer> {
    return this.change("POST", at(id, "holds"), request, options);
  }

  /** The holds of the token's buyer that live. */
  holds(id: string): Promise<HoldList> {
    return this.json({ method: "GET", path: at(id, "holds") });
  }

  extend(id: string, hold: string, options?: ChangeOptions): Promise<HoldAnswer> {
    return this.change("POST", at(id, "holds", hold, "extend"), undefined, options);
  }

  /** Of a hold that is over, too: then it changes nothing. */
  async release(id: string, hold: string, options?: ChangeOptions): Promise<void> {
    await this.answer(this.changing("DELETE", at(id, "holds", hold), undefined, options));
  }

  purchase(id: string, hold: string, options?: ChangeOptions): Promise<SaleAnswer> {
    return this.change("POST", at(id, "holds", hold, "purchase"), undefined, options);
  }

  /** What the token's buyer has bought here; a secret key names the buyer, or a unit, or for an operator neither: all. */
  sales(id: string, query: SaleQuery = {}): Promise<SaleList> {
    return this.json({ method: "GET", path: `${at(id, "sales")}${queryText(query)}` });
  }

  /** A new buyer; with a token that is still valid the same buyer, for another day. */
  startSession(token?: string): Promise<SessionAnswer> {
    const headers: Record<string, string> = token === undefined ? {} : bearer(token);
    return this.json({ method: "POST", path: "/v1/sessions", headers, open: true });
  }

  protected read<T>(path: string): Promise<T> {
    return this.json({ method: "GET", path, open: true });
  }

  protected change<T>(method: Change, path: string, body: unknown, options?: ChangeOptions): Promise<T> {
    return this.json(this.changing(method, path, body, options));
  }

  /** Whatever changes something has a key, by which its repetitions are known. */
  protected changing(method: Change, path: string, body: unknown, options: ChangeOptions = {}): Call {
    const { key = this.#newKey(), patience } = options;
    return { method, path, body, headers: { "Idempotency-Key": key }, patience };
  }

  protected async json<T>(call: Call): Promise<T> {
    const answer = await this.answer(call);
    return (await answer.json()) as T;
  }

  protected answer(call: Call): Promise<Response> {
    return withRetries(() => this.#attempt(call), this.#retry, call.patience);
  }

  async #attempt(call: Call): Promise<Response> {
    if (call.open && !this.#options.everywhere) return this.#send(call, undefined);
    try {
      return await this.#send(call, await this.#options.token?.());
    } catch (error) {
      if (!isTokenRefused(error) || !this.#options.renew) throw error;
      return this.#send(call, await this.#options.renew());
    }
  }

  async #send(call: Call, token: string | undefined): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json", ...call.headers };
    if (token !== undefined) Object.assign(headers, bearer(token));
    const init: RequestInit = { method: call.method, headers };
    if (call.cache) init.cache = call.cache;
    if (call.signal) init.signal = call.signal;
    if (call.body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(call.body);
    }
    const answer = await this.#fetch(`${this.#base}${call.path}`, init);
    if (!answer.ok) throw await ProblemError.of(answer);
    return answer;
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetchWithin(this.#options.fetch ?? fetch, url, init, this.#deadlines);
    } catch {
      throw ProblemError.offline(init.signal?.aborted !== true);
    }
  }
}

/** A fresh idempotency key. Pages without TLS have no `randomUUID`. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function at(inventory: string, ...rest: string[]): string {
  return ["/v1/inventories", inventory, ...rest]
    .map((part, place) => (place === 0 ? part : encodeURIComponent(part)))
    .join("/");
}

function bearer(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

export function queryText(query: InventoryQuery & SaleQuery & { format?: string }): string {
  const named = {
    buyer: query.buyer,
    unit: query.unit,
    state: query.state,
    format: query.format,
    q: query.q,
    starts_from: query.startsFrom,
    starts_until: query.startsUntil,
    starting_after: query.startingAfter,
    limit: query.limit?.toString(),
  };
  const given = Object.entries(named).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

function isTokenRefused(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401;
}
