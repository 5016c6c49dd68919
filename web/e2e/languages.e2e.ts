import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, confirms, Hall, isLive, lookAway } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

const on = stage();

/** Words in Latin letters that are no names: what nobody translated. */
async function latin(page: Page): Promise<string[]> {
  const text = await page.locator("#app").evaluate((app) => {
    const parts: string[] = [];
    const walk = document.createTreeWalker(app, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) parts.push(walk.currentNode.textContent ?? "");
    for (const named of app.querySelectorAll("[aria-label], [placeholder], [title]")) {
      parts.push(...["aria-label", "placeholder", "title"].map((name) => named.getAttribute(name) ?? ""));
    }
    return parts.join(" ");
  });
  const own = /^(fairhold|English|Hall|Han|Gala|sk_?)$/;
  return (text.match(/[A-Za-z]{3,}/g) ?? []).filter((word) => !own.test(word));
}

describe("Korean", () => {
  it("is what a Korean browser gets, on every page", async () => {
    const inventory = await on.shop.create({
      name: "Gala",
      plan: hall(4, 8),
      starts_at: "2031-05-06T10:30:00Z",
      settings: { checkout: "open" },
    });
    const { page } = await on.visit({ locale: "ko-KR" });
    await page.goto(on.server.url);
    await page.getByRole("heading", { name: "공연·상품" }).waitFor();
    await page.getByText("2031년 5월 6일").first().waitFor();
    await expect.poll(() => page.locator("html").getAttribute("lang")).toBe("ko");
    expect(await latin(page)).toEqual([]);

    await page.getByRole("link", { name: "Gala" }).click();
    await isLive(page);
    await page.getByText("₩66,000").first().waitFor();
    await (await Hall.of(page, on.shop, inventory)).tap("A-1");
    await page.locator(".lines > li").first().waitFor();
    expect(await latin(page)).toEqual([]);

    await page.locator(".panel .button-primary").first().click();
    await page.getByRole("timer").first().waitFor();
    await lookAway(page);
    await page.locator(".panel-held .button-primary").click();
    await page.getByRole("dialog").waitFor();
    expect(await latin(page)).toEqual([]);
    await confirms(page, "구매 확정");
    await page.locator("#bought-title").waitFor();
    expect((await latin(page)).filter((word) => !/^sale$|^[a-f]+$/.test(word))).toEqual([]);
    for (const path of ["/operator", "/tickets", "/nowhere"]) {
      await page.goto(`${on.server.url}${path}`);
      await page
        .getByRole("heading", { level: 1 })
        .filter({ hasText: /[가-힣]/ })
        .waitFor();
    }
    expect(await latin(page)).toEqual([]);
  });

  it("is one press away, stays after a reload, and reaches other tabs", async () => {
    const { page, tab } = await on.visit();
    await page.goto(on.server.url);
    const other = await tab();
    await other.goto(`${on.server.url}/tickets`);
    await other.getByRole("heading", { name: "My tickets" }).waitFor();
    await page.getByRole("heading", { name: "Events and sales" }).waitFor();
    await button(page, "한국어").click();
    await page.getByRole("heading", { name: "공연·상품" }).waitFor();
    await other.getByRole("button", { name: "English" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "공연·상품" }).waitFor();
    await button(page, "English").click();
    await page.getByRole("heading", { name: "Events and sales" }).waitFor();
    await expect.poll(() => page.locator("html").getAttribute("lang")).toBe("en");
  });
});
