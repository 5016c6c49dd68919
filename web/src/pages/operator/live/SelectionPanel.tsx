import type { Signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Board } from "../../../client/board.ts";
import type { PlanIndex } from "../../../client/plan.ts";
import type { Blocked } from "../../../client/types.gen.ts";
import { number, t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import { BlockDialog } from "./BlockDialog.tsx";
import { ReturnDialog } from "./ReturnDialog.tsx";
import { sortOut, touchedBlocks } from "./selection.ts";
import { TakeBackDialog } from "./TakeBackDialog.tsx";
import { UnblockDialog } from "./UnblockDialog.tsx";
import { useBoardTurn } from "./use-board.ts";

interface SelectionPanelProps {
  id: string;
  plan: PlanIndex;
  board: Board;
  chosen: Signal<ReadonlySet<number>>;
  blocks: readonly Blocked[];
  onChanged(): void;
}

/** What is selected, and what can be done with it. */
export function SelectionPanel({ id, plan, board, chosen, blocks, onChanged }: SelectionPanelProps) {
  const [asking, setAsking] = useState<"block" | "unblock" | "take_back" | "return">();
  useBoardTurn(board);
  const selection = sortOut(chosen.value, plan, board);
  const touched = touchedBlocks(chosen.value, blocks, plan);
  const counted = selection.counted.filter((unit) => board.left(unit) > 0);
  const sellable = [...selection.sold, ...selection.counted];
  const blockable = selection.free.length + counted.length;
  const close = () => setAsking(undefined);
  const done = () => {
    chosen.value = new Set();
    onChanged();
  };
  return (
    <aside class="card selection" aria-label={t("operator.selection")}>
      <h2>{t("operator.selectedCount", { n: chosen.value.size })}</h2>
      <dl class="selection-states">
        {(["free", "held", "sold", "blocked"] as const).map((state) => (
          <div key={state}>
            <dt class={`state state-${state}`}>{t(`operator.state_${state}`)}</dt>
            <dd class="numbers">{number(selection[state].length)}</dd>
          </div>
        ))}
        {selection.counted.length > 0 && (
          <div>
            <dt class="state state-area">{t("operator.areas")}</dt>
            <dd class="numbers">{number(selection.counted.length)}</dd>
          </div>
        )}
      </dl>
      {chosen.value.size === 0 && <p class="muted small">{t("operator.selectionEmpty")}</p>}
      {selection.held.length > 0 && <p class="muted small">{t("operator.heldWait")}</p>}
      <div class="stack-tight">
        <Button variant="primary" wide disabled={blockable === 0} onClick={() => setAsking("block")}>
          {t("operator.blockDots")}
        </Button>
        <Button wide disabled={touched.length === 0} onClick={() => setAsking("unblock")}>
          {t("operator.unblockDots")}
        </Button>
        {sellable.length > 0 ? (
          <Button wide onClick={() => setAsking("take_back")}>
            {t("operator.takeBackDots")}
          </Button>
        ) : (
          <Button wide onClick={() => setAsking("return")}>
            {t("operator.returnDots")}
          </Button>
        )}
        <Button
          variant="quiet"
          wide
          disabled={chosen.value.size === 0}
          onClick={() => {
            chosen.value = new Set();
          }}
        >
          {t("operator.clear")}
        </Button>
      </div>
      <BlockDialog
        id={id}
        plan={plan}
        board={board}
        free={selection.free}
        counted={counted}
        open={asking === "block"}
        onGone={(units) => {
          chosen.value = new Set([...chosen.value].filter((unit) => !units.has(unit)));
        }}
        onDone={done}
        onClose={close}
      />
      <UnblockDialog id={id} touched={touched} open={asking === "unblock"} onDone={done} onClose={close} />
      <TakeBackDialog
        id={id}
        plan={plan}
        units={sellable}
        open={asking === "take_back"}
        onChanged={onChanged}
        onById={() => setAsking("return")}
        onClose={() => setAsking((now) => (now === "take_back" ? undefined : now))}
      />
      <ReturnDialog
        id={id}
        plan={plan}
        sold={selection.sold}
        open={asking === "return"}
        onDone={done}
        onClose={close}
      />
    </aside>
  );
}
