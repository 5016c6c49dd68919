import type { Money } from "../client/types.gen.ts";
import { money, t } from "./index.ts";

/** A price as it stands beside a thing: it may cost nothing, or nobody has said yet what. */
export function price(value: Money | null): string {
  if (!value) return t("common.unpriced");
  return value.amount === 0 ? t("common.free") : money(value);
}
