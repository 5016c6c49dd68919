import { useId, useRef, useState } from "preact/hooks";
import { t } from "../../../i18n/index.ts";
import { Icon } from "../../../ui/index.ts";
import { FILE_BYTES_MAX, type FileRead, readPlanFile } from "../document/read.ts";

/** A file with what it is. */
export interface ChosenFile {
  read: FileRead | { kind: "too_large" } | { kind: "unreadable" };
  name: string;
  /** As it is on the disk; nothing of a file that was not read. */
  bytes: ArrayBuffer;
}

interface FileChooserProps {
  onChosen(chosen: ChosenFile): void;
}

/** A plan from this computer: chosen, or dropped here. */
export function FileChooser({ onChosen }: FileChooserProps) {
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const [name, setName] = useState("");
  const latest = useRef(0);
  const read = async (file: File | undefined) => {
    if (!file) return;
    const turn = ++latest.current;
    setName(file.name);
    const told = await readFile(file);
    if (turn === latest.current) onChosen(told);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a short cut of the field inside
    <div
      class={isOver ? "drop drop-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        read(event.dataTransfer?.files[0]);
      }}
    >
      <input
        id={id}
        class="drop-input"
        type="file"
        accept=".json,.csv,.tsv,.txt,.xlsx,application/json,text/csv"
        onChange={(event) => {
          const input = event.currentTarget;
          read(input.files?.[0]);
          // The same file may be chosen again after it was mended.
          input.value = "";
        }}
      />
      <label for={id} class="drop-label">
        <Icon name="plus" />
        <strong>{name || t("operator.chooseFile")}</strong>
        <span class="muted small">{name ? t("operator.chooseOther") : t("operator.dropFile")}</span>
      </label>
    </div>
  );
}

async function readFile(file: File): Promise<ChosenFile> {
  const { name } = file;
  const nothing = new ArrayBuffer(0);
  if (file.size > FILE_BYTES_MAX) return { read: { kind: "too_large" }, name, bytes: nothing };
  try {
    const bytes = await file.arrayBuffer();
    return { read: readPlanFile(new TextDecoder().decode(bytes), name), name, bytes };
  } catch {
    return { read: { kind: "unreadable" }, name, bytes: nothing };
  }
}
