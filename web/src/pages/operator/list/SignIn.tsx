import { useState } from "preact/hooks";
import { t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import { signIn } from "../key.ts";
import { TextField } from "../parts/Field.tsx";
import { readWords } from "../parts/words.ts";

/** Asks for the secret key. */
export function SignIn() {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (!typed.trim()) return setWrong(t("operator.keyMissing"));
    setBusy(true);
    try {
      const told = await signIn(typed);
      setWrong(
        told === "ok" ? "" : t(told === "refused" ? "operator.keyRefused" : "operator.keyNotOperator"),
      );
    } catch (error) {
      setWrong(readWords(error));
    }
    setBusy(false);
  };
  return (
    <div class="sign-in">
      <form class="card stack" onSubmit={submit}>
        <h1>{t("operator.signInTitle")}</h1>
        <p class="muted">{t("operator.signInWhy")}</p>
        <TextField
          label={t("operator.key")}
          type="password"
          autocomplete="off"
          spellcheck={false}
          placeholder="sk_…"
          value={typed}
          onText={setTyped}
          error={wrong}
          hint={t("operator.keyKept")}
        />
        <span class="hidden-text" role="alert">
          {wrong}
        </span>
        <Button type="submit" variant="primary" wide busy={busy}>
          {t("operator.signIn")}
        </Button>
        <p class="muted small">
          {t("operator.keyHow")} <code>fairhold keys create --role operator</code>
        </p>
      </form>
    </div>
  );
}
