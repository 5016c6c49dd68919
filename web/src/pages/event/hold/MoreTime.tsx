import type { HoldAnswer } from "../../../client/types.gen.ts";
import { duration, number, t } from "../../../i18n/index.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { moreTime } from "../../../store/more-time.ts";
import { Button, useNow } from "../../../ui/index.ts";

interface MoreTimeProps {
  open: OpenInventory;
  hold: HoldAnswer;
  busy: boolean;
  onExtend(): void;
}

/** Late enough to be worth one, with what it gives and how many there are; else its place stays free. */
export function MoreTime({ open, hold, busy, onExtend }: MoreTimeProps) {
  const now = useNow(open.clock);
  const settings = open.facts.value?.settings;
  const more = settings && moreTime(hold, settings, now);
  if (!more) return <span class="more-time" />;
  return (
    <span class="more-time">
      <Button busy={busy} onClick={onExtend} data-action={`extend ${hold.id}`}>
        <span>
          {t("sale.moreTime")}
          <small class="more-time-what">
            {t("sale.moreTimeGives", {
              time: duration(more.seconds),
              n: more.times,
              text: number(more.times),
            })}
          </small>
        </span>
      </Button>
    </span>
  );
}
