import { type Connection, type Live, type LiveOptions, lesser } from "./connection.ts";
import { Crowd } from "./crowd.ts";
import type { Frame } from "./frames.ts";
import { LiveConnection } from "./live.ts";
import { isSeen, watchSight } from "./wake.ts";

/** What tabs of one browser share. Where one of the two is missing each tab that is seen has its own stream. */
export interface TabTools {
  locks: Pick<LockManager, "request"> | undefined;
  channel: ((name: string) => TabChannel) | undefined;
}

/** As much of a `BroadcastChannel` as is needed. */
export type TabChannel = Pick<BroadcastChannel, "postMessage" | "close" | "onmessage">;

export interface TabOptions extends LiveOptions {
  /** No: this page has a stream of its own, because another buyer is at home in it, say. */
  shares?: boolean;
  tools?: TabTools;
}

type Message =
  /** Of a tab that has just come, or missed something. */
  | { kind: "hello"; from: string }
  /** What the leading tab knows, for the one that asked. */
  | { kind: "standing"; to: string; frames: Frame[]; state: Connection }
  | { kind: "frame"; frame: Frame }
  /** The leading tab lives, and so it stands with its stream. */
  | { kind: "beat"; state: Connection }
  /** Somebody does not want to wait any longer. */
  | { kind: "wake" };

/** Told once, and then a part of the board, or asked for by whoever comes later. */
const PASSING = ["snapshot", "delta", "resumed", "plan", "hold"];
const BEAT_EVERY_MS = 2_000;
/** The leading tab says something every two seconds. After this what it told is no longer called live. */
const SILENCE_MS = 6_000;
/** Asked, and silent for so long: it hangs, and another tab takes its place. */
const TAKE_OVER_MS = 1_500;
/** Who looks at another tab for a moment keeps the stream. */
const HIDDEN_MS = 2_000;

/** Begins a live stream that lasts until `close`: one for all tabs of this browser, none while no tab is seen. */
export function connect(options: TabOptions): Live {
  return new TabConnection(options);
}

/**
 * One tab's part in the stream that all tabs of a browser share. The tab that holds the lock leads: it has the stream,
 * and tells the others every frame. Where it goes (hidden, closed, crashed), the lock goes to the next.
 */
class TabConnection implements Live {
  readonly #id = Math.random().toString(36).slice(2);
  readonly #server: string;
  readonly #name: string;
  readonly #tools: TabTools;
  readonly #unwatch: () => void;
  #state: Connection = "connecting";
  #channel: TabChannel | undefined;
  /** Leads. */
  #live: LiveConnection | undefined;
  #crowd: Crowd | undefined;
  #leave: (() => void) | undefined;
  #hiding: ReturnType<typeof setTimeout> | undefined;
  /** The newest frame of each kind that says how something stands, for tabs that come later. */
  readonly #standing = new Map<string, Frame>();
  /** The board has all that the leading tab told. */
  #isInStep = false;
  #heardAt = 0;
  #askedAt = 0;

  constructor(readonly options: TabOptions) {
    this.#server = new URL(options.base || location.href).origin;
    this.#name = `fairhold.live ${this.#server} ${options.inventory}`;
    this.#tools = options.tools ?? browserTools();
    this.#unwatch = watchSight(this.#onSeen, this.#onHidden, this.#putAway);
    if (isSeen()) this.#start();
  }

  get state(): Connection {
    return this.#state;
  }

  authenticate(token: string) {
    this.#live?.authenticate(token);
  }

  readonly wake = () => {
    if (this.#state === "closed") return;
    if (this.#live) return this.#live.wake();
    if (!this.#leave) return this.#start();
    this.#tell({ kind: "wake" });
    if (this.#isLeaderSilent()) this.#lead({ steal: true });
  };

  close() {
    this.#unwatch();
    this.#stop();
    this.#become("closed");
  }

  readonly #onSeen = () => {
    clearTimeout(this.#hiding);
    this.#start();
  };

  readonly #onHidden = () => {
    clearTimeout(this.#hiding);
    this.#hiding = setTimeout(this.#putAway, HIDDEN_MS);
  };

  #start() {
    if (this.#leave || this.#state === "closed") return;
    const { locks, channel } = this.#tools;
    if (this.options.shares === false || !locks || !channel) {
      this.#leave = () => {};
      return this.#open();
    }
    this.#channel = channel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data as Message);
    this.#heardAt = Date.now();
    this.#greet();
    this.#lead({});
  }

  /** Nobody looks: no stream, and the lead to whoever is seen. */
  readonly #putAway = () => {
    this.#stop();
    this.#become(lesser(this.options.board));
  };

  #stop() {
    clearTimeout(this.#hiding);
    this.#leave?.();
    this.#leave = undefined;
    this.#live?.close();
    this.#live = undefined;
    this.#crowd?.close();
    this.#crowd = undefined;
    this.#channel?.close();
    this.#channel = undefined;
    this.#isInStep = false;
  }

  /** Waits for the lead, or takes it from a tab that hangs, and keeps it until this tab leaves. */
  #lead({ steal = false }: { steal?: boolean }) {
    this.#leave?.();
    const turn = new AbortController();
    const timer = setInterval(() => this.#check(), BEAT_EVERY_MS / 2);
    let end = () => {};
    const left = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#leave = () => {
      clearInterval(timer);
      turn.abort();
      end();
    };
    const begin = () => {
      if (!turn.signal.aborted) this.#open();
      return left;
    };
    const how = steal ? { steal } : { signal: turn.signal };
    const lock = this.#tools.locks?.request(this.#name, how, begin);
    lock?.catch(() => {
      // Given up, or taken by another tab because this one hung.
      if (turn.signal.aborted) return;
      this.#putAway();
      if (isSeen()) this.#start();
    });
  }

  #open() {
    const channel = this.#tools.channel?.(`fairhold.streams ${this.#server}`);
    const crowd = channel && new Crowd(channel);
    this.#crowd = crowd;
    this.#live = new LiveConnection({
      ...this.options,
      ...(crowd && { isCrowded: () => crowd.isFull() }),
      onState: (state) => this.#onLiveState(state),
      onFrame: (frame) => this.#onLiveFrame(frame),
    });
    this.#onLiveState(this.#live.state);
  }

  #onLiveState(state: Connection) {
    if (state === "closed" && !this.#leave) return;
    this.#tell({ kind: "beat", state });
    if (state === "closed") return this.close();
    this.#become(state);
  }

  #onLiveFrame(frame: Frame) {
    if (!PASSING.includes(frame.type)) this.#standing.set(frame.type, frame);
    this.#tell({ kind: "frame", frame });
    this.options.onFrame?.(frame);
  }

  #hear(message: Message) {
    if (message.kind === "hello" || message.kind === "wake") return this.#answer(message);
    // Of a tab that hung, and does not know yet that it leads no more.
    if (this.#live) return;
    this.#heardAt = Date.now();
    this.#askedAt = 0;
    if (message.kind === "frame") this.#follow(message.frame);
    if (message.kind === "standing") {
      if (message.to !== this.#id) return;
      for (const frame of message.frames) this.#follow(frame);
    }
    if (message.kind === "beat" || message.kind === "standing") this.#mirror(message.state);
  }

  /** What the leading tab owes the others. */
  #answer(message: Message) {
    if (!this.#live) return;
    if (message.kind === "wake") return this.#live.wake();
    if (message.kind !== "hello") return;
    const { board, inventory } = this.options;
    const known: Frame[] = board.epoch > 0 ? [board.snapshot(inventory)] : [];
    const frames = [...known, ...this.#standing.values()];
    this.#tell({ kind: "standing", to: message.from, frames, state: this.#live.state });
  }

  #follow(frame: Frame) {
    const { board } = this.options;
    switch (frame.type) {
      case "snapshot":
        // The leading tab has judged it.
        board.reset(frame, true);
        this.#isInStep = true;
        break;
      case "delta":
        if (!this.#isInStep) return;
        if (!board.apply(frame)) return this.#missed();
        break;
    }
    this.options.onFrame?.(frame);
  }

  #missed() {
    this.#isInStep = false;
    this.#become(lesser(this.options.board));
    this.#greet();
  }

  #mirror(state: Connection) {
    if (state === "closed") return this.close();
    if (state !== "live") return this.#become(lesser(this.options.board));
    if (this.#isInStep) return this.#become("live");
    // A leading tab that knows something has told it, unless that was before this one listened.
    if (Date.now() - this.#askedAt > BEAT_EVERY_MS) this.#greet();
  }

  #greet() {
    this.#askedAt = Date.now();
    this.#tell({ kind: "hello", from: this.#id });
  }

  /** Every second: does the leading tab still lead? */
  #check() {
    if (this.#live) return this.#tell({ kind: "beat", state: this.#live.state });
    if (!this.#isLeaderSilent()) return;
    const now = Date.now();
    this.#become(lesser(this.options.board));
    if (this.#askedAt < this.#heardAt + SILENCE_MS) return this.#greet();
    const random = this.options.random ?? Math.random;
    // Not all at once: the first who takes over is heard by the others.
    if (now - this.#askedAt > TAKE_OVER_MS * (1 + random())) this.#lead({ steal: true });
  }

  #isLeaderSilent(): boolean {
    return Date.now() - this.#heardAt > SILENCE_MS;
  }

  #tell(message: Message) {
    this.#channel?.postMessage(message);
  }

  #become(state: Connection) {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.options.onState?.(state);
  }
}

/** Pages without TLS have no locks, private windows of some browsers no storage: then tabs may not be of one buyer. */
function browserTools(): TabTools {
  const shares = typeof BroadcastChannel !== "undefined" && hasStorage();
  return {
    locks: (navigator as Partial<Navigator>).locks,
    channel: shares ? (name) => new BroadcastChannel(name) : undefined,
  };
}

function hasStorage(): boolean {
  try {
    localStorage.setItem("fairhold.probe", "");
    localStorage.removeItem("fairhold.probe");
    return true;
  } catch {
    return false;
  }
}
