import { describe, expect, it } from "vitest";
import { button, equalsJournal, Hall, isLive, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

const on = stage();

describe("a server that dies under an open page", () => {
  it("is said to be gone, comes back, and the page equals the journal", async () => {
    const { page, tab } = await on.visit();
    const inventory = await on.shop.create({ name: "Restart", plan: hall(6, 10) });
    const others = await on.shop.buyer();
    const given = await on.shop.hold(inventory, ["F-1", "F-2"], others);
    await openEvent(page, on.shop, inventory);
    const map = await Hall.of(page, on.shop, inventory);
    await map.tap("A-1");
    await map.tap("A-2");
    await button(page, "Hold these 2").click();
    await page.getByRole("heading", { name: "Held for you" }).waitFor();
    await equalsJournal(map, on.shop, inventory);

    await on.server.kill();
    await page.getByText("Not up to date, reconnecting…").waitFor();
    await page.getByText("The map may be out of date.").waitFor();

    // What happens meanwhile, where this page cannot see it.
    await on.server.elsewhere(async () => {
      await on.shop.hold(inventory, ["C-3", "C-4", "C-5"], await on.shop.buyer());
      await on.shop.release(inventory, given.id, others);
      await on.shop.call("POST", `/v1/inventories/${inventory}/blocks`, {
        body: { units: [["E-9", 1]], reason: "camera" },
        token: on.shop.key,
      });
    });
    expect(await map.stateOf("C-4")).toBe("free");
    expect(await page.locator(".badge-stale").count()).toBe(1);

    await on.server.start();
    await isLive(page);
    await expect.poll(() => map.stateOf("C-4")).toBe("held");
    await equalsJournal(map, on.shop, inventory);
    expect(await map.stateOf("E-9")).toBe("blocked");
    expect(await map.stateOf("F-1")).toBe("free");

    // And what comes after it is seen as before.
    await on.shop.hold(inventory, ["B-7"], await on.shop.buyer());
    await expect.poll(() => map.stateOf("B-7")).toBe("held");

    for (const again of [page, await tab()]) {
      await openEvent(again, on.shop, inventory);
      const mine = again.getByRole("region", { name: "Held for you" });
      await mine.waitFor();
      expect(await mine.locator(".lines > li").count()).toBe(2);
      expect(await (await Hall.of(again, on.shop, inventory)).point("A-1")).toMatch(/Held for you$/);
    }
  });

  it("has done once what was asked of it as it died", async () => {
    const { page } = await on.visit();
    const inventory = await on.shop.create({ name: "Asked once", plan: hall(2, 4) });
    await openEvent(page, on.shop, inventory);
    const map = await Hall.of(page, on.shop, inventory);
    await map.tap("A-3");
    await on.server.kill();
    await page.getByText("Not up to date, reconnecting…").waitFor();
    await button(page, "Hold this seat").click();
    await on.server.start();
    // The call is repeated by itself while that may help; else it says that nothing is lost.
    const [held, again] = [
      page.getByRole("heading", { name: "Held for you" }),
      page.getByText("Nothing is lost: try again."),
    ];
    await held.or(again).first().waitFor();
    if (await again.isVisible()) await button(page, "Hold this seat").click();
    await held.waitFor();
    expect(await held.count()).toBe(1);
    await equalsJournal(map, on.shop, inventory);
  });
});
