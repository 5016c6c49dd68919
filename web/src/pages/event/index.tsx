import { t } from "../../i18n/index.ts";
import { type OpenInventory, useInventory } from "../../store/inventory.ts";
import { Button, later, Notice, Skeleton, useTitle } from "../../ui/index.ts";
import { kindOf } from "./kind.ts";

const PAGES = {
  seats: later<{ open: OpenInventory }>(() => import("./seats.tsx")),
  flash: later<{ open: OpenInventory }>(() => import("./flash/index.tsx")),
  cafe: later<{ open: OpenInventory }>(() => import("./cafe/index.tsx")),
};

export default function Event({ id }: { id: string }) {
  const open = useInventory(id);
  useTitle(open.state.value === "missing" ? t("sale.missing") : open.facts.value?.name);
  const plan = open.plan.value;
  if (open.state.value === "missing") return <Missing />;
  if (open.state.value === "failed") return <Failed onRetry={open.retry} />;
  if (open.state.value === "loading" || !plan) return <Skeleton lines={6} />;
  const Page = PAGES[kindOf(plan)];
  return <Page key={id} open={open} />;
}

function Missing() {
  return (
    <Notice isPage kind="empty" title={t("sale.missing")}>
      <p class="muted">{t("sale.missingDetail")}</p>
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
