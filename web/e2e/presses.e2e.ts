import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
  type Arrived,
  INPUTS,
  type Input,
  LOOKS,
  PATIENCE_MS,
  pacesOf,
  press,
  pressAll,
} from "./support/presses.ts";
import { button, cell, confirms, isLive, openEvent, openList } from "./support/seats.ts";
import { hall } from "./support/shop.ts";
import { stage } from "./support/stage.ts";

// Whatever is pressed five times at one place does what it said at the first press, once, and nothing else. The buttons
// are those that the page shows; what came of it is asked of the server. Those of operators: presses-operator.e2e.ts.

const on = stage();
const settings = {
  checkout: "open",
  hold_seconds: 60,
  extensions_max: 2,
  pieces_per_buyer: 20,
  holds_per_buyer: 2,
};

/** What the server knows of the buyer of a page, and what the page shows of a choice. */
interface Standing {
  holds: { id: string; expires_at: string; lines: { offer: string; quantity: number }[] }[];
  sales: { id: string }[];
  /** Lines that can be taken out of it. */
  chosen: number;
}

interface State {
  name: string;
  reach(page: Page, input: Input, inventory: string): Promise<unknown>;
  /** Has to be among what can be pressed there, or this tries nothing. */
  has: RegExp[];
}

interface Flow {
  create(): Promise<string>;
  /** Each goes on from the one before it. */
  states: State[];
}

const buys = { name: "in review", reach: (page: Page) => press(button(page, /^Buy for/)) };
const REVIEW = [/^Back$/, /^Confirm purchase$/];

const FLOWS: Record<string, Flow> = {
  seats: {
    create: () => on.shop.create({ name: "Gala", plan: hall(4, 8), settings }),
    states: [
      {
        name: "at first",
        reach: (page, input) =>
          (input === "touch" ? press(button(page, "Find the best seats")) : undefined) ?? done,
        has: [/^Find and hold$/, /^One more: /, /^One fewer: /, /^Have an access code/],
      },
      { name: "chosen", reach: chooseTwo, has: [/^Hold these 2$/, /^Clear$/, /^Remove /] },
      { name: "held", reach: hold, has: [/^More time/, /^Release$/, /^Buy for/] },
      { ...buys, has: REVIEW },
    ],
  },
  "seats that were released": {
    create: () => on.shop.create({ name: "Gala", plan: hall(4, 8), settings }),
    states: [
      {
        name: "released",
        reach: async (page, input) => {
          await holdBest(page, input);
          await openSheet(page, input);
          await press(button(page, "Release"));
          await button(page, "Undo").waitFor();
        },
        has: [/^Undo$/, /^Hold these 2$/],
      },
    ],
  },
  "seats that were refused": {
    create: () =>
      on.shop.create({ name: "Gala", plan: hall(4, 8), settings: { ...settings, holds_per_buyer: 1 } }),
    states: [
      {
        name: "refused",
        reach: async (page, input) => {
          await holdBest(page, input);
          await openSheet(page, input);
          await press(button(page, "Find and hold"));
          await page.getByText("You already have 1 holds").waitFor();
          await moreTime(page);
        },
        has: [/^Find and hold$/, /^More time/, /^Release$/, /^Buy for/],
      },
    ],
  },
  flash: {
    create: () => on.shop.create({ name: "Drop", currency: "KRW", items: [SHOE], settings }),
    states: [
      { name: "at first", reach: () => done, has: [/^Reserve one$/, /^One more: /] },
      {
        name: "two wanted",
        reach: (page) => press(button(page, "One more: Quantity")),
        has: [/^Reserve 2$/, /^One fewer: /],
      },
      {
        name: "reserved",
        reach: async (page) => {
          await press(button(page, "Reserve 2"));
          await moreTime(page);
        },
        has: [/^More time/, /^Release$/, /^Buy for/, /^Reserve one$|^Reserve 2$/],
      },
      { ...buys, has: REVIEW },
    ],
  },
  "flash, released": {
    create: () => on.shop.create({ name: "Drop", currency: "KRW", items: [SHOE], settings }),
    states: [
      {
        name: "released",
        reach: async (page) => {
          await press(button(page, "Reserve one"));
          await press(button(page, "Release"));
          await button(page, "Undo").waitFor();
        },
        has: [/^Undo$/, /^Reserve one$/],
      },
    ],
  },
  "a café": {
    create: () =>
      on.shop.create({
        name: "Corner",
        currency: "KRW",
        items: [
          { id: "beans", label: "Beans", capacity: 900, measure: "g" },
          { id: "cup", label: "Paper cup", capacity: 2 },
        ],
        offers: ["Latte", "Mocha"].map((label) => ({
          id: label,
          label,
          price: 3500,
          units: { beans: 18, cup: 1 },
        })),
        settings,
      }),
    states: [
      {
        name: "chosen",
        reach: async (page) => {
          await press(button(page, "One more: Latte"));
          await press(button(page, "One more: Mocha"));
        },
        has: [/^Order for/, /^One fewer: Latte$/],
      },
      {
        name: "in review",
        reach: (page) => press(button(page, /^Order for/)),
        has: [/^Back$/, /^Place order$/],
      },
      {
        name: "short of a cup",
        reach: async (page, _, inventory) => {
          await page.keyboard.press("Escape");
          const hold = await on.shop.hold(inventory, ["Mocha"], await on.shop.buyer());
          expect(hold.id).not.toBe("");
          await button(page, /^Take out/)
            .first()
            .waitFor();
        },
        has: [/^Take out/],
      },
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
        has: [/^Continue/],
      },
      {
        name: "bought and taken back",
        reach: async (page, input, inventory) => {
          await page.goto(`${on.server.url}/events/${inventory}`);
          await isLive(page);
          await openSheet(page, input);
          await press(button(page, /^Buy for/));
          await confirms(page);
          await page.getByRole("heading", { name: "Booking confirmed" }).waitFor();
          await takeBack(inventory);
          await page.goto(`${on.server.url}/tickets`);
          await page.getByText(/^Returned on/).waitFor();
        },
        has: [/^Open/],
      },
    ],
  },
  "the list": {
    create: () => on.shop.create({ name: "Gala", plan: hall(2, 6), settings }),
    states: [
      {
        name: "found",
        reach: async (page) => {
          await page.goto(`${on.server.url}/?q=Gala`);
          await page.getByRole("heading", { name: "Gala" }).first().waitFor();
        },
        has: [/^Clear filters$/],
      },
      {
        name: "not found",
        reach: async (page) => {
          await page.goto(`${on.server.url}/?q=nothing`);
          await page.getByText("Nothing matches").waitFor();
        },
        has: [/^Clear filters$/],
      },
    ],
  },
};

const SHOE = { id: "shoe", label: "Shoe", capacity: 50, sellable: true, price: 129000 };
const done = Promise.resolve();

async function chooseTwo(page: Page, input: Input) {
  if (input === "touch") await closeSheet(page);
  await openList(page);
  for (const seat of [3, 4]) {
    await cell(page, "C", seat).click();
    await page.mouse.move(1, 1);
  }
  await openSheet(page, input);
  await button(page, "Hold these 2").waitFor();
}

async function hold(page: Page, input: Input) {
  await press(button(page, "Hold these 2"));
  await button(page, /^Buy for/)
    .first()
    .waitFor();
  await openSheet(page, input);
  await moreTime(page);
}

/** It comes once it would give something. */
async function moreTime(page: Page) {
  await button(page, /^More time/).waitFor();
}

async function holdBest(page: Page, input: Input): Promise<void> {
  if (input === "touch") await press(button(page, "Find the best seats"));
  await press(button(page, "Find and hold"));
  await button(page, /^Buy for/)
    .first()
    .waitFor();
}

/** On a phone all of it is in a sheet. */
async function openSheet(page: Page, input: Input): Promise<void> {
  const toggle = page.locator(".sheet-toggle[aria-expanded=false]");
  if (input === "touch" && (await toggle.isVisible())) await press(toggle);
}

async function closeSheet(page: Page): Promise<void> {
  const toggle = page.locator(".sheet-toggle[aria-expanded=true]");
  if (await toggle.isVisible()) await press(toggle);
}

async function takeBack(inventory: string) {
  const { data } = await on.shop.call<{ data: { id: string }[] }>(
    "GET",
    `/v1/inventories/${inventory}/sales`,
    {
      token: on.shop.key,
    },
  );
  const path = `/v1/inventories/${inventory}/sales/${data[0]?.id}/return`;
  await on.shop.call("POST", path, { token: on.shop.key });
}

async function standing(page: Page, inventory: string): Promise<Standing> {
  return page.evaluate(async (id) => {
    const chosen = document.querySelectorAll("button[aria-label^=Remove]").length;
    const token = JSON.parse(localStorage.getItem("fairhold.session") ?? "{}").token as string | undefined;
    if (!token) return { holds: [], sales: [], chosen };
    const ask = async (path: string) => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await (await fetch(`/v1/inventories/${id}/${path}`, { headers })).json()).data;
    };
    return { holds: await ask("holds"), sales: await ask("sales"), chosen };
  }, inventory);
}

/** What one press of a button of this name may not have done. */
function unasked(name: string, before: Standing, after: Standing): string[] {
  const wrong: string[] = [];
  const pays = /^(Confirm purchase|Place order)$/.test(name);
  const holds = /^(Find and hold|Hold |Reserve |Undo$)/.test(name) || name === "Place order";
  const gives = name === "Release";
  const extends_ = /^More time/.test(name);
  const bought = after.sales.length - before.sales.length;
  if (bought > (pays ? 1 : 0)) wrong.push(`bought ${bought}`);
  const ids = new Set(before.holds.map(({ id }) => id));
  const made = after.holds.filter(({ id }) => !ids.has(id)).length;
  if (made > (holds ? 1 : 0)) wrong.push(`${made} holds made`);
  let given = 0;
  for (const hold of before.holds) {
    const now = after.holds.find(({ id }) => id === hold.id);
    if (!now && !(pays && bought === 1)) given++;
    if (now && now.expires_at !== hold.expires_at && !extends_) wrong.push("extended");
    const longest = Date.parse(hold.expires_at) + settings.hold_seconds * 1000;
    if (now && Date.parse(now.expires_at) > longest) wrong.push("extended twice");
  }
  if (given > (gives ? 1 : 0)) wrong.push(`lost ${given} of what was held`);
  const left = before.chosen - after.chosen;
  const takesAll = holds || pays || /^(Clear|Buy)/.test(name);
  if (!takesAll && left > (/^Remove /.test(name) ? 1 : 0)) wrong.push(`${left} left the choice`);
  return wrong;
}

/** Somebody new, in such a state of a new sale. */
async function arrive(flow: Flow, last: number, input: Input): Promise<Arrived<Standing>> {
  const { page } = await on.visit({ ...LOOKS[input], reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MS);
  const inventory = await flow.create();
  await openEvent(page, on.shop, inventory);
  for (const state of flow.states.slice(0, last + 1)) await state.reach(page, input, inventory);
  return { page, known: () => standing(page, inventory) };
}

const NAMES = Object.keys(FLOWS);

describe.each(NAMES)("five presses at the same pixels on %s", (flowName) => {
  const flow = FLOWS[flowName] as Flow;
  describe.each(INPUTS)("by %s", (input) => {
    it.each(pacesOf(NAMES.indexOf(flowName), input))(
      "every %i ms do what was asked for, and nothing else",
      async (pace) => {
        const wrong: string[] = [];
        for (const [last, state] of flow.states.entries()) {
          const found = await pressAll({
            arrive: () => arrive(flow, last, input),
            input,
            pace,
            judge: unasked,
          });
          wrong.push(...found.wrong.map((what) => `${state.name}: ${what}`));
          for (const one of state.has)
            expect(found.names, `${state.name}: what can be pressed`).toContainEqual(
              expect.stringMatching(one),
            );
        }
        expect(wrong).toEqual([]);
      },
      600_000,
    );
  });
});
