import { ProblemError } from "../../../client/problem.ts";
import { t } from "../../../i18n/index.ts";
import { toast } from "../../../ui/index.ts";
import { operatorApi } from "../key.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { pieces, type Touched } from "./selection.ts";

interface UnblockDialogProps {
  id: string;
  touched: readonly Touched[];
  open: boolean;
  onDone(): void;
  onClose(): void;
}

/** Lifts the blocks of what is selected. A block is lifted whole, which is said before. */
export function UnblockDialog({ id, touched, open, onDone, onClose }: UnblockDialogProps) {
  const others = touched.reduce((sum, block) => sum + block.others, 0);
  const sum = touched.reduce((all, { block }) => all + pieces(block), 0);
  const unblock = async () => {
    for (const { block } of touched) await lift(id, block.id);
    toast(t("operator.unblocked_toast", { n: sum }), "good");
    onDone();
  };
  return (
    <Confirm
      open={open}
      title={t("operator.unblockTitle", { n: touched.length })}
      action={t("operator.unblock")}
      danger={others > 0}
      onConfirm={unblock}
      onClose={onClose}
    >
      <ul class="bullets">
        <li>{t("operator.unblockWhat", { n: sum })}</li>
        {others > 0 && (
          <li>
            <strong>{t("operator.unblockOthers", { n: others })}</strong>
          </li>
        )}
      </ul>
      <ul class="lines">
        {touched.map(({ block, selected, others }) => (
          <li key={block.id}>
            <span>{block.reason || block.channel || t("operator.noReason")}</span>
            <span class="muted small numbers">{t("operator.unblockLine", { selected, others })}</span>
          </li>
        ))}
      </ul>
    </Confirm>
  );
}

/** One that somebody else has lifted meanwhile is lifted. */
export async function lift(inventory: string, block: string): Promise<void> {
  try {
    await operatorApi.unblock(inventory, block);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== "block_unknown") throw error;
  }
}
