/** The two clocks of a device: one that only runs forward, but may stand still in its sleep, and one that is set. */
export interface DeviceClocks {
  monotonic(): number;
  wall(): number;
}

const DEVICE: DeviceClocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/** When the clocks part by more than this, the device slept, or its clock was set. */
const PARTED_MS = 2_000;

/** What an answer says about time: when something ends, and in how many seconds, rounded up. */
export interface Expiring {
  expires_at: string;
  expires_in_seconds: number;
}

/**
 * The server's time. Every answer with a time or a deadline says between which two moments the server wrote it; what all of
 * them allow is carried on by the clock that nobody can set. The device's time of day counts only while nothing is
 * known.
 */
export class ServerClock {
  /** The server's time is that of the monotonic clock and something between these. */
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;
  /** How far the device's clocks were apart when they were last believed. */
  #apart: number;

  constructor(readonly device: DeviceClocks = DEVICE) {
    this.#apart = this.#apartNow();
  }

  /** The server's time in milliseconds since 1970. */
  now(): number {
    return this.device.monotonic() + this.#offset() + this.#slept();
  }

  /** Only an answer can tell whether the device slept or its clock was set: ask for one. */
  get doubtful(): boolean {
    return this.#slept() > 0;
  }

  /** To be taken before a call whose answer is learned from. */
  mark(): number {
    return this.device.monotonic();
  }

  /** Without the time when the call began (a frame) it only says that it is not earlier. */
  learn(answer: Expiring, mark?: number) {
    const end = Date.parse(answer.expires_at);
    if (Number.isNaN(end)) return;
    if (answer.expires_in_seconds <= 0) return this.atLeast(end);
    const least = end - answer.expires_in_seconds * 1000;
    this.#allow(least, mark === undefined ? undefined : { most: least + 1000, mark });
  }

  /** An answer told the time that it was written at. */
  learnNow(at: string, mark: number) {
    const now = Date.parse(at);
    if (!Number.isNaN(now)) this.#allow(now, { most: now, mark });
  }

  /** Something happened at this time of the server. */
  atLeast(serverMs: number) {
    this.#allow(serverMs, undefined);
  }

  #allow(leastMs: number, until: { most: number; mark: number } | undefined) {
    if (this.doubtful) {
      // A lower bound is no news of how long the device slept.
      if (!until) return;
      this.#forget();
    }
    const least = leastMs - this.device.monotonic();
    const most = until ? until.most - until.mark : Number.POSITIVE_INFINITY;
    const contradicts = least > this.#most || most < this.#least;
    if (contradicts) this.#forget();
    this.#least = Math.max(this.#least, least);
    this.#most = Math.min(this.#most, most);
    this.#apart = this.#apartNow();
  }

  #forget() {
    this.#least = Number.NEGATIVE_INFINITY;
    this.#most = Number.POSITIVE_INFINITY;
    this.#apart = this.#apartNow();
  }

  #offset(): number {
    const isKnown = Number.isFinite(this.#least) && Number.isFinite(this.#most);
    if (isKnown) return (this.#least + this.#most) / 2;
    return Math.min(this.#most, Math.max(this.#least, this.#apart));
  }

  /** By how much the time of day ran ahead. A clock that was set back says nothing about sleep. */
  #slept(): number {
    const ahead = this.#apartNow() - this.#apart;
    if (ahead < -PARTED_MS) this.#apart += ahead;
    return ahead > PARTED_MS ? ahead : 0;
  }

  #apartNow(): number {
    return this.device.wall() - this.device.monotonic();
  }
}
