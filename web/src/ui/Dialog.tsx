import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { IconButton } from "./Button.tsx";
import { pressGuard } from "./guard.ts";

interface DialogProps {
  open: boolean;
  title: string;
  /** Its buttons never come to stand where somebody pressed to open it. */
  aside?: boolean;
  onClose(): void;
  children: ComponentChildren;
}

/** The browser's own modal dialog: it keeps the focus, and Escape closes it. */
export function Dialog({ open, title, aside = false, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useId();
  const [side, setSide] = useState("");
  useEffect(() => {
    const element = dialog.current;
    if (open && aside) setSide(sideAway());
    if (open && element && !element.open) element.showModal();
    if (!open && element?.open) element.close();
  }, [open, aside]);
  return (
    <dialog ref={dialog} class={side ? `dialog ${side}` : "dialog"} aria-labelledby={name} onClose={onClose}>
      {open && (
        <>
          <div class="dialog-head">
            <h2 id={name}>{title}</h2>
            <IconButton icon="close" label={t("common.close")} onClick={onClose} />
          </div>
          {children}
        </>
      )}
    </dialog>
  );
}

/** The half of the window that was not pressed. */
function sideAway(): string {
  const pressed = pressGuard.last;
  if (!pressed) return "";
  return pressed.y > innerHeight / 2 ? "dialog-high" : "dialog-low";
}
