import { useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { PlanIndex } from "../../../client/plan.ts";
import { number, t } from "../../../i18n/index.ts";
import { type OpenInventory, useInventory } from "../../../store/inventory.ts";
import { Button, ConnectionBadge, Notice, Skeleton } from "../../../ui/index.ts";
import { operator, operatorApi } from "../key.ts";
import { eventTime } from "../parts/event-time.ts";
import { SaleBadge } from "../parts/SaleBadge.tsx";
import { Tabs } from "../parts/Tabs.tsx";
import { useLoaded } from "../parts/use-loaded.ts";
import { EventTab } from "../settings/EventTab.tsx";
import { PlanTab } from "../settings/PlanTab.tsx";
import { SettingsTab } from "../settings/SettingsTab.tsx";
import { ActivityTab } from "./ActivityTab.tsx";
import { BlocksTab } from "./BlocksTab.tsx";
import { FiguresRow } from "./FiguresRow.tsx";
import { SaleSwitch } from "./SaleSwitch.tsx";
import { SalesTab } from "./SalesTab.tsx";
import { SeatsTab } from "./SeatsTab.tsx";
import { StockTab } from "./StockTab.tsx";
import { useFacts } from "./use-board.ts";

type Tab = "seats" | "stock" | "sales" | "activity" | "blocks" | "event" | "settings" | "plan";

/** One inventory as its operator sees and steers it. */
export function InventoryPage({ id }: { id: string }) {
  const open = useInventory(id, operator);
  if (open.state.value === "ready" && open.plan.value) return <Live open={open} plan={open.plan.value} />;
  return (
    <>
      <h1 class="hidden-text">{t("operator.inventory")}</h1>
      <NotYet open={open} />
    </>
  );
}

function NotYet({ open }: { open: OpenInventory }) {
  switch (open.state.value) {
    case "missing":
      return (
        <Notice kind="empty" title={t("operator.missing")}>
          <p class="muted">{t("operator.missingDetail")}</p>
          <a href="/operator">{t("operator.allInventories")}</a>
        </Notice>
      );
    case "failed":
      return (
        <Notice kind="error" title={t("common.failed")}>
          <p>{t("common.failedDetail")}</p>
          <Button onClick={open.retry}>{t("common.retry")}</Button>
        </Notice>
      );
    default:
      return <Skeleton lines={9} />;
  }
}

function Live({ open, plan }: { open: OpenInventory; plan: PlanIndex }) {
  const { id, board } = open;
  const facts = useFacts(id, board);
  const blocks = useLoaded(() => operatorApi.blocks(id), id, 30_000);
  const chosen = useSignal<ReadonlySet<number>>(new Set());
  const kinds = new Set(plan.plan.units.filter((unit) => !unit.closed).map((unit) => unit.kind));
  const hasSeats = kinds.has("seat");
  const [tab, setTab] = useState<Tab>(hasSeats ? "seats" : "stock");
  const known = facts.value?.value ?? open.facts.value;
  const changed = () => {
    facts.reload();
    blocks.reload();
  };
  const show = (units: ReadonlySet<number>) => {
    chosen.value = units;
    setTab("seats");
  };
  const tabs: { id: Tab; label: string; count?: string }[] = [
    ...(hasSeats ? [{ id: "seats" as const, label: t("operator.tabSeats") }] : []),
    ...(kinds.has("area") || kinds.has("item")
      ? [{ id: "stock" as const, label: t("operator.tabStock") }]
      : []),
    { id: "sales", label: t("operator.tabSales") },
    { id: "activity", label: t("operator.tabActivity") },
    { id: "blocks", label: t("operator.tabBlocks"), count: number(blocks.value?.data.length ?? 0) },
    { id: "event", label: t("operator.tabEvent") },
    { id: "settings", label: t("operator.tabSettings") },
    { id: "plan", label: t("operator.tabPlan") },
  ];
  return (
    <>
      <div class="page-head">
        <div>
          <a class="small" href="/operator">
            {t("operator.allInventories")}
          </a>
          <h1>{known?.name ?? plan.plan.name}</h1>
          <div class="inventory-marks">
            <ConnectionBadge connection={open.connection.value} onTryNow={open.tryNow} />
            {known && <SaleBadge settings={known.settings} now={open.clock.now()} />}
            {known && known.listing !== "public" && (
              <span class="badge">{t(`operator.listing_${known.listing}`)}</span>
            )}
            {known?.cancelled && <span class="badge badge-closed">{t("operator.eventCancelled")}</span>}
            {known?.starts_at && <span class="small">{eventTime(known)}</span>}
            <a class="small" href={`/events/${id}`}>
              {t("operator.buyersPage")}
            </a>
          </div>
        </div>
        {known && (
          <SaleSwitch id={id} name={known.name} facts={facts.value} clock={open.clock} onChanged={changed} />
        )}
      </div>
      {known && <FiguresRow figures={known.figures} viewers={open.viewers.value || known.viewers} />}
      <Tabs label={t("operator.parts")} name="part" tabs={tabs} chosen={tab} onChoice={setTab} />
      <div id="part-panel" role="tabpanel" aria-labelledby={`part-tab-${tab}`} class="panel">
        {tab === "seats" && (
          <SeatsTab
            open={open}
            plan={plan}
            chosen={chosen}
            blocks={blocks.value?.data ?? []}
            onChanged={changed}
          />
        )}
        {tab === "stock" && <StockTab id={id} plan={plan} board={board} onChanged={changed} />}
        {tab === "activity" && <ActivityTab id={id} clock={open.clock} />}
        {tab === "blocks" && (
          <BlocksTab id={id} plan={plan} blocks={blocks} onShow={show} onChanged={changed} />
        )}
        {tab === "sales" && <SalesTab id={id} />}
        {tab === "event" && <EventTab id={id} onChanged={changed} />}
        {tab === "settings" && <SettingsTab id={id} onChanged={changed} />}
        {tab === "plan" && <PlanTab id={id} plan={plan} onChanged={changed} />}
      </div>
    </>
  );
}
