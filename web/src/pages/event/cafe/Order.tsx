import { money, number, t } from "../../../i18n/index.ts";
import type { Basket } from "../../../store/basket.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { Button } from "../../../ui/index.ts";
import { Lost } from "../hold/Lost.tsx";
import { offerLabel } from "../hold/lines.ts";
import { Problem } from "../hold/Problem.tsx";

interface OrderProps {
  open: OpenInventory;
  basket: Basket;
  onOrder(): void;
}

/** What is chosen from the menu, the button that orders it, and what came in between. */
export function Order({ open, basket, onOrder }: OrderProps) {
  const isEmpty = basket.chosen.value.size === 0;
  const isQuiet = isEmpty && !basket.problem.value && basket.lost.value.size === 0;
  return (
    <section class={isQuiet ? "card order order-quiet" : "card order"} aria-label={t("cafe.order")}>
      <h2>{t("cafe.order")}</h2>
      <Lost open={open} basket={basket} />
      <Problem basket={basket} />
      {isEmpty ? (
        <p class="order-hint muted">{t("cafe.orderEmpty")}</p>
      ) : (
        <Chosen open={open} basket={basket} onOrder={onOrder} />
      )}
    </section>
  );
}

function Chosen({ open, basket, onOrder }: OrderProps) {
  const { price } = basket.totals.value;
  const connection = open.connection.value;
  return (
    <>
      <ul class="hold-lines">
        {[...basket.chosen.value].map(([offer, quantity]) => (
          <li key={offer}>
            <span>{offerLabel(open.plan.value, offer)}</span>
            <span class="numbers">× {number(quantity)}</span>
          </li>
        ))}
      </ul>
      {connection === "stale" && <p class="muted small">{t("sale.staleDetail")}</p>}
      {connection === "closed" && <p class="muted small">{t("sale.closedDetail")}</p>}
      <Button
        variant="primary"
        size="large"
        wide
        busy={basket.busy.value}
        disabled={connection === "closed"}
        onClick={onOrder}
      >
        {orderLabel(basket.busy.value, price && money(price))}
      </Button>
    </>
  );
}

function orderLabel(isBusy: boolean, price: string | undefined): string {
  if (isBusy) return t("cafe.ordering");
  return price === undefined ? t("cafe.orderNow") : t("cafe.orderFor", { price });
}
