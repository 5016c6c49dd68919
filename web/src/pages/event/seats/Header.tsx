import { dateTime, t } from "../../../i18n/index.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { ConnectionBadge } from "../../../ui/index.ts";

/** What it is, when, and whether what stands below is true now. */
export function Header({ open }: { open: OpenInventory }) {
  const facts = open.facts.value;
  const startsAt = facts && startOf(facts);
  const connection = open.connection.value;
  const { on_sale_from, on_sale_until } = facts?.settings ?? {};
  const now = open.clock.now();
  const isEarly = on_sale_from && Date.parse(on_sale_from) > now;
  const isOver = on_sale_until && Date.parse(on_sale_until) <= now;
  return (
    <header class="seats-header">
      <div>
        <h1 tabIndex={-1}>
          <bdi>{facts?.name}</bdi>
        </h1>
        {startsAt && <p class="muted">{dateTime(startsAt)}</p>}
      </div>
      <ConnectionBadge connection={connection} viewers={open.viewers.value} onTryNow={open.tryNow} />
      {(connection === "stale" || connection === "closed") && (
        <p class="seats-note">{t("seats.staleNote")}</p>
      )}
      {isEarly && <p class="seats-note">{t("seats.notYet", { time: dateTime(on_sale_from) })}</p>}
      {isOver && <p class="seats-note">{t("seats.over")}</p>}
    </header>
  );
}

/** Servers before dates do not send one. */
function startOf(facts: object): string | undefined {
  const start: unknown = "starts_at" in facts ? facts.starts_at : undefined;
  return typeof start === "string" ? start : undefined;
}
