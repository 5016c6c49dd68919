import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import { Button, Icon } from "../../ui/index.ts";
import { type Filter, isFiltered, NO_FILTER } from "./query.ts";

interface FilterFormProps {
  filter: Filter;
  onChange(filter: Filter): void;
}

/** Somebody who types is not interrupted at every letter. */
const PAUSE_MS = 300;

export function FilterForm({ filter, onChange }: FilterFormProps) {
  const [typed, setTyped] = useState(filter.q);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setTyped(filter.q), [filter.q]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (part: Partial<Filter>) => {
    clearTimeout(timer.current);
    onChange({ ...filter, q: typed, ...part });
  };
  const type = (q: string) => {
    setTyped(q);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange({ ...filter, q }), PAUSE_MS);
  };
  return (
    <search>
      <form
        class="filter"
        onSubmit={(event) => {
          event.preventDefault();
          change({});
        }}
      >
        <label class="filter-search">
          <span class="hidden-text">{t("events.search")}</span>
          <Icon name="search" />
          <input
            class="input"
            type="search"
            maxLength={200}
            placeholder={t("events.search")}
            value={typed}
            onInput={(event) => type(event.currentTarget.value)}
          />
        </label>
        <Day
          label={t("events.from")}
          value={filter.from}
          max={filter.until}
          onPick={(from) => change({ from })}
        />
        <Day
          label={t("events.until")}
          value={filter.until}
          min={filter.from}
          onPick={(until) => change({ until })}
        />
        {isFiltered(filter) && (
          <Button variant="quiet" onClick={() => change(NO_FILTER)}>
            {t("events.clear")}
          </Button>
        )}
      </form>
    </search>
  );
}

interface DayProps {
  label: string;
  value: string;
  min?: string;
  max?: string;
  onPick(day: string): void;
}

function Day({ label, value, min = "", max = "", onPick }: DayProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        type="date"
        value={value}
        min={min}
        max={max}
        onChange={(event) => onPick(event.currentTarget.value)}
      />
    </label>
  );
}
