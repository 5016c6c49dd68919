import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { newKey } from "../../../client/api.ts";
import { ProblemError } from "../../../client/problem.ts";
import type { CreateRequest, FieldError } from "../../../client/types.gen.ts";
import { t } from "../../../i18n/index.ts";
import { go } from "../../../store/address.ts";
import { Button, toast } from "../../../ui/index.ts";
import { type Defect, defectsOf } from "../document/defects.ts";
import { titleOf } from "../document/foreign.ts";
import type { Loose } from "../document/loose.ts";
import { type Preview, previewOf } from "../document/preview.ts";
import { operatorApi, signOutIfRefused } from "../key.ts";
import { DefectList } from "../parts/DefectList.tsx";
import { PlanPreview } from "../parts/PlanPreview.tsx";
import { PlanSource } from "../parts/PlanSource.tsx";
import { problemWords } from "../parts/words.ts";
import { leadToWrong } from "../parts/wrong.ts";
import { DEFAULTS, type Draft, patchOf, type Wrong, wrongIn } from "../settings/draft.ts";
import { EventFields } from "../settings/EventFields.tsx";
import { type EventDraft, newEventDraft, secondsOf, whenOf } from "../settings/event-draft.ts";
import { SettingsFields } from "../settings/SettingsFields.tsx";
import { priced, type TypedPrices, wrongPrices } from "./prices.ts";
import { type SplitErrors, splitErrors } from "./refused.ts";
import { StockForm } from "./StockForm.tsx";
import {
  currencyDigits,
  EMPTY_LINE,
  type StockLine,
  stockRequest,
  type WrongLine,
  wrongLines,
} from "./stock.ts";

type Source = "file" | "stock";

/** What is about to be created, as far as it is typed. */
interface Form {
  source: Source;
  event: EventDraft;
  preview: Preview | undefined;
  prices: TypedPrices;
  lines: readonly StockLine[];
  currency: string;
  draft: Draft;
}

const EMPTY: Form = {
  source: "file",
  event: newEventDraft(),
  preview: undefined,
  prices: {},
  lines: [EMPTY_LINE],
  currency: "KRW",
  draft: DEFAULTS,
};

/** Makes an inventory from a plan file, or from a list of stock. */
export function NewPage() {
  const [form, setForm] = useState(EMPTY);
  const [isChecked, setIsChecked] = useState(false);
  const { busy, errors, wrong, send, forget } = useCreation();
  const shown = useSignal<ReadonlySet<number>>(new Set());
  const found = isChecked ? faults(form) : NO_FAULTS;
  const change = (part: Partial<Form>) => {
    setForm((known) => ({ ...known, ...part }));
    forget();
  };
  const split = splitErrors(errors, form.source === "file" ? "/plan" : "");
  const defects = useMemo(() => defectsIn(form, split), [errors]);
  const element = useRef<HTMLFormElement>(null);
  // What the server says of a field stands far above the button.
  useEffect(() => {
    if (Object.keys(split.fields).length > 0) leadToWrong(element.current);
  }, [errors]);
  const submit = (event: Event) => {
    event.preventDefault();
    setIsChecked(true);
    if (faults(form).count > 0) leadToWrong(element.current);
    else send(bodyOf(form));
  };
  return (
    <form class="stack-wide" ref={element} onSubmit={submit} novalidate>
      <div class="page-head">
        <div>
          <a class="small" href="/operator">
            {t("operator.allInventories")}
          </a>
          <h1>{t("operator.new")}</h1>
        </div>
      </div>
      <SourceChoice source={form.source} onSource={(source) => change({ source })} />
      {form.source === "file" ? (
        <PlanSource
          onDocument={(plan, fileName) => {
            shown.value = new Set();
            change({
              preview: plan && previewOf(plan),
              event: { ...form.event, name: form.event.name || nameOf(plan, fileName) },
            });
          }}
        />
      ) : (
        <StockForm
          lines={form.lines}
          currency={form.currency}
          currencyError={found.currency ?? split.fields.currency}
          wrong={found.lines}
          onLines={(lines) => change({ lines })}
          onCurrency={(currency) => change({ currency })}
        />
      )}
      {found.source && (
        <p class="field-error" tabIndex={-1} data-wrong>
          {found.source}
        </p>
      )}
      {defects.length > 0 && (
        <DefectList
          title={t("operator.defects", { n: defects.length })}
          defects={defects}
          onShow={(unit) => {
            shown.value = new Set([unit]);
          }}
        />
      )}
      {form.source === "file" && form.preview && (
        <PlanPreview
          preview={form.preview}
          shown={shown}
          prices={{
            typed: form.prices,
            wrong: found.prices,
            onPrice: (category, typed) => change({ prices: { ...form.prices, [category]: typed } }),
          }}
        />
      )}
      <EventFields
        draft={form.event}
        told={found.name ? { ...split.fields, name: found.name } : split.fields}
        onDraft={(event) => change({ event })}
      />
      <SettingsFields
        draft={form.draft}
        wrong={found.settings}
        told={split.fields}
        onDraft={(draft) => change({ draft })}
      />
      <p class="field-error" role="alert">
        {found.count > 0 ? t("operator.fixFirst") : wrong}
      </p>
      <div class="actions">
        <a class="button button-secondary" href="/operator">
          {t("common.cancel")}
        </a>
        <Button type="submit" variant="primary" busy={busy}>
          {t("operator.create")}
        </Button>
      </div>
    </form>
  );
}

function SourceChoice({ source, onSource }: { source: Source; onSource(source: Source): void }) {
  return (
    <fieldset class="choices">
      <legend class="hidden-text">{t("operator.source")}</legend>
      {(["file", "stock"] as const).map((value) => (
        <label key={value} class="choice card">
          <input type="radio" name="source" checked={source === value} onChange={() => onSource(value)} />
          <span>
            <strong>{t(`operator.source_${value}`)}</strong>
            <span class="muted small">{t(`operator.source_${value}_hint`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface Faults {
  source: string | undefined;
  currency: string | undefined;
  name: string | undefined;
  lines: readonly WrongLine[];
  /** Categories. */
  prices: readonly string[];
  settings: readonly Wrong[];
  count: number;
}

const NO_FAULTS: Faults = {
  source: undefined,
  currency: undefined,
  name: undefined,
  lines: [],
  prices: [],
  settings: [],
  count: 0,
};

/** What can be seen to be wrong before the server is asked. */
function faults({ source, preview, prices, lines, currency, event, draft }: Form): Faults {
  const isStock = source === "stock";
  const digits = currencyDigits(currency);
  const found = {
    source: !isStock && !preview ? t("operator.noPlan") : undefined,
    currency: isStock && digits === undefined ? t("operator.wrongCurrency") : undefined,
    name: event.name.trim() === "" ? t("operator.noName") : undefined,
    lines: isStock ? wrongLines(lines, digits ?? 2) : [],
    prices: !isStock && preview ? wrongPrices(preview.document, prices) : [],
    settings: wrongIn(draft),
  };
  const words = [found.source, found.currency, found.name].filter((word) => word !== undefined);
  return { ...found, count: words.length + found.lines.length + found.prices.length + found.settings.length };
}

function bodyOf({ source, preview, prices, lines, currency, event, draft }: Form): CreateRequest {
  const { name, venue, starts_at, time_zone, listing, sale_ends_before_minutes } = event;
  const common = {
    name: name.normalize("NFC").trim(),
    listing,
    ...(venue.trim() ? { venue: venue.normalize("NFC").trim() } : {}),
    ...(starts_at ? { starts_at: whenOf(event) } : {}),
    ...(starts_at && time_zone ? { time_zone } : {}),
    settings: {
      ...patchOf(draft, DEFAULTS),
      sale_ends_before_start_seconds: secondsOf(sale_ends_before_minutes),
    },
  };
  if (source === "file") return { ...common, plan: priced({ ...preview?.document }, prices) };
  return { ...common, ...stockRequest(lines, currency, currencyDigits(currency) ?? 2) };
}

/** Of the plan that was sent; what no field can show stands with them. */
function defectsIn(form: Form, { plan, others }: SplitErrors): readonly Defect[] {
  const isFile = form.source === "file";
  const document: Loose = isFile ? (form.preview?.document ?? {}) : { ...bodyOf(form) };
  return defectsOf([...plan, ...others], document, form.preview?.pointers ?? [], isFile ? "/plan" : "");
}

function nameOf(plan: { readonly [field: string]: unknown } | undefined, fileName: string): string {
  if (!plan) return "";
  return typeof plan.name === "string" && plan.name ? plan.name : titleOf(fileName);
}

/** Sends the request; the same one is sent again with the same key, so that it is created once. */
function useCreation() {
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const [wrong, setWrong] = useState("");
  const key = useRef(newKey());
  const forget = () => {
    key.current = newKey();
    setErrors([]);
    setWrong("");
  };
  const send = async (request: CreateRequest) => {
    if (busy) return;
    setBusy(true);
    setErrors([]);
    setWrong("");
    try {
      const made = await operatorApi.createInventory(request, { key: key.current });
      toast(t("operator.created_toast", { name: made.name }), "good");
      go(`/operator/${made.id}`);
    } catch (error) {
      if (!signOutIfRefused(error)) {
        setErrors((error instanceof ProblemError && error.problem.errors) || []);
        setWrong(problemWords(error));
      }
    } finally {
      setBusy(false);
    }
  };
  return { busy, errors, wrong, send, forget };
}
