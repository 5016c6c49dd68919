import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { ProblemError } from "../client/problem.ts";
import type { BestWanted, HoldAnswer, Money, SaleAnswer } from "../client/types.gen.ts";
import type { OpenInventory } from "./inventory.ts";
import { api } from "./session.ts";

/** Why a unit left the choice: somebody else took it, or it went off sale. */
export type LostReason = "taken" | "blocked";

/** What is picked and not held yet: pieces, and their price if all are known. */
export interface Totals {
  pieces: number;
  price: Money | undefined;
}

/** What one page picks, holds and buys in one inventory. */
export interface Basket {
  /** Offer id and quantity, not held yet. */
  readonly chosen: ReadonlySignal<ReadonlyMap<string, number>>;
  /** The same as unit numbers, of offers that are one seat. */
  readonly chosenUnits: ReadonlySignal<ReadonlySet<number>>;
  /** Units that were just taken by others, for some seconds. */
  readonly lost: ReadonlySignal<ReadonlyMap<number, LostReason>>;
  readonly lostUnits: ReadonlySignal<ReadonlySet<number>>;
  readonly totals: ReadonlySignal<Totals>;
  readonly busy: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<ProblemError | undefined>;
  toggle(offer: string): void;
  set(offer: string, quantity: number): void;
  clear(): void;
  /** All that is chosen, as one hold. */
  hold(): Promise<void>;
  bestAvailable(request: BestWanted): Promise<HoldAnswer>;
  extend(hold: string): Promise<void>;
  release(hold: string): Promise<void>;
  buy(hold: string): Promise<SaleAnswer>;
  /** Forgets what went wrong. */
  dismiss(): void;
  close(): void;
}

export function makeBasket(open: OpenInventory): Basket {
  const chosen = signal<ReadonlyMap<string, number>>(new Map());
  const lost = signal<ReadonlyMap<number, LostReason>>(new Map());
  const busy = signal(false);
  const problem = signal<ProblemError>();
  const set = (offer: string, quantity: number) => {
    const next = new Map(chosen.value);
    if (quantity > 0) next.set(offer, quantity);
    else next.delete(offer);
    chosen.value = next;
  };
  const during = async <T>(act: () => Promise<T>): Promise<T> => {
    busy.value = true;
    problem.value = undefined;
    try {
      return await act();
    } catch (error) {
      if (error instanceof ProblemError) problem.value = error;
      throw error;
    } finally {
      busy.value = false;
    }
  };
  return {
    chosen,
    chosenUnits: computed(
      () => new Set([...chosen.value.keys()].flatMap((id) => open.plan.value?.unitNumber(id) ?? [])),
    ),
    lost,
    lostUnits: computed(() => new Set(lost.value.keys())),
    totals: computed(() => ({
      pieces: [...chosen.value.values()].reduce((sum, n) => sum + n, 0),
      price: undefined,
    })),
    busy,
    problem,
    toggle: (offer) => set(offer, chosen.value.has(offer) ? 0 : 1),
    set,
    clear: () => {
      chosen.value = new Map();
    },
    async hold() {
      const offers = [...chosen.value].map(([offer, quantity]) => ({ offer, quantity }));
      await during(() => api.hold(open.id, { offers }));
      chosen.value = new Map();
    },
    bestAvailable: (best_available) => during(() => api.hold(open.id, { best_available })),
    extend: async (hold) => void (await during(() => api.extend(open.id, hold))),
    release: (hold) => during(() => api.release(open.id, hold)),
    buy: (hold) => during(() => api.purchase(open.id, hold)),
    dismiss: () => {
      problem.value = undefined;
    },
    close: () => {},
  };
}
