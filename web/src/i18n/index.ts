import { type KeyOf, type Message, type ParamsOf, plural } from "./catalogue.ts";
import { en } from "./en/index.ts";
import type { operator } from "./en/operator.ts";
import { ko } from "./ko/index.ts";
import { LANGUAGES, type Language, language } from "./language.ts";

export * from "./formats.ts";
export { chooseLanguage, LANGUAGES, type Language, language, locale } from "./language.ts";
export { plural };

/** All messages there are. Those of the operator come with its pages: buyers need none of them. */
type Catalogue = typeof en & { operator: typeof operator };
export type Key = KeyOf<Catalogue>;

type Messages = Readonly<Record<string, Message>>;
const catalogues: Record<Language, Record<string, Messages>> = { en: { ...en }, ko: { ...ko } };

/** Makes the messages of a part known that is loaded later. */
export function addMessages(section: string, messages: Readonly<Record<Language, Messages>>) {
  for (const tongue of LANGUAGES) catalogues[tongue][section] = messages[tongue];
}

/** The message in the reader's language. Who renders it is rendered again when the language changes. */
export function t<K extends Key>(key: K, ...params: ParamsOf<Catalogue, K>): string {
  const [section = "", name = ""] = key.split(".");
  const message = catalogues[language.value][section]?.[name];
  if (typeof message === "function") return message(params[0] as never);
  return message ?? key;
}

/** Whether there is a message of this key: for keys that are put together, such as one for each problem. */
export function isKey(key: string): key is Key {
  const [section = "", name = ""] = key.split(".");
  return Object.hasOwn(catalogues.en, section) && Object.hasOwn(catalogues.en[section] ?? {}, name);
}
