import { useState } from "preact/hooks";
import { available, type Offer } from "../../../client/offers.ts";
import type { SettingsAnswer } from "../../../client/types.gen.ts";
import { number, t } from "../../../i18n/index.ts";
import { price } from "../../../i18n/price.ts";
import type { Basket } from "../../../store/basket.ts";
import { useBoard } from "../../../store/board.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { useSaleState } from "../../../store/sale-state.ts";
import { announce, Bar, Button, Stepper, useNow } from "../../../ui/index.ts";
import { linesText } from "../hold/lines.ts";
import { shutLabel } from "../SaleBanner.tsx";
import { type BuyState, buyState } from "./state.ts";

interface ItemSaleProps {
  open: OpenInventory;
  basket: Basket;
  offer: Offer;
  /** Pieces of this sale that are mine already. */
  have: number;
  onHeld(hold: string): void;
}

export function ItemSale({ open, basket, offer, have, onHeld }: ItemSaleProps) {
  const board = useBoard(open.board);
  const [wanted, setWanted] = useState(1);
  const settings = open.facts.value?.settings;
  const sale = useSaleState(open);
  const now = useNow(open.clock, sale.kind === "upcoming" ? 250 : 60_000);
  if (!settings) return null;
  const left = available(offer, board);
  const quantity = Math.max(wanted, settings.pieces_per_hold_min);
  const state = buyState({
    connection: open.connection.value,
    left,
    have,
    isBusy: basket.busy.value,
    settings,
    sale: sale.kind === "upcoming" && basket.code.value ? { kind: "open", closesAt: undefined } : sale,
  });
  const most = state.kind === "buy" || state.kind === "try" ? state.most : quantity;
  const taken = Math.min(quantity, most);
  const reserve = async () => {
    basket.clear();
    basket.set(offer.id, taken);
    const hold = await basket.hold();
    basket.clear();
    if (!hold) return;
    announce(t("stock.reservedSaid", { what: linesText(open.plan.value, hold.lines) }));
    onHeld(hold.id);
  };
  return (
    <section class="card item" aria-label={offer.label}>
      <div class="item-head">
        <h2>{offer.label}</h2>
        <p class="item-price numbers">{price(offer.price)}</p>
      </div>
      <Remaining offer={offer} open={open} left={left} />
      <Limit settings={settings} have={have} />
      <div class="item-buy">
        <Stepper
          label={t("common.quantity")}
          value={taken}
          min={settings.pieces_per_hold_min}
          max={most}
          disabled={state.kind !== "buy" && state.kind !== "try"}
          onChange={setWanted}
        />
        <BuyButton state={state} quantity={taken} now={now} onBuy={reserve} />
      </div>
      <Detail state={state} />
    </section>
  );
}

function Remaining({ offer, open, left }: { offer: Offer; open: OpenInventory; left: number }) {
  const unit = offer.units[0]?.[0];
  const capacity = unit === undefined ? 0 : (open.plan.value?.unit(unit).capacity ?? 0);
  const isOld = open.connection.value !== "live";
  return (
    <div class={isOld ? "remaining remaining-old" : "remaining"}>
      <p class="remaining-count">
        <strong class="numbers">{number(left)}</strong> <span>{t("stock.left", { n: left })}</span>
      </p>
      {/* A restocked item has more than its first stock. */}
      {capacity > 0 && <Bar share={left / Math.max(capacity, left)} />}
    </div>
  );
}

/** Said before it bites. */
function Limit({ settings, have }: { settings: SettingsAnswer; have: number }) {
  const { pieces_per_buyer: n, pieces_per_hold_min: least } = settings;
  return (
    <p class="item-limit">
      {n !== null && <span>{have > 0 ? t("stock.limitHave", { n, have }) : t("sale.limit", { n })}</span>}
      {least > 1 && <span>{t("stock.least", { n: least })}</span>}
    </p>
  );
}

interface BuyButtonProps {
  state: BuyState;
  quantity: number;
  now: number;
  onBuy(): void;
}

function BuyButton({ state, quantity, now, onBuy }: BuyButtonProps) {
  const isOpen = state.kind === "buy" || state.kind === "try";
  return (
    <Button
      variant="primary"
      size="large"
      wide
      busy={state.kind === "pending"}
      aria-disabled={!isOpen}
      onClick={isOpen ? onBuy : undefined}
    >
      {label(state, quantity, now)}
    </Button>
  );
}

function label(state: BuyState, n: number, now: number): string {
  switch (state.kind) {
    case "buy":
      return t("stock.get", { n });
    case "try":
      return t("stock.try", { n });
    case "pending":
      return t("stock.pending");
    case "soldOut":
      return t("stock.soldOut");
    case "limit":
      return t("stock.limitReached");
    case "tooFew":
      return t("stock.tooFew");
    case "shut":
      return shutLabel(state.sale, now);
    case "closed":
      return t("common.closed");
  }
}

function Detail({ state }: { state: BuyState }) {
  const text = detail(state);
  return <p class="item-detail muted small">{text}</p>;
}

function detail(state: BuyState): string {
  switch (state.kind) {
    case "try":
      return t("stock.staleDetail");
    case "soldOut":
      return t("stock.soldOutDetail");
    case "limit":
      return t("stock.limitDetail");
    case "tooFew":
      return t("stock.tooFewDetail", { n: state.least });
    case "closed":
      return t("stock.closedDetail");
    default:
      return "";
  }
}
