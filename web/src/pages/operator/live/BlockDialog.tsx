import { useMemo, useState } from "preact/hooks";
import type { Board } from "../../../client/board.ts";
import type { PlanIndex } from "../../../client/plan.ts";
import { ProblemError } from "../../../client/problem.ts";
import { number, t } from "../../../i18n/index.ts";
import { toast } from "../../../ui/index.ts";
import { operatorApi } from "../key.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { TextField } from "../parts/Field.tsx";
import { RequestKeys } from "./keys.ts";
import { BLOCK_UNITS_MAX, blockBodies } from "./selection.ts";

interface BlockDialogProps {
  id: string;
  plan: PlanIndex;
  board: Board;
  /** Free seats. */
  free: readonly number[];
  /** Areas and items, of which a number of pieces is blocked. */
  counted: readonly number[];
  open: boolean;
  /** Units that others have by now, or that are blocked already. */
  onGone(units: ReadonlySet<number>): void;
  onDone(): void;
  onClose(): void;
}

/** Takes units off sale, with a reason. Of areas that were drawn around together with seats, none unless it is said. */
export function BlockDialog({
  id,
  plan,
  board,
  free,
  counted,
  open,
  onGone,
  onDone,
  onClose,
}: BlockDialogProps) {
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState<ReadonlyMap<number, string>>(new Map());
  const keys = useMemo(() => new RequestKeys(), []);
  const pieces = new Map(free.map((unit) => [unit, 1]));
  const typedOf = (unit: number) => typed.get(unit) ?? (free.length > 0 ? "0" : String(board.left(unit)));
  for (const unit of counted) pieces.set(unit, piecesOf(typedOf(unit), board.left(unit)));
  const bodies = blockBodies(pieces, plan, reason);
  const sum = [...pieces.values()].reduce((all, quantity) => all + quantity, 0);
  const isWrong = counted.some((unit) => !isBetween(typedOf(unit), board.left(unit)));
  const block = async () => {
    for (const body of bodies) {
      try {
        await operatorApi.block(id, body, { key: keys.of(body) });
      } catch (error) {
        onGone(inTheWay(error, plan));
        throw error;
      }
      keys.done(body);
      onGone(new Set(body.units.flatMap(([unit]) => plan.unitNumber(unit) ?? [])));
    }
    toast(t("operator.blocked_toast", { n: sum }), "good");
    setReason("");
    setTyped(new Map());
    onDone();
  };
  return (
    <Confirm
      open={open}
      title={t("operator.blockTitle")}
      action={t("operator.block")}
      disabled={sum === 0 || isWrong}
      onConfirm={block}
      onClose={onClose}
    >
      <ul class="bullets">
        <li>{t("operator.blockWhat", { n: sum })}</li>
        <li>{t("operator.blockUndo")}</li>
        {bodies.length > 1 && (
          <li>{t("operator.blockSeveral", { n: bodies.length, most: number(BLOCK_UNITS_MAX) })}</li>
        )}
      </ul>
      {counted.map((unit) => (
        <TextField
          key={unit}
          label={t("operator.piecesOf", { label: plan.unit(unit).label })}
          hint={t("operator.upTo", { n: board.left(unit) })}
          inputMode="numeric"
          value={typedOf(unit)}
          error={
            isBetween(typedOf(unit), board.left(unit))
              ? undefined
              : t("operator.upTo", { n: board.left(unit) })
          }
          onText={(value) => setTyped(new Map([...typed, [unit, value]]))}
        />
      ))}
      <TextField
        label={t("operator.reason")}
        hint={t("operator.reasonHint")}
        value={reason}
        maxLength={200}
        onText={setReason}
      />
    </Confirm>
  );
}

function isBetween(typed: string, most: number): boolean {
  return /^\d+$/.test(typed.trim()) && Number(typed) <= most;
}

function piecesOf(typed: string, most: number): number {
  return isBetween(typed, most) ? Number(typed) : 0;
}

/** What a refusal names, so that it leaves the selection. Of areas a smaller number may still be blocked. */
function inTheWay(error: unknown, plan: PlanIndex): ReadonlySet<number> {
  if (!(error instanceof ProblemError) || error.code !== "unit_taken") return new Set();
  const numbers = (error.problem.units ?? []).flatMap((id) => plan.unitNumber(id) ?? []);
  return new Set(numbers.filter((unit) => plan.unit(unit).kind === "seat"));
}
