import type { CDPSession, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, journal } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

const STEPS_MAX = 60;

const on = stage();

/** What a screen reader is told of the element that has the focus. */
interface Focused {
  role: string;
  name: string;
}

/** Hands on a keyboard, and what is under them. */
class Hands {
  private constructor(
    readonly page: Page,
    readonly tree: CDPSession,
  ) {}

  static async on(page: Page): Promise<Hands> {
    const tree = await page.context().newCDPSession(page);
    await tree.send("Accessibility.enable");
    return new Hands(page, tree);
  }

  /** Of the browser's own accessibility tree. */
  async focused(): Promise<Focused> {
    const { result } = await this.tree.send("Runtime.evaluate", { expression: "document.activeElement" });
    const { nodes } = await this.tree.send("Accessibility.getPartialAXTree", {
      objectId: result.objectId ?? "",
      fetchRelatives: false,
    });
    const [node] = nodes;
    return { role: String(node?.role?.value ?? ""), name: plain(String(node?.name?.value ?? "")) };
  }

  /** Tab by tab, each of them seen and with a name, until such a thing has the focus. */
  async tabTo(role: string, name: RegExp): Promise<Focused> {
    const passed: string[] = [];
    for (let step = 0; step < STEPS_MAX; step++) {
      await this.page.keyboard.press("Tab");
      const here = await this.focused();
      passed.push(`${here.role} ${here.name}`);
      expect(here.name, `a name after ${passed.join("; ")}`).not.toBe("");
      await this.isSeen(passed.join("; "));
      if (here.role === role && name.test(here.name)) return here;
    }
    throw new Error(`no ${role} ${name} among: ${passed.join("; ")}`);
  }

  /** The focus has a ring, and stands where it can be seen. */
  async isSeen(told: string): Promise<void> {
    const ring = await this.page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      // Inside of a date the browser's own parts have rings of their own.
      if (element.matches('input[type="date"]')) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const { top, bottom, left, right, width } = element.getBoundingClientRect();
      const isInside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth && width > 1;
      return { outlineStyle, isWide: Number.parseFloat(outlineWidth) >= 2, isInside };
    });
    if (!ring) return;
    expect(ring, told).toEqual({
      outlineStyle: expect.not.stringMatching("none"),
      isWide: true,
      isInside: true,
    });
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async until(role: string, name: RegExp): Promise<void> {
    await expect.poll(() => this.focused()).toEqual({ role, name: expect.stringMatching(name) });
  }
}

describe("the keyboard alone", () => {
  it("finds an event, buys two seats, and reads of them", async () => {
    const inventory = await on.shop.create({
      name: "By hand",
      plan: hall(6, 10),
      settings: { checkout: "open" },
    });
    const { page } = await on.visit();
    await page.goto(on.server.url);
    await page.getByRole("link", { name: "By hand" }).waitFor();
    const hands = await Hands.on(page);

    await hands.press("Tab");
    expect(await hands.focused()).toEqual({ role: "link", name: "Skip to the content" });
    await hands.isSeen("skip");
    await hands.press("Enter");
    await hands.tabTo("searchbox", /^Search by name$/);
    await hands.tabTo("link", /By hand/);
    await hands.press("Enter");
    await page.locator(".badge-live").waitFor();

    await hands.tabTo("button", /^List$/);
    await hands.press("Enter");
    await hands.tabTo("button", /^Hall.*60 left.*from ₩66,000/);
    await hands.press("Enter");
    await hands.until("heading", /^Hall$/);
    await hands.tabTo("gridcell", /^1 ?, R, ₩66,000, Available$/);
    await hands.press("ArrowDown", "ArrowRight", "ArrowRight");
    await hands.until("gridcell", /^3 ?, /);
    await hands.isSeen("grid");
    await hands.press(" ");
    await hands.until("gridcell", /^3 ?, R, ₩66,000, Chosen by you$/);
    await hands.press("ArrowRight", "Enter");
    await hands.until("gridcell", /^4 ?, .*Chosen by you$/);

    await hands.tabTo("button", /^Hold these 2$/);
    await hands.press("Enter");
    await hands.until("heading", /^Held for you$/);
    await hands.tabTo("button", /^Buy for ₩132,000$/);
    await hands.press(" ");
    await page.getByRole("dialog", { name: "Check before you buy" }).waitFor();
    await hands.tabTo("button", /^Confirm purchase$/);
    await button(page, "Confirm purchase").and(page.locator("[aria-disabled=false]")).waitFor();
    await hands.press(" ");
    await hands.until("heading", /^Booking confirmed$/);
    await hands.tabTo("link", /^See my tickets$/);
    await hands.press("Enter");
    await page.getByRole("heading", { name: "My tickets" }).waitFor();
    expect((await hands.focused()).role).toMatch(/^(main|heading)$/);
    await expect.poll(() => page.getByRole("article").getByRole("listitem").count()).toBe(2);

    const states = await journal(on.shop, inventory);
    const sold = states.flatMap((state, unit) => (state === "sold" ? [unit] : []));
    expect(sold).toEqual([12, 13]);
  });

  it("closes a dialog by Escape and stands where it was", async () => {
    await on.shop.create({
      name: "Stock",
      currency: "KRW",
      items: [{ id: "a", label: "Bag", capacity: 5, sellable: true }],
    });
    const { page } = await on.visit();
    await page.goto(`${on.server.url}/operator`);
    await page.getByLabel("Secret key").waitFor();
    const hands = await Hands.on(page);
    await hands.tabTo("textbox", /^Secret key$/);
    await page.keyboard.type(on.shop.key);
    await hands.press("Enter");
    await page.getByRole("heading", { name: "Inventories" }).waitFor();
    await page.getByRole("link", { name: "Stock" }).waitFor();
    await hands.tabTo("link", /^Stock$/);
    await hands.press("Enter");
    await page.getByRole("tab", { name: "Activity" }).waitFor();
    await hands.tabTo("tab", /^Areas and stock$/);
    await hands.press("ArrowRight");
    await hands.until("tab", /^Sales$/);
    await hands.press("ArrowRight");
    await hands.until("tab", /^Activity$/);
    await hands.press("ArrowLeft");
    await hands.until("tab", /^Sales$/);
    await hands.press("ArrowLeft");
    await hands.until("tab", /^Areas and stock$/);
    await hands.tabTo("button", /^Restock…$/);
    await hands.press("Enter");
    await page.getByRole("dialog", { name: "Restock Bag" }).waitFor();
    await hands.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await hands.until("button", /^Restock…$/);
  });
});

/** Names keep their parts apart by marks that nobody hears. */
function plain(name: string): string {
  return name.replaceAll(/[\u2066-\u2069]/g, "");
}
