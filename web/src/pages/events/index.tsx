import { useMemo } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { go, query } from "../../store/address.ts";
import { api } from "../../store/session.ts";
import { Button, Notice, Skeleton, useTitle } from "../../ui/index.ts";
import { EventCard } from "./EventCard.tsx";
import { FilterForm } from "./FilterForm.tsx";
import { type LineList, useLines } from "./lines.ts";
import { addressOf, type Filter, filterOf, inventoryQuery, isFiltered, NO_FILTER } from "./query.ts";
import "./events.css";

export default function Events() {
  const filter = useMemo(() => filterOf(query.value), [query.value]);
  const asked = inventoryQuery(filter);
  const list = useLines(api, asked);
  useTitle(t("common.events"));
  const choose = (next: Filter) => go(addressOf(next), { replaces: true });
  return (
    <>
      <div class="events-head">
        <h1 tabIndex={-1}>{t("events.title")}</h1>
        <p class="muted">{t("events.lead")}</p>
      </div>
      <FilterForm filter={filter} onChange={choose} />
      <Found list={list} isFiltered={isFiltered(filter)} />
      <List list={list} filter={filter} onClear={() => choose(NO_FILTER)} onRetry={() => list.begin(asked)} />
      {list.hasMore.value && list.state.value !== "loading" && (
        <p class="events-more">
          <Button busy={list.state.value === "more"} onClick={() => list.more(asked)}>
            {t("common.more")}
          </Button>
        </p>
      )}
    </>
  );
}

/** Said to those who do not see the list change. */
function Found({ list, isFiltered }: { list: LineList; isFiltered: boolean }) {
  const isTold = isFiltered && list.state.value === "ready" && !list.hasMore.value;
  return (
    <p class="hidden-text" role="status">
      {isTold ? t("events.found", { n: list.lines.value.length }) : ""}
    </p>
  );
}

interface ListProps {
  list: LineList;
  filter: Filter;
  onClear(): void;
  onRetry(): void;
}

function List({ list, filter, onClear, onRetry }: ListProps) {
  if (list.state.value === "failed") return <Failed onRetry={onRetry} />;
  if (list.state.value === "loading" && list.lines.value.length === 0) return <Loading />;
  if (list.lines.value.length === 0) return isFiltered(filter) ? <NoMatch onClear={onClear} /> : <Empty />;
  return (
    <ul class="event-list" aria-busy={list.state.value === "loading"}>
      {list.lines.value.map((line) => (
        <li key={line.id}>
          <EventCard line={line} clock={list.clock} />
        </li>
      ))}
    </ul>
  );
}

function Loading() {
  return (
    <div class="event-list">
      {["a", "b", "c"].map((key) => (
        <div key={key} class="card event-card">
          <Skeleton lines={3} />
        </div>
      ))}
    </div>
  );
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
    <Notice kind="empty" title={t("events.empty")}>
      <p class="muted">{t("events.emptyDetail")}</p>
    </Notice>
  );
}

function NoMatch({ onClear }: { onClear(): void }) {
  return (
    <Notice kind="empty" title={t("events.noMatch")}>
      <p class="muted">{t("events.noMatchDetail")}</p>
      <Button onClick={onClear}>{t("events.clear")}</Button>
    </Notice>
  );
}
