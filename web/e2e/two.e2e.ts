import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, cell, confirms, Hall, hears, journal, openEvent, openList } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

const on = stage();

function small(): Promise<string> {
  return on.shop.create({ name: "Two at once", plan: hall(6, 10), settings: { checkout: "open" } });
}

/** When the answer to the last hold was complete, on the clock that all pages share. */
function heldAt(page: Page): Promise<number> {
  return page.evaluate(() => {
    const calls = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const last = calls.filter(({ name }) => name.endsWith("/holds")).at(-1);
    return performance.timeOrigin + (last?.responseEnd ?? Number.NaN);
  });
}

/** The moment at which a seat of the list turns into one of somebody else, on the same clock. */
function turnsAt(page: Page, seat: string): Promise<number> {
  return page.evaluate(
    (name) =>
      new Promise<number>((seen) => {
        const isTaken = () =>
          [...document.querySelectorAll('[role="gridcell"]')].some(
            (cell) =>
              cell.textContent?.startsWith(`${name},`) &&
              cell.getAttribute("aria-disabled") === "true" &&
              cell.textContent.endsWith("Held by someone else"),
          );
        new MutationObserver((_, watch) => {
          if (!isTaken()) return;
          watch.disconnect();
          seen(performance.timeOrigin + performance.now());
        }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      }),
    seat,
  );
}

describe("two at one map", () => {
  it("shows what the other holds as soon as it is held", async () => {
    const inventory = await small();
    const [a, b] = await Promise.all([on.visit(), on.visit()]);
    await Promise.all([openEvent(a.page, on.shop, inventory), openEvent(b.page, on.shop, inventory)]);
    await Promise.all([openList(a.page), openList(b.page)]);
    const took: number[] = [];
    for (const seat of ["1", "2", "3"]) {
      // Every row has such a seat: in each turn the other rows were taken before.
      await cell(a.page, "A", seat).click();
      const turned = turnsAt(b.page, seat);
      await button(a.page, "Hold this seat").click();
      const seen = await turned;
      await cell(a.page, "A", seat).and(a.page.locator(".list-cell-mine")).waitFor();
      took.push(Math.round(seen - (await heldAt(a.page))));
    }
    console.log(`a hold is seen by others after ${took.join(", ")} ms`);
    const map = await Hall.of(b.page, on.shop, inventory);
    await button(b.page, "Map").click();
    expect(await map.stateOf("A-2")).toBe("held");
    expect(await map.stateOf("A-4")).toBe("free");
  });

  it("gives a seat to one of two, and tells the other where it was lost", async () => {
    const inventory = await small();
    const [a, b] = await Promise.all([on.visit(), on.visit()]);
    await Promise.all([openEvent(a.page, on.shop, inventory), openEvent(b.page, on.shop, inventory)]);
    const [mapOfA, mapOfB] = await Promise.all([
      Hall.of(a.page, on.shop, inventory),
      Hall.of(b.page, on.shop, inventory),
    ]);
    await mapOfA.tap("C-5");
    await mapOfA.tap("C-6");
    await mapOfB.tap("C-4");
    await mapOfB.tap("C-5");
    // Both ask before either has an answer: the server decides.
    await meetAtHold([a.page, b.page]);
    await expect.poll(() => winners([a.page, b.page])).toBe(1);
    const isWonByA = await a.page.getByRole("heading", { name: "Held for you" }).isVisible();
    const [loser, kept] = isWonByA ? ([b.page, "Seat 4"] as const) : ([a.page, "Seat 6"] as const);
    const choice = loser.getByRole("region", { name: "Your choice" });
    await choice.getByText(/Just taken by someone else:.*Seat.*5.*The rest of your choice/).waitFor();
    await hears(loser, /was just taken by someone else/);
    await expect.poll(() => choice.locator(".lines bdi").first().textContent()).toMatch(plain(kept));
    expect(await choice.getByRole("listitem").count()).toBe(1);
    await button(loser, "Hold this seat").click();
    await loser.getByRole("heading", { name: "Held for you" }).waitFor();
    const held = (await journal(on.shop, inventory)).filter((state) => state === "held");
    expect(held).toHaveLength(3);
  });

  it("takes a seat out of a choice as soon as somebody else holds it", async () => {
    const inventory = await small();
    const { page } = await on.visit();
    await openEvent(page, on.shop, inventory);
    const map = await Hall.of(page, on.shop, inventory);
    await map.tap("B-2");
    await map.tap("B-3");
    await button(page, "Hold these 2").first().waitFor();
    await on.shop.hold(inventory, ["B-2"], await on.shop.buyer());
    await button(page, "Hold this seat").first().waitFor();
    expect(await map.point("B-2")).toMatch(/Just taken$/);
    expect(await map.point("B-3")).toMatch(/Chosen by you$/);
    await page
      .locator(".toast")
      .filter({ hasText: /Row.*B.*Seat.*2.*was just taken/ })
      .waitFor();
  });
});

describe("two tabs of one buyer", () => {
  it("agree on what is held, bought and given back", async () => {
    const inventory = await small();
    const buyer = await on.visit();
    await openEvent(buyer.page, on.shop, inventory);
    const map = await Hall.of(buyer.page, on.shop, inventory);
    await map.tap("D-1");
    await button(buyer.page, "Hold this seat").click();
    await buyer.page.getByRole("heading", { name: "Held for you" }).waitFor();
    const tab = await buyer.tab();
    await openEvent(tab, on.shop, inventory);
    const held = tab.getByRole("region", { name: "Held for you" });
    await held.waitFor();
    const second = await Hall.of(tab, on.shop, inventory);
    expect(await second.point("D-1")).toMatch(/Held for you$/);

    // Held in the second tab: the first one has both.
    await second.tap("D-2");
    await button(tab, "Hold this seat").click();
    const inFirst = buyer.page.getByRole("region", { name: "Held for you" });
    await expect.poll(() => inFirst.count()).toBe(2);
    // Nobody was told that somebody else was quicker.
    expect(await buyer.page.locator(".toast").count()).toBe(0);

    // Given back in the first tab: free in the second.
    await inFirst
      .filter({ hasText: plain("Seat 2") })
      .getByRole("button", { name: "Release" })
      .click();
    await expect.poll(() => held.count()).toBe(1);
    await expect.poll(() => second.stateOf("D-2")).toBe("free");

    await held.getByRole("button", { name: /^Buy for/ }).click();
    await confirms(tab);
    await tab.getByRole("heading", { name: "Booking confirmed" }).waitFor();
    await expect.poll(() => inFirst.count()).toBe(0);
    await expect.poll(() => map.stateOf("D-1")).toBe("sold");
  });
});

/** Presses both buttons; the calls leave only when both are there. */
async function meetAtHold(pages: readonly Page[]): Promise<void> {
  let here = 0;
  let open = () => {};
  const gate = new Promise<void>((opened) => {
    open = opened;
  });
  for (const page of pages) {
    await page.route("**/holds", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      if (++here === pages.length) open();
      await gate;
      await route.continue();
    });
  }
  await Promise.all(pages.map((page) => button(page, "Hold these 2").click()));
  await gate;
}

async function winners(pages: readonly Page[]): Promise<number> {
  const won = await Promise.all(
    pages.map((page) => page.getByRole("heading", { name: "Held for you" }).count()),
  );
  return won.reduce((sum, count) => sum + count, 0);
}

/** Names keep their parts apart by marks that nobody sees. */
function plain(name: string): RegExp {
  return new RegExp(name.replace(" ", "[\\s\\u2066-\\u2069]*"));
}
