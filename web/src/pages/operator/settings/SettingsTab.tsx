import { useEffect, useState } from "preact/hooks";
import type { Tagged } from "../../../client/operator-api.ts";
import { ProblemError } from "../../../client/problem.ts";
import type { InventoryAnswer } from "../../../client/types.gen.ts";
import { dateTime, t } from "../../../i18n/index.ts";
import { announce, Button, Notice, Skeleton, toast } from "../../../ui/index.ts";
import { splitErrors } from "../create/refused.ts";
import { operatorApi, signOutIfRefused } from "../key.ts";
import { LedHeading } from "../parts/LedHeading.tsx";
import { problemWords, readWords } from "../parts/words.ts";
import { leadToWrong } from "../parts/wrong.ts";
import { changedFields, type Draft, draftOf, type Field, merge, patchOf, wrongIn } from "./draft.ts";
import { SettingsFields } from "./SettingsFields.tsx";

interface SettingsTabProps {
  id: string;
  onChanged(): void;
}

/** What the form began with, and what it has to name when it is saved. */
interface Base {
  draft: Draft;
  etag: string;
}

/** What somebody else changed while the form was open. */
interface Meanwhile {
  fields: readonly Field[];
  before: Draft;
  theirs: Draft;
  mine: Draft;
}

/** Changes the rules of the sale, without losing what somebody else changes at the same time. */
export function SettingsTab({ id, onChanged }: SettingsTabProps) {
  const { base, draft, setDraft, busy, told, wrong, meanwhile, save, reset, problem, load } = useSettings(
    id,
    onChanged,
  );
  const [isChecked, setIsChecked] = useState(false);
  if (problem !== undefined)
    return (
      <Notice kind="error" title={t("common.failed")}>
        <p>{readWords(problem)}</p>
        <Button onClick={load}>{t("common.retry")}</Button>
      </Notice>
    );
  if (!base || !draft) return <Skeleton lines={6} />;
  const isChanged = changedFields(base.draft, draft).length > 0;
  return (
    <form
      class="stack-wide"
      novalidate
      onSubmit={(event) => {
        event.preventDefault();
        setIsChecked(true);
        if (wrongIn(draft).length > 0) leadToWrong(event.currentTarget);
        else save();
      }}
    >
      {meanwhile && <MeanwhileList meanwhile={meanwhile} draft={draft} onDraft={setDraft} />}
      <SettingsFields draft={draft} wrong={isChecked ? wrongIn(draft) : []} told={told} onDraft={setDraft} />
      <p class="muted small">{t("operator.otherSettings")}</p>
      <p class="field-error" role="alert">
        {isChecked && wrongIn(draft).length > 0 ? t("operator.fixFirst") : wrong}
      </p>
      <div class="actions">
        <Button disabled={!isChanged} onClick={reset}>
          {t("operator.undo")}
        </Button>
        <Button type="submit" variant="primary" busy={busy} disabled={!isChanged}>
          {t("operator.save")}
        </Button>
      </div>
    </form>
  );
}

function useSettings(id: string, onChanged: () => void) {
  const [base, setBase] = useState<Base>();
  const [draft, setDraft] = useState<Draft>();
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<Partial<Record<string, string>>>({});
  const [wrong, setWrong] = useState("");
  const [meanwhile, setMeanwhile] = useState<Meanwhile>();
  const [problem, setProblem] = useState<unknown>();
  const begin = ({ value, etag }: Tagged<InventoryAnswer>) => {
    setBase({ draft: draftOf(value.settings), etag });
    setDraft(draftOf(value.settings));
  };
  const load = () => {
    setProblem(undefined);
    operatorApi.inventoryTagged(id).then(begin, setProblem);
  };
  useEffect(load, [id]);
  /** Theirs is what counts now; mine is laid over it, to be looked at once more. */
  const overtaken = async (known: Base, mine: Draft) => {
    const { value, etag } = await operatorApi.inventoryTagged(id);
    const theirs = draftOf(value.settings);
    setBase({ draft: theirs, etag });
    setDraft(merge(known.draft, mine, theirs).draft);
    setMeanwhile({ fields: changedFields(known.draft, theirs), before: known.draft, theirs, mine });
    announce(t("operator.meanwhile"));
  };
  const send = async (known: Base, mine: Draft) => {
    try {
      await operatorApi.configure(id, patchOf(mine, known.draft), known.etag);
      setMeanwhile(undefined);
      toast(t("operator.saved"), "good");
      begin(await operatorApi.inventoryTagged(id));
      onChanged();
    } catch (error) {
      const isOvertaken = error instanceof ProblemError && error.code === "precondition_failed";
      if (!isOvertaken) throw error;
      await overtaken(known, mine);
    }
  };
  const save = async () => {
    if (!base || !draft || busy) return;
    setBusy(true);
    setTold({});
    setWrong("");
    try {
      await send(base, draft);
    } catch (error) {
      if (!signOutIfRefused(error)) {
        setTold(
          splitErrors((error instanceof ProblemError && error.problem.errors) || [], "/settings").fields,
        );
        setWrong(problemWords(error));
      }
    } finally {
      setBusy(false);
    }
  };
  const reset = () => setDraft(base?.draft);
  return { base, draft, setDraft, busy, told, wrong, meanwhile, save, reset, problem, load };
}

interface MeanwhileListProps {
  meanwhile: Meanwhile;
  draft: Draft;
  onDraft(draft: Draft): void;
}

/** What they changed, and for what both changed: whose it shall be. */
function MeanwhileList({ meanwhile: { fields, before, theirs, mine }, draft, onDraft }: MeanwhileListProps) {
  return (
    <section class="callout callout-warn stack" aria-labelledby="meanwhile-title">
      <LedHeading id="meanwhile-title" of={theirs}>
        {t("operator.meanwhile")}
      </LedHeading>
      <p>{t("operator.meanwhileHow")}</p>
      <ul class="lines">
        {fields.map((field) => (
          <li key={field}>
            <span>
              <strong>{t(`operator.${field}`)}</strong>
              <br />
              {t("operator.theirChange", { from: fieldWords(field, before), to: fieldWords(field, theirs) })}
            </span>
            {mine[field] !== before[field] && mine[field] !== theirs[field] && (
              <span class="actions">
                <Button
                  aria-pressed={draft[field] === theirs[field]}
                  onClick={() => onDraft({ ...draft, [field]: theirs[field] })}
                >
                  {t("operator.takeTheirs", { value: fieldWords(field, theirs) })}
                </Button>
                <Button
                  aria-pressed={draft[field] === mine[field]}
                  onClick={() => onDraft({ ...draft, [field]: mine[field] })}
                >
                  {t("operator.keepMine", { value: fieldWords(field, mine) })}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function fieldWords(field: Field, draft: Draft): string {
  const value = draft[field];
  if (field === "checkout") return t(`operator.checkout_${draft.checkout}`);
  if (field === "single_seats") return t(`operator.single_seats_${draft.single_seats}`);
  if (field === "release_accessible") return t(`operator.release_accessible_${draft.release_accessible}`);
  if (!value) return t("operator.none");
  return field === "on_sale_from" || field === "on_sale_until" ? dateTime(value) : value;
}
