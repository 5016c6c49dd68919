import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Root has no sandbox; nothing is looked up in the background. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How long a page may take to show what it has to, on a machine with other things to do. */
const PATIENCE_MS = 45_000;

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A page of a person of their own, and all that went wrong in it. */
export interface Visitor {
  page: Page;
  /** Exceptions, console errors, violations of the pages' policy, and files of the pages that are not there. */
  errors: string[];
  /** Another tab of the same browser: the same buyer. */
  tab(): Promise<Page>;
  close(): Promise<void>;
}

export async function visitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Asia/Seoul",
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const errors: string[] = [];
  context.on("weberror", (error) => errors.push(String(error.error())));
  context.on("dialog", (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("console", (message) => {
    // A lost connection and a refused call are told by the browser itself; both are expected and shown.
    if (message.type() === "error" && !/Failed to load resource|WebSocket connection/.test(message.text())) {
      errors.push(message.text());
    }
  });
  context.on("response", (answer) => {
    const isOurs = new URL(answer.url()).pathname.startsWith("/assets/");
    if (isOurs && !answer.ok() && answer.status() !== 304) errors.push(`${answer.status()} ${answer.url()}`);
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  return { page, errors, tab: () => context.newPage(), close: () => context.close() };
}

/** Serious and critical findings of axe, in words. The policy allows no foreign script: it is evaluated, not loaded. */
export async function findings(page: Page, only?: "colors"): Promise<string[]> {
  await page.evaluate(`globalThis.axe ?? (() => {${AXE}})()`);
  return page.evaluate(async (isColors) => {
    interface Found {
      violations: { id: string; impact: string; help: string; nodes: { html: string }[] }[];
    }
    const axe = (globalThis as unknown as { axe: { run(options: object): Promise<Found> } }).axe;
    const runOnly = isColors ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
    const found = await axe.run({ resultTypes: ["violations"], ...runOnly });
    const grave = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return grave.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`);
  }, only === "colors");
}
