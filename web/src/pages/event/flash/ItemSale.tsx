import { useEffect, useState } from "preact/hooks";
import { available, type Offer } from "../../../client/offers.ts";
import type { SettingsAnswer } from "../../../client/types.gen.ts";
import { dateTime, number, t } from "../../../i18n/index.ts";
import { price } from "../../../i18n/price.ts";
import type { Basket } from "../../../store/basket.ts";
import { useBoard } from "../../../store/board.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { announce, Bar, Button, Stepper } from "../../../ui/index.ts";
import { linesText } from "../hold/lines.ts";
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
  useSaleTimes(open, settings);
  if (!settings) return null;
  const left = available(offer, board);
  const quantity = Math.max(wanted, settings.pieces_per_hold_min);
  const state = buyState({
    connection: open.connection.value,
    left,
    have,
    isBusy: basket.busy.value,
    settings,
    now: open.clock.now(),
  });
  const most = state.kind === "buy" || state.kind === "try" ? state.most : quantity;
  const taken = Math.min(quantity, most);
  const reserve = async () => {
    basket.clear();
    basket.set(offer.id, taken);
    const hold = await basket.hold();
    basket.clear();
    if (!hold) return;
    announce(t("sale.reservedSaid", { what: linesText(open.plan.value, hold.lines) }));
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
        <BuyButton state={state} quantity={taken} onBuy={reserve} />
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
        <strong class="numbers">{number(left)}</strong> <span>{t("sale.left", { n: left })}</span>
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
      {n !== null && <span>{have > 0 ? t("sale.limitHave", { n, have }) : t("sale.limit", { n })}</span>}
      {least > 1 && <span>{t("sale.least", { n: least })}</span>}
    </p>
  );
}

function BuyButton({ state, quantity, onBuy }: { state: BuyState; quantity: number; onBuy(): void }) {
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
      {label(state, quantity)}
    </Button>
  );
}

function label(state: BuyState, n: number): string {
  switch (state.kind) {
    case "buy":
      return t("sale.get", { n });
    case "try":
      return t("sale.try", { n });
    case "pending":
      return t("sale.pending");
    case "soldOut":
      return t("sale.soldOut");
    case "limit":
      return t("sale.limitReached");
    case "tooFew":
      return t("sale.tooFew");
    case "notYet":
      return t("sale.notYet", { time: dateTime(state.from) });
    case "over":
      return t("sale.over");
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
      return t("sale.staleDetail");
    case "soldOut":
      return t("sale.soldOutDetail");
    case "limit":
      return t("sale.limitDetail");
    case "tooFew":
      return t("sale.tooFewDetail", { n: state.least });
    case "closed":
      return t("sale.closedDetail");
    default:
      return "";
  }
}

/** The button changes by itself when the sale opens or ends. */
function useSaleTimes(open: OpenInventory, settings: SettingsAnswer | undefined) {
  const [, turn] = useState(0);
  const { on_sale_from: from = null, on_sale_until: until = null } = settings ?? {};
  useEffect(() => {
    if (from === null && until === null) return;
    const timer = setInterval(() => turn(open.clock.now()), 500);
    return () => clearInterval(timer);
  }, [open, from, until]);
}
