import type { Signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Board } from "../../../client/board.ts";
import type { PlanIndex } from "../../../client/plan.ts";
import { number, t } from "../../../i18n/index.ts";
import { fullName } from "../../../map/index.ts";
import { announce, Button } from "../../../ui/index.ts";
import { SelectField, TextField } from "../parts/Field.tsx";
import { type Filter, matching, NO_FILTER, rowsOf, zonesWithSeats } from "./filter.ts";
import { stateOf } from "./selection.ts";
import { useBoardTurn } from "./use-board.ts";

const PAGE = 100;

interface SeatPickerProps {
  plan: PlanIndex;
  board: Board;
  chosen: Signal<ReadonlySet<number>>;
  onToggle(unit: number): void;
}

/** What the lasso does, by the keyboard: filters, and a check box for each seat or for all of them. */
export function SeatPicker({ plan, board, chosen, onToggle }: SeatPickerProps) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [most, setMost] = useState(PAGE);
  useBoardTurn(board, 1_000);
  const found = matching(filter, plan, board);
  const change = (part: Partial<Filter>) => {
    setFilter((known) => ({ ...known, ...part }));
    setMost(PAGE);
  };
  const choose = (next: ReadonlySet<number>) => {
    chosen.value = next;
    announce(t("operator.selectedCount", { n: next.size }));
  };
  return (
    <div class="stack">
      <Filters plan={plan} filter={filter} onFilter={change} />
      <div class="actions actions-start">
        <span class="numbers">{t("operator.found", { n: found.length })}</span>
        <Button disabled={found.length === 0} onClick={() => choose(new Set([...chosen.value, ...found]))}>
          {t("operator.selectAll", { n: found.length })}
        </Button>
        <Button
          variant="quiet"
          disabled={chosen.value.size === 0}
          onClick={() => choose(without(chosen.value, found))}
        >
          {t("operator.deselectAll")}
        </Button>
      </div>
      <ul class="seat-list">
        {found.slice(0, most).map((unit) => (
          <li key={unit}>
            <label class="seat-line">
              <input type="checkbox" checked={chosen.value.has(unit)} onChange={() => onToggle(unit)} />
              <span>{fullName(plan, unit)}</span>
              <span class={`state state-${stateOf(board, unit)}`}>
                {t(`operator.state_${stateOf(board, unit)}`)}
              </span>
            </label>
          </li>
        ))}
      </ul>
      {found.length > most && (
        <Button repeats onClick={() => setMost(most + PAGE)}>
          {t("common.more")} ({number(found.length - most)})
        </Button>
      )}
    </div>
  );
}

function without(chosen: ReadonlySet<number>, units: readonly number[]): ReadonlySet<number> {
  const left = new Set(chosen);
  for (const unit of units) left.delete(unit);
  return left;
}

interface FiltersProps {
  plan: PlanIndex;
  filter: Filter;
  onFilter(part: Partial<Filter>): void;
}

function Filters({ plan, filter, onFilter }: FiltersProps) {
  const zones = zonesWithSeats(plan);
  const zone = zones.find(({ id }) => id === filter.zone);
  const all = { value: "", label: t("operator.all") };
  const rows = zone ? rowsOf(plan, zone.id, filter.section) : [];
  return (
    <div class="filters">
      <SelectField
        label={t("operator.kind_zone")}
        value={filter.zone}
        choices={[all, ...zones.map(({ id, name }) => ({ value: id, label: name || id }))]}
        onChoice={(zone) => onFilter({ zone, section: "", row: undefined })}
      />
      <SelectField
        label={t("operator.kind_section")}
        value={filter.section}
        disabled={!zone || zone.sections.length === 0}
        choices={[all, ...(zone?.sections ?? []).map(({ id, name }) => ({ value: id, label: name || id }))]}
        onChoice={(section) => onFilter({ section, row: undefined })}
      />
      <SelectField
        label={t("operator.kind_row")}
        value={filter.row === undefined ? "" : String(filter.row)}
        disabled={rows.length === 0}
        choices={[all, ...rows.map(({ row, label }) => ({ value: String(row), label }))]}
        onChoice={(row) => onFilter({ row: row === "" ? undefined : Number(row) })}
      />
      <SelectField
        label={t("operator.state")}
        value={filter.state}
        choices={[
          { value: "" as const, label: t("operator.all") },
          ...(["free", "held", "sold", "blocked"] as const).map((value) => ({
            value,
            label: t(`operator.state_${value}`),
          })),
        ]}
        onChoice={(state) => onFilter({ state })}
      />
      <TextField
        label={t("operator.label")}
        type="search"
        value={filter.text}
        onText={(text) => onFilter({ text })}
      />
    </div>
  );
}
