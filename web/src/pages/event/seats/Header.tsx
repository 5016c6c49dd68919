import { t } from "../../../i18n/index.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { ConnectionBadge, EventTime } from "../../../ui/index.ts";
import { SaleBanner } from "../SaleBanner.tsx";

/** What it is, when, and whether what stands below is true now. */
export function Header({ open }: { open: OpenInventory }) {
  const facts = open.facts.value;
  const connection = open.connection.value;
  return (
    <header class="seats-header">
      <div>
        <h1 tabIndex={-1}>
          <bdi>{facts?.name}</bdi>
        </h1>
        {facts?.starts_at && (
          <p class="muted">
            <EventTime of={facts} />
          </p>
        )}
      </div>
      <ConnectionBadge connection={connection} viewers={open.viewers.value} onTryNow={open.tryNow} />
      {(connection === "stale" || connection === "closed") && (
        <p class="seats-note">{t("seats.staleNote")}</p>
      )}
      <SaleBanner open={open} />
    </header>
  );
}
