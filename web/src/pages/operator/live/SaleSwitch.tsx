import { useState } from "preact/hooks";
import { t } from "../../../i18n/index.ts";
import { Button, toast } from "../../../ui/index.ts";
import { operatorApi } from "../key.ts";
import { Confirm } from "../parts/Confirm.tsx";
import { closing, opening, saleState } from "../parts/sale.ts";
import type { Facts } from "./use-board.ts";

interface SaleSwitchProps {
  id: string;
  name: string;
  facts: Facts | undefined;
  clock: { now(): number };
  onChanged(): void;
}

/** Ends the sale now, or begins it now. */
export function SaleSwitch({ id, name, facts, clock, onChanged }: SaleSwitchProps) {
  const [asking, setAsking] = useState(false);
  if (!facts) return null;
  const { value, etag } = facts;
  const state = saleState(value.settings, clock.now());
  const isOpen = state === "open";
  const act = async () => {
    const now = clock.now();
    const patch = isOpen ? closing(value.settings, now) : opening(value.settings, now);
    try {
      await operatorApi.configure(id, patch, etag);
    } finally {
      onChanged();
    }
    toast(t(isOpen ? "operator.closedSale" : "operator.openedSale", { name }), "good");
  };
  return (
    <div class="actions">
      <Button variant={isOpen ? "danger" : "primary"} onClick={() => setAsking(true)}>
        {t(isOpen ? "operator.closeSale" : "operator.openSale")}
      </Button>
      <Confirm
        open={asking}
        title={t(isOpen ? "operator.closeSaleTitle" : "operator.openSaleTitle", { name })}
        action={t(isOpen ? "operator.closeSale" : "operator.openSale")}
        danger={isOpen}
        onConfirm={act}
        onClose={() => setAsking(false)}
      >
        <ul class="bullets">
          <li>{t(isOpen ? "operator.closeSaleWhat" : "operator.openSaleWhat")}</li>
          <li>{t(isOpen ? "operator.closeSaleHolds" : "operator.openSaleEnd")}</li>
          <li>{t("operator.saleAgain")}</li>
        </ul>
      </Confirm>
    </div>
  );
}
