import { useMemo, useRef } from "preact/hooks";
import type { PlanReadAnswer } from "../../../client/types.gen.ts";
import { t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import { defectsOf } from "../document/defects.ts";
import {
  asksForCurrency,
  cannotRead,
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
import { readWords } from "./words.ts";

const NAMES: Record<OtherFormat, string> = { pretix: "pretix", seatsio: "seats.io", csv: "CSV" };

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
  return (
    <div class="stack" aria-busy={busy}>
      <div role="status">
        <p>
          <strong>{t("operator.readAs", { format: NAMES[file.format] })}</strong>
        </p>
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
      {answer && <Findings answer={answer} source={file.source} />}
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
      {(wishes.repair || (answer?.defects.length ?? 0) > 0) && (
        <label class="check-line">
          <input
            type="checkbox"
            checked={wishes.repair}
            onChange={(event) => wish({ repair: event.currentTarget.checked })}
          />
          {t("operator.repair")}
        </label>
      )}
    </>
  );
}

/** What refuses the file, and what was done about the rest. */
function Findings({ answer, source }: { answer: PlanReadAnswer; source: Loose }) {
  const [defects, repaired] = useMemo(() => {
    const left = answer.plan ? [] : unrepaired(answer);
    return [defectsOf(left, source, [], ""), defectsOf(answer.repaired, source, [], "")];
  }, [answer, source]);
  return (
    <>
      {defects.length > 0 && (
        <DefectList
          title={t("operator.defects", { n: defects.length })}
          defects={defects}
          onShow={() => {}}
        />
      )}
      {repaired.length > 0 && <Repairs repaired={repaired} />}
    </>
  );
}

function OnlyByCommand({ format }: { format: OtherFormat }) {
  return (
    <div class="callout callout-bad" role="alert">
      <p>
        <strong>{t("operator.otherFormat", { format: NAMES[format] })}</strong>
      </p>
      <p>{t("operator.otherFormatHow")}</p>
      <pre class="code">
        <code>{`fairhold import FILE --format ${format} --currency KRW --price 'R=150000'`}</code>
      </pre>
    </div>
  );
}

function countWords({ seats, areas, units }: PlanReadAnswer): string {
  const counts = [
    t("operator.count_seats", { n: seats }),
    t("operator.count_areas", { n: areas }),
    t("operator.units", { n: units }),
  ];
  return counts.join(" · ");
}
