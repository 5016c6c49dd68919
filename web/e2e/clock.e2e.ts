import { expect, it } from "vitest";
import { button, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

const on = stage();
const HOUR_MS = 3_600_000;

it.each([
  ["ahead", 3 * HOUR_MS],
  ["behind", -3 * HOUR_MS],
])(
  "a device whose clock is three hours %s shows how sales stand, on the list and on their pages",
  async (_, wrongMs) => {
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const create = (name: string, settings: object) =>
      on.shop.create({ name, plan: hall(2, 6), settings: { checkout: "open", ...settings } });
    const soon = await create("Soon", { on_sale_from: at(HOUR_MS) });
    const open = await create("Open", { on_sale_until: at(HOUR_MS) });
    const over = await create("Over", { on_sale_from: at(-3 * HOUR_MS), on_sale_until: at(-HOUR_MS) });
    const { page } = await on.visit();
    await page.addInitScript((ms) => {
      const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...given: [number]) {
          super(...(given.length > 0 ? given : ([Real.now() + ms] as [number])));
        }
        static override now() {
          return Real.now() + ms;
        }
      } as DateConstructor;
    }, wrongMs);
    await page.goto(on.server.url);
    const card = (id: string) => page.locator(`a[href="/events/${id}"]`);
    await card(soon)
      .getByText(/^Opens in .*(1:00:00|59:)/)
      .waitFor();
    await card(open).getByText("On sale").waitFor();
    await card(over).getByText("Sale closed").waitFor();

    await openEvent(page, on.shop, soon);
    await page.getByRole("timer").waitFor();
    expect(await button(page, /^Find and hold/).count()).toBe(0);
    await openEvent(page, on.shop, over);
    await page.getByRole("status").getByText("The sale is over").waitFor();
    await openEvent(page, on.shop, open);
    await button(page, "Find and hold").click();
    const left = await page
      .getByRole("region", { name: "Held for you" })
      .locator("[role=timer] [aria-hidden]")
      .textContent();
    expect(left).toMatch(/^[45]:/);
  },
);
