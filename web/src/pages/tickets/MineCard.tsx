import type { ServerClock } from "../../client/clock.ts";
import type { PlanIndex } from "../../client/plan.ts";
import type { LineAnswer, Money, SoldAnswer } from "../../client/types.gen.ts";
import { dateTime, money, t } from "../../i18n/index.ts";
import { Countdown, EventTime } from "../../ui/index.ts";
import { lineText } from "../event/hold/lines.ts";
import type { Mine } from "./load.ts";

interface MineCardProps {
  mine: Mine;
  clock: ServerClock;
  /** A hold's time is over. */
  onEnd(): void;
}

export function MineCard({ mine, clock, onEnd }: MineCardProps) {
  const { inventory, facts, plan, holds, sales } = mine;
  return (
    <article class="card mine">
      <div class="mine-head">
        <div>
          <h2>{facts?.name ?? inventory.name}</h2>
          {facts?.starts_at && (
            <p class="muted">
              <EventTime of={facts} />
            </p>
          )}
          {facts?.cancelled && <p class="mine-cancelled">{cancelledWords(facts.cancelled.reason)}</p>}
        </div>
        <a class="button button-secondary" href={`/events/${inventory.id}`}>
          {holds.length > 0 ? t("tickets.resume") : t("tickets.open")}
          <span class="hidden-text">: {facts?.name ?? inventory.name}</span>
        </a>
      </div>
      {holds.map((hold) => (
        <div key={hold.id} class="mine-part mine-held">
          <h3>
            {t("tickets.held")}{" "}
            <Countdown deadline={Date.parse(hold.expires_at)} clock={clock} onEnd={onEnd} />
          </h3>
          <Lines plan={plan} lines={hold.lines} total={hold.total} />
        </div>
      ))}
      {sales?.map((sale) => (
        <Bought key={sale.id} plan={plan} sale={sale} />
      ))}
      {!sales && <p class="muted">{t("tickets.unknown")}</p>}
    </article>
  );
}

/** What was bought, and what of it came back: nothing that was had vanishes without a word. */
function Bought({ plan, sale }: { plan: PlanIndex | undefined; sale: SoldAnswer }) {
  const { lines, returned, returned_at, returned_total } = sale;
  return (
    <div class="mine-part">
      {lines.length > 0 && (
        <>
          <h3>{t("tickets.bought")}</h3>
          <Lines plan={plan} lines={lines} total={sale.total} />
        </>
      )}
      {returned.length > 0 && (
        <>
          <h3>
            {returned_at ? t("tickets.returnedOn", { time: dateTime(returned_at) }) : t("tickets.returned")}
          </h3>
          <del class="mine-returned">
            <Lines plan={plan} lines={returned} total={returned_total} />
          </del>
        </>
      )}
      <p class="muted small">
        {t("tickets.number")}: <code>{sale.id}</code>
      </p>
    </div>
  );
}

function cancelledWords(reason: string | null): string {
  return reason ? t("tickets.cancelledFor", { reason }) : t("tickets.cancelled");
}

function Lines({
  plan,
  lines,
  total,
}: {
  plan: PlanIndex | undefined;
  lines: LineAnswer[];
  total: Money | null;
}) {
  return (
    <>
      <ul class="mine-lines">
        {lines.map((line) => (
          <li key={line.offer}>{lineText(plan, line)}</li>
        ))}
      </ul>
      {total && <p class="numbers">{money(total)}</p>}
    </>
  );
}
