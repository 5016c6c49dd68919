import type { TabChannel } from "./tabs.ts";

/**
 * So many streams of one browser last: it has six connections to a host where HTTP/2 does not pass, and calls need some;
 * a server lets one buyer have five.
 */
const LASTING = 3;
const SAY_EVERY_MS = 2_000;
/** Who has said nothing for so long is gone: closed, crashed, or hanging. */
const GONE_MS = 6_000;

type Said = { from: string; since: number } | { gone: string };

/**
 * The streams of all tabs of this browser, of whatever inventories, as one of them sees the others. The newest last:
 * somebody has just gone there. The older tabs ask by calls, every few seconds.
 */
export class Crowd {
  readonly #id = Math.random().toString(36).slice(2);
  readonly #since = Date.now();
  readonly #newer = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(readonly channel: TabChannel) {
    channel.onmessage = ({ data }) => this.#hear(data as Said);
    this.#timer = setInterval(this.#say, SAY_EVERY_MS);
    this.#say();
  }

  /** There is no room for this one to last. */
  isFull(): boolean {
    const now = Date.now();
    return [...this.#newer.values()].filter((heardAt) => now - heardAt < GONE_MS).length >= LASTING;
  }

  close() {
    clearInterval(this.#timer);
    this.channel.postMessage({ gone: this.#id });
    this.channel.close();
  }

  readonly #say = () => this.channel.postMessage({ from: this.#id, since: this.#since });

  #hear(said: Said) {
    if ("gone" in said) this.#newer.delete(said.gone);
    else if (said.since > this.#since || (said.since === this.#since && said.from > this.#id))
      this.#newer.set(said.from, Date.now());
  }
}
