import type { ServerClock } from "../../client/clock.ts";
import type { PlanIndex } from "../../client/plan.ts";
import type { LineAnswer, Money } from "../../client/types.gen.ts";
import { dateTime, money, t } from "../../i18n/index.ts";
import { Countdown } from "../../ui/index.ts";
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
          {facts?.starts_at && <p class="muted">{dateTime(facts.starts_at)}</p>}
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
        <div key={sale.id} class="mine-part">
          <h3>{t("tickets.bought")}</h3>
          <Lines plan={plan} lines={sale.lines} total={sale.total} />
          <p class="muted small">
            {t("sale.number")}: <code>{sale.id}</code>
          </p>
        </div>
      ))}
      {!sales && <p class="muted">{t("tickets.unknown")}</p>}
    </article>
  );
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
