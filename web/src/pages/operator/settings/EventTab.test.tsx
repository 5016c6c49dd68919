import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chooseLanguage } from "../../../i18n/index.ts";
import { EventTab } from "./EventTab.tsx";

interface Sent {
  method: string;
  path: string;
  body: unknown;
  key: string | null;
}

const FACTS = {
  id: "inv_1",
  name: "Spring",
  venue: null,
  starts_at: "2026-12-05T10:00:00.000Z",
  starts_at_local: "2026-12-05T19:00:00+09:00",
  time_zone: "Asia/Seoul",
  listing: "public",
  cancelled: null as { at: string; reason: string } | null,
  settings: { sale_ends_before_start_seconds: 0 },
  figures: { held: 2, sold: 3 },
};

let root: HTMLElement;
let sent: Sent[];
let facts: typeof FACTS;

async function answer(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const body = init.body === undefined ? undefined : JSON.parse(String(init.body));
  if (init.method !== "GET")
    sent.push({ method: init.method ?? "", path: url, body, key: headers.get("Idempotency-Key") });
  if (init.method === "PATCH") facts = { ...facts, ...body };
  if (init.method === "POST") facts = { ...facts, cancelled: { at: "2026-05-01T11:00:00.000Z", ...body } };
  return Response.json(facts, { headers: { ETag: '"1"' } });
}

beforeEach(() => {
  chooseLanguage("en");
  sent = [];
  facts = FACTS;
  vi.stubGlobal("fetch", answer);
  root = document.body.appendChild(document.createElement("div"));
  render(<EventTab id="inv_1" onChanged={() => {}} />, root);
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

/** A list of all time zones takes its time on a busy machine. */
function until(met: () => void): Promise<void> {
  return vi.waitFor(met, { timeout: 20_000 });
}

function field(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll("label")].find((one) => one.textContent === label);
  return document.querySelector(`[id="${found?.htmlFor}"]`) as HTMLInputElement;
}

function press(words: string) {
  const found = [...document.querySelectorAll("button")].filter((one) => one.textContent === words);
  found.at(-1)?.click();
}

it("sends what was changed, by the clocks of the event's zone, with a key for repeats", async () => {
  await until(() => expect(field("Begins at")).not.toBeNull());
  expect(field("Begins at").value).toBe("2026-12-05T19:00");
  field("Begins at").value = "2026-12-06T20:00";
  field("Begins at").dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => expect(root.querySelector<HTMLButtonElement>('[type="submit"]')?.disabled).toBe(false));
  root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await until(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({ method: "PATCH", body: { starts_at: "2026-12-06T20:00" } });
  expect(sent[0]?.key).toBeTruthy();
}, 60_000);

it("cancels only with a reason, after saying what it does", async () => {
  await until(() => expect(root.textContent).toContain("Cancel the event…"));
  press("Cancel the event…");
  await until(() => expect(document.body.textContent).toContain("This cannot be undone."));
  press("Cancel the event");
  expect(sent).toHaveLength(0);
  field("Reason").value = "The singer is ill.";
  field("Reason").dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => {
    press("Cancel the event");
    expect(sent).toHaveLength(1);
  });
  expect(sent[0]).toMatchObject({ method: "POST", body: { reason: "The singer is ill." } });
  expect(sent[0]?.path).toContain("/cancel");
  await until(() => expect(root.textContent).toContain("The singer is ill."));
}, 60_000);
