import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { findings, type Visitor } from "./support/browser.ts";
import { button, confirms, Hall, isLive, openEvent, openList } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

const WIDTHS = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
];

const on = stage();

/** Colours change at once: while they fade, none of them is the one that is meant. */
function calm(): Promise<Visitor> {
  return on.visit({ reducedMotion: "reduce" });
}

/** The page as it stands, light and dark, on a phone and on a desk: nothing is seriously wrong, nothing sticks out. */
async function isFine(page: Page, what: string): Promise<void> {
  const found: string[] = [];
  for (const size of WIDTHS) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const here = `${what}, ${colorScheme}, ${size.width}`;
      found.push(
        ...(await findings(page, colorScheme === "dark" ? "colors" : undefined)).map(
          (finding) => `${here}: ${finding}`,
        ),
      );
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) found.push(`${what}, ${size.width}: ${over} pixels too wide`);
  }
  expect(found).toEqual([]);
}

/** A hall with a bit of everything that a plan can have. */
function rich(): object {
  const plan = hall(6, 10) as { zones: object[]; categories: object[] };
  const area = {
    id: "floor",
    label: "Standing",
    capacity: 80,
    category: "S",
    shape: { kind: "rectangle", x: 60, y: 240, width: 140, height: 40 },
  };
  return {
    ...plan,
    categories: [...plan.categories, { id: "S", name: "S", color: "#3B6EA8", price: 44000 }],
    zones: [...plan.zones, { id: "yard", name: "Yard", areas: [area] }],
  };
}

describe("nothing serious is wrong for anybody", () => {
  it("on the list of events, found, not found and empty", async () => {
    await on.shop.create({ name: "Axe night", plan: hall(2, 4), starts_at: "2031-05-06T10:30:00Z" });
    const { page } = await calm();
    await page.goto(on.server.url);
    await page.getByRole("link", { name: "Axe night" }).waitFor();
    await isFine(page, "events");
    await page.getByLabel("Search by name").fill("nothing is called so");
    await page.getByText("Nothing matches").waitFor();
    await isFine(page, "no match");
  });

  it("on the seat page: map, list, choice, hold, refusal and confirmation", async () => {
    const inventory = await on.shop.create({
      name: "Rich",
      plan: rich(),
      settings: { checkout: "open", extensions_max: 0, pieces_per_buyer: 3 },
    });
    const { page } = await calm();
    await openEvent(page, on.shop, inventory);
    await isFine(page, "map");
    await (await Hall.of(page, on.shop, inventory)).tap("A-3");
    await button(page, "Hold this seat").first().waitFor();
    await isFine(page, "choice");
    await button(page, "List").click();
    await page.getByRole("heading", { name: "Sections" }).waitFor();
    await isFine(page, "sections");
    await button(page, "Map").click();
    await openList(page);
    await isFine(page, "list");
    await button(page, "Hold this seat").first().click();
    await page.getByRole("region", { name: "Held for you" }).waitFor();
    await isFine(page, "hold");
    await button(page, "One more: How many?").first().click();
    await button(page, "Find and hold").click();
    await page.getByText(/You can have at most/).waitFor();
    await isFine(page, "refusal");
    await button(page, /^Buy for/)
      .first()
      .click();
    await page.getByRole("dialog").waitFor();
    await isFine(page, "review");
    await confirms(page);
    await page.getByRole("heading", { name: "Booking confirmed" }).waitFor();
    await isFine(page, "confirmation");
    await page.goto(`${on.server.url}/tickets`);
    await page.getByRole("article").waitFor();
    await isFine(page, "tickets");
  });

  it("on the pages of a flash sale and a café", async () => {
    const price = { sellable: true, price: 129000 };
    const drop = await on.shop.create({
      name: "Drop",
      currency: "KRW",
      items: [{ id: "shoe", label: "Shoe", capacity: 2, ...price }],
      settings: { checkout: "open", pieces_per_buyer: 2 },
    });
    const { page } = await calm();
    await openEvent(page, on.shop, drop);
    await isFine(page, "flash");
    await button(page, "One more: Quantity").click();
    await button(page, "Reserve 2").click();
    await page.getByRole("region", { name: "Reserved for you" }).waitFor();
    await isFine(page, "flash, reserved");

    const corner = await on.shop.create({
      name: "Corner",
      currency: "KRW",
      items: [
        { id: "beans", label: "Beans", capacity: 90, measure: "g" },
        { id: "milk", label: "Milk", capacity: 0, measure: "ml" },
      ],
      offers: [
        { id: "espresso", label: "Espresso", price: 3500, units: { beans: 18 } },
        { id: "latte", label: "Latte", price: 5000, units: { beans: 18, milk: 200 } },
      ],
      settings: { checkout: "open" },
    });
    await openEvent(page, on.shop, corner);
    await page.getByText("Out of Milk").waitFor();
    await button(page, "One more: Espresso").click();
    await isFine(page, "café");
    await button(page, /^Order for/).click();
    await page.getByRole("dialog").waitFor();
    await isFine(page, "café, review");
    await confirms(page, "Place order");
    await page.getByRole("heading", { name: "Order received" }).waitFor();
    await isFine(page, "café, ordered");
  });

  it("where nothing is, and where nothing answers", async () => {
    const { page } = await calm();
    await page.goto(`${on.server.url}/nowhere`);
    await page.getByRole("heading", { name: "This page does not exist" }).waitFor();
    await isFine(page, "not found");
    await page.goto(`${on.server.url}/events/inv_${"0".repeat(32)}`);
    await page.getByRole("heading", { name: "This sale does not exist" }).waitFor();
    await isFine(page, "no such sale");
    await page.goto(`${on.server.url}/tickets`);
    await page.getByText("Nothing here yet").waitFor();
    await isFine(page, "no tickets");
    await page.route("**/v1/**", (route) => route.abort());
    await page.goto(on.server.url);
    await page.getByRole("alert").getByText("This could not be loaded").waitFor();
    await isFine(page, "no answer");
  });

  it("on the operator's pages", async () => {
    const inventory = await on.shop.create({ name: "Operated", plan: rich() });
    await on.shop.hold(inventory, ["A-1"], await on.shop.buyer());
    await on.shop.call("POST", `/v1/inventories/${inventory}/blocks`, {
      body: { units: [["B-1", 1]], reason: "camera" },
      token: on.shop.key,
    });
    const { page } = await calm();
    await page.goto(`${on.server.url}/operator`);
    await page.getByLabel("Secret key").waitFor();
    await isFine(page, "sign in");
    await page.getByLabel("Secret key").fill(on.shop.key);
    await button(page, "Sign in").click();
    await page.getByRole("link", { name: "Operated" }).waitFor();
    await isFine(page, "inventories");
    await page.getByRole("link", { name: "Operated" }).click();
    await isLive(page);
    for (const tab of ["Seats", "Areas and stock", "Activity", "Blocks", "Settings", "Plan"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("tabpanel").locator("h2, table, label").first().waitFor();
      await isFine(page, `operator, ${tab}`);
    }
    await page.getByRole("tab", { name: "Areas and stock" }).click();
    await button(page, "Restock…").click();
    await page.getByRole("dialog").waitFor();
    await isFine(page, "operator, dialog");
    await page.keyboard.press("Escape");
    await page.goto(`${on.server.url}/operator/new`);
    await page.getByRole("heading", { name: "New inventory" }).waitFor();
    await isFine(page, "operator, new");
    await page.getByRole("radio", { name: /From a list of stock/ }).check();
    await button(page, "Create").click();
    await page.getByText("Something is not right yet.").waitFor();
    await isFine(page, "operator, new, not right");
  });
});
