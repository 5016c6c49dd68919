import { money, number, t } from "../../../i18n/index.ts";
import { stepOver } from "../../../map/index.ts";
import { Button, Dialog, Stepper } from "../../../ui/index.ts";
import type { Desk } from "./desk.ts";

/** How many of an area, or how many guests at a booth. */
export default function AreaDialog({ desk }: { desk: Desk }) {
  const pick = desk.asked.value;
  const unit = pick?.units[0];
  const plan = desk.open.plan.value;
  const label = unit === undefined ? "" : (plan?.unit(unit).label ?? "");
  const close = () => {
    desk.asked.value = undefined;
  };
  const quantity = pick ? (desk.basket.chosen.value.get(pick.offer) ?? 0) : 0;
  const left = unit === undefined ? 0 : desk.open.board.left(unit);
  return (
    <Dialog open={pick !== undefined} title={label} onClose={close}>
      {pick && (
        <div class="area-dialog">
          <p class="muted">
            {pick.price ? money(pick.price) : t("map.unpriced")} ·{" "}
            {t("map.left", { count: left, text: number(left) })}
          </p>
          <div class="best-row">
            <span>{t(pick.min > 1 ? "map.guests" : "map.howMany")}</span>
            <Stepper
              label={label}
              value={quantity}
              max={Math.min(
                pick.max,
                Math.max(left, quantity),
                desk.open.facts.value?.settings.pieces_per_hold ?? 50,
              )}
              onChange={(next) => desk.basket.set(pick.offer, stepOver(next, quantity, pick.min))}
            />
          </div>
          <Button variant="primary" wide onClick={close}>
            {t("map.done")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}
