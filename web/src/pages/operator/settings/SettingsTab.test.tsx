import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chooseLanguage } from "../../../i18n/index.ts";
import { SettingsTab } from "./SettingsTab.tsx";

const SETTINGS = {
  on_sale_from: null,
  on_sale_until: null,
  hold_seconds: 300,
  extensions_max: 2,
  holds_per_buyer: 4,
  pieces_per_hold: 50,
  pieces_per_hold_min: 1,
  pieces_per_buyer: null,
  checkout: "key",
  single_seats: "off",
  single_seats_until_left: 0,
  release_accessible: false,
};

let root: HTMLElement;
/** A server whose settings somebody else may change. */
let server: { settings: typeof SETTINGS; etag: number; patches: unknown[] };

async function answer(_: unknown, init: RequestInit = {}): Promise<Response> {
  if (init.method === "PATCH") {
    if (new Headers(init.headers).get("If-Match") !== `"${server.etag}"`)
      return Response.json({ code: "precondition_failed", status: 412 }, { status: 412 });
    const patch = JSON.parse(String(init.body));
    server.patches.push(patch);
    server.settings = { ...server.settings, ...patch };
    server.etag += 1;
  }
  return Response.json({ settings: server.settings }, { headers: { ETag: `"${server.etag}"` } });
}

beforeEach(() => {
  chooseLanguage("en");
  server = { settings: SETTINGS, etag: 1, patches: [] };
  vi.stubGlobal("fetch", answer);
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

function field(label: string): HTMLInputElement {
  const found = [...root.querySelectorAll("label")].find((one) => one.textContent === label);
  return root.querySelector(`#${found?.htmlFor}`) as HTMLInputElement;
}

async function type(label: string, value: string) {
  await vi.waitFor(() => expect(field(label)).not.toBeNull());
  field(label).value = value;
  field(label).dispatchEvent(new Event("input", { bubbles: true }));
  await vi.waitFor(() =>
    expect(root.querySelector<HTMLButtonElement>('[type="submit"]')?.disabled).toBe(false),
  );
}

function save() {
  root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

it("saves what was changed, and nothing else", async () => {
  const onChanged = vi.fn();
  render(<SettingsTab id="inv_1" onChanged={onChanged} />, root);
  await type("Hold time (seconds)", "60");
  save();
  await vi.waitFor(() => expect(onChanged).toHaveBeenCalled());
  expect(server.patches).toEqual([{ hold_seconds: 60 }]);
});

it("shows what somebody else changed, keeps it, and saves at the second try", async () => {
  render(<SettingsTab id="inv_1" onChanged={() => {}} />, root);
  await type("Hold time (seconds)", "60");
  server.settings = { ...SETTINGS, hold_seconds: 120, checkout: "open" };
  server.etag = 7;
  save();
  await vi.waitFor(() => expect(root.textContent).toContain("Someone changed the settings in the meantime"));
  expect(root.textContent).toContain("300 became 120");
  expect(server.patches).toEqual([]);
  save();
  await vi.waitFor(() => expect(server.patches).toEqual([{ hold_seconds: 60 }]));
  expect(server.settings.checkout).toBe("open");
});

it("sends nothing that is out of range", async () => {
  render(<SettingsTab id="inv_1" onChanged={() => {}} />, root);
  await type("Hold time (seconds)", "5");
  save();
  await vi.waitFor(() => expect(root.textContent).toContain("A whole number from 30 to 1,800."));
  expect(server.patches).toEqual([]);
});
