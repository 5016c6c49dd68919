// Budgets of the built pages, measured in a headless Chromium against a server that this script plays itself: it makes
// the plans and the changes, so that size and pace are known. Prints a table; exit 1 when a budget is broken.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { makePlan } from "./budgets/plan.mjs";
import { startServer } from "./budgets/server.mjs";

const DIST = new URL("../dist/", import.meta.url);
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];
const CHANGES = { first: 10_000, all: 180_000, perFrame: 200 };

const rows = [];
function row(name, value, limit, unit, isKept = value <= limit) {
  rows.push({
    name,
    value: `${round(value)} ${unit}`,
    budget: limit === null ? "" : `≤ ${limit} ${unit}`,
    ok: limit === null || isKept,
  });
}

const round = (value) => Math.round(value * 10) / 10;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** What the event page loads before anything is asked for: the entry, what it imports, and the chunk of the seat page. */
async function measureSize() {
  const { files } = await loadedScripts();
  const bytes = files.reduce(
    (sum, file) => sum + gzipSync(readFileSync(new URL(`assets/${file}`, DIST)), { level: 9 }).length,
    0,
  );
  row(`initial JS of the event page, gzip (${files.length} files)`, bytes / 1000, 60, "kB");
}

async function loadedScripts() {
  const { page, close } = await openPage(2_000);
  const names = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  await close();
  const known = new Set(readdirSync(new URL("assets/", DIST)));
  const files = names
    .map((name) => name.split("/").at(-1))
    .filter((file) => file.endsWith(".js") && known.has(file));
  return { files: [...new Set(files)] };
}

/** A page of its own on a server of its own, with this many seats, when the map has been painted. */
async function openPage(seats) {
  const server = await startServer(DIST, makePlan(seats));
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error("page:", error.message));
  await page.addInitScript(watchData);
  await page.goto(`${server.url}/events/${server.inventory}`);
  await page.waitForFunction(
    () => Number.isFinite(window.budgets?.paintedAt) && window.budgets.paintedAt > 0,
    undefined,
    { timeout: 30_000 },
  );
  return {
    page,
    server,
    close: async () => {
      await context.close();
      await server.close();
    },
  };
}

/** In the page: when all data was there (the snapshot is unpacked), and when the first frame with a map was done. */
function watchData() {
  window.budgets = { dataAt: 0, paintedAt: 0 };
  // The last of what a map needs is the first snapshot, which comes by the stream.
  const decode = window.atob;
  window.atob = (text) => {
    window.budgets.dataAt ||= performance.now();
    return decode(text);
  };
  const { fill } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fill = function (...how) {
    fill.apply(this, how);
    if (window.budgets.paintedAt > 0 || !this.canvas.closest(".map-view")) return;
    window.budgets.paintedAt = Number.POSITIVE_INFINITY;
    CanvasRenderingContext2D.prototype.fill = fill;
    // The frame in which it is painted is over when the task after the next frame begins.
    requestAnimationFrame(() =>
      setTimeout(() => {
        window.budgets.paintedAt = performance.now();
      }),
    );
  };
}

async function measurePaint() {
  const times = [];
  for (let turn = 0; turn < 3; turn++) {
    const { page, close } = await openPage(20_000);
    times.push(await page.evaluate(() => window.budgets.paintedAt - window.budgets.dataAt));
    await close();
  }
  row("first map paint of 20,000 seats after data (median of 3)", median(times), 200, "ms");
}

/** Zooms until seats are shown, so that changes are painted seat by seat. */
async function showSeats(page) {
  const box = await page.locator(".map-view").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForTimeout(700);
}

/** How far frames are apart, in milliseconds. */
function measureFrames(page, frames) {
  return page.evaluate(async (count) => {
    const frame = () => new Promise(requestAnimationFrame);
    const times = [];
    for (let last = await frame(); times.length < count; ) {
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    return times;
  }, frames);
}

async function measureChanges() {
  const { page, server, close } = await openPage(60_000);
  await showSeats(page);
  const empty = await measureFrames(page, 120);
  const pushing = server.run(CHANGES.perFrame * 200, CHANGES.perFrame, 16);
  const full = await measureFrames(page, 120);
  await pushing;
  row("empty frame at 60,000 seats (median)", median(empty), null, "ms");
  row("200 changes a frame at 60,000 seats (median)", median(full), 20, "ms");
  row("… as a multiple of an empty frame", median(full) / median(empty), null, "×");
  await close();
}

async function measureHeap() {
  const { page, server, close } = await openPage(20_000);
  await showSeats(page);
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    for (let turn = 0; turn < 3; turn++) await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize;
  };
  await server.run(CHANGES.first);
  await page.waitForTimeout(500);
  const before = await heap();
  await server.run(CHANGES.all - CHANGES.first);
  await page.waitForTimeout(1_000);
  const after = await heap();
  row("heap after 10,000 changes", before / 1e6, null, "MB");
  row("heap after 180,000 changes, of that", (after / before) * 100, 105, "%");
  await close();
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ARGS,
});
try {
  await measureSize();
  await measurePaint();
  await measureChanges();
  await measureHeap();
} finally {
  await browser.close();
}
console.table(rows);
if (rows.some(({ ok }) => !ok)) process.exitCode = 1;
