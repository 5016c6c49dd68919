import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { PlanAnswer } from "../src/client/types.gen.ts";
import { button, Hall, isLive, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

const on = stage();

async function signIn(page: Page, path: string): Promise<void> {
  await page.goto(`${on.server.url}/operator${path}`);
  await page.getByLabel("Secret key").fill(on.shop.key);
  await button(page, "Sign in").click();
}

async function choose(page: Page, plan: unknown): Promise<void> {
  const text = typeof plan === "string" ? plan : JSON.stringify(plan);
  await page.locator('input[type="file"]').setInputFiles({
    name: "hall.json",
    mimeType: "application/json",
    buffer: Buffer.from(text),
  });
}

/** The plan of a hall with what the work does to its seats. */
function changed(rows: number, seats: number, work: (rows: { seats: object[] }[]) => void): object {
  const plan = structuredClone(hall(rows, seats)) as { zones: { rows: { seats: object[] }[] }[] };
  work(plan.zones[0]?.rows ?? []);
  return plan;
}

describe("a plan from a file", () => {
  it("is looked at before it is made, and is an event then", async () => {
    const { page } = await on.visit();
    await signIn(page, "/new");
    await choose(page, hall(3, 7));
    await page.getByRole("heading", { name: "Preview" }).waitFor();
    await page.getByText("21 seats").waitFor();
    await page.locator(".map-view canvas").first().waitFor();
    const name = page.getByLabel("Name", { exact: true });
    expect(await name.inputValue()).toBe("Small stage");
    await name.fill("Made by hand");
    await button(page, "Create").click();
    await page.getByRole("heading", { name: "Made by hand" }).waitFor();
    await isLive(page);
    await page.goto(on.server.url);
    await page.getByRole("link", { name: "Made by hand" }).click();
    await isLive(page);
  });

  it("is refused with the list of its defects, each with its place", async () => {
    const { page } = await on.visit();
    await signIn(page, "/new");
    await choose(
      page,
      changed(2, 4, ([a, b]) => {
        Object.assign(a?.seats[1] ?? {}, { id: "A-1" });
        Object.assign(a?.seats[3] ?? {}, { category: "nowhere" });
        Object.assign(b?.seats[0] ?? {}, { x: 5, y: undefined });
      }),
    );
    await button(page, "Create").click();
    const list = page.getByRole("region", { name: /^The plan has 3 defects/ });
    await list.waitFor();
    const defects = list.locator(".defect");
    expect(await defects.count()).toBe(3);
    const twice = defects.filter({ hasText: "Duplicate id" });
    await twice.getByText(/Zone Hall › Row A › Seat/).waitFor();
    await twice.getByText("In the file").click();
    await twice.getByText("/zones/0/rows/0/seats/1").first().waitFor();
    await twice.getByRole("button", { name: "Show on the map" }).click();
    await button(page, /Only one of x and y 1/).click();
    expect(await defects.count()).toBe(1);
    // Mended, it goes through.
    await choose(page, hall(2, 4));
    await list.waitFor({ state: "detached" });
    await button(page, "Create").click();
    await page.getByRole("tab", { name: "Seats" }).waitFor();
  });

  it("that is no JSON is told by line and column", async () => {
    const { page } = await on.visit();
    await signIn(page, "/new");
    await choose(page, '{\n  "name": "x",\n  oops\n}');
    await page
      .getByRole("alert")
      .getByText(/it goes wrong at line 3/)
      .waitFor();
  });
});

describe("a plan that is replaced", () => {
  it("changes the map of a buyer without a reload, and leaves what they hold", async () => {
    const inventory = await on.shop.create({
      name: "Rebuilt",
      plan: hall(4, 8),
      settings: { checkout: "open" },
    });
    const [operator, buyer] = await Promise.all([on.visit(), on.visit()]);
    await openEvent(buyer.page, on.shop, inventory);
    const old = await Hall.of(buyer.page, on.shop, inventory);
    await old.tap("A-1");
    await button(buyer.page, "Hold this seat").click();
    await buyer.page.getByRole("region", { name: "Held for you" }).waitFor();
    await old.tap("D-8");
    await buyer.page.evaluate(() => document.body.setAttribute("data-not-reloaded", ""));

    await signIn(operator.page, `/${inventory}`);
    await operator.page.getByRole("tab", { name: "Plan" }).click();
    // Two rows more, and the last seat of row D is gone.
    const next = changed(6, 8, (rows) => rows[3]?.seats.pop());
    await choose(operator.page, next);
    await operator.page.getByText("16 new").waitFor();
    await operator.page.getByText("1 closed").waitFor();
    await button(operator.page, "Replace the plan…").click();
    await operator.page.getByRole("dialog").getByRole("button", { name: "Replace" }).click();
    await operator.page.getByText("The new plan is in force.").first().waitFor();
    await operator.page.getByRole("heading", { name: /version 2 is in force/ }).waitFor();

    const plan = await on.shop.call<PlanAnswer>("GET", `/v1/inventories/${inventory}/plan`);
    expect(plan.plan_version).toBe(2);
    const map = await Hall.of(buyer.page, on.shop, inventory);
    await expect.poll(() => map.point("F-3")).toMatch(/Row F.*Seat 3/);
    expect(await map.point("A-1")).toMatch(/Held for you$/);
    expect(await map.stateOf("D-7")).toBe("free");
    // The seat that was chosen is gone from the choice, and nothing is drawn in its place.
    await expect.poll(() => button(buyer.page, "Hold this seat").count()).toBe(0);
    await map.tap("F-3");
    await button(buyer.page, "Hold this seat").click();
    await expect.poll(() => buyer.page.getByRole("region", { name: "Held for you" }).count()).toBe(2);
    expect(await buyer.page.locator("body[data-not-reloaded]").count()).toBe(1);
  });

  it("is refused when somebody would lose a seat, and says whose", async () => {
    const inventory = await on.shop.create({ name: "Kept", plan: hall(2, 4) });
    await on.shop.hold(inventory, ["B-4"], await on.shop.buyer());
    const { page } = await on.visit();
    await signIn(page, `/${inventory}`);
    await page.getByRole("tab", { name: "Plan" }).click();
    await choose(
      page,
      changed(2, 4, (rows) => rows[1]?.seats.pop()),
    );
    await button(page, "Replace the plan…").click();
    await page.getByRole("dialog").getByRole("button", { name: "Replace" }).click();
    const stranded = page.getByRole("region", { name: "Somebody would lose something" });
    await stranded.getByText("B-4").waitFor();
    await stranded.getByText("Held or sold, and not in the new plan.").waitFor();
  });
});
