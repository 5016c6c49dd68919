import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type ChangeOptions, newKey } from "../client/api.ts";
import { BLOCKED, FREE } from "../client/board.ts";
import { available, type Offer } from "../client/offers.ts";
import type { PlanIndex } from "../client/plan.ts";
import { ProblemError } from "../client/problem.ts";
import type { Patience, Waiting } from "../client/retry.ts";
import type { BestWanted, HoldAnswer, HoldRequest, Money, SaleAnswer } from "../client/types.gen.ts";
import type { OpenInventory } from "./inventory.ts";
import { remember } from "./known.ts";
import { api as ownApi } from "./session.ts";

/** Why a unit left the choice: somebody else took it, it went off sale, or less of it is left than was wanted. */
export type LostReason = "taken" | "blocked" | "short";

/** What is picked and not held yet: pieces, and their price if all are known. */
export interface Totals {
  pieces: number;
  price: Money | undefined;
}

/** What one page picks, holds and buys in one inventory. */
export interface Basket {
  /** Offer id and quantity, not held yet. */
  readonly chosen: ReadonlySignal<ReadonlyMap<string, number>>;
  /** The units of all that is chosen. */
  readonly chosenUnits: ReadonlySignal<ReadonlySet<number>>;
  /** Units that were just taken by others, for some seconds. */
  readonly lost: ReadonlySignal<ReadonlyMap<number, LostReason>>;
  readonly lostUnits: ReadonlySignal<ReadonlySet<number>>;
  readonly totals: ReadonlySignal<Totals>;
  readonly busy: ReadonlySignal<boolean>;
  /** What is under way has no outcome yet: it is being tried again, under the same key. */
  readonly waiting: ReadonlySignal<Waiting | undefined>;
  /** What the last call was refused for. */
  readonly problem: ReadonlySignal<ProblemError | undefined>;
  toggle(offer: string): void;
  set(offer: string, quantity: number): void;
  clear(): void;
  /** All that is chosen, as one hold. A refusal stands in `problem`; what is not in its way stays chosen. */
  hold(): Promise<HoldAnswer | undefined>;
  /** Throws the refusal, which stands in `problem`, too; so do the calls below. */
  bestAvailable(request: BestWanted): Promise<HoldAnswer>;
  extend(hold: string): Promise<void>;
  release(hold: string): Promise<void>;
  buy(hold: string): Promise<SaleAnswer>;
  /** Forgets what went wrong. */
  dismiss(): void;
  close(): void;
}

type Calls = Pick<typeof ownApi, "hold" | "extend" | "release" | "purchase">;

/** So long a lost unit is marked. */
const LOST_MS = 6_000;
/** A change of the board may come a little before the word that it was me, in another tab. */
const SUSPECT_MS = 150;

export function makeBasket(open: OpenInventory, api: Calls = ownApi): Basket {
  return new PageBasket(open, api);
}

class PageBasket implements Basket {
  readonly chosen = signal<ReadonlyMap<string, number>>(new Map());
  readonly lost = signal<ReadonlyMap<number, LostReason>>(new Map());
  readonly busy = signal(false);
  readonly waiting = signal<Waiting>();
  readonly problem = signal<ProblemError>();
  readonly chosenUnits = computed(
    () => new Set(this.#offers().flatMap(([offer]) => offer.units.map(([unit]) => unit))),
  );
  readonly lostUnits = computed(() => new Set(this.lost.value.keys()));
  readonly totals = computed(() => totalsOf(this.#offers()));
  /** A request whose answer never came keeps its key: sent again, it is still done once. */
  readonly #keys = new Map<string, string>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #ends: (() => void)[];
  readonly #left = new AbortController();
  readonly #patience: Patience = {
    onWait: (waiting) => {
      this.waiting.value = waiting;
    },
    signal: this.#left.signal,
  };
  #isHolding = false;
  #suspecting = false;

  constructor(
    readonly open: OpenInventory,
    readonly api: Calls,
  ) {
    this.#ends = [
      open.board.subscribe(() => this.#suspect()),
      effect(() => this.#forgetMine()),
      effect(() => this.#loseClosed(open.plan.value)),
    ];
  }

  readonly toggle = (offer: string) => this.set(offer, this.chosen.value.has(offer) ? 0 : 1);

  readonly set = (offer: string, quantity: number) => {
    const next = new Map(this.chosen.value);
    if (quantity > 0) next.set(offer, quantity);
    else next.delete(offer);
    batch(() => {
      this.chosen.value = next;
      this.problem.value = undefined;
    });
  };

  readonly clear = () => {
    this.chosen.value = new Map();
  };

  readonly dismiss = () => {
    this.problem.value = undefined;
  };

  readonly hold = async () => {
    const wanted = this.chosen.value;
    if (wanted.size === 0 || this.busy.value) return undefined;
    const offers = [...wanted].map(([offer, quantity]) => ({ offer, quantity }));
    this.#isHolding = true;
    try {
      const hold = await this.#hold({ offers });
      this.chosen.value = new Map([...this.chosen.value].filter(([offer]) => !wanted.has(offer)));
      return hold;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#loseNamed(error);
      return undefined;
    } finally {
      this.#isHolding = false;
      this.#suspect();
    }
  };

  readonly bestAvailable = (best_available: BestWanted) => this.#hold({ best_available });

  readonly extend = async (hold: string) => {
    const mark = this.open.clock.mark();
    const extended = await this.#once(`extend ${hold}`, (options) =>
      this.api.extend(this.open.id, hold, options),
    );
    this.open.took(extended, mark);
  };

  readonly release = async (hold: string) => {
    await this.#once(`release ${hold}`, (options) => this.api.release(this.open.id, hold, options));
    this.open.ended(hold);
  };

  readonly buy = async (hold: string) => {
    const sale = await this.#once(`buy ${hold}`, (options) => this.api.purchase(this.open.id, hold, options));
    this.open.ended(hold);
    return sale;
  };

  readonly close = () => {
    this.#left.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const end of this.#ends) end();
  };

  async #hold(request: HoldRequest): Promise<HoldAnswer> {
    const { id, clock, facts } = this.open;
    const mark = clock.mark();
    const hold = await this.#once(`hold ${JSON.stringify(request)}`, (options) =>
      this.api.hold(id, request, options),
    );
    remember({ id, name: facts.value?.name ?? "" });
    this.open.took(hold, mark);
    return hold;
  }

  /** Done once, however often it has to be asked for. */
  async #once<T>(request: string, send: (options: ChangeOptions) => Promise<T>): Promise<T> {
    const key = this.#keys.get(request) ?? newKey();
    this.#keys.set(request, key);
    batch(() => {
      this.busy.value = true;
      this.problem.value = undefined;
    });
    try {
      const answer = await send({ key, patience: this.#patience });
      this.#keys.delete(request);
      return answer;
    } catch (error) {
      if (error instanceof ProblemError) this.problem.value = error;
      const isUnknown = error instanceof ProblemError && error.retryable;
      if (!isUnknown) this.#keys.delete(request);
      throw error;
    } finally {
      batch(() => {
        this.busy.value = false;
        this.waiting.value = undefined;
      });
    }
  }

  #offers(): [Offer, number][] {
    const plan = this.open.plan.value;
    return [...this.chosen.value].flatMap(([id, quantity]): [Offer, number][] => {
      const offer = plan?.offer(id);
      return offer ? [[offer, quantity]] : [];
    });
  }

  /** The board changed: looks a moment later whether all that is chosen can still be had. */
  #suspect() {
    if (this.#suspecting || this.chosen.value.size === 0) return;
    this.#suspecting = true;
    this.#after(SUSPECT_MS, () => {
      this.#suspecting = false;
      // While a hold of these is under way, they may be held by it.
      if (!this.#isHolding) this.#loseTaken();
    });
  }

  #loseTaken() {
    const { board } = this.open;
    for (const [offer, quantity] of this.#offers()) {
      const left = available(offer, board);
      if (left >= quantity) continue;
      const gone = offer.units
        .filter(([unit, each]) => board.left(unit) < each * quantity)
        .map(([unit]) => unit);
      this.#leave(offer.id, left, gone);
    }
  }

  /** Another plan came, without some of what is chosen. */
  #loseClosed(plan: PlanIndex | undefined) {
    if (!plan) return;
    for (const id of this.chosen.peek().keys()) {
      const unit = plan.unitNumber(id);
      if (!plan.offer(id)) this.#leave(id, 0, unit === undefined ? [] : [unit], "blocked");
    }
  }

  /** The server named what is in the way. */
  #loseNamed({ code, problem }: ProblemError) {
    if (code !== "unit_taken" && code !== "not_enough") return;
    const plan = this.open.plan.value;
    const named = new Set((problem.units ?? []).flatMap((id) => plan?.unitNumber(id) ?? []));
    for (const [offer, quantity] of this.#offers()) {
      const gone = offer.units.map(([unit]) => unit).filter((unit) => named.has(unit));
      if (gone.length === 0) continue;
      const left = code === "unit_taken" ? 0 : Math.min(quantity - 1, available(offer, this.open.board));
      this.#leave(offer.id, left, gone);
    }
  }

  #leave(offer: string, left: number, units: readonly number[], reason?: LostReason) {
    const chosen = new Map(this.chosen.peek());
    if (left > 0) chosen.set(offer, left);
    else chosen.delete(offer);
    const lost = new Map(this.lost.peek());
    for (const unit of units) lost.set(unit, reason ?? this.#reason(unit, left));
    batch(() => {
      this.chosen.value = chosen;
      this.lost.value = lost;
    });
    this.#after(LOST_MS, () => this.#forget(units));
  }

  #reason(unit: number, left: number): LostReason {
    if (left > 0) return "short";
    return this.open.board.status(unit) === BLOCKED ? "blocked" : "taken";
  }

  #forget(units: Iterable<number>) {
    const lost = new Map(this.lost.value);
    for (const unit of units) lost.delete(unit);
    if (lost.size < this.lost.value.size) this.lost.value = lost;
  }

  /** What is mine was not lost: another tab holds it. Runs before anybody sees the mark. */
  #forgetMine() {
    const isMine = (unit: number) => this.open.mine.value.has(unit) && this.open.board.status(unit) !== FREE;
    this.#forget([...this.lost.value.keys()].filter(isMine));
  }

  #after(ms: number, act: () => void) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

function totalsOf(offers: readonly (readonly [Offer, number])[]): Totals {
  const pieces = offers.reduce((sum, [, quantity]) => sum + quantity, 0);
  const currency = offers[0]?.[0].price?.currency;
  if (currency === undefined || offers.some(([{ price }]) => !price)) return { pieces, price: undefined };
  const amount = offers.reduce((sum, [{ price }, quantity]) => sum + (price?.amount ?? 0) * quantity, 0);
  return { pieces, price: { amount, currency } };
}
