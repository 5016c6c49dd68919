/* One browser's locks and channels, for tests of tabs that share a stream. */
import type { TabChannel, TabTools } from "./tabs.ts";

interface Waiting {
  begin: () => Promise<unknown>;
  lose: (error: Error) => void;
}

/** Locks as in the specification: one holder, the next in order, or whoever steals. */
export class FakeBrowser {
  #queue: Waiting[] = [];
  #holder: Waiting | undefined;
  #channels = new Set<{ tab: object; onmessage: TabChannel["onmessage"] }>();
  /** Tabs whose thread stands still: they hear and say nothing. */
  readonly hung = new Set<object>();

  tools(tab: object): TabTools {
    return {
      locks: {
        request: (_: string, how: LockOptions, begin: () => Promise<unknown>) => this.#request(how, begin),
      } as never,
      channel: () => this.#open(tab),
    };
  }

  /** Its process is gone: the browser gives its lock to the next. */
  crash(tab: object) {
    this.hung.add(tab);
    this.#release();
  }

  #request({ steal, signal }: LockOptions, begin: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = { begin: async () => resolve(await begin()), lose: reject };
      signal?.addEventListener("abort", () => {
        if (this.#holder === waiting) return;
        this.#queue = this.#queue.filter((each) => each !== waiting);
        reject(new Error("aborted"));
      });
      if (steal) {
        this.#holder?.lose(new Error("stolen"));
        return void this.#grant(waiting);
      }
      this.#queue.push(waiting);
      if (!this.#holder) this.#release();
    });
  }

  #release() {
    const next = this.#queue.shift();
    this.#holder = next;
    if (next) queueMicrotask(() => this.#grant(next));
  }

  async #grant(waiting: Waiting) {
    this.#holder = waiting;
    await waiting.begin();
    if (this.#holder === waiting) this.#release();
  }

  #open(tab: object): TabChannel {
    const channel = {
      tab,
      onmessage: null as TabChannel["onmessage"],
      postMessage: (data: unknown) => {
        if (this.hung.has(tab) || !this.#channels.has(channel)) return;
        const copy = structuredClone(data);
        for (const other of this.#channels) {
          if (other !== channel && !this.hung.has(other.tab))
            queueMicrotask(() => other.onmessage?.call(null as never, { data: copy } as MessageEvent));
        }
      },
      close: () => void this.#channels.delete(channel),
    };
    this.#channels.add(channel);
    return channel;
  }
}
