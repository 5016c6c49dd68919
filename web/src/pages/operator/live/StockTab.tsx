import { useState } from "preact/hooks";
import type { Board } from "../../../client/board.ts";
import type { PlanIndex } from "../../../client/plan.ts";
import { number, t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import { BlockDialog } from "./BlockDialog.tsx";
import { RestockDialog } from "./RestockDialog.tsx";
import { ReturnDialog } from "./ReturnDialog.tsx";
import { useBoardTurn } from "./use-board.ts";

interface StockTabProps {
  id: string;
  plan: PlanIndex;
  board: Board;
  onChanged(): void;
}

type Asking = { unit: number; what: "restock" | "block" } | "return" | undefined;

/** Areas and items: what is left of each, more or fewer of it. */
export function StockTab({ id, plan, board, onChanged }: StockTabProps) {
  const [asking, setAsking] = useState<Asking>();
  useBoardTurn(board);
  const units = [...plan.plan.units.entries()].filter(([, unit]) => unit.kind !== "seat" && !unit.closed);
  const close = () => setAsking(undefined);
  const asked = typeof asking === "object" ? asking : undefined;
  return (
    <div class="stack">
      <div class="table-scroll">
        <table class="table">
          <caption class="hidden-text">{t("operator.tabStock")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("operator.item")}</th>
              <th scope="col" class="cell-number">
                {t("operator.left")}
              </th>
              <th scope="col" class="cell-number cell-minor">
                {t("operator.firstStock")}
              </th>
              <th scope="col">
                <span class="hidden-text">{t("operator.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {units.map(([number_, unit]) => (
              <tr key={number_}>
                <th scope="row">
                  {unit.label}{" "}
                  <span class="muted small">
                    {t(`operator.kind_${unit.kind === "area" ? "area" : "item"}`)}
                  </span>
                </th>
                <td class={board.left(number_) === 0 ? "cell-number cell-none" : "cell-number"}>
                  {number(board.left(number_))}
                </td>
                <td class="cell-number cell-minor muted">{number(unit.capacity)}</td>
                <td>
                  <div class="actions">
                    {unit.whole ? (
                      <span class="muted small">{t("operator.wholeArea")}</span>
                    ) : (
                      <Button onClick={() => setAsking({ unit: number_, what: "restock" })}>
                        {t("operator.restockDots")}
                      </Button>
                    )}
                    <Button
                      variant="quiet"
                      disabled={board.left(number_) === 0}
                      onClick={() => setAsking({ unit: number_, what: "block" })}
                    >
                      {t("operator.blockDots")}
                    </Button>
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <Button onClick={() => setAsking("return")}>{t("operator.returnDots")}</Button>
      </div>
      <RestockDialog
        id={id}
        plan={plan}
        board={board}
        unit={asked?.what === "restock" ? asked.unit : undefined}
        onDone={onChanged}
        onClose={close}
      />
      <BlockDialog
        id={id}
        plan={plan}
        board={board}
        free={[]}
        counted={asked?.what === "block" ? [asked.unit] : []}
        open={asked?.what === "block"}
        onGone={() => {}}
        onDone={onChanged}
        onClose={close}
      />
      <ReturnDialog
        id={id}
        plan={plan}
        sold={[]}
        open={asking === "return"}
        onDone={onChanged}
        onClose={close}
      />
    </div>
  );
}
