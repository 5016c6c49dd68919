import { useRef, useState } from "preact/hooks";
import { number, t } from "../../../i18n/index.ts";
import type { ForeignFile } from "../document/foreign.ts";
import type { Loose } from "../document/loose.ts";
import { type ChosenFile, FileChooser } from "./FileChooser.tsx";
import { ForeignPlan } from "./ForeignPlan.tsx";

type Refused = Exclude<ChosenFile["read"], { kind: "plan" | "other" }>;

interface PlanSourceProps {
  /** What the plan of another program is taken to be priced in, to begin with. */
  currency?: string | undefined;
  onDocument(document: Loose | undefined, name: string): void;
}

/** Chooses a file. Our own plans are read here, those of others by the server. */
export function PlanSource({ currency = "", onDocument }: PlanSourceProps) {
  const [refused, setRefused] = useState<Refused>();
  const [foreign, setForeign] = useState<ForeignFile>();
  const turn = useRef(0);
  const take = (chosen: ChosenFile) => {
    const { read, name } = chosen;
    turn.current++;
    setRefused(read.kind === "plan" || read.kind === "other" ? undefined : read);
    setForeign(foreignOf(chosen));
    onDocument(read.kind === "plan" ? read.document : undefined, name);
  };
  return (
    <div class="stack">
      <FileChooser onChosen={take} />
      {refused && (
        <div class="callout callout-bad" role="alert">
          <p>
            <strong>{words(refused)}</strong>
          </p>
        </div>
      )}
      {foreign && (
        <ForeignPlan
          key={turn.current}
          file={foreign}
          currency={currency}
          onDocument={(document) => onDocument(document, foreign.name)}
        />
      )}
      <p class="muted small">{t("operator.formats")}</p>
    </div>
  );
}

function foreignOf({ read, name, bytes }: ChosenFile): ForeignFile | undefined {
  if (read.kind !== "other") return undefined;
  return { format: read.format, source: read.source, name, bytes };
}

function words(refused: Refused): string {
  switch (refused.kind) {
    case "not_json":
      return t("operator.notJson", { line: number(refused.line), column: number(refused.column) });
    case "too_large":
      return t("operator.tooLarge");
    case "unreadable":
      return t("operator.unreadable");
    case "unknown":
      return t("operator.unknownFormat");
  }
}
