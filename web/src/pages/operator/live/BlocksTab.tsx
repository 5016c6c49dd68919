import { useState } from "preact/hooks";
import type { PlanIndex } from "../../../client/plan.ts";
import type { Blocked, BlockList } from "../../../client/types.gen.ts";
import { dateTime, number, t } from "../../../i18n/index.ts";
import { Button, Notice, Skeleton, toast } from "../../../ui/index.ts";
import { Confirm } from "../parts/Confirm.tsx";
import type { Loaded } from "../parts/use-loaded.ts";
import { readWords } from "../parts/words.ts";
import { pieces } from "./selection.ts";
import { lift } from "./UnblockDialog.tsx";

const UNITS_SHOWN = 50;

interface BlocksTabProps {
  id: string;
  plan: PlanIndex;
  blocks: Loaded<BlockList>;
  onShow(units: ReadonlySet<number>): void;
  onChanged(): void;
}

/** All that is off sale, and why. */
export function BlocksTab({ id, plan, blocks, onShow, onChanged }: BlocksTabProps) {
  const [asking, setAsking] = useState<Blocked>();
  if (!blocks.value && blocks.problem === undefined) return <Skeleton lines={4} />;
  if (!blocks.value)
    return (
      <Notice kind="error" title={t("common.failed")}>
        <p>{readWords(blocks.problem)}</p>
        <Button onClick={blocks.reload}>{t("common.retry")}</Button>
      </Notice>
    );
  const { data } = blocks.value;
  if (data.length === 0)
    return (
      <Notice kind="empty" title={t("operator.noBlocks")}>
        <p class="muted">{t("operator.noBlocksHow")}</p>
      </Notice>
    );
  const unblock = async () => {
    if (!asking) return;
    await lift(id, asking.id);
    toast(t("operator.unblocked_toast", { n: pieces(asking) }), "good");
    onChanged();
  };
  return (
    <>
      <ul class="blocks">
        {data.map((block) => (
          <BlockLine
            key={block.id}
            block={block}
            plan={plan}
            onShow={onShow}
            onLift={() => setAsking(block)}
          />
        ))}
      </ul>
      <Confirm
        open={asking !== undefined}
        title={t("operator.unblockTitle", { n: 1 })}
        action={t("operator.unblock")}
        onConfirm={unblock}
        onClose={() => setAsking(undefined)}
      >
        <ul class="bullets">
          <li>{t("operator.unblockWhat", { n: asking ? pieces(asking) : 0 })}</li>
          {asking?.channel && <li>{t("operator.unblockChannel", { channel: asking.channel })}</li>}
        </ul>
      </Confirm>
    </>
  );
}

interface BlockLineProps {
  block: Blocked;
  plan: PlanIndex;
  onShow(units: ReadonlySet<number>): void;
  onLift(): void;
}

function BlockLine({ block, plan, onShow, onLift }: BlockLineProps) {
  const numbers = block.units.flatMap(([id]) => plan.unitNumber(id) ?? []);
  const places = numbers.filter((unit) => plan.unit(unit).kind !== "item");
  return (
    <li class="card block-line">
      <div>
        <h2>{block.reason || t("operator.noReason")}</h2>
        <p class="muted small">
          {[
            t("operator.blockPieces", { n: pieces(block) }),
            block.channel && t("operator.channel", { channel: block.channel }),
            block.has_code && t("operator.hasCode"),
            block.release_at && t("operator.releaseAt", { at: dateTime(block.release_at) }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
        <details>
          <summary class="small">{t("operator.blockUnits")}</summary>
          <p class="small block-units">
            {block.units
              .slice(0, UNITS_SHOWN)
              .map(([id, quantity]) => (quantity > 1 ? `${id} × ${number(quantity)}` : id))
              .join(", ")}
            {block.units.length > UNITS_SHOWN &&
              ` ${t("operator.andMore", { n: block.units.length - UNITS_SHOWN })}`}
          </p>
        </details>
      </div>
      <div class="actions">
        {places.length > 0 && (
          <Button variant="quiet" onClick={() => onShow(new Set(places))}>
            {t("operator.showOnMap")}
          </Button>
        )}
        <Button onClick={onLift}>{t("operator.unblock")}</Button>
      </div>
    </li>
  );
}
