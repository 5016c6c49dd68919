import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FrontProxy, type ProxyKind } from "./support/proxy.ts";
import { button, confirms, Hall, isLive, journal } from "./support/seats.ts";
import { freePort } from "./support/server.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

// What a page tells is told within ten seconds by deadlines that add up to less; a test has no clock of its own, since
// other people's work on the machine counts, too: it waits, and prints what it took.

const TABS = 9;
const PATIENCE_MS = 60_000;
const ports = { nginx: await freePort(), caddy: await freePort() };

describe.each(["nginx", "caddy"] as const)("behind %s with the documented settings", (kind: ProxyKind) => {
  const on = stage("--public-url", `http://127.0.0.1:${ports[kind]}`);
  let proxy: FrontProxy;
  beforeAll(async () => {
    proxy = await FrontProxy.start(kind, ports[kind], on.server.url);
  });
  afterAll(() => proxy.stop());

  const open = async (page: Page, inventory: string) => {
    await page.goto(`${proxy.url}/events/${inventory}`);
    await isLive(page);
  };
  const create = (name: string) => on.shop.create({ name, plan: hall(4, 8), settings: { checkout: "open" } });
  const viewers = async (inventory: string) =>
    (await on.shop.call<{ viewers: number }>("GET", `/v1/inventories/${inventory}`)).viewers;

  it("nine tabs tell the truth over a restart and a proxy that stops answering", {
    timeout: 300_000,
  }, async () => {
    const inventory = await create(`Nine behind ${kind}`);
    const guest = await on.visit();
    guest.page.context().setDefaultTimeout(PATIENCE_MS);
    const tabs = [guest.page];
    while (tabs.length < TABS) tabs.push(await guest.tab());
    for (const tab of tabs) await open(tab, inventory);
    await expect.poll(() => viewers(inventory), { timeout: 60_000 }).toBe(1);

    await on.server.kill();
    await all(tabs, isStale);
    await on.server.start();
    await all(tabs, isLive);
    await expect.poll(() => viewers(inventory), { timeout: 60_000 }).toBe(1);

    const last = tabs[TABS - 1] as Page;
    const map = await Hall.of(last, on.shop, inventory);
    await last.bringToFront();
    await map.tap("A-1");
    const stale = tabs.map((tab) => comesAt(tab, ".badge-stale"));
    const unsure = comesAt(last, ".waiting");
    await settle(tabs);
    proxy.freeze();
    const frozen = Date.now();
    await button(last, "Hold this seat").click();
    const pressed = Date.now();
    const seconds = (at: number, since: number) => ((at - since) / 1000).toFixed(1);
    const times = (await Promise.all(stale)).map((at) => seconds(at, frozen));
    console.log(
      `${kind}: after the proxy stopped the ${TABS} tabs are stale after ${times.join(", ")} s; ` +
        `that an outcome is not known is told ${seconds(await unsure, pressed)} s after the press`,
    );
    const waiting = last.locator(".waiting");
    await waiting.getByText("We do not know yet whether this went through").waitFor();
    await waiting.getByRole("button", { name: "Try now" }).click();

    proxy.thaw();
    await last.getByRole("region", { name: "Held for you" }).waitFor();
    await all(tabs, isLive);
    // It was asked for several times, and done once.
    const held = async () => (await journal(on.shop, inventory)).filter((state) => state === "held").length;
    expect(await held()).toBe(1);
    await button(last, /^Buy for/)
      .first()
      .click();
    await confirms(last);
    await expect.poll(async () => (await journal(on.shop, inventory))[0]).toBe("sold");
  });

  it("events pass, too, one by one, and end as soon as the server does", { timeout: 120_000 }, async () => {
    const inventory = await create(`Events behind ${kind}`);
    const { page } = await on.visit();
    page.context().setDefaultTimeout(PATIENCE_MS);
    await page.routeWebSocket(/\/live/, (socket) => socket.close({ code: 1011 }));
    await open(page, inventory);
    const map = await Hall.of(page, on.shop, inventory);
    await on.shop.hold(inventory, ["C-3"], await on.shop.buyer());
    await expect.poll(() => map.stateOf("C-3")).toBe("held");
    proxy.freeze();
    await isStale(page);
    proxy.thaw();
    await isLive(page);
  });
});

async function isStale(page: Page): Promise<void> {
  await page.locator(".badge-stale[role=status]").waitFor();
}

/** The moment, on the clock that all share, at which something comes to be on a page. */
function comesAt(page: Page, selector: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((come) => {
        new MutationObserver((_, watch) => {
          if (!document.querySelector(wanted)) return;
          watch.disconnect();
          come(Date.now());
        }).observe(document.body, { subtree: true, childList: true, attributes: true });
      }),
    selector,
  );
}

/** All that was sent to the pages before is there. */
function settle(tabs: readonly Page[]): Promise<unknown> {
  return Promise.all(tabs.map((tab) => tab.evaluate(() => document.readyState)));
}

function all(tabs: readonly Page[], act: (tab: Page) => Promise<void>): Promise<unknown> {
  return Promise.all(tabs.map(act));
}
