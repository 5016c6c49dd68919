import { date, dateTime, duration, durationInWords, t } from "../../i18n/index.ts";
import type { OpenInventory } from "../../store/inventory.ts";
import { type SaleState, useSaleState } from "../../store/sale-state.ts";
import { useNow } from "../../ui/index.ts";

/** From here on days are counted, not hours. */
const DAY_MS = 86_400_000;

/** What everybody has to know of the sale before they choose: it has not begun, it is over, it will not be. */
export function SaleBanner({ open }: { open: OpenInventory }) {
  const state = useSaleState(open);
  return <div role="status">{state.kind !== "open" && <Words open={open} state={state} />}</div>;
}

function Words({ open, state }: { open: OpenInventory; state: SaleState }) {
  if (state.kind === "upcoming") return <Upcoming open={open} opensAt={state.opensAt} />;
  if (state.kind === "cancelled") {
    const { reason } = state;
    return (
      <p class="sale-banner sale-banner-bad">
        <strong>{t("sale.cancelled")}</strong>
        {reason && <bdi>{reason}</bdi>}
      </p>
    );
  }
  return (
    <p class="sale-banner">
      <strong>{t("sale.over")}</strong>
    </p>
  );
}

function Upcoming({ open, opensAt }: { open: OpenInventory; opensAt: number }) {
  return (
    <p class="sale-banner">
      <strong>{t("sale.notYet", { time: dateTime(opensAt) })}</strong>
      <Until open={open} opensAt={opensAt} />
    </p>
  );
}

/** Not said aloud every second: whoever listens hears it once. */
function Until({ open, opensAt }: { open: OpenInventory; opensAt: number }) {
  const left = Math.max(0, opensAt - useNow(open.clock, 250));
  const text = left >= DAY_MS ? date(opensAt) : duration(Math.ceil(left / 1000));
  return (
    <span class="sale-countdown" role="timer">
      <span aria-hidden="true">{t("sale.opensIn", { time: text })}</span>
      <span class="hidden-text">
        {t("sale.opensIn", { time: durationInWords(Math.ceil(left / 60_000) * 60) })}
      </span>
    </span>
  );
}

/** In the place of what a button would do, while the sale is not open. */
export function shutLabel(state: SaleState, now: number): string {
  if (state.kind === "upcoming") {
    const left = state.opensAt - now;
    const time = left >= DAY_MS ? dateTime(state.opensAt) : duration(Math.ceil(left / 1000));
    return left >= DAY_MS ? t("sale.notYet", { time }) : t("sale.opensIn", { time });
  }
  return t(state.kind === "cancelled" ? "sale.cancelledShort" : "sale.over");
}
