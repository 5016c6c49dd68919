import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

export const PACES_MS = [100, 350, 700];
/** Every pace with both pointers takes twice as long: `PRESSES=full`. */
export const IS_FULL = process.env.PRESSES === "full";
/** Two people on one slow machine. */
export const PATIENCE_MS = 60_000;
export const LOOKS = {
  mouse: { viewport: { width: 1280, height: 800 } },
  touch: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;
export type Input = keyof typeof LOOKS;
export const INPUTS = Object.keys(LOOKS) as Input[];

const TIMES = 5;
/** So many people press beside each other. */
const AT_ONCE = 2;
/** What acts on a page: in the dialog if one is open. */
const ACTS = "button, a.button, summary";

/** Moves away first: this press belongs to no other. */
export async function press(what: Locator): Promise<void> {
  await what.page().mouse.move(1, 1);
  await what.first().click();
}

/** Something to press, by its name, and where it is. */
interface Target {
  name: string;
  x: number;
  y: number;
}

/** Everything on the page that can be pressed. */
function targets(page: Page): Promise<Target[]> {
  return page.evaluate((acts) => {
    const within = document.querySelector("dialog[open]") ?? document.querySelector("main");
    const all = [...(within?.querySelectorAll<HTMLElement>(acts) ?? [])];
    const isOff = (one: Element) => one.matches(":disabled, [aria-disabled=true]:not(dialog *)");
    return all
      .filter((one) => !isOff(one) && one.checkVisibility())
      .map((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        const name = one.getAttribute("aria-label") ?? one.textContent ?? "";
        return { name, x: left + width / 2, y: top + height / 2 };
      });
  }, ACTS);
}

/** At the same pixels, whatever is there by then. */
export async function pressFiveTimes(page: Page, name: string, input: Input, pace: number): Promise<void> {
  // Some come with their moment, as "more time" does.
  await expect.poll(async () => (await targets(page)).some((one) => one.name === name)).toBe(true);
  const at = (await targets(page)).findIndex((one) => one.name === name);
  // Scrolled to first: only then is it where it will be pressed.
  await page.evaluate(
    ({ acts, at }) => {
      const within = document.querySelector("dialog[open]") ?? document.querySelector("main");
      const isOff = (one: Element) => one.matches(":disabled, [aria-disabled=true]:not(dialog *)");
      [...(within?.querySelectorAll<HTMLElement>(acts) ?? [])]
        .filter((one) => !isOff(one) && one.checkVisibility())
        [at]?.scrollIntoView({ block: "center" });
    },
    { acts: ACTS, at },
  );
  const target = (await targets(page))[at];
  if (target?.name !== name) throw new Error(`there is no ${name} to press`);
  const { x, y } = target;
  await page.mouse.move(1, 1);
  for (let time = 0; time < TIMES; time++) {
    if (input === "mouse") await page.mouse.click(x, y);
    else await page.touchscreen.tap(x, y);
    await page.waitForTimeout(pace);
  }
  await expect.poll(() => page.locator("[aria-busy=true]").count()).toBe(0);
}

/** Somebody at a page, in a state of it. */
export interface Arrived<Known> {
  page: Page;
  known(): Promise<Known>;
}

export interface Tried<Known> {
  /** Somebody new in the same state of something new. */
  arrive(): Promise<Arrived<Known>>;
  input: Input;
  pace: number;
  /** What went wrong, in words. */
  judge(name: string, before: Known, after: Known): string[];
}

/** Each button of a state by people of their own: which were pressed, and what came of it that nobody asked for. */
export async function pressAll<Known>(of: Tried<Known>): Promise<{ names: string[]; wrong: string[] }> {
  const { page } = await of.arrive();
  const all = (await targets(page)).map(({ name }) => name).filter(mayAct);
  // Of many that do the same with another seat or line, the first.
  const names = [...new Map(all.reverse().map((name) => [name.replace(/\d+/g, "0"), name])).values()];
  await page.context().close();
  const wrong: string[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE);
    const found = await Promise.all(some.map((name) => one(name, of)));
    wrong.push(...found.flat());
  }
  return { names, wrong };
}

async function one<Known>(name: string, { arrive, input, pace, judge }: Tried<Known>): Promise<string[]> {
  const { page, known } = await arrive();
  const before = await known();
  await pressFiveTimes(page, name, input, pace);
  const wrong = judge(name, before, await known());
  await page.context().close();
  return wrong.map((what) => `${name}: ${what}`);
}

/** Each flow meets every pace, and both pointers; which of them together goes by turns. */
export function pacesOf(flow: number, input: Input): number[] {
  return PACES_MS.filter((_, at) => IS_FULL || INPUTS[(flow + at) % INPUTS.length] === input);
}

/** What only moves the map is pressed when everything is. */
function mayAct(name: string): boolean {
  return IS_FULL || !/^(Zoom|Show everything|Map$|List$|Floors?)/.test(name);
}
