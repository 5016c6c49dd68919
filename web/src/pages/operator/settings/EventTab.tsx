import { useEffect, useRef, useState } from "preact/hooks";
import { newKey } from "../../../client/api.ts";
import type { Tagged } from "../../../client/operator-api.ts";
import { ProblemError } from "../../../client/problem.ts";
import type { InventoryAnswer } from "../../../client/types.gen.ts";
import { t } from "../../../i18n/index.ts";
import { Button, Notice, Skeleton, toast } from "../../../ui/index.ts";
import { splitErrors } from "../create/refused.ts";
import { operatorApi, signOutIfRefused } from "../key.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { TextField } from "../parts/Field.tsx";
import { problemWords, readWords } from "../parts/words.ts";
import { EventFields } from "./EventFields.tsx";
import { type EventDraft, eventDraftOf, eventPatchOf } from "./event-draft.ts";

interface EventTabProps {
  id: string;
  onChanged(): void;
}

/** What is said of the event: its name, place and time, who may see it, and whether it takes place. */
export function EventTab({ id, onChanged }: EventTabProps) {
  const [known, setKnown] = useState<Tagged<InventoryAnswer>>();
  const [draft, setDraft] = useState<EventDraft>();
  const [problem, setProblem] = useState<unknown>();
  const begin = (read: Tagged<InventoryAnswer>) => {
    setKnown(read);
    setDraft(eventDraftOf(read.value));
  };
  const load = () => {
    setProblem(undefined);
    operatorApi.inventoryTagged(id).then(begin, setProblem);
  };
  useEffect(load, [id]);
  const changed = () => {
    load();
    onChanged();
  };
  if (problem !== undefined)
    return (
      <Notice kind="error" title={t("common.failed")}>
        <p>{readWords(problem)}</p>
        <Button onClick={load}>{t("common.retry")}</Button>
      </Notice>
    );
  if (!known || !draft) return <Skeleton lines={6} />;
  return (
    <div class="stack-wide">
      <EventForm known={known} draft={draft} onDraft={setDraft} onReload={load} onChanged={changed} />
      <CancelSection facts={known.value} onChanged={changed} />
    </div>
  );
}

interface EventFormProps {
  known: Tagged<InventoryAnswer>;
  draft: EventDraft;
  onDraft(draft: EventDraft): void;
  onReload(): void;
  onChanged(): void;
}

function EventForm({ known: { value, etag }, draft, onDraft, onReload, onChanged }: EventFormProps) {
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<Partial<Record<string, string>>>({});
  const [wrong, setWrong] = useState("");
  const patch = eventPatchOf(draft, eventDraftOf(value));
  const isChanged = Object.keys(patch).length > 0;
  const save = async () => {
    setBusy(true);
    setTold({});
    setWrong("");
    try {
      await operatorApi.configure(value.id, patch, etag);
      toast(t("operator.saved"), "good");
      onChanged();
    } catch (error) {
      if (signOutIfRefused(error)) return;
      if (error instanceof ProblemError && error.code === "precondition_failed") {
        setWrong(t("operator.eventMeanwhile"));
        onReload();
      } else {
        setTold(splitErrors((error instanceof ProblemError && error.problem.errors) || [], "").fields);
        setWrong(problemWords(error));
      }
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="stack-wide"
      novalidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged && !busy) save();
      }}
    >
      <EventFields draft={draft} told={told} onDraft={onDraft} />
      <p class="field-error" role="alert">
        {wrong}
      </p>
      <div class="actions">
        <Button disabled={!isChanged} onClick={() => onDraft(eventDraftOf(value))}>
          {t("operator.undo")}
        </Button>
        <Button type="submit" variant="primary" busy={busy} disabled={!isChanged}>
          {t("operator.save")}
        </Button>
      </div>
    </form>
  );
}

/** Ends the sale for good, after asking, and saying all that it does. */
function CancelSection({ facts, onChanged }: { facts: InventoryAnswer; onChanged(): void }) {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const key = useRef(newKey());
  if (facts.cancelled)
    return (
      <section class="callout callout-bad stack" aria-labelledby="cancelled-title">
        <h2 id="cancelled-title">{t("operator.eventCancelled")}</h2>
        <p>{facts.cancelled.reason}</p>
        <p>{t("operator.eventCancelledNext")}</p>
      </section>
    );
  const cancel = async () => {
    await operatorApi.cancel(facts.id, reason.normalize("NFC").trim(), { key: key.current });
    toast(t("operator.eventCancelled"), "good");
    onChanged();
  };
  return (
    <section class="stack" aria-labelledby="cancel-title">
      <h2 id="cancel-title">{t("operator.cancelEvent")}</h2>
      <p class="muted">{t("operator.cancelEventWhat")}</p>
      <div>
        <Button onClick={() => setAsking(true)}>{t("operator.cancelEventDots")}</Button>
      </div>
      <Confirm
        open={asking}
        title={t("operator.cancelEventAsk", { name: facts.name })}
        action={t("operator.cancelEvent")}
        danger
        disabled={reason.trim() === ""}
        onConfirm={cancel}
        onClose={() => setAsking(false)}
      >
        <ul class="bullets">
          <li>{t("operator.cancelEventSale")}</li>
          <li>{t("operator.cancelEventHolds", { n: facts.figures.held })}</li>
          <li>{t("operator.cancelEventSold", { n: facts.figures.sold })}</li>
          <li>{t("operator.cancelEventForGood")}</li>
        </ul>
        <TextField
          label={t("operator.cancelReason")}
          hint={t("operator.cancelReasonHint")}
          value={reason}
          maxLength={200}
          onText={(text) => {
            setReason(text);
            key.current = newKey();
          }}
        />
      </Confirm>
    </section>
  );
}
