import { Api, type ApiOptions } from "./api.ts";
import { type Kept, kept } from "./kept.ts";
import { ProblemError } from "./problem.ts";
import type { SessionAnswer } from "./types.gen.ts";

/** Tokens live for 24 hours; half of that is early enough for somebody who is away over night. */
const RENEW_AFTER_MS = 12 * 60 * 60 * 1000;

interface Stored {
  buyer: string;
  token: string;
  /** By this device's clock, which may be wrong: it only tells how old the token is. */
  obtainedMs: number;
}

export interface SessionOptions extends Pick<ApiOptions, "base" | "fetch" | "retry"> {
  store?: Kept;
  now?: () => number;
}

/** An anonymous buyer: begun when a token is first needed, the same in all tabs, renewed in good time. */
export class Session {
  readonly #api: Api;
  readonly #store: Kept;
  readonly #now: () => number;
  readonly #listeners = new Set<(token: string | undefined) => void>();
  #asking: Promise<string> | undefined;

  constructor(options: SessionOptions = {}) {
    // Whoever needs a token repeats its own call: patience twice over would be none.
    this.#api = new Api({ ...options, retry: { attempts: 1, ...options.retry } });
    this.#store = options.store ?? kept("fairhold.session");
    this.#now = options.now ?? Date.now;
    this.#store.watch(() => this.#tell());
  }

  /** What there is without asking the server: undefined before the first purchase. */
  current(): string | undefined {
    return this.#read()?.token;
  }

  buyer(): string | undefined {
    return this.#read()?.buyer;
  }

  /** A token that the server takes. Many that ask at once are answered by one call. */
  async token(): Promise<string> {
    const stored = this.#read();
    if (stored && this.#isFresh(stored)) return stored.token;
    return this.#once(() => this.#renewed(stored));
  }

  /** After the server refused `current`: the buyer of that token is lost, here begins another. */
  async replace(refused = this.current()): Promise<string> {
    // Another tab was faster.
    const stored = this.#read();
    if (stored && stored.token !== refused) return stored.token;
    return this.#once(() => this.#started(undefined, stored));
  }

  /** Told of every new token, of this tab or another. */
  subscribe(listener: (token: string | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #once(ask: () => Promise<string>): Promise<string> {
    this.#asking ??= exclusively(ask).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #renewed(known: Stored | undefined): Promise<string> {
    // While this tab waited its turn another may have done it.
    const stored = this.#read();
    if (stored && this.#isFresh(stored)) return stored.token;
    try {
      return await this.#started(stored?.token, stored ?? known);
    } catch (error) {
      const isRefused = error instanceof ProblemError && error.status === 401;
      // A token that cannot be renewed now may still be good for what is asked next.
      if (!isRefused && stored) return stored.token;
      if (!isRefused) throw error;
      return this.#started(undefined, stored);
    }
  }

  async #started(oldToken: string | undefined, known: Stored | undefined): Promise<string> {
    const answer = await this.#api.startSession(oldToken);
    const meanwhile = this.#read();
    if (meanwhile && meanwhile.token !== known?.token) return meanwhile.token;
    return this.#keep(answer);
  }

  #keep(answer: SessionAnswer): string {
    const stored: Stored = { buyer: answer.buyer_id, token: answer.token, obtainedMs: this.#now() };
    this.#store.write(JSON.stringify(stored));
    this.#tell();
    return stored.token;
  }

  #isFresh(stored: Stored): boolean {
    const age = this.#now() - stored.obtainedMs;
    return age >= 0 && age < RENEW_AFTER_MS;
  }

  #read(): Stored | undefined {
    return parse(this.#store.read());
  }

  #tell() {
    const token = this.current();
    for (const listener of this.#listeners) listener(token);
  }
}

/** One tab at a time, where the browser can arrange that. */
function exclusively<T>(act: () => Promise<T>): Promise<T> {
  const locks: LockManager | undefined = navigator.locks;
  return locks ? locks.request("fairhold.session", act) : act();
}

function parse(text: string | null): Stored | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isStored(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== "object" || value === null) return false;
  const { buyer, token, obtainedMs } = value as Partial<Stored>;
  return typeof buyer === "string" && typeof token === "string" && typeof obtainedMs === "number";
}
