import { useMemo, useRef } from "preact/hooks";
import type { PlanReadAnswer, TallyAnswer } from "../../../client/types.gen.ts";
import { number, t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import { defectsOf } from "../document/defects.ts";
import {
  asksForCurrency,
  cannotRead,
  countsOf,
  type ForeignFile,
  isCurrencyRefused,
  unrepaired,
} from "../document/foreign.ts";
import type { Loose } from "../document/loose.ts";
import type { OtherFormat } from "../document/read.ts";
import { DefectList } from "./DefectList.tsx";
import { TextField } from "./Field.tsx";
import { Repairs } from "./Repairs.tsx";
import { type ForeignReading, useForeign } from "./use-foreign.ts";
import { defectWords, readWords } from "./words.ts";

const NAMES: Readonly<Record<string, string>> = {
  fairhold: "fairhold",
  pretix: "pretix",
  seatsio: "seats.io",
  csv: "CSV",
};

interface ForeignPlanProps {
  file: ForeignFile;
  /** To begin with. */
  currency: string;
  onDocument(document: Loose | undefined): void;
}

/** A file of another program: what the server makes of it, and what may be wished about that. */
export function ForeignPlan({ file, currency, onDocument }: ForeignPlanProps) {
  const reading = useForeign(file, currency, onDocument);
  const { answer, problem, busy } = reading;
  if (cannotRead(problem)) return <OnlyByCommand format={file.format} />;
  const isFieldWrong = isCurrencyRefused(problem);
  const format = NAMES[answer?.format ?? file.format];
  return (
    <div class="stack" aria-busy={busy}>
      <div role="status">
        {format && (
          <p>
            <strong>{t("operator.readAs", { format })}</strong>
          </p>
        )}
        <p class="muted numbers">{busy ? t("operator.reading") : answer && countWords(answer)}</p>
      </div>
      <WishFields reading={reading} isRefused={isFieldWrong} />
      {problem !== undefined && !isFieldWrong && (
        <div class="callout callout-bad stack" role="alert">
          <p>{readWords(problem)}</p>
          <div class="actions">
            <Button onClick={reading.again}>{t("common.retry")}</Button>
          </div>
        </div>
      )}
      {answer && (
        <Findings answer={answer} source={file.source} onRepair={() => reading.wish({ repair: true })} />
      )}
    </div>
  );
}

interface WishFieldsProps {
  reading: ForeignReading;
  /** The server knows no such currency. */
  isRefused: boolean;
}

function WishFields({ reading: { wishes, answer, isCurrencyWrong, wish }, isRefused }: WishFieldsProps) {
  // A field that somebody types into does not go away.
  const isAsked = useRef(false);
  isAsked.current ||= wishes.currency !== "" || (answer !== undefined && asksForCurrency(answer));
  return (
    <>
      {isAsked.current && (
        <div class="narrow">
          <TextField
            label={t("operator.currency")}
            hint={t("operator.currencyHint")}
            value={wishes.currency}
            maxLength={3}
            autocapitalize="characters"
            onText={(typed) => wish({ currency: typed.toUpperCase() })}
            error={isCurrencyWrong || isRefused ? t("operator.wrongCurrency") : undefined}
          />
        </div>
      )}
    </>
  );
}

interface FindingsProps {
  answer: PlanReadAnswer;
  source: Loose;
  onRepair(): void;
}

/** What refuses the file, what was done about the rest, and what was left out: each in a line, the list behind it. */
function Findings({ answer, source, onRepair }: FindingsProps) {
  const [defects, repaired] = useMemo(() => {
    const left = answer.plan ? [] : unrepaired(answer);
    return [defectsOf(left, source, [], ""), defectsOf(answer.repaired, source, [], "")];
  }, [answer, source]);
  const counts = countsOf(answer);
  const left = answer.plan ? [] : counts.filter(({ count, repaired }) => count > repaired);
  const done = counts.filter(({ repaired }) => repaired > 0);
  const sum = (of: readonly number[]) => of.reduce((all, one) => all + one, 0);
  const wasAsked = answer.repaired.length > 0;
  return (
    <>
      {defects.length > 0 && (
        <section class="callout callout-bad stack" aria-label={t("operator.whatIsWrong")}>
          <p>{left.map(({ code, count, repaired }) => kindWords(code, count - repaired)).join(" · ")}</p>
          {!wasAsked && (
            <div class="actions">
              <Button variant="primary" onClick={onRepair}>
                {t("operator.repair")}
              </Button>
            </div>
          )}
          <details>
            <summary>{t("operator.listThem")}</summary>
            <DefectList
              title={t("operator.defects", { n: sum(left.map(({ count, repaired }) => count - repaired)) })}
              defects={defects}
              onShow={() => {}}
            />
          </details>
        </section>
      )}
      {repaired.length > 0 && (
        <details>
          <summary>
            {t("operator.repaired", { n: sum(done.map(({ repaired }) => repaired)) })}
            {": "}
            {done.map(({ code, repaired }) => kindWords(code, repaired)).join(" · ")}
          </summary>
          <Repairs repaired={repaired} />
        </details>
      )}
      <Tallies title={t("operator.leftOut")} tallies={answer.left_out} />
      <Tallies title={t("operator.settled")} tallies={answer.settled} />
    </>
  );
}

function Tallies({ title, tallies = [] }: { title: string; tallies?: readonly TallyAnswer[] }) {
  if (tallies.length === 0) return null;
  return (
    <details>
      <summary>
        {title} <span class="muted numbers">{number(tallies.length)}</span>
      </summary>
      <ul class="small">
        {tallies.map(({ what, count }) => (
          <li key={what}>
            <span class="numbers">{number(count)}</span> × {what}
          </li>
        ))}
      </ul>
    </details>
  );
}

function kindWords(code: string, count: number): string {
  return `${defectWords(code)} ×${number(count)}`;
}

function OnlyByCommand({ format }: { format: OtherFormat }) {
  return (
    <div class="callout callout-bad" role="alert">
      <p>
        <strong>{t("operator.otherFormat", { format: NAMES[format] ?? format })}</strong>
      </p>
      <p>{t("operator.otherFormatHow")}</p>
      <pre class="code">
        <code>{`fairhold import FILE --format ${format} --currency KRW --price 'R=150000'`}</code>
      </pre>
    </div>
  );
}

function countWords(answer: PlanReadAnswer): string {
  const { seats, areas, units } = answer;
  const counts = [
    t("operator.count_seats", { n: seats }),
    t("operator.count_areas", { n: areas }),
    t("operator.units", { n: units }),
    ...(answer.not_for_sale ? [t("operator.notForSale", { n: answer.not_for_sale })] : []),
    ...(answer.read_alike ? [t("operator.readAlike", { n: answer.read_alike })] : []),
  ];
  return counts.join(" · ");
}
