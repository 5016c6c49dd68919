import { describe, expect, it } from "vitest";
import { button, equalsJournal, Hall, isLive, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

const on = stage();

describe("a bad network", () => {
  it("is said when it is gone, and everything is there again when it is back", async () => {
    const inventory = await on.shop.create({ name: "Tunnel", plan: hall(4, 8) });
    const { page } = await on.visit();
    await openEvent(page, on.shop, inventory);
    const map = await Hall.of(page, on.shop, inventory);
    await map.tap("A-1");
    await page.context().setOffline(true);
    await page.getByText("You are offline. What you see may be out of date.").waitFor();
    await page.locator(".badge-stale").waitFor();
    // What is asked meanwhile is not lost, and not done twice.
    await button(page, "Hold this seat").click();
    await on.shop.hold(inventory, ["B-2"], await on.shop.buyer());
    await page.context().setOffline(false);
    await page.getByText("You are offline.").waitFor({ state: "detached" });
    await isLive(page);
    const held = page.getByRole("heading", { name: "Held for you" });
    const again = page.getByText("Nothing is lost: try again.");
    await held.or(again).first().waitFor();
    if (await again.isVisible()) await button(page, "Hold this seat").click();
    await held.waitFor();
    await expect.poll(() => map.stateOf("B-2")).toBe("held");
    await equalsJournal(map, on.shop, inventory);
  });

  it("that lets no WebSocket through still brings every change", async () => {
    const inventory = await on.shop.create({ name: "Proxy", plan: hall(4, 8) });
    const { page } = await on.visit();
    let upgrades = 0;
    await page.routeWebSocket(/\/live/, (socket) => {
      upgrades++;
      return socket.close({ code: 1011 });
    });
    const streams: string[] = [];
    page.on("response", (answer) => {
      if (answer.url().includes("/live")) streams.push(answer.headers()["content-type"] ?? "");
    });
    await openEvent(page, on.shop, inventory);
    expect(upgrades).toBeGreaterThan(0);
    expect(streams).toEqual([expect.stringContaining("text/event-stream")]);
    const map = await Hall.of(page, on.shop, inventory);
    const token = await on.shop.buyer();
    const hold = await on.shop.hold(inventory, ["C-3"], token);
    await expect.poll(() => map.stateOf("C-3")).toBe("held");
    await on.shop.release(inventory, hold.id, token);
    await expect.poll(() => map.stateOf("C-3")).toBe("free");
    // What is mine comes over it, too.
    await map.tap("A-4");
    await button(page, "Hold this seat").click();
    await page.getByRole("region", { name: "Held for you" }).waitFor();
    await page.reload();
    await isLive(page);
    await page.getByRole("region", { name: "Held for you" }).waitFor();
  });

  it("that answers nothing is said on every page, with a way on", async () => {
    const inventory = await on.shop.create({ name: "Silence", plan: hall(2, 4) });
    const { page } = await on.visit();
    await page.route("**/v1/**", (route) => route.abort());
    for (const path of ["/", `/events/${inventory}`]) {
      await page.goto(`${on.server.url}${path}`);
      await page.getByRole("alert").getByText("This could not be loaded").waitFor({ timeout: 30_000 });
    }
    await page.unroute("**/v1/**");
    await button(page, "Try again").click();
    await isLive(page);
  });
});
