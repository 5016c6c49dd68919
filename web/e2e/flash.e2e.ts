import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, confirms, hears, lookAway, openEvent } from "./support/seats.ts";
import { stage } from "./support/stage.ts";

const LIMIT = 2;

const on = stage();

function sale(pieces: number): Promise<string> {
  return on.shop.create({
    name: "Drop",
    currency: "KRW",
    items: [{ id: "shoe", label: "Shoe", capacity: pieces, sellable: true, price: 129000 }],
    settings: { checkout: "open", pieces_per_buyer: LIMIT },
  });
}

async function left(page: Page): Promise<number> {
  return Number(await page.locator(".remaining-count strong").textContent());
}

/** Somebody else takes so many, two at a time: the limit is for them, too. */
async function others(inventory: string, pieces: number): Promise<void> {
  for (let rest = pieces; rest > 0; rest -= LIMIT) {
    const offers = [{ offer: "shoe", quantity: Math.min(rest, LIMIT) }];
    const token = await on.shop.buyer();
    await on.shop.call("POST", `/v1/inventories/${inventory}/holds`, { body: { offers }, token });
  }
}

describe("a flash sale", () => {
  it("is sold out under the page, and comes back", async () => {
    const inventory = await sale(5);
    const { page } = await on.visit();
    await openEvent(page, on.shop, inventory);
    expect(await left(page)).toBe(5);
    await others(inventory, 4);
    await expect.poll(() => left(page)).toBe(1);
    const token = await on.shop.buyer();
    const last = await on.shop.hold(inventory, ["shoe"], token);
    const buy = button(page, "Sold out for now");
    await buy.waitFor();
    expect(await left(page)).toBe(0);
    expect(await buy.getAttribute("aria-disabled")).toBe("true");
    // Who presses it all the same sends nothing.
    const { seq } = await on.shop.availability(inventory);
    await buy.click({ force: true });
    await page.getByText("Whatever comes back shows up here at once.").waitFor();
    expect((await on.shop.availability(inventory)).seq).toBe(seq);
    await on.shop.release(inventory, last.id, token);
    await button(page, "Reserve one").waitFor();
    expect(await left(page)).toBe(1);
  });

  it("says the limit before it bites, and stops at it", async () => {
    const inventory = await sale(100);
    const { page, tab } = await on.visit();
    await openEvent(page, on.shop, inventory);
    await page.getByText("Up to 2 per person").waitFor();
    await button(page, "One more: Quantity").click();
    await button(page, "Reserve 2").waitFor();
    expect(await button(page, "One more: Quantity").isDisabled()).toBe(true);
    await button(page, "One fewer: Quantity").click();
    await button(page, "Reserve one").click();
    await hears(page, /Reserved for you: .*Shoe/);
    await page.getByText("Up to 2 per person; you have 1").waitFor();
    expect(await button(page, "One more: Quantity").isDisabled()).toBe(true);
    await lookAway(page);
    await button(page, "Reserve one").click();
    const stop = button(page, "You have reached the limit");
    await stop.waitFor();
    expect(await stop.getAttribute("aria-disabled")).toBe("true");
    expect(await page.locator(".problem").count()).toBe(0);

    await button(page, /^Buy for ₩129,000$/)
      .first()
      .click();
    await confirms(page);
    await page.getByRole("heading", { name: "Purchase complete" }).waitFor();
    // What was bought counts, too, in another tab as well.
    const second = await tab();
    await openEvent(second, on.shop, inventory);
    await second.getByText("Up to 2 per person; you have 2").waitFor();
    await button(second, "Release").click();
    await button(second, "Reserve one").waitFor();
    await expect.poll(() => left(second)).toBe(99);
  });

  it("never lets two have the last piece", async () => {
    const inventory = await sale(1);
    const [a, b] = await Promise.all([on.visit(), on.visit()]);
    const pages = [a.page, b.page];
    await Promise.all(pages.map((page) => openEvent(page, on.shop, inventory)));
    await Promise.all(pages.map((page) => button(page, "Reserve one").click()));
    const reserved = async () => {
      const held = await Promise.all(
        pages.map((page) => page.getByRole("region", { name: "Reserved for you" }).count()),
      );
      return held.reduce((sum, count) => sum + count, 0);
    };
    await expect.poll(reserved).toBe(1);
    for (const page of pages) await expect.poll(() => left(page)).toBe(0);
    expect(await reserved()).toBe(1);
  });
});
