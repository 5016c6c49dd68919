import type { ReadonlySignal } from "@preact/signals";
import { effect } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Board } from "../client/board.ts";
import type { PlanIndex } from "../client/plan.ts";
import { language, t } from "../i18n/index.ts";
import { IconButton, laterPart } from "../ui/index.ts";
import { MapEngine, type Where } from "./engine.ts";
import { FloorSwitch } from "./FloorSwitch.tsx";
import type { Point } from "./geometry.ts";
import type { Hit } from "./hit.ts";
import { CHOSEN, type Looks, MINE } from "./looks.ts";
import type { LassoForm } from "./pointer.ts";
import "./map.css";
import { nameOf } from "./names.ts";
import { sceneOf } from "./scene.ts";
import type { TooltipProps } from "./Tooltip.tsx";

// Nobody sees it before there is a pointer.
const Tooltip = laterPart<TooltipProps>(() => import("./Tooltip.tsx"));

/** What a page may tell the map from outside. */
export interface MapHandle {
  /** Goes where these are. */
  show(units: readonly number[]): void;
  /** Rings the unit that the keyboard is on in the list. */
  focus(unit: number | undefined): void;
}

export interface SeatMapProps {
  plan: PlanIndex;
  board: Board;
  mode: "buy" | "operate";
  mine: ReadonlySignal<ReadonlySet<number>>;
  chosen: ReadonlySignal<ReadonlySet<number>>;
  lost: ReadonlySignal<ReadonlySet<number>>;
  /** A seat, an area, or a seat of a whole table was meant. */
  onPick(unit: number): void;
  /** In operate mode: the units in the form that was drawn. */
  onLasso?(units: readonly number[]): void;
  /** How a drag draws; undefined: it moves the map. Only in operate mode. */
  lassoForm?: LassoForm | undefined;
  /** A line more for the tooltip. */
  describe?(unit: number): string;
  /** Given once the map is there. */
  handle?(handle: MapHandle | undefined): void;
}

/** What belongs to others is told, not picked. */
function isPickable(looks: Looks, unit: number): boolean {
  const look = looks.of[unit];
  if (look === MINE || look === CHOSEN) return true;
  return looks.left(unit) > 0;
}

/** The seats of a plan as they stand now, to look at and to pick from. */
export function SeatMap(props: SeatMapProps) {
  const { plan, board, lassoForm } = props;
  const scene = useMemo(() => sceneOf(plan), [plan]);
  const host = useRef<HTMLDivElement>(null);
  const engine = useRef<MapEngine | undefined>(undefined);
  const [hover, setHover] = useState<{ hit: Hit; at: Point }>();
  const [floor, setFloor] = useState(scene.stacked ? 0 : undefined);
  const [where, setWhere] = useState<Where>({ isOverview: true, group: undefined });
  const latest = useRef(props);
  latest.current = props;
  const tongue = language.value;

  // Before the first frame: it is painted with the page, not after it.
  useLayoutEffect(() => {
    if (!host.current) return;
    const current = () => latest.current;
    const marked = () => ({
      mine: current().mine.value,
      chosen: current().chosen.value,
      lost: current().lost.value,
    });
    const letters = new Map<number, string>();
    const made = new MapEngine(host.current, scene, board, marked(), {
      pick(unit, at) {
        if (current().mode === "operate" || isPickable(made.looks, unit)) current().onPick(unit);
        else setHover({ hit: { kind: "seat", unit }, at });
      },
      lasso: (units) => current().onLasso?.(units),
      hover: (hit, at) => setHover(hit && { hit, at }),
      where: setWhere,
      letters(unit) {
        const known = letters.get(unit);
        if (known !== undefined) return known;
        const { seat } = nameOf(plan, unit);
        const short = seat.length > 4 ? "" : seat;
        letters.set(unit, short);
        return short;
      },
    });
    engine.current = made;
    setFloor(made.floor);
    const stop = effect(() => made.setMarked(marked()));
    current().handle?.({ show: (units) => made.showUnits(units), focus: (unit) => made.setFocused(unit) });
    return () => {
      stop();
      current().handle?.(undefined);
      made.close();
      engine.current = undefined;
      setHover(undefined);
    };
  }, [scene, board, tongue]);

  useEffect(() => engine.current?.setLasso(lassoForm), [lassoForm, scene, board, tongue]);

  const chooseFloor = (next: number | undefined) => {
    setFloor(next);
    engine.current?.setFloor(next);
  };

  return (
    <div class="map">
      {/* biome-ignore lint/a11y/useSemanticElements: it is no form */}
      <div
        ref={host}
        class={lassoForm ? "map-view map-lasso" : "map-view"}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved and zoomed by keys
        tabIndex={0}
        role="group"
        aria-label={t("map.help")}
      />
      {scene.floors.length > 1 && (
        <FloorSwitch floors={scene.floors} isStacked={scene.stacked} floor={floor} onChoose={chooseFloor} />
      )}
      <div class="map-buttons">
        <IconButton icon="plus" label={t("map.zoomIn")} onClick={() => engine.current?.zoomBy(1.6)} />
        <IconButton icon="minus" label={t("map.zoomOut")} onClick={() => engine.current?.zoomBy(1 / 1.6)} />
        <button
          type="button"
          class="icon-button"
          title={t("map.fit")}
          aria-label={t("map.fit")}
          onClick={() => engine.current?.fitAll()}
        >
          <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />
          </svg>
        </button>
      </div>
      <p class="map-hint" aria-hidden="true">
        {where.group !== undefined && <bdi>{scene.groups[where.group]?.name}</bdi>}
        {props.mode === "buy" && <span>{t(where.isOverview ? "map.hint" : "map.hintSeats")}</span>}
      </p>
      {hover && engine.current && (
        <Tooltip hit={hover.hit} at={hover.at} looks={engine.current.looks} describe={props.describe} />
      )}
    </div>
  );
}
