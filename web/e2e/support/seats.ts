import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { PlanIndex } from "../../src/client/plan.ts";
import type { PlanAnswer } from "../../src/client/types.gen.ts";
import { Camera } from "../../src/map/camera.ts";
import { type Scene, sceneOf } from "../../src/map/scene.ts";
import { toScreen } from "../../src/map/view.ts";
import type { Shop } from "./shop.ts";

/** The page of an event, once it is up to date. */
export async function openEvent(page: Page, shop: Shop, inventory: string): Promise<void> {
  await page.goto(`${shop.server.url}/events/${inventory}`);
  await isLive(page);
}

export async function isLive(page: Page): Promise<void> {
  await page.locator(".badge-live[role=status]").waitFor();
}

/** Goes to the list and into a section of it. */
export async function openList(page: Page, section = "Hall"): Promise<void> {
  await page.getByRole("button", { name: "List" }).click();
  await page.getByRole("button", { name: new RegExp(`^${section}`) }).click();
  await page.getByRole("grid").waitFor();
}

/** A seat in the open section of the list. */
export function cell(page: Page, row: string, seat: number | string): Locator {
  const line = page
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name: `Row ${row}`, exact: true }) });
  return line.getByRole("gridcell", { name: new RegExp(`^${seat} ?,`) });
}

export function button(page: Page, name: string | RegExp): Locator {
  return page.getByRole("button", { name });
}

/** Buys after the look at it that comes first. */
export async function confirms(page: Page, name = "Confirm purchase"): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name }).click();
}

/** Who presses again what was just pressed looks away first: else the second press counts for none. */
export async function lookAway(page: Page): Promise<void> {
  await page.mouse.move(1, 1);
}

/** What is said to those who do not see the page. */
export async function hears(page: Page, text: string | RegExp): Promise<void> {
  await page.locator("[aria-live]").filter({ hasText: text }).first().waitFor({ state: "attached" });
}

/** All letters for the four states, as a journal and a page show them. */
export const STATES = ["free", "held", "sold", "blocked"] as const;
export type State = (typeof STATES)[number];

/** What the map says of a seat that somebody points at. Nothing: it is free. */
const TOLD: Record<string, State> = {
  "": "free",
  "Held by someone else": "held",
  "Held for you": "held",
  "Just taken": "held",
  Sold: "sold",
  "Not available": "blocked",
};

/** A small hall on the canvas of a page, all of it in sight. */
export class Hall {
  private constructor(
    readonly page: Page,
    readonly scene: Scene,
    readonly host: Locator,
  ) {}

  static async of(page: Page, shop: Shop, inventory: string): Promise<Hall> {
    const plan = await shop.call<PlanAnswer>("GET", `/v1/inventories/${inventory}/plan`);
    return new Hall(page, sceneOf(new PlanIndex(plan)), page.locator(".map-view"));
  }

  /** Of the window, in pixels. The map has to show everything, as it does at first. */
  async placeOf(id: string): Promise<{ x: number; y: number }> {
    const unit = this.scene.plan.unitNumber(id);
    const box = await this.host.boundingBox();
    if (unit === undefined || !box) throw new Error(`there is no seat ${id} to see`);
    const camera = new Camera(this.scene.box, 56 / this.scene.pitch, 0, () => true);
    camera.resize(box);
    const place = toScreen(camera.view, { x: this.scene.x[unit] ?? 0, y: this.scene.y[unit] ?? 0 });
    return { x: box.x + place.x, y: box.y + place.y };
  }

  async tap(id: string): Promise<void> {
    const { x, y } = await this.placeOf(id);
    await this.page.mouse.click(x, y);
  }

  /** What the map says of it. */
  async point(id: string): Promise<string> {
    const { x, y } = await this.placeOf(id);
    const tip = this.page.locator(".map-tip");
    await this.page.mouse.move(1, 1);
    await tip.waitFor({ state: "detached" });
    await this.page.mouse.move(x, y);
    return (await tip.textContent()) ?? "";
  }

  async stateOf(id: string): Promise<State> {
    const said = await this.point(id);
    const mark = Object.keys(TOLD).find((words) => words !== "" && said.endsWith(words)) ?? "";
    return TOLD[mark] ?? "free";
  }

  /** Of every seat, in the order of the plan: what the page shows. */
  async states(): Promise<State[]> {
    const states: State[] = [];
    // A page behind another one is drawn once a second.
    await this.page.bringToFront();
    for (const { id } of this.scene.plan.plan.units) states.push(await this.stateOf(id));
    return states;
  }

  /** The colour in which a seat is painted, and how much of the canvas is painted at all. */
  async colorOf(id: string): Promise<string> {
    const { x, y } = await this.placeOf(id);
    const box = await this.host.boundingBox();
    return this.page.evaluate(colorAt, { x: x - (box?.x ?? 0), y: y - (box?.y ?? 0) });
  }
}

/** Runs in the page: the colours of all layers of the map at a place, the uppermost last. */
export function colorAt({ x, y }: { x: number; y: number }): string {
  const layers = [...document.querySelectorAll<HTMLCanvasElement>(".map-view canvas")];
  const colors = layers.map((canvas) => {
    const ratio = canvas.width / canvas.clientWidth;
    return canvas
      .getContext("2d")
      ?.getImageData(x * ratio, y * ratio, 1, 1)
      .data.join();
  });
  return colors.join(" ");
}

/** What the journal says of all seats. */
export async function journal(shop: Shop, inventory: string): Promise<State[]> {
  const { units } = await shop.call<PlanAnswer>("GET", `/v1/inventories/${inventory}/plan`);
  const { seats } = await shop.availability(inventory);
  const bytes = Buffer.from(seats, "base64");
  return units.map((_, unit) => STATES[((bytes[unit >> 2] ?? 0) >> ((unit & 3) * 2)) & 3] ?? "free");
}

/** The page shows every seat as the journal has it. */
export async function equalsJournal(hall: Hall, shop: Shop, inventory: string): Promise<void> {
  expect(await hall.states()).toEqual(await journal(shop, inventory));
}
