import { type KeyOf, type Message, type ParamsOf, plural } from "./catalogue.ts";
import { en } from "./en/index.ts";
import { ko } from "./ko/index.ts";
import { type Language, language } from "./language.ts";

export * from "./formats.ts";
export { chooseLanguage, LANGUAGES, type Language, language, locale } from "./language.ts";
export { plural };

export type Key = KeyOf<typeof en>;

const catalogues: Record<Language, Record<string, Record<string, Message>>> = { en, ko };

/** The message in the reader's language. Who renders it is rendered again when the language changes. */
export function t<K extends Key>(key: K, ...params: ParamsOf<typeof en, K>): string {
  const [section = "", name = ""] = key.split(".");
  const message = catalogues[language.value][section]?.[name];
  if (typeof message === "function") return message(params[0] as never);
  return message ?? key;
}

/** Whether there is a message of this key: for keys that are put together, such as one for each problem. */
export function isKey(key: string): key is Key {
  const [section = "", name = ""] = key.split(".");
  return Object.hasOwn(en, section) && Object.hasOwn((catalogues.en[section] ?? {}) as object, name);
}
