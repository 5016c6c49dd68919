// One buyer at one seat map: the open inventory, the basket, and where something was refused.
import { type Signal, signal } from "@preact/signals";
import { ProblemError } from "../../../client/problem.ts";
import type { BestWanted, HoldAnswer, SaleAnswer } from "../../../client/types.gen.ts";
import { number, t } from "../../../i18n/index.ts";
import { type MapHandle, type Pick, pickOf } from "../../../map/index.ts";
import { type Basket, makeBasket } from "../../../store/basket.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { pieces } from "../../../store/sales.ts";
import { announce, toast } from "../../../ui/index.ts";
import { pickName, unitsIn } from "./lines.ts";

/** Where a refusal is shown: beside the button that was pressed. */
export type Place = "best" | "choice" | `hold:${string}`;

export interface Desk {
  readonly open: OpenInventory;
  readonly basket: Basket;
  readonly refusedAt: Signal<Place | undefined>;
  /** What is under way. */
  readonly busyAt: Signal<Place | undefined>;
  readonly bought: Signal<SaleAnswer | undefined>;
  /** An area of which the quantity is asked. */
  readonly asked: Signal<Pick | undefined>;
  /** Set while there is a map. */
  map: MapHandle | undefined;
  pick(unit: number): void;
  hold(): Promise<void>;
  best(wanted: BestWanted): Promise<void>;
  /** What was given back, held once more. */
  again(hold: HoldAnswer): Promise<void>;
  /** True: it was done. A refusal stands in `basket.problem`, and at its place. */
  during(place: Place, act: () => Promise<unknown>): Promise<boolean>;
  /** The hold that is looked at before it is bought. */
  readonly reviewed: Signal<string | undefined>;
  /** What costs something is shown once more; what is free is had at once. */
  review(hold: HoldAnswer): void;
  buy(hold: string): Promise<void>;
}

export function makeDesk(open: OpenInventory): Desk {
  const basket = makeBasket(open);
  const refusedAt = signal<Place>();
  const busyAt = signal<Place>();
  const during = async (place: Place, act: () => Promise<unknown>): Promise<boolean> => {
    refusedAt.value = undefined;
    busyAt.value = place;
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      refusedAt.value = place;
      return false;
    } finally {
      busyAt.value = undefined;
    }
  };
  const holdBy = async (act: () => Promise<HoldAnswer | undefined>) => {
    busyAt.value = "choice";
    const held = await act();
    busyAt.value = undefined;
    if (held) return toldHeld(held);
    refusedAt.value = "choice";
    const plan = open.plan.value;
    const problem = basket.problem.value;
    if (plan && problem) desk.map?.show(unitsIn(problem.problem, plan));
  };
  const desk: Desk = {
    open,
    basket,
    refusedAt,
    busyAt,
    bought: signal<SaleAnswer>(),
    asked: signal<Pick>(),
    map: undefined,
    pick: (unit) => pickUnit(desk, unit),
    hold: () => holdBy(() => basket.hold()),
    async best(wanted) {
      let found: HoldAnswer | undefined;
      await during("best", async () => {
        found = await basket.bestAvailable(wanted);
      });
      if (!found) return;
      desk.map?.show(unitsOf(desk, found));
      toldHeld(found);
    },
    during,
    again: ({ lines }) => holdBy(() => basket.again(lines)),
    reviewed: signal<string>(),
    review(hold) {
      if (hold.total?.amount === 0) void desk.buy(hold.id);
      else desk.reviewed.value = hold.id;
    },
    async buy(hold) {
      await during(`hold:${hold}`, async () => {
        desk.bought.value = await basket.buy(hold);
      });
      desk.reviewed.value = undefined;
    },
  };
  return desk;
}

function toldHeld({ lines }: HoldAnswer) {
  const count = pieces(lines);
  announce(t("seats.held", { count, text: number(count) }));
}

/** A seat or a whole table is taken or left by one tap; of an area the quantity is asked. */
function pickUnit(desk: Desk, unit: number) {
  const plan = desk.open.plan.value;
  const pick = plan && pickOf(plan, unit);
  if (!pick || desk.open.mine.value.has(unit)) return;
  if (pick.max > 1) {
    desk.asked.value = pick;
    return;
  }
  const full = limitReached(desk);
  if (full !== undefined && !desk.basket.chosen.value.has(pick.offer)) return toast(full, "bad");
  desk.basket.toggle(pick.offer);
  const isChosen = desk.basket.chosen.value.has(pick.offer);
  const seat = nameOfPick(desk, pick);
  announce(isChosen ? t("map.isChosen", { seat }) : t("map.isLeft", { seat }));
}

/**
 * Said at the pick that is one too many, not after it; undefined: there is room, as far as is known here. What was bought
 * before, and what a code allows, the server knows.
 */
function limitReached({ open, basket }: Desk): string | undefined {
  if (basket.code.value) return undefined;
  const { pieces_per_hold = null, pieces_per_buyer = null } = open.facts.value?.settings ?? {};
  const chosen = basket.totals.value.pieces;
  if (pieces_per_hold !== null && chosen >= pieces_per_hold) return t("sale.limitOnce", { n: pieces_per_hold });
  const held = open.holds.value.reduce((sum, { lines }) => sum + pieces(lines), 0);
  const isFull = pieces_per_buyer !== null && chosen + held >= pieces_per_buyer;
  return isFull ? t("sale.limit", { n: pieces_per_buyer }) : undefined;
}

function nameOfPick({ open }: Desk, pick: Pick): string {
  return open.plan.value ? pickName(open.plan.value, pick) : "";
}

function unitsOf({ open }: Desk, { lines }: HoldAnswer): number[] {
  const ids = lines.flatMap(({ units }) => units.map(([unit]) => unit));
  return ids.flatMap((id) => open.plan.value?.unitNumber(id) ?? []);
}
