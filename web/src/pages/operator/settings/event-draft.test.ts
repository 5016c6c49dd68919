import { expect, it } from "vitest";
import { eventDraftOf, eventPatchOf, zonesWith } from "./event-draft.ts";

const SETTINGS = { sale_ends_before_start_seconds: 3_600 } as Parameters<typeof eventDraftOf>[0]["settings"];
const FACTS = {
  name: "Spring",
  venue: null,
  starts_at: "2026-12-05T10:00:00.000Z",
  starts_at_local: "2026-12-05T19:00:00+09:00",
  time_zone: "Asia/Seoul",
  listing: "public" as const,
  settings: SETTINGS,
};

it("the time is that of clocks where the event is, wherever the reader is", () => {
  const draft = eventDraftOf(FACTS);
  expect(draft.starts_at).toBe("2026-12-05T19:00");
  expect(draft.sale_ends_before_minutes).toBe("60");
  expect(eventPatchOf(draft, draft)).toEqual({});
});

it("only what was changed is sent, a time with its zone", () => {
  const base = eventDraftOf(FACTS);
  expect(eventPatchOf({ ...base, name: " Autumn ", venue: "Hall" }, base)).toEqual({
    name: "Autumn",
    venue: "Hall",
  });
  expect(eventPatchOf({ ...base, starts_at: "2026-12-06T20:00" }, base)).toEqual({
    starts_at: "2026-12-06T20:00",
  });
  expect(eventPatchOf({ ...base, time_zone: "Europe/Berlin" }, base)).toEqual({
    time_zone: "Europe/Berlin",
    starts_at: "2026-12-05T19:00",
  });
  expect(eventPatchOf({ ...base, starts_at: "", sale_ends_before_minutes: "" }, base)).toEqual({
    starts_at: null,
    sale_ends_before_start_seconds: null,
  });
});

it("a zone that the browser does not know stays to be chosen", () => {
  expect(zonesWith("Asia/Seoul").filter((zone) => zone === "Asia/Seoul")).toHaveLength(1);
  expect(zonesWith("Etc/Nowhere")[0]).toBe("Etc/Nowhere");
});
