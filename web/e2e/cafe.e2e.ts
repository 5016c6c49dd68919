import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, confirms, hears, openEvent } from "./support/seats.ts";
import { stage } from "./support/stage.ts";

const [BEANS, MILK, CUPS] = [1000, 9000, 100];

const on = stage();

function cafe(): Promise<string> {
  return on.shop.create({
    name: "Corner café",
    currency: "KRW",
    items: [
      { id: "beans", label: "Coffee beans", capacity: BEANS, measure: "g" },
      { id: "milk", label: "Milk", capacity: MILK, measure: "ml" },
      { id: "cup", label: "Cup", capacity: CUPS },
    ],
    offers: [
      { id: "espresso", label: "Espresso", price: 3500, units: { beans: 18, cup: 1 } },
      { id: "latte", label: "Latte", price: 5000, units: { beans: 18, milk: 200, cup: 1 } },
      { id: "warm-milk", label: "Warm milk", price: 3000, units: { milk: 300, cup: 1 } },
    ],
    settings: { checkout: "open" },
  });
}

function restock(inventory: string, unit: string, change: number): Promise<unknown> {
  return on.shop.call("POST", `/v1/inventories/${inventory}/restock`, {
    body: { unit, change },
    token: on.shop.key,
  });
}

function drink(page: Page, name: string): Locator {
  return page.getByRole("region", { name: "Menu" }).getByRole("listitem").filter({ hasText: name });
}

async function isGrey(line: Locator): Promise<boolean> {
  return (await line.getByRole("button", { name: /^One more/ }).count()) === 0;
}

describe("a café", () => {
  it("greys a drink out at once, and says which ingredient is missing", async () => {
    const inventory = await cafe();
    const { page } = await on.visit();
    await openEvent(page, on.shop, inventory);
    for (const name of ["Espresso", "Latte", "Warm milk"]) {
      await drink(page, name).getByText("Available").waitFor();
      expect(await isGrey(drink(page, name))).toBe(false);
    }
    await restock(inventory, "milk", -MILK);
    await drink(page, "Latte").getByText("Out of Milk").waitFor();
    await drink(page, "Warm milk").getByText("Out of Milk").waitFor();
    await hears(page, /: out of Milk$/);
    expect(await isGrey(drink(page, "Latte"))).toBe(true);
    expect(await isGrey(drink(page, "Espresso"))).toBe(false);

    await restock(inventory, "cup", -CUPS);
    await drink(page, "Espresso").getByText("Out of Cup").waitFor();
    await drink(page, "Latte")
      .getByText(/^Out of (Milk and Cup|Cup and Milk)$/)
      .waitFor();

    await restock(inventory, "cup", 10);
    await restock(inventory, "milk", 500);
    await drink(page, "Latte").getByText("2 left").waitFor();
    await hears(page, /is available again$/);
    expect(await isGrey(drink(page, "Latte"))).toBe(false);
  });

  it("sells an order in one press, and counts the ingredients of it", async () => {
    const inventory = await cafe();
    const [guest, other] = await Promise.all([on.visit(), on.visit()]);
    await openEvent(guest.page, on.shop, inventory);
    await openEvent(other.page, on.shop, inventory);
    await restock(inventory, "milk", 3000 - MILK);
    await drink(guest.page, "Latte").getByText("15 left").waitFor();
    await button(guest.page, "One more: Latte").click();
    await button(guest.page, "One more: Latte").click();
    await button(guest.page, "One more: Espresso").click();
    await button(guest.page, "Order for ₩13,500").click();
    await confirms(guest.page, "Place order");
    await guest.page.getByRole("heading", { name: "Order received" }).waitFor();
    expect(await guest.page.locator(".bought .hold-lines > li").count()).toBe(3);
    const { counts } = await on.shop.availability(inventory);
    expect(counts.map(([, left]) => left)).toEqual([BEANS - 3 * 18, 3000 - 2 * 200, CUPS - 3]);
    const { figures } = await on.shop.call<{ figures: { sold: number; held: number } }>(
      "GET",
      `/v1/inventories/${inventory}`,
    );
    expect(figures).toMatchObject({ held: 0, sold: 3 * 18 + 2 * 200 + 3 });
    await drink(other.page, "Latte").getByText("13 left").waitFor();
    await guest.page.getByRole("link", { name: "My tickets" }).last().click();
    await guest.page.getByRole("article").filter({ hasText: "Corner café" }).getByText(/Latte/).waitFor();
  });

  it("keeps an order of which something ran out, and takes out only what the guest agrees to", async () => {
    const inventory = await cafe();
    const { page } = await on.visit();
    await openEvent(page, on.shop, inventory);
    const order = page.getByRole("region", { name: "Your order" });
    await button(page, "One more: Latte").click();
    await button(page, "One more: Warm milk").click();
    await button(page, "Order for ₩8,000").waitFor();
    await restock(inventory, "milk", 300 - MILK);
    await order.getByText("Only one more of these can be made: Latte or Warm milk?").waitFor();
    expect(await order.textContent()).not.toMatch(/Milk(?! )/);
    // Both stay, and what cannot be made cannot be pressed.
    expect(await order.getByRole("listitem").count()).toBe(2);
    expect(await button(page, "Order for ₩8,000").getAttribute("aria-disabled")).toBe("true");
    await button(page, "Take out 1 × Warm milk").click();
    await button(page, "Order for ₩5,000").click();
    await confirms(page, "Place order");
    await page.getByRole("heading", { name: "Order received" }).waitFor();
  });

  it("keeps an order that ran out as a whole, and it can be placed when it is there again", async () => {
    const inventory = await cafe();
    const { page } = await on.visit();
    await openEvent(page, on.shop, inventory);
    await button(page, "One more: Latte").click();
    await restock(inventory, "cup", -CUPS);
    await page.getByText("Just ran out: Latte. Your order is kept.").waitFor();
    await restock(inventory, "cup", CUPS);
    await button(page, "Order for ₩5,000").and(page.locator("[aria-disabled=false]")).waitFor();
  });

  it("opens and closes with its sale, under the page", async () => {
    const inventory = await cafe();
    const opens = new Date(Date.now() + 8_000).toISOString();
    const settings = (body: object) =>
      on.shop.call("PATCH", `/v1/inventories/${inventory}`, { body, token: on.shop.key, match: "*" });
    await settings({ on_sale_from: opens });
    const { page } = await on.visit();
    await openEvent(page, on.shop, inventory);
    await button(page, "One more: Latte").click();
    await page.getByRole("button", { name: /^Opens in 0:0/ }).waitFor();
    expect(await button(page, /^Opens in/).getAttribute("aria-disabled")).toBe("true");
    // By itself.
    await button(page, "Order for ₩5,000").waitFor();
    await page.getByText(/^On sale from/).waitFor({ state: "detached" });
    await settings({ on_sale_until: new Date().toISOString() });
    await button(page, "The sale is over").waitFor({ timeout: 30_000 });
    expect(await button(page, "Order for ₩5,000").count()).toBe(0);
  });
});
