/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";

// A page brings its own messages. Whatever a part of it says has to be among these: here the parts of each page are
// read, with all that they use in turn, so that no page can show the name of a message in place of it.

const sources = import.meta.glob<string>("../**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});
const catalogues = import.meta.glob<Record<string, object>>("./en/*.ts", { eager: true });

/** `../pages/event/index.tsx` seen from a file that imports it as it does. */
function resolve(from: string, to: string): string {
  return new URL(to, `file:///i18n/${from}`).pathname.replace(/^\/i18n\//, "./").replace(/^\//, "../");
}

const sectionPart = new Map(
  Object.entries(catalogues).flatMap(([path, module]) =>
    Object.keys(module).map((section) => [section, /([^/]+)\.ts$/.exec(path)?.[1] ?? ""] as const),
  ),
);
const keys = new RegExp(`["'\`](${[...sectionPart.keys()].join("|")})\\.[\\w$]`, "g");

/** The file and all that it imports at once; what comes later brings its own. */
function closure(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file) || sources[file] === undefined) return seen;
  seen.add(file);
  const imports = sources[file].matchAll(
    /(?:import|export)\s+(?!type\b)[^"';]*?from\s+"(\.[^"]+)"|import "(\.[^"]+)"/g,
  );
  for (const [, from, bare] of imports) closure(resolve(file, from ?? bare ?? ""), seen);
  return seen;
}

function partsUsed(files: Iterable<string>): string[] {
  const used = new Set<string>();
  for (const file of files) {
    for (const [, section = ""] of (sources[file] ?? "").matchAll(keys))
      used.add(sectionPart.get(section) ?? "");
  }
  return [...used].sort();
}

/** What parts ask for themselves, before they say it. */
function partsAsked(files: readonly string[]): string[] {
  return files.flatMap((file) =>
    [...(sources[file] ?? "").matchAll(/await needMessages\("(\w+)"\)/g)].map(([, part = ""]) => part),
  );
}

interface Brought {
  page: string;
  /** The file that shows it. */
  shownBy: string;
  parts: string[];
}

/** Every `later(() => import("…"), "…")` there is. */
const pages: Brought[] = Object.entries(sources).flatMap(([file, text]) =>
  [...text.matchAll(/later(?:Part)?(?:<[^(]*>)?\(\s*\(\)\s*=>\s*import\("(\.[^"]+)"\)((?:,\s*"\w+")*)/g)].map(
    ([, page = "", parts = ""]) => ({
      page: resolve(file, page),
      shownBy: file,
      parts: [...parts.matchAll(/"(\w+)"/g)].map(([, part = ""]) => part),
    }),
  ),
);

/** What is there already where it is shown: what every page that shows it has brought. */
function around({ shownBy }: Brought): string[] {
  const showing = pages
    .filter(({ page }) => closure(page).has(shownBy))
    .map((page) => [...page.parts, ...around(page)]);
  const [one = [], ...others] = showing;
  return one.filter((part) => others.every((parts) => parts.includes(part)));
}

describe("the messages of a page", () => {
  it("are looked for on all pages", () => {
    expect(pages.map(({ page }) => page)).toContain("../pages/tickets/index.tsx");
    expect(pages.length).toBeGreaterThanOrEqual(6);
    for (const { page } of pages) expect(sources[page], page).toBeDefined();
  });

  const first = closure("../main.tsx");

  it("are common ones where nothing was loaded yet", () => {
    expect(partsUsed(first)).toEqual(["common"]);
  });

  it.each(pages)("are all brought by $page", (shown) => {
    const files = [...closure(shown.page)].filter((file) => !first.has(file));
    const brought = [...shown.parts, ...partsAsked(files), ...around(shown), "common"];
    const missing = partsUsed(files).filter((part) => !brought.includes(part));
    expect(missing).toEqual([]);
  });
});
