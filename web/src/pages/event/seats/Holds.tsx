import { useEffect, useRef } from "preact/hooks";
import type { HoldAnswer } from "../../../client/types.gen.ts";
import { durationInWords, money, t } from "../../../i18n/index.ts";
import { announce, Button, Countdown } from "../../../ui/index.ts";
import { giveBack, haveMoreTime } from "../hold/actions.ts";
import { MoreTime } from "../hold/MoreTime.tsx";
import { BuyButton } from "./BuyButton.tsx";
import type { Desk } from "./desk.ts";
import { Lines } from "./Lines.tsx";
import { linesOf } from "./lines.ts";
import { Refusal } from "./Refusal.tsx";

/** What is held for the buyer, and what to do with it. */
export default function Holds({ desk }: { desk: Desk }) {
  return (
    <>
      {desk.open.holds.value.map((hold) => (
        <Hold key={hold.id} desk={desk} hold={hold} />
      ))}
    </>
  );
}

function Hold({ desk, hold }: { desk: Desk; hold: HoldAnswer }) {
  const plan = desk.open.plan.value;
  const settings = desk.open.facts.value?.settings;
  const place = `hold:${hold.id}` as const;
  const isBusy = desk.busyAt.value === place;
  const heading = useFocusWhenHeld(desk);
  useSpokenTime(desk, hold);
  if (!plan) return null;
  const { open, basket } = desk;
  const moreTime = () => desk.during(place, () => haveMoreTime(open, basket, hold));
  const release = () => desk.during(place, () => giveBack(basket, hold, desk.again));
  return (
    <section class="panel panel-held" aria-label={t("seats.yourHolds")}>
      <div class="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {t("seats.yourHolds")}
        </h2>
        <span class="time-left">
          <span class="muted small">{t("seats.timeLeft")}</span>{" "}
          <Countdown deadline={Date.parse(hold.expires_at)} clock={desk.open.clock} />
        </span>
      </div>
      <Lines lines={linesOf(plan, hold.lines)} />
      <p class="total">
        <span>{t("seats.total")}</span>
        <strong class="numbers">{hold.total ? money(hold.total) : t("seats.unknownTotal")}</strong>
      </p>
      {hold.group && <p class="muted small">{t("seats.inGroup")}</p>}
      {!hold.group && settings?.checkout === "key" && <p class="muted small">{t("seats.shopPays")}</p>}
      {!hold.group && settings?.checkout === "open" && <BuyButton desk={desk} hold={hold} />}
      {!hold.group && (
        <div class="panel-actions">
          <MoreTime open={desk.open} hold={hold} busy={isBusy} onExtend={() => void moreTime()} />
          <Button variant="quiet" busy={isBusy} onClick={() => void release()}>
            {t("seats.release")}
          </Button>
        </div>
      )}
      <Refusal desk={desk} place={place} />
    </section>
  );
}

/** The button that was pressed is gone when the hold is there: whoever uses the keyboard goes on here. */
function useFocusWhenHeld({ busyAt }: Desk) {
  const heading = useRef<HTMLHeadingElement>(null);
  const was = useRef(busyAt.value);
  const busy = busyAt.value;
  useEffect(() => {
    const isDone = was.current !== undefined && busy === undefined;
    was.current = busy;
    if (isDone && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [busy]);
  return heading;
}

/** Seconds before the end at which the time that is left is said aloud. */
const SPOKEN = [300, 120, 60, 20];

function useSpokenTime({ open }: Desk, { expires_at }: HoldAnswer) {
  useEffect(() => {
    const left = Date.parse(expires_at) - open.clock.now();
    const timers = SPOKEN.filter((seconds) => left > seconds * 1000).map((seconds) =>
      setTimeout(
        () => announce(`${t("seats.timeLeft")}: ${durationInWords(seconds)}`),
        left - seconds * 1000,
      ),
    );
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  }, [expires_at, open]);
}
