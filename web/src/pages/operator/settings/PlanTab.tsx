import { useSignal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import type { PlanIndex } from "../../../client/plan.ts";
import { ProblemError } from "../../../client/problem.ts";
import type { ProblemDetails } from "../../../client/types.gen.ts";
import { number, t } from "../../../i18n/index.ts";
import { Button, toast } from "../../../ui/index.ts";
import { defectsOf } from "../document/defects.ts";
import { type Preview, previewOf } from "../document/preview.ts";
import { operatorApi } from "../key.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { DefectList } from "../parts/DefectList.tsx";
import { LedHeading } from "../parts/LedHeading.tsx";
import { PlanPreview } from "../parts/PlanPreview.tsx";
import { PlanSource } from "../parts/PlanSource.tsx";
import { useLoaded } from "../parts/use-loaded.ts";
import { type Difference, differenceOf } from "./difference.ts";
import { strandedOf } from "./stranded.ts";

const NAMES_SHOWN = 12;

interface PlanTabProps {
  id: string;
  plan: PlanIndex;
  onChanged(): void;
}

/** Puts another plan in the place of the one in force, as long as nobody who has something loses it. */
export function PlanTab({ id, plan, onChanged }: PlanTabProps) {
  const tagged = useLoaded(() => operatorApi.planTagged(id), `${id} ${plan.version}`);
  const [preview, setPreview] = useState<Preview>();
  const [refused, setRefused] = useState<ProblemDetails>();
  const [asking, setAsking] = useState(false);
  const shown = useSignal<ReadonlySet<number>>(new Set());
  const etag = tagged.value?.etag;
  const difference = preview && differenceOf(plan.plan, preview.plan.plan);
  const replace = async () => {
    if (!preview || etag === undefined) return;
    setRefused(undefined);
    try {
      await operatorApi.replacePlan(id, preview.document, etag);
    } catch (error) {
      if (!(error instanceof ProblemError) || !hasList(error.problem)) {
        tagged.reload();
        throw error;
      }
      setRefused(error.problem);
      return;
    }
    setPreview(undefined);
    toast(t("operator.planReplaced"), "good");
    onChanged();
  };
  return (
    <div class="stack-wide">
      <section class="stack" aria-labelledby="plan-title">
        <h2 id="plan-title">{t("operator.replaceTitle", { version: number(plan.version) })}</h2>
        <p class="muted">{t("operator.replaceHow")}</p>
        <PlanSource
          key={plan.version}
          currency={plan.plan.currency ?? ""}
          onDocument={(document) => {
            setPreview(document && previewOf(document));
            setRefused(undefined);
            shown.value = new Set();
          }}
        />
      </section>
      {refused && (
        <Refused
          problem={refused}
          preview={preview}
          onShow={(unit) => {
            shown.value = new Set([unit]);
          }}
        />
      )}
      {preview && difference && (
        <>
          <Changes difference={difference} />
          <PlanPreview preview={preview} shown={shown} />
          <div class="actions">
            <Button onClick={() => setPreview(undefined)}>{t("common.cancel")}</Button>
            <Button variant="primary" disabled={etag === undefined} onClick={() => setAsking(true)}>
              {t("operator.replaceDots")}
            </Button>
          </div>
        </>
      )}
      <Confirm
        open={asking}
        title={t("operator.replaceAsk")}
        action={t("operator.replace")}
        danger
        onConfirm={replace}
        onClose={() => setAsking(false)}
      >
        <ul class="bullets">
          <li>{t("operator.replaceAtOnce")}</li>
          <li>{t("operator.replaceHolders")}</li>
        </ul>
        {difference && <Changes difference={difference} />}
      </Confirm>
    </div>
  );
}

function hasList(problem: ProblemDetails): boolean {
  return problem.code === "would_strand_holder" || (problem.errors ?? []).length > 0;
}

interface RefusedProps {
  problem: ProblemDetails;
  preview: Preview | undefined;
  onShow(unit: number): void;
}

function Refused({ problem, preview, onShow }: RefusedProps) {
  const defects = useMemo(
    () => defectsOf(problem.errors ?? [], preview?.document ?? {}, preview?.pointers ?? [], ""),
    [problem],
  );
  if (problem.code !== "would_strand_holder") {
    return (
      <DefectList title={t("operator.defects", { n: defects.length })} defects={defects} onShow={onShow} />
    );
  }
  const stranded = strandedOf(problem);
  return (
    <section class="callout callout-bad stack" aria-labelledby="stranded-title">
      <LedHeading id="stranded-title" of={problem}>
        {t("operator.strandedTitle")}
      </LedHeading>
      <p>{t("operator.strandedWhy", { n: stranded.length })}</p>
      <ul class="lines">
        {stranded.map(({ unit, reason, why }, place) => (
          <li key={`${place} ${unit}`}>
            <code>{unit}</code>
            <span>{reason ? t(`operator.stranded_${reason}`) : why}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Changes({ difference: { added, closed, relabelled, capacity } }: { difference: Difference }) {
  const resized = capacity.map(({ id, from, to }) => `${id} (${number(from)} → ${number(to)})`);
  const kinds = [
    ["added", added],
    ["closed", closed],
    ["relabelled", relabelled],
    ["capacity", resized],
  ] as const;
  const told = kinds.filter(([, names]) => names.length > 0);
  if (told.length === 0) return <p>{t("operator.changesNone")}</p>;
  return (
    <ul class="lines">
      {told.map(([kind, names]) => (
        <li key={kind}>
          <strong>{t(`operator.changes_${kind}`, { n: names.length })}</strong>
          <span class="muted small">
            {names.slice(0, NAMES_SHOWN).join(", ")}
            {names.length > NAMES_SHOWN && ` ${t("operator.andMore", { n: names.length - NAMES_SHOWN })}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
