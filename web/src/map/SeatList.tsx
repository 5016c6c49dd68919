import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Board } from "../client/board.ts";
import type { PlanIndex } from "../client/plan.ts";
import { money, number, t } from "../i18n/index.ts";
import { Button, Stepper } from "../ui/index.ts";
import "./list.css";
import { areasOf, type ListArea, openGroups } from "./list-model.ts";
import type { Looks } from "./looks.ts";
import { CHOSEN } from "./looks.ts";
import { type Pick, stepOver } from "./picks.ts";
import { SeatGrid } from "./SeatGrid.tsx";
import { sceneOf } from "./scene.ts";
import { lowestPrice } from "./tally.ts";
import { useLooks } from "./use-looks.ts";

export interface SeatListProps {
  plan: PlanIndex;
  board: Board;
  mine: ReadonlySignal<ReadonlySet<number>>;
  chosen: ReadonlySignal<ReadonlySet<number>>;
  lost: ReadonlySignal<ReadonlySet<number>>;
  /** Of areas: how many are chosen. */
  quantityOf(offer: string): number;
  onPick(unit: number): void;
  onQuantity(pick: Pick, quantity: number): void;
  /** The keyboard is on this seat. */
  onFocus?(unit: number | undefined): void;
}

/** Section, row, seat: the way for everybody who does not use the map. It lists what can be bought now. */
export default function SeatList(props: SeatListProps) {
  const scene = useMemo(() => sceneOf(props.plan), [props.plan]);
  const seen = useLooks(scene, props);
  const [group, setGroup] = useState<number>();
  const last = useRef<number | undefined>(undefined);
  const isThere = group !== undefined && scene.groups[group] !== undefined;
  const back = () => {
    last.current = group;
    setGroup(undefined);
    props.onFocus?.(undefined);
  };
  return (
    <div class="list">
      {isThere ? (
        <OpenGroup {...props} {...seen} key={group} group={group} onBack={back} />
      ) : (
        <Groups {...seen} last={last.current} onOpen={setGroup} />
      )}
    </div>
  );
}

interface GroupsProps {
  looks: Looks;
  turn: number;
  last: number | undefined;
  onOpen(group: number): void;
}

function Groups({ looks, last, onOpen }: GroupsProps) {
  const groups = openGroups(looks);
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => back.current?.focus(), []);
  return (
    <>
      <h2>{t("list.sections")}</h2>
      {groups.length === 0 ? (
        <p class="muted">{t("list.nothingLeft")}</p>
      ) : (
        <p class="muted">{t("list.sectionsHint")}</p>
      )}
      <ul class="list-groups">
        {groups.map((group) => {
          const price = lowestPrice(looks.scene, looks, group);
          const left = looks.leftInGroup(group);
          return (
            <li key={group}>
              <button ref={group === last ? back : null} type="button" onClick={() => onOpen(group)}>
                <bdi class="list-name">{looks.scene.groups[group]?.name}</bdi>
                <span class="muted">{t("map.left", { count: left, text: number(left) })}</span>
                <span class="list-price numbers">{price && t("map.from", { price: money(price) })}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

interface OpenGroupProps extends SeatListProps {
  looks: Looks;
  turn: number;
  group: number;
  onBack(): void;
}

function OpenGroup({ looks, turn, group, onBack, ...props }: OpenGroupProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const found = looks.scene.groups[group];
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <Button variant="quiet" onClick={onBack}>
        ← {t("list.backToSections")}
      </Button>
      <h2 ref={heading} tabIndex={-1}>
        <bdi>{found?.name}</bdi>
      </h2>
      {found?.entrance && <p class="muted">{t("list.entrance", { entrance: found.entrance })}</p>}
      {areasOf(looks, group).map((area) => (
        <Area key={area.unit} area={area} looks={looks} {...props} />
      ))}
      {found && found.seats > 0 && (
        <SeatGrid looks={looks} turn={turn} group={group} onPick={props.onPick} onFocus={props.onFocus} />
      )}
    </>
  );
}

/** Places without numbers: how many of them. */
function Area({ area, looks, quantityOf, onQuantity }: { area: ListArea; looks: Looks } & SeatListProps) {
  const { unit, pick } = area;
  const { label } = looks.scene.plan.unit(unit);
  const quantity = quantityOf(pick.offer);
  const left = looks.left(unit);
  const isOnePiece = pick.max === 1;
  return (
    <div class="list-area">
      <div>
        <bdi class="list-name">{label}</bdi>
        <p class="muted small">
          {pick.price ? money(pick.price) : t("map.unpriced")} ·{" "}
          {t("map.left", { count: left, text: number(left) })}
        </p>
      </div>
      {isOnePiece ? (
        <Button
          aria-pressed={looks.of[unit] === CHOSEN}
          onClick={() => onQuantity(pick, quantity > 0 ? 0 : 1)}
        >
          {quantity > 0 ? t("list.remove") : t("list.add")}
        </Button>
      ) : (
        <Stepper
          label={label}
          value={quantity}
          max={Math.min(pick.max, Math.max(left, quantity))}
          onChange={(wanted) => onQuantity(pick, stepOver(wanted, quantity, pick.min))}
        />
      )}
    </div>
  );
}
