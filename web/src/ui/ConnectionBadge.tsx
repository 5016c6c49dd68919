import type { Connection } from "../client/live.ts";
import { t } from "../i18n/index.ts";

interface ConnectionBadgeProps {
  connection: Connection;
  viewers?: number;
}

/** Whether what stands beside it is true now. */
export function ConnectionBadge({ connection, viewers }: ConnectionBadgeProps) {
  const watching = connection === "live" && viewers !== undefined && viewers > 1;
  return (
    <span class={`badge badge-${connection}`} role="status">
      <span class="badge-dot" aria-hidden="true" />
      <span>{t(`common.${connection}`)}</span>
      {watching && <span class="numbers">· {t("common.viewers", { n: viewers })}</span>}
    </span>
  );
}
