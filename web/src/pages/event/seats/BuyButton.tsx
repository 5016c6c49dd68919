import type { HoldAnswer } from "../../../client/types.gen.ts";
import { money, t } from "../../../i18n/index.ts";
import { Button } from "../../../ui/index.ts";
import type { Desk } from "./desk.ts";

/** It also stands in the bar of a phone. */
export function BuyButton({ desk, hold }: { desk: Desk; hold: HoldAnswer }) {
  const text =
    hold.total && hold.total.amount > 0 ? t("seats.buyFor", { price: money(hold.total) }) : t("seats.free");
  return (
    <Button
      variant="primary"
      size="large"
      wide
      busy={desk.busyAt.value === `hold:${hold.id}`}
      onClick={() => void desk.review(hold)}
    >
      {hold.total === null ? t("seats.buy") : text}
    </Button>
  );
}
