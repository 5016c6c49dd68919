import { useState } from "preact/hooks";
import { number, t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import { byCode, type Defect, type Step } from "../document/defects.ts";
import { LedHeading } from "./LedHeading.tsx";
import { defectWords } from "./words.ts";

const PAGE = 50;
const NAME_MAX = 40;

interface DefectListProps {
  title: string;
  defects: readonly Defect[];
  /** Shows a unit on the map. */
  onShow(unit: number): void;
}

/** Everything that is wrong with a plan, each with its place. */
export function DefectList({ title, defects, onShow }: DefectListProps) {
  const [code, setCode] = useState("");
  const [most, setMost] = useState(PAGE);
  const chosen = code ? defects.filter((defect) => defect.code === code) : defects;
  const kinds = byCode(defects);
  return (
    <section class="callout callout-bad stack" aria-labelledby="defects-title">
      <LedHeading id="defects-title" of={defects}>
        {title}
      </LedHeading>
      {kinds.length > 1 && (
        <fieldset class="chips">
          <legend class="hidden-text">{t("operator.defectKinds")}</legend>
          <Chip
            pressed={code === ""}
            onClick={() => setCode("")}
            label={t("operator.all")}
            count={defects.length}
          />
          {kinds.map(([kind, count]) => (
            <Chip
              key={kind}
              pressed={code === kind}
              onClick={() => setCode(kind)}
              label={defectWords(kind)}
              count={count}
            />
          ))}
        </fieldset>
      )}
      <ol class="defects">
        {chosen.slice(0, most).map((defect, place) => (
          <DefectLine key={`${place} ${defect.pointer} ${defect.code}`} defect={defect} onShow={onShow} />
        ))}
      </ol>
      {chosen.length > most && (
        <Button repeats onClick={() => setMost(most + PAGE)}>
          {t("common.more")} ({number(chosen.length - most)})
        </Button>
      )}
    </section>
  );
}

interface ChipProps {
  pressed: boolean;
  label: string;
  count: number;
  onClick(): void;
}

function Chip({ pressed, label, count, onClick }: ChipProps) {
  return (
    <button type="button" class="chip" aria-pressed={pressed} onClick={onClick}>
      {label} <span class="numbers">{number(count)}</span>
    </button>
  );
}

function DefectLine({ defect, onShow }: { defect: Defect; onShow(unit: number): void }) {
  const { code, detail, steps, field, unit, pointer, excerpt } = defect;
  return (
    <li class="defect">
      <p>
        <strong>{defectWords(code)}</strong> <span class="muted">{detail}</span>
      </p>
      <p class="small">
        {placeWords(defect)}
        {field && (
          <>
            {" · "}
            <code>{field}</code>
          </>
        )}
      </p>
      <details>
        <summary class="small">{t("operator.inFile")}</summary>
        <p class="small">
          <code>{pointer || "/"}</code>
        </p>
        {excerpt && (
          <pre class="code">
            <code>{excerpt}</code>
          </pre>
        )}
      </details>
      {unit !== undefined && steps.at(-1)?.kind !== "item" && (
        <Button variant="quiet" onClick={() => onShow(unit)}>
          {t("operator.showOnMap")}
        </Button>
      )}
    </li>
  );
}

const CELL = /^line (\d+), column (\d+)$/;

/** Where a defect is: on the way to it, or in a grid the place of the cell. */
export function placeWords({ steps, pointer }: Defect): string {
  if (steps.length > 0) return steps.map(stepWords).join(" › ");
  const [, line, column] = CELL.exec(pointer) ?? [];
  if (line === undefined || column === undefined) return t("operator.wholePlan");
  return t("operator.cell", { line: number(Number(line)), column: number(Number(column)) });
}

function stepWords({ kind, name, position }: Step): string {
  return t("operator.step", { kind: t(`operator.kind_${kind}`), name: shortened(name) || `#${position}` });
}

function shortened(name: string): string {
  return name.length > NAME_MAX ? `${name.slice(0, NAME_MAX)}…` : name;
}
