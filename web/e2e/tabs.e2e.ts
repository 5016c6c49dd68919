import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, confirms, Hall, isLive, journal, lookAway, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { limitedStage, stage } from "./support/stage.ts";

const TABS = 9;

const on = stage();

describe.each(["WebSocket", "events"])("nine tabs of one browser, by %s", (transport) => {
  it("have one stream, leave room for a purchase and a tenth, and go on when the leading one goes", {
    timeout: 240_000,
  }, async () => {
    const inventory = await on.shop.create({
      name: `Nine by ${transport}`,
      plan: hall(4, 8),
      settings: { checkout: "open" },
    });
    const guest = await on.visit();
    const context = guest.page.context();
    context.setDefaultTimeout(60_000);
    if (transport === "events")
      await context.routeWebSocket(/\/live/, (socket) => socket.close({ code: 1011 }));
    const tabs: Page[] = [guest.page];
    while (tabs.length < TABS) tabs.push(await guest.tab());
    for (const tab of tabs) await openEvent(tab, on.shop, inventory);
    const viewers = async () =>
      (await on.shop.call<{ viewers: number }>("GET", `/v1/inventories/${inventory}`)).viewers;
    await expect.poll(viewers, { timeout: 60_000 }).toBe(1);

    const [first, second] = tabs as [Page, Page];
    const last = tabs[TABS - 1] as Page;
    await last.bringToFront();
    const map = await Hall.of(last, on.shop, inventory);
    await map.tap("A-1");
    await button(last, "Hold this seat").click();
    await last.getByRole("region", { name: "Held for you" }).waitFor();
    // What is mine is told to all tabs by the one stream.
    await second.getByRole("region", { name: "Held for you" }).waitFor();
    const tenth = await guest.tab();
    await openEvent(tenth, on.shop, inventory);

    // The leading tab goes; another takes over, and the stream goes on.
    await first.close();
    await expect.poll(viewers, { timeout: 60_000 }).toBe(1);
    await on.shop.hold(inventory, ["C-3"], await on.shop.buyer());
    await second.bringToFront();
    const other = await Hall.of(second, on.shop, inventory);
    await expect.poll(() => other.stateOf("C-3"), { timeout: 60_000 }).toBe("held");

    // None while nobody looks.
    const rest = [...tabs.slice(1), tenth];
    for (const tab of rest) await show(tab, "hidden");
    await expect.poll(viewers, { timeout: 60_000 }).toBe(0);
    await show(last, "visible");
    await isLive(last);
    await expect.poll(viewers, { timeout: 60_000 }).toBe(1);

    await last.bringToFront();
    await button(last, /^Buy for/)
      .first()
      .click();
    await confirms(last);
    await expect.poll(async () => (await journal(on.shop, inventory))[0]).toBe("sold");
  });
});

describe.each(["WebSocket", "events"])("nine windows on nine events, by %s", (transport) => {
  const on = limitedStage();

  it("are all up to date, leave room for a purchase, and are the same buyer's ever after", {
    timeout: 240_000,
  }, async () => {
    const guest = await on.visit();
    const context = guest.page.context();
    context.setDefaultTimeout(60_000);
    if (transport === "events")
      await context.routeWebSocket(/\/live/, (socket) => socket.close({ code: 1011 }));
    const windows: { page: Page; inventory: string }[] = [];
    const plan = hall(2, 8);
    for (let at = 1; at <= TABS; at++) {
      const inventory = await on.shop.create({
        name: `Window ${at} by ${transport}`,
        plan,
        // Opening nine of them takes its time on a busy machine.
        settings: { checkout: "open", hold_seconds: 900 },
      });
      const page = at === 1 ? guest.page : await guest.tab();
      windows.push({ page, inventory });
      await openEvent(page, on.shop, inventory);
      // With a buyer from the first window on: the server counts their streams.
      if (at === 1) await holdsFirst(page, inventory);
    }
    const buyer = () => guest.page.evaluate(() => localStorage.getItem("fairhold.session"));
    const before = await buyer();
    const [first] = windows as [{ page: Page; inventory: string }];
    const last = windows[TABS - 1] as { page: Page; inventory: string };
    // Every one of them is told what somebody else does, the oldest, too.
    for (const { page, inventory } of windows) {
      await on.shop.hold(inventory, ["B-3"], await on.shop.buyer());
      await page.bringToFront();
      const map = await Hall.of(page, on.shop, inventory);
      await expect.poll(() => map.stateOf("B-3"), { timeout: 60_000 }).toBe("held");
      await isLive(page);
    }
    await last.page.bringToFront();
    await holdsFirst(last.page, last.inventory);
    await buys(last.page);
    expect((await journal(on.shop, last.inventory))[0]).toBe("sold");
    // What was held in the first window is held still, and by the same person.
    await first.page.bringToFront();
    await buys(first.page);
    expect((await journal(on.shop, first.inventory))[0]).toBe("sold");
    expect(await buyer()).toBe(before);
  });

  async function holdsFirst(page: Page, inventory: string) {
    await (await Hall.of(page, on.shop, inventory)).tap("A-1");
    await button(page, "Hold this seat").click();
    await page.getByRole("region", { name: "Held for you" }).waitFor();
  }

  async function buys(page: Page) {
    await lookAway(page);
    await button(page, /^Buy for/)
      .first()
      .click();
    await confirms(page);
    await page.getByRole("heading", { name: "Booking confirmed" }).waitFor();
  }
});

/** A browser without a window hides no tab by itself. */
function show(page: Page, state: "visible" | "hidden"): Promise<void> {
  return page.evaluate((now) => {
    Object.defineProperty(document, "visibilityState", { value: now, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}
