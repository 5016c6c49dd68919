import type { InventoryLine } from "../../client/types.gen.ts";
import { date, dateTime, t, time } from "../../i18n/index.ts";
import { Bar } from "../../ui/index.ts";

const FEW = 0.1;

export function EventCard({ line }: { line: InventoryLine }) {
  const { available, capacity } = line.figures;
  const share = capacity > 0 ? available / capacity : 0;
  return (
    <a class="card event-card" href={`/events/${line.id}`}>
      {line.starts_at && <p class="event-when">{dateTime(line.starts_at)}</p>}
      <h2 class="event-name">{line.name}</h2>
      <div class="event-left">
        <div class="event-words">
          <Standing share={share} />
          {available > 0 && <span class="numbers muted">{t("events.left", { share: shown(share) })}</span>}
        </div>
        <Bar share={share} />
        <p class="small muted">{t("events.asOf", { time: asOf(line.as_of) })}</p>
      </div>
    </a>
  );
}

function Standing({ share }: { share: number }) {
  if (share === 0) return <strong class="event-standing event-sold-out">{t("events.soldOut")}</strong>;
  if (share < FEW) return <strong class="event-standing event-few">{t("events.few")}</strong>;
  return <strong class="event-standing">{t("events.onSale")}</strong>;
}

/** One of thousands is not none, and one less than all is not all. */
function shown(share: number): number {
  if (share > 0 && share < 0.01) return 0.01;
  return share < 1 ? Math.min(share, 0.99) : share;
}

function asOf(moment: string): string {
  return date(moment) === date(Date.now()) ? time(moment) : dateTime(moment);
}
