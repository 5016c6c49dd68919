import type { SettingsAnswer } from "../../../client/types.gen.ts";
import { t } from "../../../i18n/index.ts";
import { saleState } from "./sale.ts";

const LOOKS = { before: "badge-stale", open: "badge-live", over: "badge-closed" } as const;

/** `now` by the server's clock. */
export function SaleBadge({ settings, now }: { settings: SettingsAnswer; now: number }) {
  const state = saleState(settings, now);
  return (
    <span class={`badge ${LOOKS[state]}`}>
      <span class="badge-dot" aria-hidden="true" />
      {t(`operator.sale_${state}`)}
    </span>
  );
}
