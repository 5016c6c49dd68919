import { ProblemError } from "./problem.ts";

/** How often and how patiently something is tried. */
export interface RetryOptions {
  /** All tries together, the first one too. */
  attempts: number;
  /** Later than this nothing is tried again: whoever looks at the page wants a word. */
  giveUpMs: number;
  baseMs: number;
  maxMs: number;
  sleep(ms: number): Promise<void>;
  random(): number;
}

export const DEFAULT_RETRY: RetryOptions = {
  attempts: 4,
  giveUpMs: 6_000,
  baseMs: 250,
  maxMs: 5_000,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
};

/** A try came to nothing, and the next one is to come. */
export interface Waiting {
  /** So many tries by now. */
  tries: number;
  /** Why the last one came to nothing. */
  problem: ProblemError;
  /** Does not wait any longer. */
  now(): void;
}

/** Of somebody who waits for the outcome, however long it takes, and is told what goes on. */
export interface Patience {
  onWait(waiting: Waiting): void;
  /** Nobody waits any more. */
  signal?: AbortSignal;
}

/** A patient one comes again no later than this. */
const PATIENT_MAX_MS = 15_000;

/** A random wait of up to `base` doubled for each failure: many clients that failed together come back apart. */
export function backOff(
  failures: number,
  options: Pick<RetryOptions, "baseMs" | "maxMs" | "random">,
): number {
  const most = Math.min(options.maxMs, options.baseMs * 2 ** Math.max(0, failures - 1));
  return most / 2 + (most / 2) * options.random();
}

/**
 * Repeats what may succeed later. `attempt` has to send the same request with the same key each time. Without
 * `patience` it is given up after some tries.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  options: RetryOptions = DEFAULT_RETRY,
  patience?: Patience,
): Promise<T> {
  const began = Date.now();
  const isOver = (tries: number, { status }: ProblemError) =>
    // A limit that is used up is told: there is nothing to find out.
    patience && status !== 429
      ? patience.signal?.aborted === true
      : tries >= options.attempts || Date.now() - began >= options.giveUpMs;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ProblemError) || !error.retryable) throw error;
      if (isOver(tries, error)) throw error;
      // Nobody waits that long without a word: whoever asked decides.
      if ((error.retryAfterMs ?? 0) > options.maxMs) throw error;
      const wait = backOff(tries, patience ? { ...options, maxMs: PATIENT_MAX_MS } : options);
      // The server's word is the least to wait; spread above it, or all come back at once.
      await pause((error.retryAfterMs ?? 0) + wait, options, (now) =>
        patience?.onWait({ tries, problem: error, now }),
      );
      if (patience?.signal?.aborted) throw error;
    }
  }
}

/** Ends early when the network is back, or by whoever was told. */
async function pause(ms: number, { sleep }: RetryOptions, tell: (now: () => void) => void): Promise<void> {
  let now = () => {};
  const hurried = new Promise<void>((resolve) => {
    now = resolve;
  });
  // Not only browsers run this.
  globalThis.addEventListener?.("online", now);
  tell(now);
  await Promise.race([sleep(ms), hurried]);
  globalThis.removeEventListener?.("online", now);
}
