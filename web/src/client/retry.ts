import { ProblemError } from "./problem.ts";

/** How often and how patiently something is tried. */
export interface RetryOptions {
  /** All tries together, the first one too. */
  attempts: number;
  baseMs: number;
  maxMs: number;
  sleep(ms: number): Promise<void>;
  random(): number;
}

export const DEFAULT_RETRY: RetryOptions = {
  attempts: 4,
  baseMs: 250,
  maxMs: 5_000,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
};

/** A random wait of up to `base` doubled for each failure: many clients that failed together come back apart. */
export function backOff(
  failures: number,
  options: Pick<RetryOptions, "baseMs" | "maxMs" | "random">,
): number {
  const most = Math.min(options.maxMs, options.baseMs * 2 ** Math.max(0, failures - 1));
  return most / 2 + (most / 2) * options.random();
}

/** Repeats what may succeed later. `attempt` has to send the same request with the same key each time. */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  options: RetryOptions = DEFAULT_RETRY,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ProblemError) || !error.retryable || tries >= options.attempts) throw error;
      // Nobody waits that long without a word: whoever asked decides.
      if ((error.retryAfterMs ?? 0) > options.maxMs) throw error;
      const wait = backOff(tries, options);
      // The server's word is the least to wait; spread above it, or all come back at once.
      await options.sleep(error.retryAfterMs === undefined ? wait : error.retryAfterMs + wait);
    }
  }
}
