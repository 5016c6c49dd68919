import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { button, Hall, isLive, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

/** Pictures of all pages for `docs/screenshots`: `npm run screenshots`. Not a test; it needs fonts that have Korean. */
const SHOTS = resolve(import.meta.dirname, "../../docs/screenshots");
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;
const THEMES = ["light", "dark"] as const;

const on = stage("--demo");
const ids = { arena: "", shoes: "", cafe: "" };

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  const list = () => on.shop.call<{ data: { id: string }[] }>("GET", "/v1/inventories");
  // The demo opens them once it listens.
  await vi.waitFor(async () => expect((await list()).data).toHaveLength(3), { timeout: 20_000 });
  [ids.arena, ids.shoes, ids.cafe] = (await list()).data.map(({ id }) => id) as [string, string, string];
  await crowd();
});

/** A sale that goes on: parties with the best seats, some bought, some only held, shoes and coffee. */
async function crowd(): Promise<void> {
  const best = (quantity: number, category: string) => ({ best_available: { quantity, category } });
  const categories = await on.shop.call<{ categories: { id: string }[] }>(
    "GET",
    `/v1/inventories/${ids.arena}/plan`,
  );
  for (let party = 0; party < 240; party++) {
    const token = await on.shop.buyer();
    const category = categories.categories[party % categories.categories.length]?.id ?? "";
    const base = `/v1/inventories/${ids.arena}/holds`;
    const body = best(1 + (party % 6), category);
    const hold = await on.shop.call<{ id: string }>("POST", base, { body, token });
    if (party % 4 !== 0) await on.shop.call("POST", `${base}/${hold.id}/purchase`, { token });
    if (party % 3 === 0) {
      const pair = { offers: [{ offer: "sneaker", quantity: 2 }] };
      await on.shop.call("POST", `/v1/inventories/${ids.shoes}/purchases`, { body: pair, token });
    }
  }
  const oat = { unit: "oat-milk", change: -7_900 };
  await on.shop.call("POST", `/v1/inventories/${ids.cafe}/restock`, { body: oat, token: on.shop.key });
}

for (const theme of THEMES) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const look: BrowserContextOptions = { viewport, colorScheme: theme, hasTouch: size === "phone" };
    const take = async (page: Page, name: string) => {
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(SHOTS, `${name}-${size}-${theme}.png`), animations: "disabled" });
    };
    describe(`${size}, ${theme}`, () => {
      it("shows what buyers see", () => buyers(look, take));
      it("shows what operators see", () => operators(look, take));
    });
  }
}

type Take = (page: Page, name: string) => Promise<void>;

async function buyers(look: BrowserContextOptions, take: Take): Promise<void> {
  const { page } = await on.visit(look);
  await page.goto(on.server.url);
  await page.getByRole("link", { name: "Han River Arena" }).waitFor();
  await take(page, "events");
  await openEvent(page, on.shop, ids.arena);
  await page.getByText("Tap a section to see its seats").waitFor();
  await take(page, "arena");
  // On a phone the search is in a sheet that opens first.
  const search = page.getByRole("button", { name: "Find the best seats" });
  if (await search.isVisible()) await search.click();
  await button(page, "Find and hold").click();
  await button(page, /^Buy for/).waitFor();
  await take(page, "arena-held");
  await openEvent(page, on.shop, ids.shoes);
  await take(page, "flash-sale");
  await openEvent(page, on.shop, ids.cafe);
  await take(page, "cafe");
  await page.goto(`${on.server.url}/tickets`);
  await page.getByRole("heading", { name: "My tickets" }).waitFor();
  await page.getByRole("article").first().waitFor();
  await take(page, "tickets");
  await page.goto(`${on.server.url}/events/inv_00000000000000000000000000000000`);
  await page.getByRole("heading").first().waitFor();
  await take(page, "not-found");
}

async function operators(look: BrowserContextOptions, take: Take): Promise<void> {
  const { page } = await on.visit(look);
  await page.goto(`${on.server.url}/operator`);
  await page.getByLabel(/secret key/i).waitFor();
  await take(page, "operator-sign-in");
  await page.getByLabel(/secret key/i).fill(on.shop.key);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Han River Arena" }).waitFor();
  await take(page, "operator");
  await page.goto(`${on.server.url}/operator/${ids.arena}`);
  await isLive(page);
  await take(page, "operator-seats");
  await page.getByRole("tab", { name: "Activity" }).click();
  await page.locator(".uplot").first().waitFor();
  await take(page, "operator-activity");
  await page.goto(`${on.server.url}/operator/new`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await take(page, "operator-new");
}

/** Two browsers beside each other in three moments, in one picture. */
describe("two browsers", () => {
  it("shows how one sees what the other holds", async () => {
    const plan = hall(8, 14);
    const body = { name: "Small stage, 1 May", plan, settings: { checkout: "open" } };
    const inventory = await on.shop.create(body);
    const look: BrowserContextOptions = { viewport: { width: 900, height: 620 }, colorScheme: "light" };
    const [a, b] = await Promise.all([on.visit(look), on.visit(look)]);
    await Promise.all([openEvent(a.page, on.shop, inventory), openEvent(b.page, on.shop, inventory)]);
    const both = async () => Promise.all([a.page.screenshot(), b.page.screenshot()]);
    const seats = await Hall.of(a.page, on.shop, inventory);
    const moments = [{ words: "Both look at the same hall.", shots: await both() }];
    await seats.tap("C-7");
    await seats.tap("C-8");
    await a.page.mouse.move(1, 1);
    moments.push({
      words: "The left one chooses two seats. That is nobody else's business yet.",
      shots: await both(),
    });
    await button(a.page, "Hold these 2").first().click();
    await a.page.getByRole("heading", { name: "Held for you" }).waitFor();
    const seen = await Hall.of(b.page, on.shop, inventory);
    await vi.waitFor(async () => expect(await seen.stateOf("C-7")).toBe("held"));
    moments.push({ words: "Held: the other sees it at once.", shots: await both() });
    const { page } = await on.visit({ viewport: { width: 1280, height: 1000 } });
    const picture = (png: Buffer) =>
      `<img width="600" src="data:image/png;base64,${png.toString("base64")}">`;
    const rows = moments.map(({ words, shots }) => `<p>${words}</p>${shots.map(picture).join(" ")}`);
    const style =
      "body{font:20px system-ui;margin:24px;background:#fff}p{margin:18px 0 8px}img{border:1px solid #ccd}";
    await page.setContent(`<style>${style}</style>${rows.join("")}`);
    await page.screenshot({ path: join(SHOTS, "two-browsers.png"), fullPage: true });
  });
});
