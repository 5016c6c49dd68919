import { useEffect, useRef } from "preact/hooks";
import type { SaleAnswer } from "../../../client/types.gen.ts";
import { money, t } from "../../../i18n/index.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { Button, Icon } from "../../../ui/index.ts";
import { lineText } from "./lines.ts";
import "./hold.css";

interface BoughtProps {
  open: OpenInventory;
  sale: SaleAnswer;
  title?: string;
  onAgain(): void;
}

/** After a purchase: what it was, and where to find it again. */
export function Bought({ open, sale, title, onAgain }: BoughtProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="card bought">
      <span class="bought-mark">
        <Icon name="check" />
      </span>
      <h2 tabIndex={-1} ref={heading}>
        {title ?? t("stock.bought")}
      </h2>
      <ul class="hold-lines">
        {sale.lines.map((line) => (
          <li key={line.offer}>
            <span>{lineText(open.plan.value, line)}</span>
          </li>
        ))}
        {sale.total && (
          <li class="hold-total">
            <span>{t("sale.total")}</span>
            <span class="numbers">{money(sale.total)}</span>
          </li>
        )}
      </ul>
      <p class="muted small">
        {t("stock.number")}: <code>{sale.id}</code>
      </p>
      <p class="muted">{t("stock.boughtDetail")}</p>
      <div class="hold-more">
        <a class="button button-primary" href="/tickets">
          {t("stock.showTickets")}
        </a>
        <Button onClick={onAgain}>{t("stock.again")}</Button>
      </div>
    </section>
  );
}
