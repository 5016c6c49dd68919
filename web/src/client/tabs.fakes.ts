/* One browser's locks and channels, for tests of tabs that share a stream. */
import type { TabChannel, TabTools } from "./tabs.ts";

interface Waiting {
  begin: () => Promise<unknown>;
  lose: (error: Error) => void;
}

/** Locks as in the specification: of each name one holder, the next in order, or whoever steals. */
class FakeLocks {
  readonly #queues = new Map<string, Waiting[]>();
  readonly #holders = new Map<string, Waiting | undefined>();

  request(name: string, { steal, signal }: LockOptions, begin: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = { begin: async () => resolve(await begin()), lose: reject };
      signal?.addEventListener("abort", () => {
        if (this.#holders.get(name) === waiting) return;
        this.#queues.set(
          name,
          this.#queue(name).filter((each) => each !== waiting),
        );
        reject(new Error("aborted"));
      });
      if (steal) {
        this.#holders.get(name)?.lose(new Error("stolen"));
        return void this.#grant(name, waiting);
      }
      this.#queue(name).push(waiting);
      if (!this.#holders.get(name)) this.release(name);
    });
  }

  names(): string[] {
    return [...this.#holders.keys()];
  }

  release(name: string) {
    const next = this.#queue(name).shift();
    this.#holders.set(name, next);
    if (next) queueMicrotask(() => this.#grant(name, next));
  }

  #queue(name: string): Waiting[] {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return queue;
  }

  async #grant(name: string, waiting: Waiting) {
    this.#holders.set(name, waiting);
    await waiting.begin();
    if (this.#holders.get(name) === waiting) this.release(name);
  }
}

export class FakeBrowser {
  readonly #locks = new FakeLocks();
  readonly #channels = new Set<{ tab: object; name: string; onmessage: TabChannel["onmessage"] }>();
  /** Tabs whose thread stands still: they hear and say nothing. */
  readonly hung = new Set<object>();

  tools(tab: object): TabTools {
    return { locks: this.#locks as never, channel: (name) => this.#open(tab, name) };
  }

  /** Its process is gone: the browser gives its locks to the next. */
  crash(tab: object) {
    this.hung.add(tab);
    for (const name of this.#locks.names()) this.#locks.release(name);
  }

  #open(tab: object, name: string): TabChannel {
    const channel = {
      tab,
      name,
      onmessage: null as TabChannel["onmessage"],
      postMessage: (data: unknown) => {
        if (this.hung.has(tab) || !this.#channels.has(channel)) return;
        const copy = structuredClone(data);
        for (const other of this.#channels) {
          if (other !== channel && other.name === name && !this.hung.has(other.tab))
            queueMicrotask(() => other.onmessage?.call(null as never, { data: copy } as MessageEvent));
        }
      },
      close: () => void this.#channels.delete(channel),
    };
    this.#channels.add(channel);
    return channel;
  }
}
