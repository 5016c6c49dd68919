// One buyer at one seat map: the open inventory, the basket, and where something was refused.
import { type Signal, signal } from "@preact/signals";
import { ProblemError } from "../../../client/problem.ts";
import type { BestWanted, HoldAnswer, SaleAnswer } from "../../../client/types.gen.ts";
import { number, t } from "../../../i18n/index.ts";
import { type MapHandle, type Pick, pickOf } from "../../../map/index.ts";
import { type Basket, makeBasket } from "../../../store/basket.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { announce } from "../../../ui/index.ts";
import { pickName } from "./lines.ts";
import { unitsIn } from "./refusal.ts";

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
  extend(hold: string): Promise<void>;
  release(hold: string): Promise<void>;
  buy(hold: string): Promise<void>;
}

export function makeDesk(open: OpenInventory): Desk {
  const basket = makeBasket(open);
  const refusedAt = signal<Place>();
  const busyAt = signal<Place>();
  /** True: it was done. A refusal stands in `basket.problem`, and here, where it belongs. */
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
  const desk: Desk = {
    open,
    basket,
    refusedAt,
    busyAt,
    bought: signal<SaleAnswer>(),
    asked: signal<Pick>(),
    map: undefined,
    pick: (unit) => pickUnit(desk, unit),
    async hold() {
      busyAt.value = "choice";
      const held = await basket.hold();
      busyAt.value = undefined;
      if (held) return toldHeld(held);
      refusedAt.value = "choice";
      const plan = open.plan.value;
      const problem = basket.problem.value;
      if (plan && problem) desk.map?.show(unitsIn(problem.problem, plan));
    },
    async best(wanted) {
      let found: HoldAnswer | undefined;
      await during("best", async () => {
        found = await basket.bestAvailable(wanted);
      });
      if (!found) return;
      desk.map?.show(unitsOf(desk, found));
      toldHeld(found);
    },
    async extend(hold) {
      if (await during(`hold:${hold}`, () => basket.extend(hold))) announce(t("seats.extended"));
    },
    async release(hold) {
      if (await during(`hold:${hold}`, () => basket.release(hold))) announce(t("seats.released"));
    },
    async buy(hold) {
      await during(`hold:${hold}`, async () => {
        desk.bought.value = await basket.buy(hold);
      });
    },
  };
  return desk;
}

function toldHeld({ lines }: HoldAnswer) {
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  announce(t("seats.held", { count: pieces, text: number(pieces) }));
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
  desk.basket.toggle(pick.offer);
  const isChosen = desk.basket.chosen.value.has(pick.offer);
  const seat = nameOfPick(desk, pick);
  announce(isChosen ? t("map.isChosen", { seat }) : t("map.isLeft", { seat }));
}

function nameOfPick({ open }: Desk, pick: Pick): string {
  return open.plan.value ? pickName(open.plan.value, pick) : "";
}

function unitsOf({ open }: Desk, { lines }: HoldAnswer): number[] {
  const ids = lines.flatMap(({ units }) => units.map(([unit]) => unit));
  return ids.flatMap((id) => open.plan.value?.unitNumber(id) ?? []);
}
