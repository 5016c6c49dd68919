import type { SettingsAnswer, SettingsPatch } from "../../../client/types.gen.ts";

export type SaleState = "before" | "open" | "over";

type Window = Pick<SettingsAnswer, "on_sale_from" | "on_sale_until">;

/** Whether a sale is open at `now` (ms), as the server decides it. */
export function saleState({ on_sale_from, on_sale_until }: Window, now: number): SaleState {
  if (on_sale_until && now >= Date.parse(on_sale_until)) return "over";
  return on_sale_from && now < Date.parse(on_sale_from) ? "before" : "open";
}

/** What ends the sale at `now`. One that has not begun loses its beginning, which may not lie behind its end. */
export function closing(settings: Window, now: number): SettingsPatch {
  const until = new Date(now).toISOString();
  const hasBegun = saleState(settings, now) !== "before";
  return hasBegun ? { on_sale_until: until } : { on_sale_from: null, on_sale_until: until };
}

/** What opens it at once, without an end. */
export function opening(settings: Window, now: number): SettingsPatch {
  const begins = settings.on_sale_from && now < Date.parse(settings.on_sale_from);
  return begins ? { on_sale_from: null, on_sale_until: null } : { on_sale_until: null };
}
