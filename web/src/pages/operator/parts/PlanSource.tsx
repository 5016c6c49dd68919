import { useState } from "preact/hooks";
import { number, t } from "../../../i18n/index.ts";
import type { Loose } from "../document/loose.ts";
import type { FileRead, OtherFormat } from "../document/read.ts";
import { FileChooser } from "./FileChooser.tsx";

const NAMES: Record<OtherFormat, string> = { pretix: "pretix", seatsio: "seats.io", csv: "CSV" };

type Refused = Exclude<FileRead, { kind: "plan" }> | { kind: "too_large" } | { kind: "unreadable" };

interface PlanSourceProps {
  onDocument(document: Loose | undefined, name: string): void;
}

/** Chooses a file and says what it is when it is no plan that this page can send. */
export function PlanSource({ onDocument }: PlanSourceProps) {
  const [refused, setRefused] = useState<Refused>();
  return (
    <div class="stack">
      <FileChooser
        onRead={(read, name) => {
          setRefused(read.kind === "plan" ? undefined : read);
          onDocument(read.kind === "plan" ? read.document : undefined, name);
        }}
      />
      {refused && <RefusedFile refused={refused} />}
      <p class="muted small">{t("operator.formats")}</p>
    </div>
  );
}

function RefusedFile({ refused }: { refused: Refused }) {
  return (
    <div class="callout callout-bad" role="alert">
      <p>
        <strong>{words(refused)}</strong>
      </p>
      {refused.kind === "other" && (
        <>
          <p>{t("operator.otherFormatHow")}</p>
          <pre class="code">
            <code>{`fairhold import FILE --format ${refused.format} --currency KRW --price 'R=150000'`}</code>
          </pre>
        </>
      )}
    </div>
  );
}

function words(refused: Refused): string {
  switch (refused.kind) {
    case "other":
      return t("operator.otherFormat", { format: NAMES[refused.format] });
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
