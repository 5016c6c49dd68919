import type { KeyOf, ParamsOf } from "./catalogue.ts";
import { language } from "./language.ts";
import { type Catalogue, messagesIn } from "./messages.ts";

export * from "./formats.ts";
export { LANGUAGES, type Language, language, locale } from "./language.ts";
export { chooseLanguage, needMessages, type Part } from "./messages.ts";

export type Key = KeyOf<Catalogue>;

/** The message in the reader's language. Who renders it is rendered again when the language changes. */
export function t<K extends Key>(key: K, ...params: ParamsOf<Catalogue, K>): string {
  const [section = "", name = ""] = key.split(".");
  const message = messagesIn(language.value)[section]?.[name];
  if (typeof message === "function") return message(params[0] as never);
  return message ?? key;
}

/** Whether there is a message of this key: for keys that are put together, such as one for each problem. */
export function isKey(key: string): key is Key {
  const [section = "", name = ""] = key.split(".");
  const sections = messagesIn(language.value);
  return Object.hasOwn(sections, section) && Object.hasOwn(sections[section] ?? {}, name);
}
