import { useEffect, useRef, useState } from "preact/hooks";
import { money, number, t } from "../../../i18n/index.ts";
import { Signs } from "../../../map/index.ts";
import { Button, Countdown, laterPart } from "../../../ui/index.ts";
import { CodeField } from "../CodeField.tsx";
import { BestForm } from "./BestForm.tsx";
import { BuyButton } from "./BuyButton.tsx";
import { Choice, HoldButton } from "./Choice.tsx";
import type { Desk } from "./desk.ts";

// Comes with the first seat that is chosen, before there is anything to hold.
const Holds = laterPart<{ desk: Desk }>(() => import("./Holds.tsx"));

/** Beside the map, or on a phone under it: a bar with the next step, that opens into all of it. */
export function Sheet({ desk }: { desk: Desk }) {
  const [isOpen, setOpen] = useState(false);
  const plan = desk.open.plan.value;
  const refusedAt = desk.refusedAt.value;
  const problem = desk.basket.problem.value;
  const held = desk.open.holds.value.length;
  const was = useRef(held);
  const isChoosing = desk.basket.totals.value.pieces > 0 || desk.busyAt.value !== undefined;
  useEffect(() => {
    if (isChoosing) Holds.preload();
  }, [isChoosing]);
  // With something new in hand the next step is in the bar, and the seats are on the map.
  useEffect(() => {
    if (held > was.current) setOpen(false);
    was.current = held;
  }, [held]);
  // What was refused stands inside of the sheet: there it has to be seen.
  useEffect(() => {
    if (refusedAt && problem) setOpen(true);
  }, [refusedAt, problem]);
  return (
    <aside class={isOpen ? "sheet sheet-open" : "sheet"} aria-label={t("seats.yourSeats")}>
      <div class="sheet-bar">
        <button type="button" class="sheet-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span class="sheet-grip" aria-hidden="true" />
          <span class="hidden-text">{t(isOpen ? "seats.hideBasket" : "seats.showBasket")}</span>
          <Summary desk={desk} />
        </button>
        {!isOpen && <NextStep desk={desk} onOpen={() => setOpen(true)} />}
      </div>
      <div class="sheet-body">
        <Choice desk={desk} />
        {held > 0 && <Holds desk={desk} />}
        <BestForm desk={desk} />
        <CodeField basket={desk.basket} />
        {plan && <Signs plan={plan} />}
      </div>
    </aside>
  );
}

function Summary({ desk }: { desk: Desk }) {
  const { pieces, price } = desk.basket.totals.value;
  const [hold] = desk.open.holds.value;
  if (pieces > 0) {
    return (
      <span class="sheet-summary">
        <strong>{t("seats.pieces", { count: pieces, text: number(pieces) })}</strong>
        {price && <span class="numbers">{money(price)}</span>}
      </span>
    );
  }
  if (!hold) return <span class="sheet-summary muted">{t("seats.empty")}</span>;
  return (
    <span class="sheet-summary">
      <strong>{t("seats.yourHolds")}</strong>
      <Countdown deadline={Date.parse(hold.expires_at)} clock={desk.open.clock} />
    </span>
  );
}

function NextStep({ desk, onOpen }: { desk: Desk; onOpen(): void }) {
  const holds = desk.open.holds.value;
  const [hold] = holds;
  const canBuy = desk.open.facts.value?.settings.checkout === "open" && !hold?.group;
  if (desk.basket.totals.value.pieces > 0) return <HoldButton desk={desk} />;
  if (hold && holds.length === 1 && canBuy) return <BuyButton desk={desk} hold={hold} />;
  return (
    <Button variant={hold ? "primary" : "secondary"} onClick={onOpen}>
      {t(hold ? "seats.showBasket" : "seats.best")}
    </Button>
  );
}
