import { signal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { announce } from "./announce.tsx";
import { IconButton } from "./Button.tsx";

export type ToastKind = "info" | "good" | "bad";

interface Toast {
  id: number;
  text: string;
  kind: ToastKind;
}

const SHOWN_MAX = 3;
const SHOWN_MS = 7_000;

const toasts = signal<readonly Toast[]>([]);
let made = 0;

/** A word in passing, also said aloud. What has to be acted on belongs on the page. */
export function toast(text: string, kind: ToastKind = "info") {
  const id = ++made;
  toasts.value = [...toasts.value, { id, text, kind }].slice(-SHOWN_MAX);
  announce(text);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number) {
  toasts.value = toasts.value.filter((shown) => shown.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts">
      {toasts.value.map(({ id, text, kind }) => (
        <div key={id} class={`toast toast-${kind}`}>
          <span>{text}</span>
          <IconButton icon="close" label={t("common.dismiss")} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
