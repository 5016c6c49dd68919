import { useEffect, useState } from "preact/hooks";
import type { Money } from "../../../client/types.gen.ts";
import { money, number, t } from "../../../i18n/index.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { Button, Countdown, Dialog, EventTime, REST_MS } from "../../../ui/index.ts";
import "./hold.css";

interface ReviewProps {
  open: OpenInventory;
  isShown: boolean;
  /** As people read them. */
  lines: readonly { name: string; quantity: number; price: Money | null }[];
  total: Money | null;
  /** When what is held is free for others again. */
  deadline?: number;
  action: string;
  busy?: boolean;
  onConfirm(): void;
  onClose(): void;
}

/** What it is, when it is and what it costs, before it costs anything. Its button is nowhere near the one that led here. */
export default function Review(props: ReviewProps) {
  const { open, isShown, lines, total, deadline, action, busy = false, onConfirm, onClose } = props;
  const isRead = useRead(isShown);
  const facts = open.facts.value;
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <Dialog aside open={isShown} title={t("sale.review")} onClose={onClose}>
      <div class="review">
        <p class="review-event">
          <strong>
            <bdi>{facts?.name}</bdi>
          </strong>
          {facts?.starts_at && <EventTime of={facts} />}
        </p>
        <ul class="hold-lines">
          {lines.map(({ name, quantity, price }) => (
            <li key={name}>
              <bdi>{quantity === 1 ? name : `${number(quantity)} × ${name}`}</bdi>
              {price && <span class="numbers">{money({ ...price, amount: price.amount * quantity })}</span>}
            </li>
          ))}
          <li class="hold-total">
            <span>{t("sale.piecesInAll", { n: pieces })}</span>
            <strong class="numbers">{total ? money(total) : t("common.unpriced")}</strong>
          </li>
        </ul>
        {deadline !== undefined && (
          <p class="muted small">
            {t("sale.timeLeft")} <Countdown deadline={deadline} clock={open.clock} />
          </p>
        )}
        <div class="actions">
          <Button onClick={onClose}>{t("sale.goBack")}</Button>
          <Button
            variant="primary"
            busy={busy}
            aria-disabled={!isRead || busy}
            onClick={isRead ? onConfirm : undefined}
          >
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** Nobody reads faster than this. */
function useRead(isShown: boolean): boolean {
  const [isRead, setRead] = useState(false);
  useEffect(() => {
    setRead(false);
    if (!isShown) return;
    const timer = setTimeout(() => setRead(true), REST_MS);
    return () => clearTimeout(timer);
  }, [isShown]);
  return isRead && isShown;
}
