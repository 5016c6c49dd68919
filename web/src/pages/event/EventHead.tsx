import { t } from "../../i18n/index.ts";
import type { OpenInventory } from "../../store/inventory.ts";
import { ConnectionBadge, EventTime, Icon } from "../../ui/index.ts";
import { SaleBanner } from "./SaleBanner.tsx";
import "./event.css";

/** What it is, when it is, whether it can be bought, and whether what stands below is true now. */
export function EventHead({ open }: { open: OpenInventory }) {
  const facts = open.facts.value;
  return (
    <div class="event-head">
      <a class="event-back" href="/">
        <Icon name="back" />
        {t("common.back")}
      </a>
      <h1 tabIndex={-1}>{facts?.name}</h1>
      <p class="event-meta">
        {facts?.starts_at && <EventTime of={facts} />}
        <ConnectionBadge
          connection={open.connection.value}
          viewers={open.viewers.value}
          onTryNow={open.tryNow}
        />
      </p>
      <SaleBanner open={open} />
    </div>
  );
}
