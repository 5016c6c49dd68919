import type { InventoryAnswer, SettingsPatch } from "../../../client/types.gen.ts";

/** What stands in the fields: text, as people type it. */
export interface EventDraft {
  name: string;
  venue: string;
  /** As clocks of the time zone show it, without an offset. */
  starts_at: string;
  time_zone: string;
  listing: InventoryAnswer["listing"];
  /** Empty: the start does not end the sale. */
  sale_ends_before_minutes: string;
}

type Read = Pick<
  InventoryAnswer,
  "name" | "venue" | "starts_at" | "starts_at_local" | "time_zone" | "listing" | "settings"
>;

export function eventDraftOf(facts: Read): EventDraft {
  const before = facts.settings.sale_ends_before_start_seconds;
  return {
    name: facts.name,
    venue: facts.venue ?? "",
    starts_at: (facts.starts_at_local ?? localOf(facts.starts_at)).slice(0, 16),
    time_zone: facts.time_zone ?? "",
    listing: facts.listing,
    sale_ends_before_minutes: before == null ? "" : String(before / 60),
  };
}

/** A new event, where the one who makes it is. */
export function newEventDraft(): EventDraft {
  return {
    name: "",
    venue: "",
    starts_at: "",
    time_zone: ownZone(),
    listing: "public",
    sale_ends_before_minutes: "0",
  };
}

/** Only what differs. With the time goes its zone, and with the zone the time, so that clocks there go on showing it. */
export function eventPatchOf(draft: EventDraft, base: EventDraft): SettingsPatch {
  const patch: SettingsPatch = {};
  if (draft.name !== base.name) patch.name = draft.name.normalize("NFC").trim();
  if (draft.venue !== base.venue) patch.venue = draft.venue.normalize("NFC").trim() || null;
  if (draft.time_zone !== base.time_zone) patch.time_zone = draft.time_zone || null;
  if (draft.starts_at !== base.starts_at || draft.time_zone !== base.time_zone)
    patch.starts_at = draft.starts_at ? whenOf(draft) : null;
  if (draft.listing !== base.listing) patch.listing = draft.listing;
  if (draft.sale_ends_before_minutes !== base.sale_ends_before_minutes)
    patch.sale_ends_before_start_seconds = secondsOf(draft.sale_ends_before_minutes);
  return patch;
}

/** In the zone, by whose clocks the server knows it; without one by those of this browser. */
export function whenOf({ starts_at, time_zone }: EventDraft): string {
  return time_zone ? starts_at : new Date(starts_at).toISOString();
}

export function secondsOf(minutes: string): number | null {
  const typed = minutes.trim();
  if (typed === "") return null;
  // What is no number the server refuses, beside its field.
  return /^\d+$/.test(typed) ? Number(typed) * 60 : -1;
}

/** All zones that the browser knows, and the one that is chosen. */
export function zonesWith(chosen: string): readonly string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return chosen === "" || known.includes(chosen) ? known : [chosen, ...known];
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

function localOf(time: string | null): string {
  if (!time) return "";
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString();
}
