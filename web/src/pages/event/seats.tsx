import { useEffect, useMemo, useState } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { Prices, SeatList, SeatMap } from "../../map/index.ts";
import type { OpenInventory } from "../../store/inventory.ts";
import { Waiting } from "../../ui/index.ts";
import { useExpired } from "./hold/expired.ts";
import { AreaDialog } from "./seats/AreaDialog.tsx";
import { Bought } from "./seats/Bought.tsx";
import { type Desk, makeDesk } from "./seats/desk.ts";
import { Header } from "./seats/Header.tsx";
import { LostAnnouncer } from "./seats/LostAnnouncer.tsx";
import { Sheet } from "./seats/Sheet.tsx";
import "./seats/seats.css";

/** The buyer's page of an event with seats. */
export default function Seats({ open }: { open: OpenInventory }) {
  const desk = useMemo(() => makeDesk(open), [open]);
  useEffect(() => () => desk.basket.close(), [desk]);
  useExpired(open, t("seats.holdExpired"));
  const sale = desk.bought.value;
  if (sale) return <Bought desk={desk} sale={sale} />;
  return (
    <div class="seats">
      <Header open={open} />
      <Stage desk={desk} />
      <Sheet desk={desk} />
      <AreaDialog desk={desk} />
      <LostAnnouncer desk={desk} />
      <Waiting waiting={desk.basket.waiting.value} />
    </div>
  );
}

/** The map, or the list beside it. */
function Stage({ desk }: { desk: Desk }) {
  const { open, basket } = desk;
  const [isList, setList] = useState(false);
  const plan = open.plan.value;
  if (!plan) return null;
  const signals = { mine: open.mine, chosen: basket.chosenUnits, lost: basket.lostUnits };
  return (
    <section class="stage" aria-label={t("map.title")}>
      <div class="stage-head">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would want a legend that is seen */}
        <div class="switch" role="group" aria-label={t("map.view")}>
          <button type="button" aria-pressed={!isList} onClick={() => setList(false)}>
            {t("map.map")}
          </button>
          <button
            type="button"
            aria-pressed={isList}
            onClick={() => setList(true)}
            onFocus={SeatList.preload}
            onPointerEnter={SeatList.preload}
          >
            {t("map.list")}
          </button>
        </div>
        <Prices plan={plan} />
      </div>
      <div class={isList ? "stage-body stage-list" : "stage-body"}>
        {isList && (
          <SeatList
            plan={plan}
            board={open.board}
            {...signals}
            quantityOf={(offer) => basket.chosen.value.get(offer) ?? 0}
            onPick={desk.pick}
            onQuantity={(pick, quantity) => basket.set(pick.offer, quantity)}
            onFocus={(unit) => desk.map?.focus(unit)}
          />
        )}
        <SeatMap
          plan={plan}
          board={open.board}
          mode="buy"
          {...signals}
          onPick={desk.pick}
          handle={(handle) => {
            desk.map = handle;
          }}
        />
      </div>
    </section>
  );
}
