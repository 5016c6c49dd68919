import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { Hall, openEvent, openList } from "./support/seats.ts";
import { stage } from "./support/stage.ts";

const [ROWS, SEATS] = [20, 25];
const LABEL_MAX = 200;

const on = stage();

/** What people, or their programs, may write into a plan. None of it begins like a row: what a row says is left out. */
const NASTY: readonly ((number: number) => string)[] = [
  (n) => `<script>document.title="x${n}"</script>`,
  (n) => `<img src=x${n} onerror=alert(${n})>`,
  (n) => `"><svg onload=alert(${n})>`,
  (n) => `<a href="javascript:alert(${n})">free</a>`,
  (n) => `<style>*{display:none}</style>${n}`,
  (n) => `&lt;b&gt;${n}&amp;nbsp;&#x41;`,
  (n) => `<iframe src="https://example.com/${n}"></iframe>`,
  (n) => `{{constructor.constructor("alert(${n})")()}}`,
  (n) => `javascript:alert(${n})//`,
  (n) => `\u202Egnp.${n}\u202C`,
  (n) => `\u2067${n}\u2066\u2069`,
  (n) => `שורה ${n} مقعد`,
  (n) => `\u200F${n}\u200E`,
  (n) => `${n}\u200B\u200B\u2060\uFEFF`,
  (n) => `\u200D${n}\u200C`,
  (n) => `Z${"\u0336\u0489\u20DD".repeat(40)}${n}`,
  (n) => `${"W".repeat(LABEL_MAX - 4)}${String(n).padStart(4, "0")}`,
  (n) => `👩‍👩‍👧‍👦${n}🏳️‍🌈`,
  (n) => `${n}\u{E0041}\u{E0042}`,
  (n) => `'; DROP TABLE seats; -- ${n}`,
  (n) => `%3Cscript%3E${n}`,
  (n) => `constructor ${n}`,
  (n) => `__proto__`.concat(String(n % 1)),
  (n) => `좌석 ${n} 번`,
  (n) => `\\u003cb\\u003e${n}`,
];

const labels = Array.from({ length: ROWS * SEATS }, (_, n) => {
  const make = NASTY[n % NASTY.length];
  return (make?.(n) ?? "").normalize("NFC");
});

/** The server takes no such marks any more. A page has to bear them all the same: they are put into what it is told. */
const UNSEEN = /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

function hidden<T>(plan: T): T {
  const code = (mark: string) => `⟦${mark.codePointAt(0)?.toString(16)}⟧`;
  return JSON.parse(JSON.stringify(plan).replace(UNSEEN, code));
}

async function tellsThem(page: Page): Promise<void> {
  await page.route("**/plan", async (route) => {
    const response = await route.fetch();
    const mark = (_: string, code: string) => String.fromCodePoint(Number.parseInt(code, 16));
    const body = (await response.text()).replace(/⟦([0-9a-f]+)⟧/g, mark);
    await route.fulfill({ response, body });
  });
}

function plan(): object {
  const seat = (n: number) => ({
    id: `s-${n}`,
    label: labels[n],
    category: "R",
    x: (n % SEATS) * 20,
    y: Math.floor(n / SEATS) * 24,
  });
  const row = (at: number) => ({
    id: `r${at}`,
    label: `r${at}`,
    seats: Array.from({ length: SEATS }, (_, place) => seat(at * SEATS + place)),
  });
  return {
    name: "<h1 onclick=alert(1)>Night</h1>",
    currency: "KRW",
    categories: [{ id: "R", name: "<b>R</b>\u202E", price: 66000, color: "#D9822B" }],
    zones: [
      {
        id: "hall",
        name: "Hall",
        rows: Array.from({ length: ROWS }, (_, at) => row(at)),
        shapes: [
          { kind: "text", x: 200, y: -40, text: "<img src=y onerror=alert(0)>\u202E stage", size: 14 },
        ],
      },
    ],
  };
}

describe("labels that are no good", () => {
  it("are text and nothing else, in the list, on the map and in a choice", async () => {
    expect(labels).toHaveLength(500);
    const inventory = await on.shop.create({ name: "<u>Night</u>\u202E", plan: hidden(plan()) });
    const { page } = await on.visit();
    await tellsThem(page);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await openEvent(page, on.shop, inventory);
    const map = await Hall.of(page, on.shop, inventory);
    await openList(page);

    const cells = page.getByRole("gridcell").locator("bdi");
    await expect.poll(() => cells.count()).toBe(labels.length);
    // By the DOM's own account, character by character.
    expect(await cells.evaluateAll((all) => all.map((cell) => cell.textContent))).toEqual(labels);
    expect(await cells.evaluateAll((all) => all.reduce((sum, cell) => sum + cell.childElementCount, 0))).toBe(
      0,
    );

    // On the map: pointed at, and chosen.
    await page.getByRole("button", { name: "Map", exact: true }).click();
    for (const n of [0, 9, 15, 16, 17]) {
      const said = await map.point(`s-${n}`);
      expect(said).toContain(labels[n]);
      await map.tap(`s-${n}`);
    }
    const lines = page.getByRole("region", { name: "Your choice" }).locator(".lines bdi:first-child");
    await expect.poll(() => lines.count()).toBeGreaterThanOrEqual(5);
    const names = (await lines.allTextContents()).join("\n");
    for (const n of [0, 9, 16]) expect(names).toContain(labels[n]);
    // The server takes the mark off a name.
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("<u>Night</u>");

    // Not one element, style, address or title came out of them.
    const strange = page
      .locator("main")
      .locator("script, img, iframe, style, u, b, [onerror], [onload], a[href^=javascript]");
    expect(await strange.count()).toBe(0);
    expect(await page.title()).not.toMatch(/^x\d/);
    expect(asked.filter((url) => !url.startsWith(on.server.url) && !url.startsWith("data:"))).toEqual([]);
    expect(asked.filter((url) => /\/[xy]\d*$/.test(new URL(url).pathname))).toEqual([]);
    // It is drawn, and a long name does not push the page apart.
    expect(
      new Set(await Promise.all(["s-0", "s-260", "s-499"].map((id) => map.colorOf(id)))).size,
    ).toBeGreaterThan(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
  });

  it("do not push a phone's page apart either", async () => {
    const inventory = await on.shop.create({ name: "W".repeat(200), plan: hidden(plan()) });
    const { page } = await on.visit({ viewport: { width: 360, height: 740 }, hasTouch: true });
    await tellsThem(page);
    await openEvent(page, on.shop, inventory);
    await openList(page);
    await page.getByRole("gridcell").first().click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.goto(on.server.url);
    await page.getByRole("link", { name: /WWWW/ }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
  });
});
