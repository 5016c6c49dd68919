import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, equalsJournal, Hall, hears, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

// Long enough for a slow machine to read both pages before the extension is over, too.
const HOLD_SECONDS = 60;
const OVER_MS = (HOLD_SECONDS + 15) * 1000;

const on = stage();

/** Seconds that the page says are left. */
async function secondsLeft(page: Page): Promise<number> {
  const [minutes = 0, seconds = 0] = await page
    .getByRole("region", { name: "Held for you" })
    .getByRole("timer")
    .locator("[aria-hidden]")
    .textContent()
    .then((text) => (text ?? "").split(":").map(Number));
  return minutes * 60 + seconds;
}

describe("a hold", () => {
  it("ends under the page, in all tabs, unless it is extended", async () => {
    const inventory = await on.shop.create({
      name: "A minute",
      plan: hall(4, 8),
      settings: { hold_seconds: HOLD_SECONDS, extensions_max: 1 },
    });
    const [lets, extends_] = await Promise.all([on.visit(), on.visit()]);
    for (const [{ page }, seat] of [
      [lets, "A-1"],
      [extends_, "B-1"],
    ] as const) {
      await openEvent(page, on.shop, inventory);
      await (await Hall.of(page, on.shop, inventory)).tap(seat);
      await button(page, "Hold this seat").click();
      await page.getByRole("region", { name: "Held for you" }).waitFor();
    }
    const tab = await lets.tab();
    await openEvent(tab, on.shop, inventory);
    await tab.getByRole("region", { name: "Held for you" }).waitFor();
    const first = await secondsLeft(lets.page);
    expect(first).toBeLessThanOrEqual(HOLD_SECONDS);
    await expect.poll(() => secondsLeft(lets.page)).toBeLessThan(first);
    await hears(lets.page, "Time left: 20 seconds");

    // Late enough to be there when the others' time is over.
    await expect.poll(() => secondsLeft(lets.page)).toBeLessThanOrEqual(12);
    const before = await secondsLeft(extends_.page);
    await button(extends_.page, "More time").click();
    await hears(extends_.page, "You have more time now");
    await expect.poll(() => secondsLeft(extends_.page)).toBeGreaterThan(before);

    for (const page of [lets.page, tab]) {
      await page
        .getByRole("region", { name: "Held for you" })
        .waitFor({ state: "detached", timeout: OVER_MS });
      await hears(page, /time .*over|free again/i);
      const map = await Hall.of(page, on.shop, inventory);
      await expect.poll(() => map.stateOf("A-1")).toBe("free");
      expect(await map.stateOf("B-1")).toBe("held");
      await equalsJournal(map, on.shop, inventory);
    }
    expect(await secondsLeft(extends_.page)).toBeGreaterThan(0);
    // There is no second extension: nothing offers one.
    expect(await button(extends_.page, "More time").count()).toBe(0);
  }, 300_000);
});
