import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SaleAnswer } from "../../client/types.gen.ts";
import { t } from "../../i18n/index.ts";
import { Prices, SeatList, SeatMap } from "../../map/index.ts";
import type { OpenInventory } from "../../store/inventory.ts";
import { laterPart, Waiting } from "../../ui/index.ts";
import { useExpired } from "./hold/expired.ts";
import { type Desk, makeDesk } from "./seats/desk.ts";
import { Header } from "./seats/Header.tsx";
import { LostAnnouncer } from "./seats/LostAnnouncer.tsx";
import { linesOf } from "./seats/lines.ts";
import { Sheet } from "./seats/Sheet.tsx";
import "./seats/seats.css";

// Each comes when there is something to look at, or a little before.
const Review = laterPart(() => import("./hold/Review.tsx"), "sale");
const Bought = laterPart<{ desk: Desk; sale: SaleAnswer }>(() => import("./seats/Bought.tsx"), "tickets");
const AreaDialog = laterPart<{ desk: Desk }>(() => import("./seats/AreaDialog.tsx"));

/** The buyer's page of an event with seats. */
export default function Seats({ open }: { open: OpenInventory }) {
  const desk = useMemo(() => makeDesk(open), [open]);
  useEffect(() => () => desk.basket.close(), [desk]);
  useExpired(open, t("seats.holdExpired"));
  const sale = desk.bought.value;
  // Once there it stays: it closes by itself.
  const wasAsked = useRef(false);
  wasAsked.current ||= desk.asked.value !== undefined;
  if (sale) return <Bought desk={desk} sale={sale} />;
  return (
    <div class="seats">
      <Header open={open} />
      <Stage desk={desk} />
      <Sheet desk={desk} />
      {wasAsked.current && <AreaDialog desk={desk} />}
      <HoldReview desk={desk} />
      <LostAnnouncer desk={desk} />
      <Waiting waiting={desk.basket.waiting.value} />
    </div>
  );
}

/** A hold once more, before it is bought; gone with the hold. */
function HoldReview({ desk }: { desk: Desk }) {
  const plan = desk.open.plan.value;
  const holds = desk.open.holds.value;
  const hold = holds.find(({ id }) => id === desk.reviewed.value);
  const isHeld = holds.length > 0;
  useEffect(() => {
    if (isHeld) Bought.preload();
  }, [isHeld]);
  if (!isHeld) return null;
  return (
    <Review
      open={desk.open}
      isShown={plan !== undefined && hold !== undefined}
      lines={plan && hold ? linesOf(plan, hold.lines) : []}
      total={hold?.total ?? null}
      {...(hold && { deadline: Date.parse(hold.expires_at) })}
      action={t("sale.confirm")}
      busy={hold !== undefined && desk.busyAt.value === `hold:${hold.id}`}
      onConfirm={() => hold && void desk.buy(hold.id)}
      onClose={() => {
        desk.reviewed.value = undefined;
      }}
    />
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
