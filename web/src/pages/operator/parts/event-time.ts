import type { InventoryLine } from "../../../client/types.gen.ts";
import { locale } from "../../../i18n/language.ts";

type Timed = Pick<InventoryLine, "starts_at" | "time_zone">;

/** When an event begins, by the clocks where it is, and which those are; without a zone by the reader's, which is said, too. */
export function eventTime({ starts_at, time_zone }: Timed): string {
  if (!starts_at) return "";
  const format = new Intl.DateTimeFormat(locale(), {
    weekday: "short",
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
    ...(time_zone ? { timeZone: time_zone } : {}),
  });
  return format.format(new Date(starts_at));
}
