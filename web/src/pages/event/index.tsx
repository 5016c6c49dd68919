import { useEffect } from "preact/hooks";
import { money, t } from "../../i18n/index.ts";
import { type OpenInventory, useInventory } from "../../store/inventory.ts";
import { Button, later, Notice, Skeleton, useTitle } from "../../ui/index.ts";
import { kindOf } from "./kind.ts";

const PAGES = {
  seats: later<{ open: OpenInventory }>(() => import("./seats.tsx"), "map", "sale"),
  flash: later<{ open: OpenInventory }>(() => import("./flash/index.tsx"), "sale", "stock", "problems"),
  cafe: later<{ open: OpenInventory }>(() => import("./cafe/index.tsx"), "cafe", "sale", "stock", "problems"),
};

/** A plan of so many units is one of seats, most likely: its page may come while the plan is on its way. */
const MANY = 100;

export default function Event({ id }: { id: string }) {
  const open = useInventory(id);
  const { units = 0, currency } = open.facts.value ?? {};
  useEffect(() => {
    if (units > MANY) PAGES.seats.preload();
    // The first price takes the browser a while: it is written before there is something to show.
    if (currency) money({ amount: 0, currency });
  }, [units, currency]);
  useTitle(open.state.value === "missing" ? t("common.noSale") : open.facts.value?.name);
  const plan = open.plan.value;
  if (open.state.value === "missing") return <Missing />;
  if (open.state.value === "failed") return <Failed onRetry={open.retry} />;
  if (open.state.value === "loading" || !plan) return <Skeleton lines={6} />;
  const Page = PAGES[kindOf(plan)];
  return <Page key={id} open={open} />;
}

function Missing() {
  return (
    <Notice isPage kind="empty" title={t("common.noSale")}>
      <p class="muted">{t("common.noSaleDetail")}</p>
      <a class="button button-primary" href="/">
        {t("common.back")}
      </a>
    </Notice>
  );
}

function Failed({ onRetry }: { onRetry(): void }) {
  return (
    <Notice isPage kind="error" title={t("common.failed")}>
      <p class="muted">{t("common.failedDetail")}</p>
      <Button variant="primary" onClick={onRetry}>
        {t("common.retry")}
      </Button>
    </Notice>
  );
}
