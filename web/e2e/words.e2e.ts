import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, confirms, Hall, isLive, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

// Every page in every state that can be reached, read in both languages: no name of a message, nothing that was not
// filled in, no value that nobody meant to show.

const on = stage();
const LOCALES = ["en-GB", "ko-KR"] as const;

/** What no page may say. */
const FORBIDDEN: readonly RegExp[] = [
  /\b(?:cafe|common|events|map|seats|operator|problems|sale|tickets)\.(?!io\b)[a-z]\w*/g,
  /\bundefined\b|\bnull\b|\bNaN\b|\[object |Invalid Date|\bInfinity\b/g,
  /\$?\{\w*\}|\{\{|%[sd]\b/g,
];

/** Everything that is read or heard. */
function readAll(): string {
  const parts: string[] = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement, textContent } = walk.currentNode;
    if (!parentElement?.closest("script, style, code, textarea")) parts.push(textContent ?? "");
  }
  for (const element of document.querySelectorAll("*")) {
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"]) {
      parts.push(element.getAttribute(name) ?? "");
    }
  }
  return parts.join("\n");
}

async function read(page: Page, what: string, found: string[]): Promise<void> {
  const text = await page.evaluate(readAll);
  for (const pattern of FORBIDDEN) {
    for (const [word] of text.matchAll(pattern)) found.push(`${what}: ${word}`);
  }
}

const shoes = (more: object = {}) =>
  on.shop.create({
    name: "Shoes",
    currency: "USD",
    items: [{ id: "shoe", label: "Shoe", capacity: 3, sellable: true, price: 12900 }],
    settings: { checkout: "open", pieces_per_buyer: 2, ...more },
  });

async function operatorPages(page: Page, inventory: string, found: string[]): Promise<void> {
  await page.goto(`${on.server.url}/operator`);
  await page.locator("input[type=password], input[autocomplete]").first().fill(on.shop.key);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Gala" }).first().waitFor();
  await read(page, "operator, list", found);
  await page.goto(`${on.server.url}/operator/${inventory}`);
  await isLive(page);
  const tabs = await page.getByRole("tab").count();
  for (let at = 0; at < tabs; at++) {
    await page.getByRole("tab").nth(at).click();
    await page.getByRole("tabpanel").locator("h2, h3, table, label, p").first().waitFor();
    await read(page, `operator, tab ${at}`, found);
  }
  await page.goto(`${on.server.url}/operator/new`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await read(page, "operator, new", found);
}

describe.each(LOCALES)("every page in %s", (locale) => {
  const word = <T>(en: T, ko: T): T => (locale === "en-GB" ? en : ko);

  it("says words, and only words", async () => {
    const found: string[] = [];
    const { page } = await on.visit({ locale, reducedMotion: "reduce" });
    const tomorrow = new Date(Date.now() + 3_600_000).toISOString();
    const gala = await on.shop.create({
      name: "Gala",
      plan: hall(4, 8),
      starts_at: "2031-05-06T10:30:00Z",
      settings: { checkout: "open", pieces_per_buyer: 2, extensions_max: 1, hold_seconds: 60 },
    });
    const soon = await shoes({ on_sale_from: tomorrow });
    await page.goto(`${on.server.url}/tickets`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await read(page, "no tickets", found);
    await page.goto(on.server.url);
    await page.getByRole("link", { name: "Gala" }).first().waitFor();
    await read(page, "list", found);
    await page.goto(`${on.server.url}/?q=nothing`);
    await page.locator(".notice").waitFor();
    await read(page, "nothing found", found);

    await openEvent(page, on.shop, gala);
    await read(page, "seats", found);
    await (await Hall.of(page, on.shop, gala)).tap("A-3");
    await page.locator(".lines > li").first().waitFor();
    await read(page, "chosen", found);
    await button(page, word("List", "목록")).click();
    await page.locator(".list button").first().waitFor();
    await read(page, "sections", found);
    await page.locator(".list button").first().click();
    await page.getByRole("grid").waitFor();
    await read(page, "list of seats", found);
    await page.locator(".panel .button-primary").first().click();
    await page.locator(".panel-held").waitFor();
    await read(page, "held", found);
    await button(page, word(/^One more: How many/, /^하나 더: /))
      .first()
      .click();
    await page.locator("form.panel button[type=submit]").click();
    await page.locator(".refusal").waitFor();
    await read(page, "refused", found);
    await page.locator("details.code summary").click();
    await page.locator("details.code input").fill("WRONG-CODE");
    await page.locator("details.code button").click();
    await page.locator(".code-wrong").filter({ hasText: /./ }).waitFor();
    await read(page, "a wrong code", found);
    await page.locator(".panel-held .button-primary").click();
    await page.getByRole("dialog").waitFor();
    await read(page, "review", found);
    await confirms(page, word("Confirm purchase", "구매 확정"));
    await page.locator("#bought-title").waitFor();
    await read(page, "bought", found);

    await openEvent(page, on.shop, soon);
    await page.locator(".sale-banner").waitFor();
    await read(page, "not yet on sale", found);
    const open = await shoes();
    await openEvent(page, on.shop, open);
    await read(page, "flash", found);
    await page.locator(".item-buy .button-primary").click();
    await page.locator(".hold").waitFor();
    await read(page, "reserved", found);
    await page.goto(`${on.server.url}/tickets`);
    await page.locator("article").nth(1).waitFor();
    await read(page, "tickets", found);

    for (const path of ["/nowhere", `/events/inv_${"0".repeat(32)}`]) {
      await page.goto(on.server.url + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await read(page, path, found);
    }
    await operatorPages(page, gala, found);
    expect(found).toEqual([]);
  }, 240_000);
});
