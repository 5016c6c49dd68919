import { useEffect, useState } from "preact/hooks";
import { money, number, t } from "../../../i18n/index.ts";
import type { Basket } from "../../../store/basket.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { announce, Button } from "../../../ui/index.ts";
import { offerLabel } from "../hold/lines.ts";
import { Problem } from "../hold/Problem.tsx";
import Review from "../hold/Review.tsx";
import { ShutButton, useShut } from "../ShutButton.tsx";
import type { Shortage } from "./shortage.ts";

interface OrderProps {
  open: OpenInventory;
  basket: Basket;
  /** What others left of it. */
  shortage: Shortage | undefined;
  onOrder(): Promise<void>;
}

/** What is chosen from the menu, the button that orders it, and what came in between. */
export function Order(props: OrderProps) {
  const { basket, shortage } = props;
  const gone = basket.gone.value;
  const isEmpty = basket.chosen.value.size === 0;
  const isQuiet = isEmpty && !basket.problem.value && gone.length === 0;
  // Told better than by a refusal.
  const isTold = shortage !== undefined && basket.problem.value?.code === "not_enough";
  return (
    <section class={isQuiet ? "card order order-quiet" : "card order"} aria-label={t("cafe.order")}>
      <h2>{t("cafe.order")}</h2>
      {isEmpty ? <p class="order-hint muted">{t("cafe.orderEmpty")}</p> : <Chosen {...props} />}
      <div class="order-slot">
        {shortage && <ShortOf basket={basket} shortage={shortage} />}
        {gone.length > 0 && <p class="problem">{t("cafe.offMenu", { what: gone })}</p>}
        {!isTold && <Problem basket={basket} />}
      </div>
    </section>
  );
}

function Chosen({ open, basket, shortage, onOrder }: OrderProps) {
  const [isReviewed, setReviewed] = useState(false);
  const shut = useShut(open, basket);
  const { price } = basket.totals.value;
  const connection = open.connection.value;
  const competes = new Set(shortage?.offers.map(({ id }) => id));
  const lines = [...basket.chosen.value].map(([offer, quantity]) => ({
    offer,
    quantity,
    name: offerLabel(open.plan.value, offer),
    price: open.plan.value?.offer(offer)?.price ?? null,
  }));
  // A board that may be old forbids nothing: then the server decides.
  const isBlocked = shortage !== undefined && connection === "live";
  const isFree = price?.amount === 0 || open.facts.value?.settings.checkout !== "open";
  const order = () => void onOrder().finally(() => setReviewed(false));
  return (
    <>
      <ul class="hold-lines">
        {lines.map(({ offer, quantity, name, price }) => (
          <li key={offer} class={competes.has(offer) ? "order-short" : undefined}>
            <span>
              <bdi>{name}</bdi> <span class="numbers">× {number(quantity)}</span>
            </span>
            {price && <span class="numbers">{money({ ...price, amount: price.amount * quantity })}</span>}
          </li>
        ))}
      </ul>
      {connection === "stale" && <p class="muted small">{t("stock.staleDetail")}</p>}
      {connection === "closed" && <p class="muted small">{t("stock.closedDetail")}</p>}
      {shut !== undefined ? (
        <ShutButton label={shut} />
      ) : (
        <Button
          variant="primary"
          size="large"
          wide
          busy={basket.busy.value}
          aria-disabled={isBlocked || connection === "closed"}
          onClick={
            isBlocked || connection === "closed" ? undefined : isFree ? order : () => setReviewed(true)
          }
        >
          {orderLabel(basket.busy.value, price && money(price))}
        </Button>
      )}
      <Review
        open={open}
        isShown={isReviewed && !isBlocked && shut === undefined}
        lines={lines}
        total={price ?? null}
        action={t("cafe.confirm")}
        busy={basket.busy.value}
        onConfirm={order}
        onClose={() => setReviewed(false)}
      />
    </>
  );
}

function orderLabel(isBusy: boolean, price: string | undefined): string {
  if (isBusy) return t("cafe.ordering");
  return price === undefined ? t("cafe.orderNow") : t("cafe.orderFor", { price });
}

/** What cannot be made together, and what goes when the guest agrees. Nothing goes by itself. */
function ShortOf({ basket, shortage }: { basket: Basket; shortage: Shortage }) {
  const { offers, fits, tooMuch } = shortage;
  const what = offers.map(({ label }) => label);
  const text = fits === 0 ? t("cafe.noneLeft", { what }) : t("cafe.onlyLeft", { n: fits, what });
  useEffect(() => announce(text), [text]);
  const agree = () => {
    for (const [{ id }, pieces] of tooMuch) basket.set(id, (basket.chosen.value.get(id) ?? 0) - pieces);
  };
  const pieces = tooMuch.map(([{ label }, n]) => `${number(n)} × ${label}`);
  return (
    <div class="order-shortage">
      <p>{text}</p>
      <Button onClick={agree}>{t("cafe.takeOut", { what: pieces })}</Button>
    </div>
  );
}
