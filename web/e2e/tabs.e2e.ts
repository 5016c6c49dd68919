import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, confirms, Hall, isLive, journal, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

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

/** A browser without a window hides no tab by itself. */
function show(page: Page, state: "visible" | "hidden"): Promise<void> {
  return page.evaluate((now) => {
    Object.defineProperty(document, "visibilityState", { value: now, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}
