import { useState } from "preact/hooks";
import { ProblemError } from "../../client/problem.ts";
import { explain } from "../../i18n/explain.ts";
import { t } from "../../i18n/index.ts";
import type { Basket } from "../../store/basket.ts";
import { announce, Button } from "../../ui/index.ts";

/** Codes are short; the server refuses longer ones anyway. */
const CODE_MAX = 200;

/** Asks the server what a code opens. */
export default function CodeForm({ basket }: { basket: Basket }) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState("");
  const [isBusy, setBusy] = useState(false);
  const use = async (code: string) => {
    setBusy(true);
    setWrong("");
    try {
      await basket.useCode(code);
      announce(t("sale.codeWorks"));
      setTyped("");
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      setWrong(explain(error, basket.open.clock.now()));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <form
        class="code-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() && !isBusy) void use(typed.trim());
        }}
      >
        <label class="field">
          <span>{t("sale.code")}</span>
          <input
            class="input"
            value={typed}
            maxLength={CODE_MAX}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            aria-invalid={wrong !== ""}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <Button type="submit" busy={isBusy}>
          {t("sale.codeUse")}
        </Button>
      </form>
      <p class="code-wrong" role="alert">
        {wrong}
      </p>
    </>
  );
}
