import { useEffect, useRef, useState } from "preact/hooks";
import type { HoldAnswer, SaleAnswer } from "../../../client/types.gen.ts";
import { money, t } from "../../../i18n/index.ts";
import type { Basket } from "../../../store/basket.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { announce, Button, Countdown } from "../../../ui/index.ts";
import { giveBack, haveMoreTime } from "./actions.ts";
import { linesText, lineText, namedLines } from "./lines.ts";
import { MoreTime } from "./MoreTime.tsx";
import Review from "./Review.tsx";
import "./hold.css";

interface HoldCardProps {
  open: OpenInventory;
  basket: Basket;
  hold: HoldAnswer;
  /** Made a moment ago by who looks at this page: here it goes on. */
  isFresh?: boolean;
  onBought(sale: SaleAnswer): void;
}

/** A hold of mine: how long it lasts, and what can be done with it. */
export function HoldCard(props: HoldCardProps) {
  const { open, basket, hold, isFresh = false } = props;
  const plan = open.plan.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const [isReviewed, setReviewed] = useState(false);
  useEffect(() => {
    if (isFresh) heading.current?.focus();
  }, [isFresh]);
  const act = useActions(props);
  const deadline = Date.parse(hold.expires_at);
  const buy = () => void act.buy().then(() => setReviewed(false));
  return (
    <section class="card hold" aria-label={t("stock.reserved")}>
      <div class="hold-head">
        <h2 tabIndex={-1} ref={heading}>
          {t("stock.reserved")}
        </h2>
        <span class="hold-time">
          <span class="muted small">{t("sale.timeLeft")}</span>
          <Countdown deadline={deadline} clock={open.clock} />
        </span>
      </div>
      <ul class="hold-lines">
        {hold.lines.map((line) => (
          <li key={line.offer}>
            <span>{lineText(plan, line)}</span>
            {line.price && (
              <span class="numbers">
                {money({ ...line.price, amount: line.price.amount * line.quantity })}
              </span>
            )}
          </li>
        ))}
      </ul>
      <BuyButton
        open={open}
        hold={hold}
        busy={basket.busy.value}
        onBuy={() => (hold.total?.amount === 0 ? buy() : setReviewed(true))}
      />
      <div class="hold-more">
        <MoreTime open={open} hold={hold} busy={basket.busy.value} onExtend={act.extend} />
        <Button variant="quiet" busy={basket.busy.value} onClick={act.release}>
          {t("stock.release")}
        </Button>
      </div>
      <Review
        open={open}
        isShown={isReviewed}
        lines={namedLines(plan, hold.lines)}
        total={hold.total}
        deadline={deadline}
        action={t("sale.confirm")}
        busy={basket.busy.value}
        onConfirm={buy}
        onClose={() => setReviewed(false)}
      />
    </section>
  );
}

function useActions({ open, basket, hold, onBought }: HoldCardProps) {
  const latest = useRef(hold);
  latest.current = hold;
  const told = linesText(open.plan.value, hold.lines);
  // A refusal stands in the basket's problem, which the page shows.
  const attempt = (act: Promise<void>) => act.catch(() => {});
  return {
    buy: () =>
      attempt(
        basket.buy(latest.current.id).then((sale) => {
          announce(t("stock.boughtSaid", { what: told }));
          onBought(sale);
        }),
      ),
    extend: () => void attempt(haveMoreTime(open, basket, latest.current)),
    release: () => void attempt(giveBack(basket, latest.current, ({ lines }) => basket.again(lines))),
  };
}

interface BuyButtonProps {
  open: OpenInventory;
  hold: HoldAnswer;
  busy: boolean;
  onBuy(): void;
}

/** Where the shop takes the payment there is no button that could only be refused. */
function BuyButton({ open, hold, busy, onBuy }: BuyButtonProps) {
  if (open.facts.value?.settings.checkout !== "open") return <p class="hold-shop">{t("stock.byShop")}</p>;
  const label = hold.total ? t("stock.buyFor", { price: money(hold.total) }) : t("stock.buy");
  return (
    <Button variant="primary" size="large" wide busy={busy} onClick={onBuy}>
      {busy ? t("stock.buying") : label}
    </Button>
  );
}
