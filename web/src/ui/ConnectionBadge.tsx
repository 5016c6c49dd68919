import type { Connection } from "../client/connection.ts";
import { t } from "../i18n/index.ts";

interface ConnectionBadgeProps {
  connection: Connection;
  viewers?: number;
  /** For those who cannot wait for the next try. */
  onTryNow?: () => void;
}

/** Whether what stands beside it is true now. */
export function ConnectionBadge({ connection, viewers, onTryNow }: ConnectionBadgeProps) {
  const watching = connection === "live" && viewers !== undefined && viewers > 1;
  return (
    <>
      <span class={`badge badge-${connection}`} role="status">
        <span class="badge-dot" aria-hidden="true" />
        <span>{t(`common.${connection}`)}</span>
        {watching && <span class="numbers">· {t("common.viewers", { n: viewers })}</span>}
      </span>
      {connection === "stale" && onTryNow && (
        <button type="button" class="link-button" onClick={onTryNow}>
          {t("common.tryNow")}
        </button>
      )}
    </>
  );
}
