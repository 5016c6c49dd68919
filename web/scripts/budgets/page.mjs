// Pages to measure, and what is put into them for that.
import { makePlan } from "./plan.mjs";
import { startServer } from "./server.mjs";

/** A page of its own on a server of its own, with this many seats, when the map has been painted. */
export async function openMap(browser, dist, seats, { planAfterMs = 0, locale = "en-US" } = {}) {
  const server = await startServer(dist, makePlan(seats), { planAfterMs });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error("page:", error.message));
  await page.addInitScript(probe);
  await page.goto(`${server.url}/events/${server.inventory}`);
  await page.waitForFunction(() => window.budgets?.paintedAt > 0, undefined, { timeout: 60_000 });
  return {
    page,
    server,
    close: async () => {
      await context.close();
      await server.close();
    },
  };
}

/**
 * Runs in the page before anything else. `dataAt`: plan and snapshot have arrived, by the network's own times;
 * `paintedAt`: the frame with the first fill of the map's canvas is over; `work`: milliseconds of each frame that went
 * into taking messages and into callbacks of frames.
 */
function probe() {
  const frames = window.requestAnimationFrame.bind(window);
  const budgets = { snapshotAt: 0, paintedAt: 0, spent: 0, frames };
  window.budgets = budgets;

  const during = (act) => {
    const began = performance.now();
    try {
      return act();
    } finally {
      budgets.spent += performance.now() - began;
    }
  };
  window.requestAnimationFrame = (act) => frames((now) => during(() => act(now)));
  const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
  Object.defineProperty(WebSocket.prototype, "onmessage", {
    set(listener) {
      set.call(this, (event) => {
        budgets.snapshotAt ||= performance.now();
        during(() => listener.call(this, event));
      });
    },
  });

  /** The frame is over when the task after it begins. */
  const channel = new MessageChannel();
  budgets.channel = channel;
  const afterFrame = (act) =>
    frames(() => {
      channel.port1.onmessage = act;
      channel.port2.postMessage(undefined);
    });
  budgets.afterFrame = afterFrame;
  const { fill } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fill = function (...how) {
    fill.apply(this, how);
    if (!this.canvas.closest(".map-view")) return;
    CanvasRenderingContext2D.prototype.fill = fill;
    afterFrame(() => {
      budgets.paintedAt = performance.mark("budgets:painted").startTime;
    });
  };
}

/** How long the data of a map was there before the map was. */
export function paintTime(page) {
  return page.evaluate(() => {
    const plan = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/plan"));
    const { paintedAt, snapshotAt } = window.budgets;
    const dataAt = Math.max(plan.responseEnd, snapshotAt);
    performance.measure("budgets:paint", { start: dataAt, end: "budgets:painted" });
    return paintedAt - dataAt;
  });
}

/** The same for a page that has nothing to do but to fill a canvas: what the machine itself takes. */
export async function emptyPaintTime(browser) {
  const page = await browser.newPage();
  await page.addInitScript(probe);
  await page.goto("data:text/html,<title>empty</title>");
  const time = await page.evaluate(async () => {
    await new Promise((next) => setTimeout(next, 300));
    const began = performance.now();
    const canvas = document.body.appendChild(document.createElement("canvas"));
    canvas.getContext("2d").fillRect(0, 0, 100, 100);
    await new Promise((done) => window.budgets.afterFrame(done));
    return performance.now() - began;
  });
  await page.close();
  return time;
}

/** How far frames are apart, how much of each is work of the page's own, and all that its thread did, in milliseconds. */
export async function measureFrames(page, count) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  };
  const before = await busy();
  const frames = await page.evaluate(async (wanted) => {
    const { budgets } = window;
    const frame = () => new Promise(budgets.frames);
    const [distances, work] = [[], []];
    for (let last = await frame(); distances.length < wanted; ) {
      budgets.spent = 0;
      const now = await frame();
      distances.push(now - last);
      work.push(budgets.spent);
      last = now;
    }
    return { distances, work };
  }, count);
  const thread = ((await busy()) - before) / count;
  await session.detach();
  return { ...frames, thread };
}
