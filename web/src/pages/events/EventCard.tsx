import type { InventoryLine } from "../../client/types.gen.ts";
import { dateTime, duration, t } from "../../i18n/index.ts";
import { type SaleState, saleState } from "../../store/sale-state.ts";
import { Bar, EventTime, useNow } from "../../ui/index.ts";

const FEW = 0.1;
/** Older figures are not told as if they were of now. */
const FRESH_MS = 60_000;
/** So long before a sale opens its seconds are counted. */
const SOON_MS = 86_400_000;

/** `clock`: the server's. */
export function EventCard({ line, clock }: { line: InventoryLine; clock: { now(): number } }) {
  const now = useNow(clock);
  const { available, capacity } = line.figures;
  const share = capacity > 0 ? available / capacity : 0;
  const state = saleState(line, now);
  const isFresh = Math.abs(now - Date.parse(line.as_of)) < FRESH_MS;
  const isTold = isFresh && state.kind === "open" && available > 0;
  return (
    <a class="card event-card" href={`/events/${line.id}`}>
      <p class="event-when">
        <EventTime of={line} />
      </p>
      <h2 class="event-name">{line.name}</h2>
      {line.venue && <p class="muted small">{line.venue}</p>}
      <div class="event-left">
        <div class="event-words">
          <Standing line={line} state={state} share={isFresh ? share : 1} now={now} />
          {isTold && <span class="numbers muted">{t("events.left", { share: shown(share) })}</span>}
        </div>
        {isTold && <Bar share={share} />}
      </div>
    </a>
  );
}

interface StandingProps {
  line: InventoryLine;
  state: SaleState;
  share: number;
  now: number;
}

function Standing({ line, state, share, now }: StandingProps) {
  const isOut = line.sale.state === "sold_out" || (state.kind === "open" && share === 0);
  if (state.kind === "cancelled")
    return <strong class="event-standing event-off">{t("events.cancelled")}</strong>;
  if (state.kind === "closed")
    return <strong class="event-standing event-sold-out">{t("events.closed")}</strong>;
  if (state.kind === "upcoming") return <Upcoming opensAt={state.opensAt} now={now} />;
  if (isOut) return <strong class="event-standing event-sold-out">{t("events.soldOut")}</strong>;
  if (share < FEW) return <strong class="event-standing event-few">{t("events.few")}</strong>;
  return <strong class="event-standing">{t("events.onSale")}</strong>;
}

function Upcoming({ opensAt, now }: { opensAt: number; now: number }) {
  const left = opensAt - now;
  const text =
    left < SOON_MS
      ? t("events.opensIn", { time: duration(Math.ceil(left / 1000)) })
      : t("events.opensOn", { time: dateTime(opensAt) });
  return <strong class="event-standing event-soon numbers">{text}</strong>;
}

/** One of thousands is not none, and one less than all is not all. */
function shown(share: number): number {
  if (share > 0 && share < 0.01) return 0.01;
  return share < 1 ? Math.min(share, 0.99) : share;
}
