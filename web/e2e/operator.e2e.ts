import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, Hall, isLive, journal, lookAway, openEvent, type State } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

const on = stage();

/** Signed in, and at an inventory. */
async function manage(page: Page, inventory: string): Promise<void> {
  await page.goto(`${on.server.url}/operator/${inventory}`);
  await page.getByLabel("Secret key").fill(on.shop.key);
  await button(page, "Sign in").click();
  await isLive(page);
}

function figure(page: Page, name: string): Locator {
  const figures = page.getByRole("region", { name: "Figures" });
  return figures
    .locator("dl > div", { has: page.getByRole("term").filter({ hasText: name }) })
    .locator("dd")
    .last();
}

async function shows(page: Page, name: string, value: RegExp): Promise<void> {
  await expect.poll(() => figure(page, name).textContent()).toMatch(value);
}

async function numbersOf(inventory: string, wanted: State): Promise<number[]> {
  const states = await journal(on.shop, inventory);
  return states.flatMap((state, unit) => (state === wanted ? [unit] : []));
}

/** Draws around whatever lies between two seats. */
async function lasso(page: Page, map: Hall, from: string, to: string): Promise<void> {
  const [a, b] = [await map.placeOf(from), await map.placeOf(to)];
  const room = 8;
  await page.mouse.move(a.x - room, a.y - room);
  await page.mouse.down();
  for (const [x, y] of [
    [b.x + room, a.y - room],
    [b.x + room, b.y + room],
    [a.x - room, b.y + room],
    [a.x - room, a.y - room],
  ] as const) {
    await page.mouse.move(x, y, { steps: 4 });
  }
  await page.mouse.up();
}

async function buy(inventory: string, seats: readonly string[]): Promise<string> {
  const token = await on.shop.buyer();
  const hold = await on.shop.hold(inventory, seats, token);
  const sale = await on.shop.call<{ id: string }>(
    "POST",
    `/v1/inventories/${inventory}/holds/${hold.id}/purchase`,
    { token: on.shop.key },
  );
  return sale.id;
}

describe("an operator", () => {
  it("signs in with a key, which other keys and other tabs do not", async () => {
    const { page, tab } = await on.visit();
    await page.goto(`${on.server.url}/operator`);
    const key = page.getByLabel("Secret key");
    await key.fill(`sk_${"A".repeat(43)}`);
    await button(page, "Sign in").click();
    await page
      .locator(".field-error")
      .getByText(/does not know this key/)
      .waitFor();
    await key.fill(on.server.key("seller"));
    await lookAway(page);
    await button(page, "Sign in").click();
    await page
      .locator(".field-error")
      .getByText(/not an operator's/)
      .waitFor();
    await key.fill(on.shop.key);
    await lookAway(page);
    await button(page, "Sign in").click();
    await page.getByRole("heading", { name: "Inventories" }).waitFor();
    expect(page.url()).not.toContain("sk_");
    await page.reload();
    await page.getByRole("heading", { name: "Inventories" }).waitFor();
    const other = await tab();
    await other.goto(`${on.server.url}/operator`);
    await other.getByLabel("Secret key").waitFor();
    await button(page, "Sign out").click();
    await key.waitFor();
    expect(await page.evaluate(() => sessionStorage.length + Object.keys(sessionStorage).length)).toBe(0);
  });

  it("sees occupancy live, blocks by lasso what buyers then see as blocked, and lifts it", async () => {
    const inventory = await on.shop.create({ name: "Lasso", plan: hall(6, 10) });
    const [operator, buyer] = await Promise.all([on.visit(), on.visit()]);
    const { page } = operator;
    await Promise.all([manage(page, inventory), openEvent(buyer.page, on.shop, inventory)]);
    await shows(page, "Available", /^60/);
    await on.shop.hold(inventory, ["F-1", "F-2"], await on.shop.buyer());
    await shows(page, "Held", /^2 /);
    await shows(page, "Available", /^58/);
    await buy(inventory, ["F-9"]);
    await shows(page, "Sold", /^1 /);
    await shows(page, "Watching", /^2$/);

    const map = await Hall.of(page, on.shop, inventory);
    const seen = await Hall.of(buyer.page, on.shop, inventory);
    await page.getByRole("radio", { name: "Lasso" }).check();
    await lasso(page, map, "B-3", "C-5");
    await page.getByRole("heading", { name: "6 selected" }).waitFor();
    await button(page, "Block…").click();
    const dialog = page.getByRole("dialog", { name: "Take off sale" });
    await dialog.getByText("6 pieces go off sale at once.").waitFor();
    await dialog.getByLabel("Reason").fill("camera");
    await dialog.getByRole("button", { name: "Block" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await numbersOf(inventory, "blocked")).toEqual([12, 13, 14, 22, 23, 24]);
    await shows(page, "Blocked", /^6 /);
    await expect.poll(() => seen.stateOf("C-4")).toBe("blocked");
    expect(await seen.stateOf("B-2")).toBe("free");
    await seen.tap("C-4");
    expect(await buyer.page.getByText("Tap seats on the map").isVisible()).toBe(true);

    await page.getByRole("tab", { name: /Blocks/ }).click();
    const block = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "camera" }) });
    await block.getByText("6 pieces").waitFor();
    await block.getByRole("button", { name: "Lift the block" }).click();
    const ask = page.getByRole("dialog", { name: "Lift this block?" });
    await ask.getByRole("button", { name: "Lift the block" }).click();
    await page.getByRole("heading", { name: "Nothing is blocked" }).waitFor();
    expect(await numbersOf(inventory, "blocked")).toEqual([]);
    await expect.poll(() => seen.stateOf("C-4")).toBe("free");
  });

  it("takes a sale back", async () => {
    const inventory = await on.shop.create({ name: "Return", plan: hall(2, 6) });
    const sale = await buy(inventory, ["A-1", "A-2"]);
    const { page } = await on.visit();
    await manage(page, inventory);
    await button(page, "Take a sale back…").click();
    const dialog = page.getByRole("dialog", { name: "Take a sale back" });
    const back = dialog.getByRole("button", { name: "Take back" });
    await dialog.getByLabel("Sale id").fill("sale_nothing");
    expect(await back.isDisabled()).toBe(true);
    await dialog.getByLabel("Sale id").fill(sale);
    await back.click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("2 pieces taken back.").first().waitFor();
    expect(await numbersOf(inventory, "sold")).toEqual([]);
    await shows(page, "Sold", /^0 /);
  });

  it("restocks, and not below what is left", async () => {
    const inventory = await on.shop.create({
      name: "Stock",
      currency: "KRW",
      items: [{ id: "bag", label: "Bag", capacity: 5, sellable: true, price: 1000 }],
    });
    const [operator, buyer] = await Promise.all([on.visit(), on.visit()]);
    const { page } = operator;
    await Promise.all([manage(page, inventory), openEvent(buyer.page, on.shop, inventory)]);
    await button(page, "Restock…").click();
    const dialog = page.getByRole("dialog", { name: "Restock Bag" });
    await dialog.getByLabel("Pieces").fill("7");
    await dialog.getByText("Left: 5 now, 12 after this.").waitFor();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await expect.poll(() => buyer.page.locator(".remaining-count strong").textContent()).toBe("12");
    await button(page, "Restock…").click();
    await dialog.getByRole("radio", { name: "− Take away" }).check();
    await dialog.getByLabel("Pieces").fill("13");
    await dialog.getByText("Not that many are left.").waitFor();
    expect(await dialog.getByRole("button", { name: "Take away" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Pieces").fill("12");
    await dialog.getByRole("button", { name: "Take away" }).click();
    await button(buyer.page, "Sold out for now").waitFor();
  });

  it("sees what happened in figures", async () => {
    const inventory = await on.shop.create({ name: "Busy", plan: hall(4, 8) });
    const { page } = await on.visit();
    await buy(inventory, ["A-1"]);
    await buy(inventory, ["A-2"]);
    const token = await on.shop.buyer();
    const hold = await on.shop.hold(inventory, ["A-3"], token);
    await on.shop.hold(inventory, ["A-3"], await on.shop.buyer()).catch(() => undefined);
    await on.shop.release(inventory, hold.id, token);
    await manage(page, inventory);
    await page.getByRole("tab", { name: "Activity" }).click();
    const total = (name: string) =>
      page.locator(".totals .card").filter({ hasText: name }).locator("dd").textContent();
    await expect.poll(() => total("Holds")).toBe("3");
    expect(await total("Sales")).toBe("2");
    expect(await total("Released")).toBe("1");
    await page
      .getByRole("row", { name: /Someone was faster/ })
      .getByText("1", { exact: true })
      .waitFor();
    const chart = page.getByRole("figure").filter({ hasText: "Sales and holds a minute" });
    await chart.locator("canvas").waitFor();
    await chart.getByText("As a table").click();
    const cells = chart.getByRole("cell");
    await expect.poll(async () => sum(await cells.allTextContents())).toBe(5);
    expect(await chart.locator("canvas").evaluate(isPainted)).toBe(true);
  });
});

function sum(cells: readonly string[]): number {
  return cells.reduce((all, cell) => all + Number(cell), 0);
}

function isPainted(canvas: SVGElement | HTMLElement): boolean {
  if (!(canvas instanceof HTMLCanvasElement)) return false;
  const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
  return data?.some((value) => value > 0) ?? false;
}
