import { signal } from "@preact/signals";
import { t } from "../i18n/index.ts";
import { announce } from "./announce.tsx";
import { Button, IconButton } from "./Button.tsx";

export type ToastKind = "info" | "good" | "bad";

/** What can be done about it, while the toast is there. */
export interface ToastAction {
  label: string;
  act(): void;
}

interface Toast {
  id: number;
  text: string;
  kind: ToastKind;
  action: ToastAction | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const SHOWN_MAX = 3;
const SHOWN_MS = 7_000;
/** Who has to find a button and to press it gets more time. */
const ACTED_MS = 12_000;

const toasts = signal<readonly Toast[]>([]);
let made = 0;

/** A word in passing, also said aloud. What has to be acted on belongs on the page; what can be undone may be undone here. */
export function toast(text: string, kind: ToastKind = "info", action?: ToastAction) {
  const shown: Toast = { id: ++made, text, kind, action, timer: undefined };
  toasts.value = [...toasts.value, shown].slice(-SHOWN_MAX);
  announce(action ? `${text} ${action.label}` : text);
  leaveLater(shown);
}

function leaveLater(shown: Toast) {
  clearTimeout(shown.timer);
  shown.timer = setTimeout(() => dismiss(shown.id), shown.action ? ACTED_MS : SHOWN_MS);
}

function dismiss(id: number) {
  toasts.value = toasts.value.filter((shown) => shown.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts">
      {toasts.value.map((shown) => (
        <Shown key={shown.id} shown={shown} />
      ))}
    </div>
  );
}

/** It does not go while somebody is at it. */
function Shown({ shown }: { shown: Toast }) {
  const { id, text, kind, action } = shown;
  const stay = () => clearTimeout(shown.timer);
  const leave = () => leaveLater(shown);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done by it, it only waits
    <div
      class={`toast toast-${kind}`}
      onMouseEnter={stay}
      onMouseLeave={leave}
      onFocusIn={stay}
      onFocusOut={leave}
    >
      <span>{text}</span>
      {action && (
        <Button
          variant="quiet"
          onClick={() => {
            dismiss(id);
            action.act();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton icon="close" label={t("common.dismiss")} onClick={() => dismiss(id)} />
    </div>
  );
}
