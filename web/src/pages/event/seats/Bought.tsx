import { useEffect, useRef } from "preact/hooks";
import type { SaleAnswer } from "../../../client/types.gen.ts";
import { money, number, t } from "../../../i18n/index.ts";
import { Button, Icon } from "../../../ui/index.ts";
import type { Desk } from "./desk.ts";
import { Lines } from "./Lines.tsx";
import { linesOf } from "./lines.ts";

/** The tickets are theirs: what, where, for how much, and the number to name. */
export default function Bought({ desk, sale }: { desk: Desk; sale: SaleAnswer }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const plan = desk.open.plan.value;
  useEffect(() => heading.current?.focus(), []);
  if (!plan) return null;
  const pieces = sale.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <section class="bought card" aria-labelledby="bought-title">
      <span class="bought-sign">
        <Icon name="check" />
      </span>
      <h1 ref={heading} id="bought-title" tabIndex={-1}>
        {t("tickets.booked")}
      </h1>
      <p>{t("tickets.bookedDetail", { count: pieces, text: number(pieces) })}</p>
      <p class="bought-event">
        <bdi>{desk.open.facts.value?.name}</bdi>
      </p>
      <Lines lines={linesOf(plan, sale.lines)} />
      <p class="total">
        <span>{t("seats.total")}</span>
        <strong class="numbers">{sale.total ? money(sale.total) : t("seats.unknownTotal")}</strong>
      </p>
      <p class="muted small">
        {t("tickets.booking")} <code>{sale.id}</code>
      </p>
      <div class="bought-actions">
        <a class="button button-primary" href="/tickets">
          {t("tickets.seeMine")}
        </a>
        <Button
          onClick={() => {
            desk.bought.value = undefined;
          }}
        >
          {t("tickets.backToMap")}
        </Button>
      </div>
    </section>
  );
}
