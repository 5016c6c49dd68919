import { useEffect, useMemo, useState } from "preact/hooks";
import type { Board } from "../../../client/board.ts";
import type { PlanIndex } from "../../../client/plan.ts";
import { number, t } from "../../../i18n/index.ts";
import { toast } from "../../../ui/index.ts";
import { operatorApi } from "../key.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { TextField } from "../parts/Field.tsx";
import { Switch } from "../parts/Switch.tsx";
import { RequestKeys } from "./keys.ts";
import { CAPACITY_MAX, type Direction, restockChange } from "./restock.ts";

interface RestockDialogProps {
  id: string;
  plan: PlanIndex;
  board: Board;
  /** Undefined: closed. */
  unit: number | undefined;
  onDone(): void;
  onClose(): void;
}

/** More or fewer pieces of an area or item. */
export function RestockDialog({ id, plan, board, unit, onDone, onClose }: RestockDialogProps) {
  const [direction, setDirection] = useState<Direction>("add");
  const [typed, setTyped] = useState("");
  const keys = useMemo(() => new RequestKeys(), []);
  useEffect(() => {
    setDirection("add");
    setTyped("");
  }, [unit]);
  const left = unit === undefined ? 0 : board.left(unit);
  const label = unit === undefined ? "" : plan.unit(unit).label;
  const asked = restockChange(typed, direction, left);
  const restock = async () => {
    if (unit === undefined || "wrong" in asked) return;
    const request = { unit: plan.unit(unit).id, change: asked.change };
    const { capacity } = await operatorApi.restock(id, request, { key: keys.of(request) });
    keys.done(request);
    toast(t("operator.restocked_toast", { label, capacity: number(capacity) }), "good");
    onDone();
  };
  return (
    <Confirm
      open={unit !== undefined}
      title={t("operator.restockTitle", { label })}
      action={t(direction === "add" ? "operator.add" : "operator.remove")}
      danger={direction === "remove"}
      disabled={"wrong" in asked}
      onConfirm={restock}
      onClose={onClose}
    >
      <Switch
        name="direction"
        legend={t("operator.direction")}
        choices={[
          { value: "add", label: t("operator.direction_add") },
          { value: "remove", label: t("operator.direction_remove") },
        ]}
        chosen={direction}
        onChoice={setDirection}
      />
      <TextField
        label={t("operator.pieces")}
        inputMode="numeric"
        value={typed}
        onText={setTyped}
        hint={
          direction === "add"
            ? t("operator.restockMost", { most: number(CAPACITY_MAX) })
            : t("operator.restockLeast", { left: number(left) })
        }
        error={typed && "wrong" in asked ? t(`operator.restock_${asked.wrong}`) : undefined}
      />
      {"change" in asked && (
        <p class="numbers">
          {t("operator.restockAfter", { left: number(left), after: number(left + asked.change) })}
        </p>
      )}
    </Confirm>
  );
}
