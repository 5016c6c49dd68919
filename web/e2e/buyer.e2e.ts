import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, confirms, isLive, journal } from "./support/seats.ts";
import { stage } from "./support/stage.ts";

const on = stage("--demo");

/** As somebody does who was only told the address. */
async function findArena(page: Page): Promise<string> {
  await page.goto(on.server.url);
  await page.getByRole("link", { name: "Han River Arena" }).click();
  await isLive(page);
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

/** The confirmation, and the same seats under tickets. What was bought, by the names of the seats. */
async function buyHeld(page: Page): Promise<string[]> {
  await button(page, /^Buy for ₩/).click();
  await confirms(page);
  await page.getByRole("heading", { name: "Booking confirmed" }).waitFor();
  await page.getByText("Your 2 tickets are confirmed.").waitFor();
  const booking = (await page.locator("code").textContent()) ?? "?";
  const seats = (await page.locator(".lines .line-name > bdi").allTextContents()).map(withoutIsolates);
  await page.getByRole("link", { name: "See my tickets" }).click();
  await page.getByRole("heading", { name: "My tickets" }).waitFor();
  const ticket = page.getByRole("article").filter({ hasText: "Han River Arena" });
  await ticket.getByText(booking).waitFor();
  await expect.poll(() => ticket.getByRole("listitem").count()).toBe(2);
  return seats;
}

async function sold(inventory: string): Promise<number[]> {
  const states = await journal(on.shop, inventory);
  return states.flatMap((state, unit) => (state === "sold" ? [unit] : []));
}

describe("a newcomer at the demo", () => {
  it("buys the two best seats", async () => {
    const { page } = await on.visit();
    const inventory = await findArena(page);
    const before = await sold(inventory);
    await button(page, "Find and hold").click();
    await page.getByRole("heading", { name: "Held for you" }).waitFor();
    expect(await buyHeld(page)).toHaveLength(2);
    const bought = (await sold(inventory)).filter((unit) => !before.includes(unit));
    expect(bought).toHaveLength(2);
    expect(Math.abs((bought[0] ?? 0) - (bought[1] ?? 0))).toBe(1);
  });

  it("buys two seats by tapping them on the map", async () => {
    // Nothing glides under the pointer.
    const { page } = await on.visit({ reducedMotion: "reduce" });
    const inventory = await findArena(page);
    const before = await sold(inventory);
    const map = page.locator(".map-view");
    const box = await map.boundingBox();
    if (!box) throw new Error("no map");
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.getByText("Tap a section to see its seats").waitFor();
    const section = await around(page, middle, /from ₩/, 12);
    await page.mouse.click(section.x, section.y);
    await page.getByText("Tap a seat to choose it").waitFor();
    const names: string[] = [];
    for (const count of [1, 2]) {
      await around(page, middle, /Seat \d+.*₩\d+,000$/s, 8);
      const where = await page.locator(".map-tip-where > bdi, .map-tip > strong").allTextContents();
      await page.mouse.down();
      await page.mouse.up();
      await button(page, count === 1 ? "Hold this seat" : "Hold these 2")
        .first()
        .waitFor();
      names.push(where.join(" · "));
    }
    expect(new Set(names).size).toBe(2);
    await button(page, "Hold these 2").click();
    const seats = await buyHeld(page);
    const bought = (await sold(inventory)).filter((unit) => !before.includes(unit));
    expect(bought).toHaveLength(2);
    // The seats that were tapped, not their neighbours.
    for (const name of names)
      expect(seats).toContainEqual(expect.stringMatching(new RegExp(`${withoutIsolates(name)}$`)));
  });
});

/** Moves the pointer outwards from the middle until the map tells of such a thing there. */
async function around(page: Page, middle: { x: number; y: number }, told: RegExp, step: number) {
  for (let ring = 0; ring < 30; ring++) {
    for (let turn = 0; turn < Math.max(1, ring * 6); turn++) {
      const angle = (turn / Math.max(1, ring * 6)) * 2 * Math.PI;
      const at = {
        x: middle.x + Math.cos(angle) * ring * step,
        y: middle.y + Math.sin(angle) * ring * step,
      };
      await page.mouse.move(at.x, at.y);
      const tip = await page.evaluate(tipDrawn);
      if (told.test(tip)) return at;
    }
  }
  throw new Error(`nothing on the map says ${told}`);
}

/** What the map tells once it has drawn where the pointer is now. Runs in the page. */
function tipDrawn(): Promise<string> {
  const told = () => document.querySelector(".map-tip")?.textContent ?? "";
  return new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(() => tell(told()))));
}

/** Around parts of a name stand marks that keep their directions of writing apart. */
function withoutIsolates(text: string): string {
  return text.replaceAll(/[\u2066-\u2069]/g, "");
}
