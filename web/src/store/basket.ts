import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type ChangeOptions, newKey } from "../client/api.ts";
import { BLOCKED, FREE } from "../client/board.ts";
import { available, type Offer } from "../client/offers.ts";
import type { PlanIndex } from "../client/plan.ts";
import { ProblemError } from "../client/problem.ts";
import type { Patience, Waiting } from "../client/retry.ts";
import type {
  BestWanted,
  HoldAnswer,
  HoldRequest,
  LineAnswer,
  Money,
  SaleAnswer,
} from "../client/types.gen.ts";
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
  readonly open: OpenInventory;
  /** Offer id and quantity, not held yet. */
  readonly chosen: ReadonlySignal<ReadonlyMap<string, number>>;
  /** The units of all that is chosen. */
  readonly chosenUnits: ReadonlySignal<ReadonlySet<number>>;
  /** Units that were just taken by others, for some seconds. */
  readonly lost: ReadonlySignal<ReadonlyMap<number, LostReason>>;
  readonly lostUnits: ReadonlySignal<ReadonlySet<number>>;
  readonly totals: ReadonlySignal<Totals>;
  /** What was chosen and is no longer offered at all, as people called it. */
  readonly gone: ReadonlySignal<readonly string[]>;
  /** It opens what is kept back from others; empty: none. */
  readonly code: ReadonlySignal<string>;
  readonly busy: ReadonlySignal<boolean>;
  /** What is under way has no outcome yet: it is being tried again, under the same key. */
  readonly waiting: ReadonlySignal<Waiting | undefined>;
  /** What the last call was refused for. */
  readonly problem: ReadonlySignal<ProblemError | undefined>;
  /** Throws the refusal of a code that opens nothing. */
  useCode(code: string): Promise<void>;
  toggle(offer: string): void;
  set(offer: string, quantity: number): void;
  clear(): void;
  /** All that is chosen, as one hold. A refusal stands in `problem`; what is not in its way stays chosen. */
  hold(): Promise<HoldAnswer | undefined>;
  /** What was given back, once more, whatever is chosen. Refusals as with `hold`. */
  again(lines: readonly LineAnswer[]): Promise<HoldAnswer | undefined>;
  /** Throws the refusal, which stands in `problem`, too; so do the calls below. */
  bestAvailable(request: BestWanted): Promise<HoldAnswer>;
  extend(hold: string): Promise<void>;
  /** What was in it is chosen again. */
  release(hold: HoldAnswer): Promise<void>;
  buy(hold: string): Promise<SaleAnswer>;
  /** Forgets what went wrong. */
  dismiss(): void;
  close(): void;
}

export interface BasketOptions {
  /** An order, not places: others may make it impossible, but they take nothing out of it. */
  keeps?: boolean;
}

type Calls = Pick<typeof ownApi, "allotment" | "hold" | "extend" | "release" | "purchase">;

/** So long a lost unit is marked. */
const LOST_MS = 6_000;
/** A change of the board may come a little before the word that it was me, in another tab. */
const SUSPECT_MS = 150;

/** What was given back may be told as free a moment later. */
const RETURNING_MS = 2_000;

export function makeBasket(open: OpenInventory, api: Calls = ownApi, options: BasketOptions = {}): Basket {
  return new PageBasket(open, api, options);
}

class PageBasket implements Basket {
  readonly chosen = signal<ReadonlyMap<string, number>>(new Map());
  readonly lost = signal<ReadonlyMap<number, LostReason>>(new Map());
  readonly gone = signal<readonly string[]>([]);
  readonly code = signal("");
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
  /** Units that were given back, while the board does not know. */
  readonly #returning = new Set<number>();
  #known: PlanIndex | undefined;
  #isHolding = false;
  #suspecting = false;

  constructor(
    readonly open: OpenInventory,
    readonly api: Calls,
    readonly options: BasketOptions,
  ) {
    this.#ends = [
      open.board.subscribe(() => this.#suspect()),
      effect(() => this.#forgetMine()),
      effect(() => this.#loseClosed(open.plan.value)),
    ];
  }

  readonly useCode = async (code: string) => {
    const { id, plan, board } = this.open;
    const { data } = code === "" ? { data: [] } : await this.api.allotment(id, code);
    const units = data.flatMap(({ units }) => units);
    board.open(
      units.flatMap(([unit, pieces]) => {
        const number = plan.value?.unitNumber(unit);
        return number === undefined ? [] : [[number, pieces] as const];
      }),
    );
    this.code.value = code;
  };

  readonly toggle = (offer: string) => this.set(offer, this.chosen.value.has(offer) ? 0 : 1);

  readonly set = (offer: string, quantity: number) => {
    const next = new Map(this.chosen.value);
    if (quantity > 0) next.set(offer, quantity);
    else next.delete(offer);
    batch(() => {
      this.chosen.value = next;
      this.gone.value = [];
      this.problem.value = undefined;
    });
  };

  readonly clear = () => {
    batch(() => {
      this.chosen.value = new Map();
      this.gone.value = [];
      this.problem.value = undefined;
    });
  };

  readonly dismiss = () => {
    this.problem.value = undefined;
  };

  readonly hold = () => this.#holdAll(this.chosen.value);

  readonly again = (lines: readonly LineAnswer[]) =>
    this.#holdAll(new Map(lines.map(({ offer, quantity }) => [offer, quantity])));

  async #holdAll(wanted: ReadonlyMap<string, number>): Promise<HoldAnswer | undefined> {
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
  }

  readonly bestAvailable = (best_available: BestWanted) => this.#hold({ best_available });

  readonly extend = async (hold: string) => {
    const mark = this.open.clock.mark();
    const extended = await this.#once(`extend ${hold}`, (options) =>
      this.api.extend(this.open.id, hold, options),
    );
    this.open.took(extended, mark);
  };

  readonly release = async ({ id, lines }: HoldAnswer) => {
    await this.#once(`release ${id}`, (options) => this.api.release(this.open.id, id, options));
    const { plan } = this.open;
    const units = lines.flatMap((line) => line.units.flatMap(([unit]) => plan.value?.unitNumber(unit) ?? []));
    for (const unit of units) this.#returning.add(unit);
    this.#after(RETURNING_MS, () => {
      for (const unit of units) this.#returning.delete(unit);
      this.#suspect();
    });
    const chosen = new Map(this.chosen.value);
    for (const { offer, quantity } of lines) {
      if (plan.value?.offer(offer)) chosen.set(offer, (chosen.get(offer) ?? 0) + quantity);
    }
    batch(() => {
      this.open.ended(id);
      this.chosen.value = chosen;
    });
  };

  readonly buy = async (hold: string) => {
    const sale = await this.#once(`buy ${hold}`, (options) => this.api.purchase(this.open.id, hold, options));
    this.open.ended(hold);
    return sale;
  };

  readonly close = () => {
    this.#left.abort();
    if (this.code.value !== "") this.open.board.open([]);
    for (const timer of this.#timers) clearTimeout(timer);
    for (const end of this.#ends) end();
  };

  async #hold(wanted: HoldRequest): Promise<HoldAnswer> {
    const request = this.code.value === "" ? wanted : { ...wanted, code: this.code.value };
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
    if (this.options.keeps) return;
    const { board } = this.open;
    for (const [offer, quantity] of this.#offers()) {
      if (offer.units.some(([unit]) => this.#returning.has(unit))) continue;
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
    const before = this.#known;
    this.#known = plan;
    if (!plan) return;
    for (const id of this.chosen.peek().keys()) {
      if (plan.offer(id)) continue;
      const unit = plan.unitNumber(id);
      this.#leave(id, 0, unit === undefined ? [] : [unit], "blocked");
      this.gone.value = [...this.gone.peek(), before?.offer(id)?.label ?? id];
    }
  }

  /** The server named what is in the way. */
  #loseNamed({ code, problem }: ProblemError) {
    if (this.options.keeps || (code !== "unit_taken" && code !== "not_enough")) return;
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
