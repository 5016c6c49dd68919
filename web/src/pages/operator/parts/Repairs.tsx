import { useState } from "preact/hooks";
import { number, t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import type { Defect } from "../document/defects.ts";
import { placeWords } from "./DefectList.tsx";
import { defectWords } from "./words.ts";

const PAGE = 50;

/** What was repaired in a file: what was wrong, what it is now, and where. */
export function Repairs({ repaired }: { repaired: readonly Defect[] }) {
  const [most, setMost] = useState(PAGE);
  return (
    <section class="callout callout-warn stack" aria-labelledby="repairs-title">
      <h2 id="repairs-title">{t("operator.repaired", { n: repaired.length })}</h2>
      <ol class="defects">
        {repaired.slice(0, most).map((repair, place) => (
          <li key={`${place} ${repair.pointer}`} class="defect">
            <p>
              <strong>{defectWords(repair.code)}</strong> <span class="muted">{repair.detail}</span>
            </p>
            <p class="small">{placeWords(repair)}</p>
          </li>
        ))}
      </ol>
      {repaired.length > most && (
        <Button repeats onClick={() => setMost(most + PAGE)}>
          {t("common.more")} ({number(repaired.length - most)})
        </Button>
      )}
    </section>
  );
}
