/// <reference types="vite/client" />
// The messages that were loaded so far: each part of the pages brings its own, and only in the reader's language.
import type { Message } from "./catalogue.ts";
import { keptLanguage, type Language, language, pickLanguage } from "./language.ts";

interface Files {
  cafe: typeof import("./en/cafe.ts");
  common: typeof import("./en/common.ts");
  events: typeof import("./en/events.ts");
  list: typeof import("./en/list.ts");
  map: typeof import("./en/map.ts");
  operator: typeof import("./en/operator.ts");
  problems: typeof import("./en/problems.ts");
  refusals: typeof import("./en/refusals.ts");
  sale: typeof import("./en/sale.ts");
  stock: typeof import("./en/stock.ts");
  tickets: typeof import("./en/tickets.ts");
}

/** A file of messages, by its name in the folder of each language. */
export type Part = keyof Files;

/** All messages there are, by section: what the files export. */
export type Catalogue = UnionToIntersection<Files[Part]>;
type UnionToIntersection<U> = (U extends unknown ? (of: U) => void : never) extends (of: infer I) => void
  ? I
  : never;

type Sections = Readonly<Record<string, Readonly<Record<string, Message>>>>;

const files = import.meta.glob<Sections>("./{en,ko}/*.ts");
const known: Record<Language, Sections> = { en: {}, ko: {} };
const loaded = new Set<string>();
const needed = new Set<Part>();
/** What the reader chose last: the language changes when its messages are there. */
let wanted = language.value;

keptLanguage.watch((choice) => void speak(pickLanguage(choice, navigator.languages)).catch(() => {}));

export function messagesIn(tongue: Language): Sections {
  return known[tongue];
}

export function addMessages(tongue: Language, sections: Sections) {
  known[tongue] = { ...known[tongue], ...sections };
}

/** Settles when these are there, in whatever language the reader has by then. To be awaited before they are shown. */
export async function needMessages(...parts: readonly Part[]): Promise<void> {
  for (const part of parts) needed.add(part);
  let tongue: Language;
  do {
    tongue = language.value;
    await complete(tongue);
  } while (tongue !== language.value);
}

/** Fails if its messages cannot be loaded: then the language stays what it is. */
export function chooseLanguage(choice: Language): Promise<void> {
  keptLanguage.write(choice);
  return speak(choice);
}

async function speak(tongue: Language) {
  wanted = tongue;
  if (missing(tongue).length > 0) await complete(tongue);
  if (wanted === tongue) language.value = tongue;
}

const missing = (tongue: Language) => [...needed].filter((part) => !loaded.has(fileOf(tongue, part)));

/** More may be needed while the first are on their way. */
async function complete(tongue: Language) {
  for (let parts = missing(tongue); parts.length > 0; parts = missing(tongue)) {
    await Promise.all(parts.map((part) => load(tongue, part)));
  }
}

async function load(tongue: Language, part: Part) {
  const file = fileOf(tongue, part);
  try {
    const sections = await files[file]?.();
    if (sections) addMessages(tongue, sections);
    loaded.add(file);
  } catch (error) {
    // What is on no page yet shall not be in the way of a change of the language.
    if (!loaded.has(fileOf(language.value, part))) needed.delete(part);
    throw error;
  }
}

function fileOf(tongue: Language, part: Part): string {
  return `./${tongue}/${part}.ts`;
}
