import { durationInWords, money, number, t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import { ShutButton, useShut } from "../ShutButton.tsx";
import type { Desk } from "./desk.ts";
import { Lines } from "./Lines.tsx";
import { lineOf, totalOf } from "./lines.ts";
import { Refusal } from "./Refusal.tsx";

/** What is chosen and not held yet. */
export function Choice({ desk }: { desk: Desk }) {
  const plan = desk.open.plan.value;
  if (!plan) return null;
  const chosen = desk.basket.chosen.value;
  const lines = [...chosen].map(([offer, quantity]) => lineOf(plan, offer, quantity));
  const total = totalOf(lines);
  const isEmpty = lines.length === 0;
  if (isEmpty && desk.open.holds.value.length > 0 && desk.refusedAt.value !== "choice") return null;
  return (
    <section class="panel" aria-labelledby="choice-title">
      <div class="panel-head">
        <h2 id="choice-title">{t("seats.yourSeats")}</h2>
        {!isEmpty && (
          <Button variant="quiet" onClick={() => desk.basket.clear()}>
            {t("seats.clear")}
          </Button>
        )}
      </div>
      {isEmpty ? (
        <p class="muted">{t("seats.emptyHint")}</p>
      ) : (
        <>
          <Lines lines={lines} onRemove={({ offer }) => desk.basket.set(offer, 0)} />
          <p class="total">
            <span>{t("seats.total")}</span>
            <strong class="numbers">{total ? money(total) : t("seats.unknownTotal")}</strong>
          </p>
        </>
      )}
      {!isEmpty && <HoldButton desk={desk} />}
      <Refusal desk={desk} place="choice">
        {!isEmpty && <Hint desk={desk} />}
      </Refusal>
    </section>
  );
}

/** What a hold is, and how many one person can have: said before it bites. */
function Hint({ desk }: { desk: Desk }) {
  const settings = desk.open.facts.value?.settings;
  const { hold_seconds = 300, pieces_per_buyer: n = null } = settings ?? {};
  return (
    <p class="muted small">
      {t("seats.holdHint", { time: durationInWords(hold_seconds) })}
      {n !== null && ` ${t("sale.limit", { n })}.`}
    </p>
  );
}

/** The one thing to do with a choice. It also stands in the bar of a phone. */
export function HoldButton({ desk }: { desk: Desk }) {
  const pieces = [...desk.basket.chosen.value.values()].reduce((sum, quantity) => sum + quantity, 0);
  const shut = useShut(desk.open, desk.basket);
  if (shut !== undefined) return <ShutButton label={shut} />;
  return (
    <Button
      variant="primary"
      size="large"
      wide
      busy={desk.busyAt.value === "choice"}
      onClick={() => void desk.hold()}
    >
      {t("seats.hold", { count: pieces, text: number(pieces) })}
    </Button>
  );
}
