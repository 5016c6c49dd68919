import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SaleAnswer } from "../../../client/types.gen.ts";
import { t } from "../../../i18n/index.ts";
import { type Basket, makeBasket } from "../../../store/basket.ts";
import { useBoard } from "../../../store/board.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { announce, Waiting } from "../../../ui/index.ts";
import { CodeField } from "../CodeField.tsx";
import { EventHead } from "../EventHead.tsx";
import { Bought } from "../hold/Bought.tsx";
import { useExpired } from "../hold/expired.ts";
import { HoldCard } from "../hold/HoldCard.tsx";
import { linesText } from "../hold/lines.ts";
import { useShut } from "../ShutButton.tsx";
import { Menu } from "./Menu.tsx";
import { changes, type MenuLine, menuOf } from "./menu.ts";
import { Order } from "./Order.tsx";
import { shortageOf } from "./shortage.ts";
import "./cafe.css";

/** A menu of recipes that share ingredients. */
export default function Cafe({ open }: { open: OpenInventory }) {
  const basket = useMemo(() => makeBasket(open, undefined, { keeps: true }), [open]);
  useEffect(() => basket.close, [basket]);
  const [sale, setSale] = useState<SaleAnswer>();
  useExpired(open, t("stock.expired"));
  const lines = useMenu(open, basket);
  const plan = open.plan.value;
  const shortage = plan && shortageOf(plan, open.board, basket.chosen.value);
  const isShut = useShut(open, basket) !== undefined;
  // Who chooses again has seen it.
  const isDone = sale !== undefined && basket.chosen.value.size === 0;
  const order = async () => {
    const hold = await basket.hold();
    if (!hold || open.facts.value?.settings.checkout !== "open") return;
    // Refused or unanswered: the hold stands on the page, to be bought from there.
    const done = await basket.buy(hold.id).catch(() => undefined);
    if (!done) return;
    announce(t("stock.boughtSaid", { what: linesText(open.plan.value, done.lines) }));
    setSale(done);
  };
  return (
    <>
      <EventHead open={open} />
      <Waiting waiting={basket.waiting.value} />
      <div class="cafe">
        <section class="cafe-menu" aria-label={t("cafe.menu")}>
          <p class="muted">{t("cafe.lead")}</p>
          <Menu lines={lines} disabled={basket.busy.value} isShut={isShut} onChange={basket.set} />
        </section>
        <div class="cafe-side">
          {isDone && (
            <Bought open={open} sale={sale} title={t("cafe.ordered")} onAgain={() => setSale(undefined)} />
          )}
          {!basket.busy.value &&
            open.holds.value.map((hold) => (
              <HoldCard key={hold.id} open={open} basket={basket} hold={hold} onBought={setSale} />
            ))}
          {!isDone && <CodeField basket={basket} />}
          {!isDone && <Order open={open} basket={basket} shortage={shortage} onOrder={order} />}
        </div>
      </div>
    </>
  );
}

/** The menu as it stands, and a word to those who listen when something runs out or comes back. */
function useMenu(open: OpenInventory, basket: Basket): MenuLine[] {
  const board = useBoard(open.board);
  const plan = open.plan.value;
  const lines = plan ? menuOf(plan, board, basket.chosen.value) : [];
  const before = useRef(lines);
  useEffect(() => {
    for (const { offer, left, missing } of changes(before.current, lines)) {
      const drink = offer.label;
      announce(left === 0 ? t("cafe.ranOut", { drink, what: missing }) : t("cafe.back", { drink }));
    }
    before.current = lines;
  });
  return lines;
}
