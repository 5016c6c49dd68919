import { useState } from "preact/hooks";
import { t } from "../../i18n/index.ts";
import type { Basket } from "../../store/basket.ts";
import { announce, Button, laterPart } from "../../ui/index.ts";

const CodeForm = laterPart(() => import("./CodeForm.tsx"), "sale", "problems");

/** For those who were given a code: it opens what is kept for them. */
export function CodeField({ basket }: { basket: Basket }) {
  const [isOpen, setOpen] = useState(false);
  const used = basket.code.value;
  if (!used) {
    return (
      <details class="code" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t("sale.codeAsk")}</summary>
        {isOpen && <CodeForm basket={basket} />}
      </details>
    );
  }
  const forget = () => void basket.useCode("").then(() => announce(t("sale.codeGone")));
  return (
    <p class="code-used">
      <span>{t("sale.codeUsed", { code: used })}</span>
      <Button variant="quiet" onClick={forget}>
        {t("sale.codeForget")}
      </Button>
    </p>
  );
}
