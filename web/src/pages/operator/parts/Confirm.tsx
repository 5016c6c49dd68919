import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../../i18n/index.ts";
import { Button, Dialog } from "../../../ui/index.ts";
import { signOutIfRefused } from "../key.ts";
import { problemWords } from "./words.ts";

interface ConfirmProps {
  open: boolean;
  title: string;
  /** What the button does, as a verb. */
  action: string;
  danger?: boolean;
  disabled?: boolean;
  /** Exactly what will happen. */
  children: ComponentChildren;
  onConfirm(): Promise<void>;
  onClose(): void;
}

/** Asks once before something is done, tells what goes wrong, and stays open then. */
export function Confirm(props: ConfirmProps) {
  const { open, title, action, danger = false, disabled = false, children, onConfirm, onClose } = props;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const close = () => {
    setWrong("");
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    setWrong("");
    try {
      await onConfirm();
      close();
    } catch (error) {
      if (!signOutIfRefused(error)) setWrong(problemWords(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} title={title} onClose={close}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && !disabled) confirm();
        }}
      >
        {children}
        {wrong && (
          <p class="field-error" role="alert">
            {wrong}
          </p>
        )}
        <div class="actions">
          <Button onClick={close}>{t("common.cancel")}</Button>
          <Button type="submit" variant={danger ? "danger" : "primary"} busy={busy} disabled={disabled}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
