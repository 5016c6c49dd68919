import { useMemo, useRef, useState } from "preact/hooks";
import { ProblemError } from "../../../client/problem.ts";
import { t } from "../../../i18n/index.ts";
import { toast } from "../../../ui/index.ts";
import { operatorApi } from "../key.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { pieces, type Touched } from "./selection.ts";
import { BlockSplitter, isPlain } from "./split-block.ts";

interface UnblockDialogProps {
  id: string;
  touched: readonly Touched[];
  open: boolean;
  onDone(): void;
  onClose(): void;
}

type Extent = "part" | "whole";

/** Lifts the blocks of what is selected: whole, or so that the rest of them is blocked again, which is said before. */
export function UnblockDialog({ id, touched: now, open, onDone, onClose }: UnblockDialogProps) {
  // What was there when it opened counts: while it works, blocks go and come.
  const touched = useMemo(() => now, [open]);
  const [picked, setPicked] = useState<Extent>();
  const extent = picked ?? (touched.some(isSplit) ? "part" : "whole");
  const [half, setHalf] = useState(false);
  const isOpen = useRef(open);
  isOpen.current = open;
  const running = useRef(false);
  const splitter = useMemo(() => new BlockSplitter(id, operatorApi), [id, open]);
  const lifted = extent === "whole" ? touched : touched.filter((one) => one.others === 0 || isSplit(one));
  const freed = lifted.reduce(
    (sum, one) => sum + pieces(one.block) - (extent === "part" ? restOf(one) : 0),
    0,
  );
  /** Answers how many pieces others took while they were free. */
  const liftAll = async () => {
    let lost = 0;
    for (const { block, rest } of lifted) {
      if (extent === "whole" || rest.length === 0) await lift(id, block.id);
      else lost += pieces({ units: await splitter.split(block, rest) });
    }
    return lost;
  };
  const settle = () => {
    running.current = false;
    if (isOpen.current) setHalf(splitter.isHalf);
    else tellHalf();
  };
  const tellHalf = () => {
    if (!splitter.isHalf) return;
    toast(t("operator.splitHalf"), "bad");
    onDone();
  };
  const unblock = async () => {
    running.current = true;
    const lost = await liftAll().finally(settle);
    toast(t("operator.unblocked_toast", { n: freed }), "good");
    if (lost > 0) toast(t("operator.splitLost", { n: lost }), "bad");
    onDone();
  };
  const close = () => {
    // What is under way goes on without the dialog, and tells at its end.
    if (!running.current) tellHalf();
    setPicked(undefined);
    setHalf(false);
    onClose();
  };
  return (
    <Confirm
      open={open}
      title={t("operator.unblockTitle", { n: lifted.length })}
      action={t(extent === "part" ? "operator.unblockSelected" : "operator.unblock")}
      danger={extent === "whole" && touched.some(({ others }) => others > 0)}
      disabled={lifted.length === 0}
      onConfirm={unblock}
      onClose={close}
    >
      {touched.some(isSplit) && <ExtentChoice touched={touched} extent={extent} onExtent={setPicked} />}
      <What touched={touched} lifted={lifted} extent={extent} freed={freed} />
      <ul class="lines">
        {touched.map((one) => (
          <TouchedLine key={one.block.id} touched={one} isLeft={!lifted.includes(one)} />
        ))}
      </ul>
      {half && <p class="field-error">{t("operator.splitHalf")}</p>}
    </Confirm>
  );
}

/** Something of it is not selected, and that can be blocked again as it was. */
function isSplit({ block, others }: Touched): boolean {
  return others > 0 && isPlain(block);
}

function restOf({ rest }: Touched): number {
  return pieces({ units: rest });
}

interface ExtentChoiceProps {
  touched: readonly Touched[];
  extent: Extent;
  onExtent(extent: Extent): void;
}

function ExtentChoice({ touched, extent, onExtent }: ExtentChoiceProps) {
  const restIn = (some: readonly Touched[]) => some.reduce((sum, one) => sum + restOf(one), 0);
  const others = { part: restIn(touched.filter(isSplit)), whole: restIn(touched) };
  return (
    <fieldset class="extent">
      <legend class="hidden-text">{t("operator.extent")}</legend>
      {(["part", "whole"] as const).map((value) => (
        <label key={value} class="take-back-choice">
          <input type="radio" name="extent" checked={value === extent} onChange={() => onExtent(value)} />
          <span>{t(`operator.extent_${value}`, { n: others[value] })}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface WhatProps {
  touched: readonly Touched[];
  lifted: readonly Touched[];
  extent: Extent;
  freed: number;
}

/** Exactly what will happen. */
function What({ touched, lifted, extent, freed }: WhatProps) {
  const others = touched.reduce((sum, { others }) => sum + others, 0);
  const again = lifted.reduce((sum, one) => sum + restOf(one), 0);
  const left = touched.length - lifted.length;
  return (
    <ul class="bullets">
      <li>{t("operator.unblockWhat", { n: freed })}</li>
      {extent === "whole" && others > 0 && (
        <li>
          <strong>{t("operator.unblockOthers", { n: others })}</strong>
        </li>
      )}
      {extent === "part" && again > 0 && (
        <li>
          <strong>{t("operator.splitHow", { n: again })}</strong>
        </li>
      )}
      {extent === "part" && left > 0 && <li>{t("operator.splitNot", { n: left })}</li>}
    </ul>
  );
}

function TouchedLine({
  touched: { block, selected, others },
  isLeft,
}: {
  touched: Touched;
  isLeft: boolean;
}) {
  return (
    <li>
      <span>
        {block.reason || block.channel || t("operator.noReason")}
        {isLeft && <span class="muted small"> · {t("operator.onlyWhole")}</span>}
      </span>
      <span class="muted small numbers">{t("operator.unblockLine", { selected, others })}</span>
    </li>
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
