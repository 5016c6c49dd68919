import { useEffect, useState } from "preact/hooks";
import type { SettingsAnswer } from "../client/types.gen.ts";
import type { OpenInventory } from "./inventory.ts";

/** What a server tells of the sale of an inventory; one before sales had a state tells nothing. */
export interface SaleTold {
  sale?: { state?: string; opens_at?: string | null; closes_at?: string | null } | null;
  cancelled?: { at?: string; reason?: string | null } | null;
  settings?: Pick<SettingsAnswer, "on_sale_from" | "on_sale_until">;
}

/** How a sale stands, for all pages. Whether anything is left is not asked here: that changes with every hold. */
export type SaleState =
  | { kind: "upcoming"; opensAt: number }
  | { kind: "open"; closesAt: number | undefined }
  | { kind: "closed" }
  | { kind: "cancelled"; reason: string | undefined };

export function saleState(told: SaleTold | undefined, now: number): SaleState {
  if (told?.cancelled) return { kind: "cancelled", reason: told.cancelled.reason ?? undefined };
  // What the server said of the state was true then; its times are true now.
  const opensAt = moment(told?.sale?.opens_at ?? told?.settings?.on_sale_from);
  const closesAt = moment(told?.sale?.closes_at ?? told?.settings?.on_sale_until);
  if (closesAt !== undefined && closesAt <= now) return { kind: "closed" };
  if (opensAt !== undefined && opensAt > now) return { kind: "upcoming", opensAt };
  return told?.sale?.state === "closed" && closesAt === undefined
    ? { kind: "closed" }
    : { kind: "open", closesAt };
}

/** When it will stand otherwise by itself; undefined: it will not. */
export function nextChange(state: SaleState): number | undefined {
  if (state.kind === "upcoming") return state.opensAt;
  return state.kind === "open" ? state.closesAt : undefined;
}

/** Longer ones a browser does not keep. */
const TIMER_MAX = 2 ** 31 - 1;

/** The state of an open sale, drawn again the moment it changes by the server's clock. */
export function useSaleState(open: OpenInventory): SaleState {
  const [, turn] = useState(0);
  const state = saleState(open.facts.value, open.clock.now());
  const next = nextChange(state);
  useEffect(() => {
    if (next === undefined) return;
    const left = Math.min(Math.max(0, next - open.clock.now()), TIMER_MAX);
    const timer = setTimeout(() => turn((count) => count + 1), left);
    return () => clearTimeout(timer);
  });
  return state;
}

function moment(time: string | null | undefined): number | undefined {
  const at = time ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
