import { useEffect } from "preact/hooks";
import { t } from "../../../i18n/index.ts";
import type { Basket, LostReason } from "../../../store/basket.ts";
import type { OpenInventory } from "../../../store/inventory.ts";
import { announce } from "../../../ui/index.ts";
import "./hold.css";

interface LostProps {
  open: OpenInventory;
  basket: Basket;
}

/** What others took out of the choice a moment ago. */
export function Lost({ open, basket }: LostProps) {
  const lost = basket.lost.value;
  const words = (["taken", "short"] as const).flatMap((kind) => {
    const what = names(open, lost, (reason) => (reason === "short") === (kind === "short"));
    if (what.length === 0) return [];
    return [kind === "short" ? t("sale.short", { what }) : t("sale.lost", { what })];
  });
  const text = words.join(" ");
  useEffect(() => {
    if (text) announce(text);
  }, [text]);
  return text ? <p class="problem">{text}</p> : null;
}

function names(
  open: OpenInventory,
  lost: ReadonlyMap<number, LostReason>,
  isMeant: (reason: LostReason) => boolean,
): string[] {
  const units = [...lost].filter(([, reason]) => isMeant(reason)).map(([unit]) => unit);
  return units.flatMap((unit) => open.plan.value?.unit(unit).label ?? []);
}
