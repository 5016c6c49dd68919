import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Api } from "../client/api.ts";
import { Board } from "../client/board.ts";
import { ServerClock } from "../client/clock.ts";
import type { Connection, Live } from "../client/connection.ts";
import type { Frame } from "../client/frames.ts";
import { PlanIndex } from "../client/plan.ts";
import { ProblemError } from "../client/problem.ts";
import { connect } from "../client/tabs.ts";
import type { HoldAnswer, InventoryAnswer, InventoryFrame } from "../client/types.gen.ts";
import { HoldBook } from "./holds.ts";
import { api, session } from "./session.ts";

export type OpenState = "loading" | "ready" | "missing" | "failed";

/** One inventory, kept up to date while any page shows it. */
export interface OpenInventory {
  readonly id: string;
  readonly state: ReadonlySignal<OpenState>;
  readonly facts: ReadonlySignal<InventoryAnswer | undefined>;
  readonly plan: ReadonlySignal<PlanIndex | undefined>;
  readonly board: Board;
  readonly connection: ReadonlySignal<Connection>;
  readonly viewers: ReadonlySignal<number>;
  /** Mine, and alive. */
  readonly holds: ReadonlySignal<readonly HoldAnswer[]>;
  /** The one of mine whose time was over last. */
  readonly expired: ReadonlySignal<HoldAnswer | undefined>;
  /** The numbers of the units in them. */
  readonly mine: ReadonlySignal<ReadonlySet<number>>;
  /** The server's, in milliseconds since 1970. */
  readonly clock: ServerClock;
  /** What a call of this page answered: known before the stream tells it. The mark is of before the call. */
  took(hold: HoldAnswer, mark: number): void;
  ended(hold: string): void;
  retry(): void;
  /** Does not wait any longer for a connection. */
  tryNow(): void;
  close(): void;
}

/** After the last page closed it an inventory stays open for so long: readers go back and forth. */
const LINGER_MS = 5_000;
/** A hold is shown for so long after its end, while the server's word for it is awaited. */
const EXPIRY_GRACE_MS = 1_000;
/** If the stream has not told how things stand by then, they are asked for. */
const PATIENCE_MS = 3_000;
/** What could not be loaded is asked for again after so long, under the words that say so. */
const AGAIN_MS = 10_000;

const opened = new Map<string, Opened>();

/** The same one for all who ask for it at a time. Each has to close what it opened. */
export function openInventory(id: string): OpenInventory {
  const open = shared(id);
  open.keep();
  return open;
}

/** For a page: opened with it, closed with it. */
export function useInventory(id: string, operator?: Operator): OpenInventory {
  const open = useMemo(() => shared(id, operator), [id, operator]);
  useEffect(() => {
    open.keep();
    return () => open.close();
  }, [open]);
  return open;
}

/** Who may see drafts, too. */
export interface Operator {
  api: Api;
  key(): string | undefined;
}

/** Ends by itself if nobody keeps it. */
function shared(id: string, operator?: Operator): Opened {
  const name = operator ? `operator ${id}` : id;
  const open = opened.get(name) ?? new Opened(id, name, operator);
  opened.set(name, open);
  return open;
}

class Opened implements OpenInventory {
  readonly state = signal<OpenState>("loading");
  readonly facts = signal<InventoryAnswer>();
  readonly plan = signal<PlanIndex>();
  readonly connection = signal<Connection>("connecting");
  readonly viewers = signal(0);
  readonly board = new Board();
  readonly clock = new ServerClock();
  readonly #book = new HoldBook();
  readonly holds = this.#book.holds;
  readonly expired = this.#book.expired;
  readonly mine = computed(() => unitsOf(this.holds.value, this.plan.value));
  readonly #ends: (() => void)[] = [];
  #live: Live | undefined;
  #users = 0;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #loads = 0;
  #buyer = session.buyer();

  constructor(
    readonly id: string,
    readonly name: string,
    readonly operator: Operator | undefined,
  ) {
    this.#ends.push(
      session.subscribe((token) => this.#onSession(token)),
      this.holds.subscribe(() => this.#watchExpiry()),
    );
    this.#linger();
    void this.#load();
  }

  keep() {
    this.#users++;
    clearTimeout(this.#lingering);
  }

  close() {
    if (--this.#users === 0) this.#linger();
  }

  readonly retry = () => {
    if (this.state.value === "loading") return;
    this.state.value = "loading";
    void this.#load();
  };

  readonly tryNow = () => this.#live?.wake();

  readonly took = (hold: HoldAnswer, mark: number) => {
    this.clock.learn(hold, mark);
    this.#book.put(hold);
  };

  readonly ended = (hold: string) => this.#book.end(hold);

  #linger() {
    this.#lingering = setTimeout(() => this.#end(), LINGER_MS);
  }

  async #load() {
    const load = ++this.#loads;
    clearTimeout(this.#again);
    if (!this.operator) this.#connect();
    const patience = setTimeout(() => void this.#askStanding(), PATIENCE_MS);
    try {
      const [, plan] = await Promise.all([this.#askFacts(), this.#api.plan(this.id)]);
      if (load !== this.#loads) return;
      this.#connect();
      this.plan.value = new PlanIndex(plan);
      await this.#standing();
      if (load === this.#loads) this.state.value = "ready";
    } catch (error) {
      if (load !== this.#loads) return;
      this.#disconnect();
      this.state.value = error instanceof ProblemError && error.status === 404 ? "missing" : "failed";
      if (this.state.value === "failed") this.#again = setTimeout(() => void this.#load(), AGAIN_MS);
    } finally {
      clearTimeout(patience);
    }
  }

  /** Until the board knows anything. */
  #standing(): Promise<void> {
    if (this.board.epoch > 0) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.board.subscribe(() => {
        stop();
        resolve();
      });
    });
  }

  async #askStanding() {
    try {
      this.board.reset(await this.#api.availability(this.id));
    } catch {
      if (this.state.value === "loading" && this.plan.value) this.state.value = "failed";
    }
  }

  #connect() {
    if (this.#live && this.#live.state !== "closed") return;
    this.#live = connect({
      inventory: this.id,
      board: this.board,
      ...this.#proof(),
      newest: (signal) => this.#newest(signal),
      standing: (signal) => this.#api.availability(this.id, { signal }),
      onState: (state) => this.#onState(state),
      onFrame: (frame) => this.#onFrame(frame),
    });
    this.connection.value = this.#live.state;
  }

  /** A draft tells its key at once, in a stream of its own; to all others the buyer of this browser is enough. */
  #proof() {
    if (this.operator && this.facts.value?.listing === "draft")
      return { token: () => this.operator?.key(), streamOnly: true, shares: false };
    return { token: () => session.current(), renew: () => session.replace() };
  }

  async #askFacts(signal?: AbortSignal): Promise<InventoryAnswer> {
    const mark = this.clock.mark();
    const facts = await this.#api.inventory(this.id, signal ? { signal } : {});
    // While the store cannot be asked all of it is of some time ago.
    if (!facts.stale) this.clock.learnNow(facts.as_of, mark);
    this.facts.value = facts;
    return facts;
  }

  /** Asked after a sleep, too: then it is unknown how much time the holds have left. */
  async #newest(signal: AbortSignal) {
    if (this.clock.doubtful) void this.#askHolds();
    const facts = await this.#askFacts(signal);
    this.viewers.value = facts.viewers;
    return facts;
  }

  get #api(): Api {
    return this.operator?.api ?? api;
  }

  #disconnect() {
    this.#live?.close();
    this.#live = undefined;
  }

  #onState(state: Connection) {
    this.connection.value = state;
    if (state === "live") void this.#askHolds();
  }

  #onFrame(frame: Frame) {
    // The stream may be another tab's, which has not heard yet that the buyer is another one.
    if (frame.type === "hold" && frame.buyer === (session.buyer() ?? frame.buyer)) {
      this.clock.learn(frame);
      this.#book.take(frame);
    }
    // What was live all the time and comes as a whole was asked for: my holds it does not tell.
    const isAsked = frame.type === "resumed" || frame.type === "snapshot";
    if (isAsked && this.connection.value === "live") void this.#askHolds();
    if (frame.type === "viewers") this.viewers.value = frame.count;
    if (frame.type === "inventory" && this.facts.value)
      this.facts.value = { ...this.facts.value, ...told(frame) };
    if (frame.type === "delta") this.clock.atLeast(frame.at_ms);
    const version = frame.type === "snapshot" || frame.type === "plan" ? frame.plan_version : 0;
    if (this.plan.value && version > this.plan.value.version) void this.#askPlan(version);
  }

  async #askPlan(version: number) {
    const plan = await this.#api.plan(this.id, { fresh: true }).catch(() => undefined);
    if (plan && plan.plan_version >= version) this.plan.value = new PlanIndex(plan);
  }

  /** All my holds: after a reload, a reconnection, a sleep. */
  async #askHolds() {
    if (session.current() === undefined) return;
    const [news, mark] = [this.#book.mark(), this.clock.mark()];
    try {
      const { data } = await api.holds(this.id);
      for (const hold of data) this.clock.learn(hold, mark);
      this.#book.replace(data, news);
    } catch {
      // The stream tells them, too, and the next reconnection asks again.
    }
  }

  #onSession(token: string | undefined) {
    if (this.#buyer !== undefined && session.buyer() !== this.#buyer) this.#book.clear();
    this.#buyer = session.buyer();
    if (token !== undefined) this.#live?.authenticate(token);
  }

  /** The next end of a hold, by the server's clock. */
  #watchExpiry() {
    clearTimeout(this.#expiry);
    const next = this.holds.value[0];
    if (!next) return;
    const left = Date.parse(next.expires_at) + EXPIRY_GRACE_MS - this.clock.now();
    this.#expiry = setTimeout(() => this.#onExpiry(), Math.max(250, left));
  }

  #onExpiry() {
    this.#book.dropExpired(this.clock.now() - EXPIRY_GRACE_MS);
    void this.#askHolds();
    this.#watchExpiry();
  }

  #end() {
    opened.delete(this.name);
    clearTimeout(this.#expiry);
    clearTimeout(this.#again);
    this.#loads++;
    for (const end of this.#ends) end();
    this.#disconnect();
  }
}

/** What a frame says of the inventory beside its units. */
function told({
  name,
  venue,
  listing,
  starts_at,
  starts_at_local,
  time_zone,
  sale,
  cancelled,
}: InventoryFrame) {
  return { name, venue, listing, starts_at, starts_at_local, time_zone, sale, cancelled };
}

function unitsOf(holds: readonly HoldAnswer[], plan: PlanIndex | undefined): ReadonlySet<number> {
  const ids = holds.flatMap((hold) => hold.lines.flatMap((line) => line.units.map(([unit]) => unit)));
  return new Set(ids.flatMap((id) => plan?.unitNumber(id) ?? []));
}
