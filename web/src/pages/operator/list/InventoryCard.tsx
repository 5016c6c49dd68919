import { useEffect, useRef, useState } from "preact/hooks";
import type { InventoryAnswer, InventoryLine } from "../../../client/types.gen.ts";
import { dateTime, t } from "../../../i18n/index.ts";
import { Icon } from "../../../ui/index.ts";
import { operatorApi } from "../key.ts";
import { eventTime } from "../parts/event-time.ts";
import { Occupancy } from "../parts/Occupancy.tsx";
import { SaleBadge } from "../parts/SaleBadge.tsx";
import { whileSeen } from "../parts/use-loaded.ts";

const EVERY_MS = 5_000;

/** One inventory of the list. While it is on the screen its figures are those of now. */
export function InventoryCard({ line }: { line: InventoryLine }) {
  const card = useRef<HTMLLIElement>(null);
  const facts = useFactsInSight(line.id, card);
  const begins = line.starts_at;
  return (
    <li class="card inventory-card" ref={card}>
      <div class="inventory-head">
        <div>
          <h2>
            <a href={`/operator/${line.id}`}>{line.name}</a>
          </h2>
          <p class="muted small">
            {begins ? eventTime(line) : t("operator.created", { at: dateTime(line.created_at) })}
          </p>
        </div>
        <div class="inventory-marks">
          {line.listing !== "public" && <span class="badge">{t(`operator.listing_${line.listing}`)}</span>}
          {(facts ?? line).cancelled && (
            <span class="badge badge-closed">{t("operator.eventCancelled")}</span>
          )}
          {facts && <SaleBadge settings={facts.settings} now={Date.parse(facts.as_of)} />}
          {facts && (
            <span class="badge">
              <Icon name="eye" />
              {t("common.viewers", { n: facts.viewers })}
            </span>
          )}
        </div>
      </div>
      <Occupancy figures={facts?.figures ?? line.figures} />
      {!facts && <p class="muted small">{t("operator.asOf", { at: dateTime(line.as_of) })}</p>}
      <p class="muted small numbers">
        {t("operator.units", { n: line.units })} · <code>{line.id}</code>
      </p>
    </li>
  );
}

/** Asked only for what is looked at: each answer wakes the inventory on the server. */
function useFactsInSight(id: string, card: { current: HTMLElement | null }): InventoryAnswer | undefined {
  const [facts, setFacts] = useState<InventoryAnswer>();
  const [inSight, setInSight] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) =>
      setInSight(entries.at(-1)?.isIntersecting ?? false),
    );
    if (card.current) observer.observe(card.current);
    return () => observer.disconnect();
  }, [card]);
  useEffect(() => {
    if (!inSight) return;
    let isOver = false;
    // What cannot be asked now is asked again soon; until then the older figures stand with their time.
    const ask = () =>
      operatorApi.inventory(id).then(
        (answer) => !isOver && setFacts(answer),
        () => !isOver && setFacts(undefined),
      );
    ask();
    const stop = whileSeen(ask, EVERY_MS);
    return () => {
      isOver = true;
      stop();
    };
  }, [id, inSight]);
  return facts;
}
