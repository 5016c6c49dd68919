import { signal } from "@preact/signals";
import { kept } from "../client/kept.ts";

export const LANGUAGES = ["en", "ko"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the reader chose, in this tab or another. */
export const keptLanguage = kept("fairhold.language");

/** What the reader chose, else the first language of the browser that we have. */
export const language = signal<Language>(pickLanguage(keptLanguage.read(), navigator.languages));

export function pickLanguage(choice: string | null, wanted: readonly string[]): Language {
  const candidates = [choice ?? "", ...wanted].map((tag) => tag.toLowerCase().split("-")[0]);
  return LANGUAGES.find((known) => known === candidates.find(isLanguage)) ?? "en";
}

/** For `lang` attributes and `Intl`. */
export function locale(): string {
  return language.value === "ko" ? "ko-KR" : preferredEnglish();
}

function preferredEnglish(): string {
  return navigator.languages.find((tag) => tag.startsWith("en")) ?? "en";
}

function isLanguage(tag: string | undefined): tag is Language {
  return LANGUAGES.some((known) => known === tag);
}
