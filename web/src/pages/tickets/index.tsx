import { useCallback, useEffect, useState } from "preact/hooks";
import { ServerClock } from "../../client/clock.ts";
import { watchPage } from "../../client/wake.ts";
import { t } from "../../i18n/index.ts";
import { known } from "../../store/known.ts";
import { api, session } from "../../store/session.ts";
import { Button, Notice, Skeleton, useTitle } from "../../ui/index.ts";
import { loadMine, type Mine } from "./load.ts";
import { MineCard } from "./MineCard.tsx";
import "./tickets.css";

/** What this browser holds and has bought, wherever that was. */
export default function Tickets() {
  useTitle(t("tickets.title"));
  const { mine, isFailed, clock, load } = useMine();
  return (
    <>
      <div class="tickets-head">
        <h1 tabIndex={-1}>{t("tickets.title")}</h1>
        <p class="muted">{t("tickets.lead")}</p>
      </div>
      {isFailed && <Failed onRetry={load} />}
      {!isFailed && !mine && <Skeleton lines={5} />}
      {!isFailed && mine?.length === 0 && <Empty />}
      {!isFailed && mine && mine.length > 0 && (
        <ul class="tickets">
          {mine.map((one) => (
            <li key={one.inventory.id}>
              <MineCard mine={one} clock={clock} onEnd={load} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function useMine() {
  const [mine, setMine] = useState<Mine[]>();
  const [isFailed, setFailed] = useState(false);
  const [clock] = useState(() => new ServerClock());
  const load = useCallback(() => {
    setFailed(false);
    const list = session.current() === undefined ? [] : known();
    loadMine(list, api, clock).then(setMine, () => setFailed(true));
  }, [clock]);
  useEffect(() => {
    load();
    return watchPage(load, () => {});
  }, [load]);
  return { mine, isFailed, clock, load };
}

function Failed({ onRetry }: { onRetry(): void }) {
  return (
    <Notice kind="error" title={t("common.failed")}>
      <p class="muted">{t("common.failedDetail")}</p>
      <Button variant="primary" onClick={onRetry}>
        {t("common.retry")}
      </Button>
    </Notice>
  );
}

function Empty() {
  return (
    <Notice kind="empty" title={t("tickets.empty")}>
      <p class="muted">{t("tickets.emptyDetail")}</p>
      <a class="button button-primary" href="/">
        {t("tickets.browse")}
      </a>
    </Notice>
  );
}
