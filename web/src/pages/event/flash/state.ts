import type { Connection } from "../../../client/connection.ts";
import type { SettingsAnswer } from "../../../client/types.gen.ts";
import type { SaleState } from "../../../store/sale-state.ts";

/** What the button of a flash sale may say, from what is known now. */
export interface SaleFacts {
  connection: Connection;
  /** That nobody holds or owns. */
  left: number;
  /** Mine already, held and bought. */
  have: number;
  isBusy: boolean;
  settings: SettingsAnswer;
  sale: SaleState;
}

export type BuyState =
  | { kind: "buy"; most: number }
  /** Whether so many are left is not certain; the server decides. */
  | { kind: "try"; most: number }
  | { kind: "pending" }
  | { kind: "soldOut" }
  | { kind: "limit" }
  | { kind: "tooFew"; least: number }
  | { kind: "shut"; sale: SaleState }
  | { kind: "closed" };

export function buyState(facts: SaleFacts): BuyState {
  const { settings, connection, left, have } = facts;
  if (facts.isBusy) return { kind: "pending" };
  if (connection === "closed") return { kind: "closed" };
  if (facts.sale.kind !== "open") return { kind: "shut", sale: facts.sale };
  if (leftForMe(settings, have) < settings.pieces_per_hold_min) return { kind: "limit" };
  const isLive = connection === "live";
  // What was sold out when the connection broke may be there again: no reason to forbid a try.
  if (isLive && left === 0) return { kind: "soldOut" };
  if (isLive && left < settings.pieces_per_hold_min)
    return { kind: "tooFew", least: settings.pieces_per_hold_min };
  return isLive ? { kind: "buy", most: most(facts) } : { kind: "try", most: most(facts) };
}

/** The most that one hold may have now. */
function most({ settings, have, left, connection }: SaleFacts): number {
  const allowed = Math.min(settings.pieces_per_hold, leftForMe(settings, have));
  return connection === "live" ? Math.min(allowed, left) : allowed;
}

function leftForMe({ pieces_per_buyer }: SettingsAnswer, have: number): number {
  return pieces_per_buyer === null ? Number.POSITIVE_INFINITY : pieces_per_buyer - have;
}
