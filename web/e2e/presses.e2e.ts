import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { button, openEvent } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

// Whatever is pressed five times at one place does what it said at the first press, once, and nothing else. The buttons
// are those that the page shows; what came of it is asked of the server.

const PACES_MS = [100, 350, 700];
/** Every pace with both pointers takes twice as long: `PRESSES=full`. */
const IS_FULL = process.env.PRESSES === "full";
const TIMES = 5;
/** So many people press beside each other. */
const AT_ONCE = 2;
/** Two people on one slow machine. */
const PATIENCE_MS = 60_000;
const LOOKS = {
  mouse: { viewport: { width: 1280, height: 800 } },
  touch: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;
type Input = keyof typeof LOOKS;

const on = stage();
const settings = { checkout: "open", hold_seconds: 60, extensions_max: 2, pieces_per_buyer: 20 };

/** What the server knows of the buyer of a page. */
interface Standing {
  holds: { id: string; expires_at: string; lines: { offer: string; quantity: number }[] }[];
  sales: { id: string }[];
}

interface Flow {
  create(): Promise<string>;
  /** Each goes on from the one before it. */
  states: { name: string; reach(page: Page, input: Input): Promise<void> }[];
}

const FLOWS: Record<string, Flow> = {
  seats: {
    create: () => on.shop.create({ name: "Gala", plan: hall(4, 8), settings }),
    states: [
      { name: "at first", reach: async () => {} },
      { name: "held", reach: holdBest },
      { name: "in review", reach: (page) => press(button(page, /^Buy for/)) },
    ],
  },
  flash: {
    create: () =>
      on.shop.create({
        name: "Drop",
        currency: "KRW",
        items: [{ id: "shoe", label: "Shoe", capacity: 50, sellable: true, price: 129000 }],
        settings,
      }),
    states: [
      { name: "at first", reach: async () => {} },
      {
        name: "reserved",
        reach: async (page) => {
          await press(button(page, "Reserve one"));
          await page.getByRole("region", { name: "Reserved for you" }).waitFor();
        },
      },
      { name: "in review", reach: (page) => press(button(page, /^Buy for/)) },
    ],
  },
  "a café": {
    create: () =>
      on.shop.create({
        name: "Corner",
        currency: "KRW",
        items: [{ id: "beans", label: "Beans", capacity: 900, measure: "g" }],
        offers: [{ id: "espresso", label: "Espresso", price: 3500, units: { beans: 18 } }],
        settings,
      }),
    states: [
      { name: "chosen", reach: (page) => press(button(page, "One more: Espresso")) },
      { name: "in review", reach: (page) => press(button(page, /^Order for/)) },
    ],
  },
  tickets: {
    create: () => on.shop.create({ name: "Show", plan: hall(2, 6), settings }),
    states: [
      {
        name: "held",
        reach: async (page, input) => {
          await holdBest(page, input);
          await page.goto(`${on.server.url}/tickets`);
          await page.getByRole("article").waitFor();
        },
      },
    ],
  },
};

/** Moves away first: this press belongs to no other. */
async function press(what: Locator): Promise<void> {
  await what.page().mouse.move(1, 1);
  await what.first().click();
}

async function holdBest(page: Page, input: Input): Promise<void> {
  if (input === "touch") await press(button(page, "Find the best seats"));
  await press(button(page, "Find and hold"));
  await page
    .getByRole("region", { name: "Held for you" })
    .or(button(page, /^Buy for/))
    .first()
    .waitFor();
}

/** Something to press, by its name, and where it is. */
interface Target {
  name: string;
  x: number;
  y: number;
}

/** Everything on the page that acts, in the dialog if one is open. */
function targets(page: Page): Promise<Target[]> {
  return page.evaluate(() => {
    const within = document.querySelector("dialog[open]") ?? document.querySelector("main");
    const all = [...(within?.querySelectorAll<HTMLElement>("button, a.button") ?? [])];
    const isOff = (one: Element) => one.matches(":disabled, [aria-disabled=true]:not(dialog *)");
    return all
      .filter((one) => !isOff(one) && one.checkVisibility())
      .map((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        const name = one.getAttribute("aria-label") ?? one.textContent ?? "";
        return { name, x: left + width / 2, y: top + height / 2 };
      });
  });
}

async function standing(page: Page, inventory: string): Promise<Standing> {
  return page.evaluate(async (id) => {
    const token = JSON.parse(localStorage.getItem("fairhold.session") ?? "{}").token as string | undefined;
    if (!token) return { holds: [], sales: [] };
    const ask = async (path: string) => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await (await fetch(`/v1/inventories/${id}/${path}`, { headers })).json()).data;
    };
    return { holds: await ask("holds"), sales: await ask("sales") };
  }, inventory);
}

/** At the same pixels, whatever is there by then. */
async function pressFiveTimes(page: Page, name: string, input: Input, pace: number): Promise<void> {
  const isMeant = (one: Target) => one.name === name;
  // Scrolled to first: only then is it where it will be pressed.
  const at = (await targets(page)).findIndex(isMeant);
  await page
    .locator("dialog[open], main")
    .last()
    .locator("button, a.button")
    .evaluateAll((all, at) => {
      const isOff = (one: Element) => one.matches(":disabled, [aria-disabled=true]:not(dialog *)");
      all.filter((one) => !isOff(one) && one.checkVisibility())[at]?.scrollIntoView({ block: "center" });
    }, at);
  const target = (await targets(page)).find(isMeant);
  if (!target) throw new Error(`there is no ${name} to press`);
  const { x, y } = target;
  await page.mouse.move(1, 1);
  for (let time = 0; time < TIMES; time++) {
    if (input === "mouse") await page.mouse.click(x, y);
    else await page.touchscreen.tap(x, y);
    await page.waitForTimeout(pace);
  }
  await expect.poll(() => page.locator("[aria-busy=true]").count()).toBe(0);
}

/** What one press of a button of this name may have done. */
function isAskedFor(name: string, before: Standing, after: Standing): string[] {
  const wrong: string[] = [];
  const pays = /^(Confirm purchase|Place order)$/.test(name);
  const holds = /^(Find and hold|Hold |Reserve )/.test(name);
  const gives = /^Release$/.test(name);
  const extends_ = /^More time/.test(name);
  const bought = after.sales.length - before.sales.length;
  if (bought > (pays ? 1 : 0)) wrong.push(`bought ${bought}`);
  const ids = new Set(before.holds.map(({ id }) => id));
  const made = after.holds.filter(({ id }) => !ids.has(id)).length;
  if (made > (holds ? 1 : 0)) wrong.push(`${made} holds made`);
  for (const hold of before.holds) {
    const now = after.holds.find(({ id }) => id === hold.id);
    if (!now && !gives && !(pays && bought === 1)) wrong.push("lost what was held");
    if (now && now.expires_at !== hold.expires_at && !extends_) wrong.push("extended");
    const longest = Date.parse(hold.expires_at) + settings.hold_seconds * 1000;
    if (now && Date.parse(now.expires_at) > longest) wrong.push("extended twice");
  }
  return wrong;
}

/** Somebody new, in such a state of a new sale. */
async function arrive(flow: Flow, last: number, input: Input): Promise<{ page: Page; inventory: string }> {
  const { page } = await on.visit({ ...LOOKS[input], reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MS);
  const inventory = await flow.create();
  await openEvent(page, on.shop, inventory);
  for (const state of flow.states.slice(0, last + 1)) await state.reach(page, input);
  return { page, inventory };
}

/** What went wrong with one button, in words. */
async function tried(flow: Flow, last: number, name: string, input: Input, pace: number): Promise<string[]> {
  const { page, inventory } = await arrive(flow, last, input);
  const before = await standing(page, inventory);
  await pressFiveTimes(page, name, input, pace);
  const wrong = isAskedFor(name, before, await standing(page, inventory));
  return wrong.map((what) => `${flow.states[last]?.name}: ${name}: ${what}`);
}

describe.each(Object.keys(FLOWS))("five presses at the same pixels on %s", (name) => {
  const flow = FLOWS[name] as Flow;
  describe.each(Object.keys(LOOKS) as Input[])("by %s", (input) => {
    it.each(PACES_MS.filter((pace) => IS_FULL || isOwn(name, input, pace)))(
      "every %i ms do what was asked for, and nothing else",
      async (pace) => {
        const wrong: string[] = [];
        let pressed = 0;
        for (let last = 0; last < flow.states.length; last++) {
          const { page } = await arrive(flow, last, input);
          const names = [...new Set((await targets(page)).map((one) => one.name))].filter(mayAct);
          pressed += names.length;
          for (let from = 0; from < names.length; from += AT_ONCE) {
            const some = names.slice(from, from + AT_ONCE);
            const found = await Promise.all(some.map((one) => tried(flow, last, one, input, pace)));
            wrong.push(...found.flat());
          }
        }
        expect(wrong).toEqual([]);
        expect(pressed).toBeGreaterThanOrEqual(flow.states.length);
      },
      300_000,
    );
  });
});

/** Each flow meets every pace, and both pointers; which of them together goes by turns. */
function isOwn(flow: string, input: Input, pace: number): boolean {
  const turn = Object.keys(FLOWS).indexOf(flow) + PACES_MS.indexOf(pace);
  return Object.keys(LOOKS)[turn % 2] === input;
}

/** What only moves the map or the page is left out: its kind is tried with the guard alone. */
function mayAct(name: string): boolean {
  return !/^(Zoom|Show everything|Map|List|One more|One fewer|Floors?)/.test(name);
}
