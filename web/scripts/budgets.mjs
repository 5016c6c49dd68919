// Budgets of the built pages, measured in a headless Chromium against a server that this script plays itself: it makes
// the plans and the changes, so that size and pace are known. Prints a table; exit 1 when a budget is broken.
//
// Sizes are the same on any machine and belong to the tests (`npm run budgets`). Times belong to the benchmarks
// (`npm run budgets:times`), and have a budget only as multiples of what an empty page takes in the same run: other
// people's work on the machine slows both.
//
//   node scripts/budgets.mjs [folder of the built pages] [size heap paint changes]
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { emptyPaintTime, measureFrames, openMap, paintTime } from "./budgets/page.mjs";

const NAMES = ["size", "heap", "paint", "changes"];
const args = process.argv.slice(2);
const wanted = args.filter((arg) => NAMES.includes(arg));
const folder = args.find((arg) => !NAMES.includes(arg));
const DIST = folder ? pathToFileURL(`${resolve(folder)}/`) : new URL("../dist/", import.meta.url);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];
const PAINTS = 5;
/** First paint of 20,000 seats, in empty pages. */
const PAINT_MAX = 15;
/** A frame with changes, in frames without. */
const FRAME_MAX = 1.25;
const FRAMES = 120;
const PER_FRAME = 200;
/** Changes after which the heap is measured; the first is what the others are compared with. */
const HEAP_AT = [10_000, 60_000, 120_000, 180_000];

const rounded = (value) => Math.round(value * 10) / 10;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** A line of the table; without a limit it only informs. */
function line(what, value, unit, limit) {
  return { what, value, unit, limit, isKept: limit === undefined || value <= limit };
}

/** All scripts that the event page loads until its map is there, as they come over the network. */
async function measureSize(locale) {
  const { page, close } = await openMap(browser, DIST, 2_000, { locale });
  await page.waitForTimeout(1_000);
  const sizes = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.endsWith(".js"))
      .map(({ encodedBodySize }) => encodedBodySize),
  );
  await close();
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return line(`initial JS, event page, ${locale}, gzip (${sizes.length} files)`, bytes / 1000, "kB", 60);
}

async function measureSizes() {
  return [await measureSize("en-US"), await measureSize("ko-KR")];
}

async function measurePaint() {
  const [times, empty] = [[], []];
  for (let turn = 0; turn < PAINTS; turn++) {
    empty.push(await emptyPaintTime(browser));
    const { page, close } = await openMap(browser, DIST, 20_000, { planAfterMs: 400 });
    times.push(await paintTime(page));
    await close();
  }
  // Taken in turns, so that each has an empty page of the same moment to be compared with.
  const ratios = times.map((time, turn) => time / empty[turn]);
  return [
    line(`empty page: first paint (median of ${PAINTS})`, median(empty), "ms"),
    line(`20,000 seats: first paint after plan and snapshot (median of ${PAINTS})`, median(times), "ms"),
    line("… as a multiple of the empty page's", median(ratios), "×", PAINT_MAX),
  ];
}

/** From sections to seats as small as they get, and on to some dozens of seats. */
const ZOOMS = {
  overview: async () => {},
  "mid zoom": showSeats,
  "seats zoom": async (page) => {
    for (let press = 0; press < 2; press++) await zoomIn(page);
  },
};

async function showSeats(page) {
  for (let press = 0; press < 8 && (await isOverview(page)); press++) await zoomIn(page);
}

function isOverview(page) {
  return page.getByText("Tap a section to see its seats").isVisible();
}

async function zoomIn(page) {
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.waitForTimeout(500);
}

async function measureChanges() {
  const { page, server, close } = await openMap(browser, DIST, 60_000);
  await page.waitForTimeout(1_000);
  const lines = [];
  for (const [zoom, go] of Object.entries(ZOOMS)) {
    await go(page);
    const empty = await measureFrames(page, FRAMES);
    const pushing = server.run(PER_FRAME * FRAMES * 1.5, PER_FRAME, 1000 / 60);
    const full = await measureFrames(page, FRAMES);
    await pushing;
    const text = `60,000 seats, ${PER_FRAME} changes a frame, ${zoom}:`;
    lines.push(
      line(`${text} frame (median)`, median(full.distances), "ms"),
      line(
        "… as a multiple of an empty frame",
        median(full.distances) / median(empty.distances),
        "×",
        FRAME_MAX,
      ),
      line("… of it work of the page's own (median)", median(full.work), "ms"),
      line("… all that its thread did (mean)", full.thread, "ms"),
      line("… that without changes", empty.thread, "ms"),
    );
  }
  await close();
  return lines;
}

/**
 * Half of all changes come while seats are shown, half while sections are. The first 10,000 come in several rounds, so
 * that what the browser compiles once is there before the first measurement.
 */
async function measureHeap() {
  const { page, server, close } = await openMap(browser, DIST, 20_000);
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await page.waitForTimeout(1_000);
    for (let turn = 0; turn < 2; turn++) await session.send("HeapProfiler.collectGarbage");
    return (await session.send("Runtime.getHeapUsage")).usedSize;
  };
  const sizes = [];
  const round = async (changes) => {
    await showSeats(page);
    await server.run(changes / 2);
    await page.getByRole("button", { name: "Show everything" }).click();
    await server.run(changes / 2);
  };
  let done = 0;
  for (const count of HEAP_AT) {
    const rounds = done === 0 ? 5 : 1;
    for (let turn = 0; turn < rounds; turn++) await round((count - done) / rounds);
    done = count;
    sizes.push(await heap());
  }
  await close();
  const [first, ...later] = sizes;
  const share = (size) => (size / first) * 100;
  return [
    line("heap after 10,000 changes", first / 1e6, "MB"),
    ...later.map((size, place) => {
      const count = HEAP_AT[place + 1];
      const limit = count === HEAP_AT.at(-1) ? 105 : undefined;
      return line(`… after ${count.toLocaleString("en")}, of that`, share(size), "%", limit);
    }),
  ];
}

const MEASURES = {
  size: measureSizes,
  heap: measureHeap,
  paint: measurePaint,
  changes: measureChanges,
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: FLAGS,
});
const lines = [];
try {
  for (const name of wanted.length > 0 ? wanted : NAMES) lines.push(...(await MEASURES[name]()));
} finally {
  await browser.close();
}
console.table(
  lines.map(({ what, value, unit, limit, isKept }) => ({
    what,
    value: `${rounded(value)} ${unit}`,
    budget: limit === undefined ? "" : `≤ ${limit} ${unit}`,
    kept: limit === undefined ? "" : isKept ? "yes" : "NO",
  })),
);
if (lines.some(({ isKept }) => !isKept)) process.exitCode = 1;
