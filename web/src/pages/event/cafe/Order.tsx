import { money, number, t } from "../../../i18n/index.ts";
import type { Basket } from "../../../store/basket.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { Button } from "../../../ui/index.ts";
import { offerLabel } from "../hold/lines.ts";

interface OrderProps {
  open: OpenInventory;
  basket: Basket;
  onOrder(): void;
}

/** What is chosen from the menu, and the button that orders it. */
export function Order({ open, basket, onOrder }: OrderProps) {
  const { pieces, price } = basket.totals.value;
  const isClosed = open.connection.value === "closed";
  return (
    <section class="card order" aria-label={t("cafe.order")}>
      <h2>{t("cafe.order")}</h2>
      {pieces === 0 ? (
        <p class="muted">{t("cafe.orderEmpty")}</p>
      ) : (
        <>
          <ul class="hold-lines">
            {[...basket.chosen.value].map(([offer, quantity]) => (
              <li key={offer}>
                <span>{offerLabel(open.plan.value, offer)}</span>
                <span class="numbers">× {number(quantity)}</span>
              </li>
            ))}
          </ul>
          {open.connection.value === "stale" && <p class="muted small">{t("sale.staleDetail")}</p>}
          {isClosed && <p class="muted small">{t("sale.closedDetail")}</p>}
          <Button
            variant="primary"
            size="large"
            wide
            busy={basket.busy.value}
            disabled={isClosed}
            onClick={onOrder}
          >
            {orderLabel(basket.busy.value, price && money(price))}
          </Button>
        </>
      )}
    </section>
  );
}

function orderLabel(isBusy: boolean, price: string | undefined): string {
  if (isBusy) return t("cafe.ordering");
  return price === undefined ? t("cafe.orderNow") : t("cafe.orderFor", { price });
}
