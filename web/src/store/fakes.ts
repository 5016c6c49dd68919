import { computed, signal } from "@preact/signals";
import { Board } from "../client/board.ts";
import { ServerClock } from "../client/clock.ts";
import type { Connection } from "../client/connection.ts";
import { PlanIndex } from "../client/plan.ts";
import { ProblemError } from "../client/problem.ts";
import type {
  HoldAnswer,
  InventoryAnswer,
  PlanAnswer,
  PlanUnit,
  SettingsAnswer,
} from "../client/types.gen.ts";
import { HoldBook } from "./holds.ts";
import type { OpenInventory, OpenState } from "./inventory.ts";

// What tests of stores and pages open instead of an inventory of a server.

const won = (amount: number) => ({ amount, currency: "KRW" });
const seat = (id: string): PlanUnit => ({
  id,
  kind: "seat",
  capacity: 1,
  label: id,
  offer: true,
  price: won(1000),
});
const item = (id: string, capacity: number): PlanUnit => ({
  id,
  kind: "item",
  capacity,
  label: id,
  offer: false,
});

/** Seats 0 to 3, an area for 10 as unit 4, beans and milk as units 5 and 6. */
export const PLAN: PlanAnswer = {
  plan_version: 1,
  name: "Hall",
  currency: "KRW",
  size: null,
  focal_point: null,
  units: [
    ...["A-1", "A-2", "A-3", "A-4"].map(seat),
    { id: "floor", kind: "area", capacity: 10, label: "Floor", offer: true, price: won(500) },
    item("beans", 100),
    item("milk", 300),
  ],
  zones: [],
  rows: [],
  categories: [],
  offers: [
    { id: "espresso", label: "Espresso", price: won(3500), units: { beans: 20 } },
    { id: "latte", label: "Latte", price: won(5000), units: { beans: 20, milk: 100 } },
  ],
  floors: [],
};

export const SETTINGS: SettingsAnswer = {
  categories: {},
  channels: {},
  checkout: "open",
  extensions_max: 2,
  hold_seconds: 300,
  holds_per_buyer: 4,
  on_sale_from: null,
  on_sale_until: null,
  pieces_per_buyer: null,
  pieces_per_hold: 50,
  pieces_per_hold_min: 1,
  pieces_per_hold_of_keys: null,
  release_accessible: false,
  release_accessible_at: null,
  sale_ends_before_start_seconds: null,
  single_seats: "off",
  single_seats_until_left: 0,
};

export class FakeInventory implements OpenInventory {
  readonly id = "inv_1";
  readonly state = signal<OpenState>("ready");
  readonly facts = signal<InventoryAnswer>();
  readonly plan = signal<PlanIndex | undefined>(new PlanIndex(PLAN));
  readonly board = new Board();
  readonly connection = signal<Connection>("live");
  readonly viewers = signal(1);
  readonly book = new HoldBook();
  readonly holds = this.book.holds;
  readonly expired = this.book.expired;
  readonly mine = computed(() => {
    const ids = this.holds.value.flatMap(({ lines }) =>
      lines.flatMap(({ units }) => units.map(([id]) => id)),
    );
    return new Set(ids.flatMap((id) => this.plan.value?.unitNumber(id) ?? []));
  });
  readonly clock = new ServerClock();
  readonly took = (hold: HoldAnswer) => this.book.put(hold);
  readonly ended = (hold: string) => this.book.end(hold);
  retry() {}
  tryNow() {}
  close() {}

  constructor() {
    this.board.reset({
      type: "snapshot",
      inventory: this.id,
      epoch: 1,
      seq: 1,
      plan_version: 1,
      seats: btoa("\0\0"),
      counts: [
        [4, 10],
        [5, 100],
        [6, 300],
      ],
    });
  }

  /** The next record. */
  change(seats: [number, number][], counts: [number, number][] = []) {
    const from = this.board.seq;
    this.board.apply({ type: "delta", epoch: 1, from, to: from + 1, seats, counts, at_ms: 0 });
  }
}

export function holdOf(id: string, offers: readonly string[]): HoldAnswer {
  return {
    id,
    inventory: "inv_1",
    buyer: "buy_1",
    state: "held",
    epoch: 1,
    seq: 2,
    adjacent: true,
    step: null,
    lines: offers.map((offer) => ({ offer, quantity: 1, units: [[offer, 1]], price: won(1000) })),
    total: won(1000),
    expires_at: new Date(Date.now() + 300_000).toISOString(),
    expires_in_seconds: 300,
  };
}

export function refusal(code: string, more: Partial<ProblemError["problem"]> = {}): ProblemError {
  return new ProblemError({
    type: "about:blank",
    title: code,
    status: 409,
    code,
    detail: code,
    retryable: false,
    request_id: "r1",
    ...more,
  });
}
