import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { money, number, t } from "../i18n/index.ts";
import { Button } from "../ui/index.ts";
import { type ListRow, move, rowsOf } from "./list-model.ts";
import type { Look, Looks } from "./looks.ts";
import { CHOSEN, FREE, MINE } from "./looks.ts";
import { nameOf } from "./names.ts";
import { pickOf } from "./picks.ts";
import { lookName } from "./words.ts";

interface SeatGridProps {
  looks: Looks;
  /** Another one with every change of the looks. */
  turn: number;
  group: number;
  onPick(unit: number): void;
  onFocus?: ((unit: number | undefined) => void) | undefined;
}

/** Rows at a time: a stand of thousands would be slow to read and to build. */
const ROWS = 30;

/** The seats of a section as a grid: one tab stop, arrow keys within. */
export function SeatGrid({ looks, group, onPick, onFocus }: SeatGridProps) {
  const [limit, setLimit] = useState(ROWS);
  const [active, setActive] = useState<number>();
  const grid = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  const shown = useRef(new Set<number>());
  const hint = useId();
  const all = rowsOf(looks, group, shown.current);
  const rows = all.slice(0, limit);
  for (const { cells } of rows) for (const unit of cells) shown.current.add(unit);
  const stop = rows.some(({ cells }) => active !== undefined && cells.includes(active))
    ? active
    : rows[0]?.cells[0];

  // At once: the next key goes on from here.
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (stop === undefined || event.altKey || event.metaKey) return;
    const next = move(rows, stop, event.key, event.ctrlKey, looks.scene.x);
    if (next === undefined) return;
    event.preventDefault();
    wantsFocus.current = true;
    setActive(next);
  };

  if (rows.length === 0) return null;
  return (
    <>
      <p id={hint} class="muted small">
        {t("list.gridHint")}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: rows of seats are no table */}
      <div
        ref={grid}
        class="list-grid"
        role="grid"
        tabIndex={-1}
        aria-label={looks.scene.groups[group]?.name}
        aria-describedby={hint}
        aria-multiselectable="true"
        onKeyDown={onKeyDown}
      >
        {rows.map((row) => (
          <Row
            key={row.row}
            row={row}
            looks={looks}
            stop={stop}
            onPick={onPick}
            onFocus={(unit) => {
              setActive(unit);
              onFocus?.(unit);
            }}
          />
        ))}
      </div>
      {all.length > limit && (
        <Button repeats onClick={() => setLimit(limit + ROWS)}>
          {t("list.moreRows")}
        </Button>
      )}
    </>
  );
}

interface RowProps {
  row: ListRow;
  looks: Looks;
  stop: number | undefined;
  onPick(unit: number): void;
  onFocus(unit: number): void;
}

function Row({ row, looks, stop, onPick, onFocus }: RowProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its cells are
    // biome-ignore lint/a11y/useSemanticElements: rows of seats are no table
    <div role="row" class="list-row">
      {/* biome-ignore lint/a11y/useFocusableInteractive: it is a name */}
      {/* biome-ignore lint/a11y/useSemanticElements: rows of seats are no table */}
      <span role="rowheader" class="list-row-name">
        <bdi>{row.isTable || !row.label ? row.label : t("map.row", { row: row.label })}</bdi>
      </span>
      <span class="list-cells" role="presentation">
        {row.cells.map((unit) => (
          <Cell
            key={unit}
            unit={unit}
            looks={looks}
            isStop={unit === stop}
            onPick={onPick}
            onFocus={onFocus}
          />
        ))}
      </span>
    </div>
  );
}

interface CellProps {
  unit: number;
  looks: Looks;
  isStop: boolean;
  onPick(unit: number): void;
  onFocus(unit: number): void;
}

function Cell({ unit, looks, isStop, onPick, onFocus }: CellProps) {
  const look = looks.of[unit] as Look;
  const pick = pickOf(looks.scene.plan, unit);
  const { seat } = nameOf(looks.scene.plan, unit);
  const isOpen = look === FREE || look === CHOSEN;
  const text = pick?.kind === "table" ? t("map.wholeTable", { seats: number(pick.units.length) }) : seat;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of seats are no table
    <button
      type="button"
      role="gridcell"
      class={`list-cell list-cell-${isOpen ? (look === CHOSEN ? "chosen" : "free") : look === MINE ? "mine" : "gone"}`}
      tabIndex={isStop ? 0 : -1}
      aria-selected={look === CHOSEN || look === MINE}
      aria-disabled={!isOpen}
      onClick={() => isOpen && onPick(unit)}
      onFocus={() => onFocus(unit)}
    >
      <bdi>{text}</bdi>
      <span class="hidden-text">{`, ${describe(looks, unit)}`}</span>
    </button>
  );
}

/** What is said behind the number of a seat: `R, ₩165,000, Wheelchair place, Available`. */
function describe(looks: Looks, number: number): string {
  const index = looks.scene.plan;
  const unit = index.unit(number);
  const pick = pickOf(index, number);
  const category = index.plan.categories[looks.scene.categoryOf[number] as number]?.name;
  const parts = [
    category,
    pick?.price ? money(pick.price) : t("map.unpriced"),
    unit.accessible && t("map.accessible"),
    unit.companion && t("map.companion"),
    unit.restricted_view && t("map.restricted"),
    lookName(looks.of[number] as Look),
  ];
  return parts.filter((part) => part).join(", ");
}
