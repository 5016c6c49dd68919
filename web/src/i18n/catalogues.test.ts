/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";

type Section = Record<string, unknown>;

const files = import.meta.glob<Record<string, Section>>("./{en,ko}/*.ts", { eager: true });

/** The sections of one language, by their name: what the files of its folder export. */
function sections(tongue: string): Record<string, Section> {
  const own = Object.entries(files).filter(([path]) => path.startsWith(`./${tongue}/`));
  return Object.assign({}, ...own.map(([, module]) => module));
}

/** Which parameters a message asks for: it is called with one that answers to every name. */
function paramsOf(message: unknown): string[] | undefined {
  if (typeof message !== "function") return undefined;
  const names = new Set<string>();
  const params = new Proxy(
    {},
    {
      get(_, name) {
        names.add(String(name));
        return stand(String(name));
      },
    },
  );
  message(params);
  return [...names].sort();
}

/** Lists are told by their names in the messages. */
function stand(name: string): unknown {
  return name === "what" ? ["a", "b"] : 2;
}

const [en, ko] = [sections("en"), sections("ko")];

describe("the catalogues", () => {
  it("have the same sections, of which there are some", () => {
    expect(Object.keys(en).length).toBeGreaterThan(6);
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.keys(en))("have the same messages in %s", (name) => {
    expect(Object.keys(ko[name] ?? {}).sort()).toEqual(Object.keys(en[name] ?? {}).sort());
  });

  it.each(Object.keys(en))("have no empty message in %s, and text for text", (name) => {
    for (const [key, message] of Object.entries(en[name] ?? {})) {
      const other = ko[name]?.[key];
      expect(typeof other, key).toBe(typeof message);
      if (typeof message === "string") expect(message.trim(), key).not.toBe("");
      if (typeof other === "string") expect(other.trim(), key).not.toBe("");
    }
  });

  it.each(Object.keys(en))("ask in Korean for nothing that English does not give in %s", (name) => {
    for (const [key, message] of Object.entries(en[name] ?? {})) {
      const given = paramsOf(message);
      const asked = paramsOf(ko[name]?.[key]);
      expect(asked === undefined, key).toBe(given === undefined);
      // A plural form or a unit may be needed in one language only.
      expect(
        (asked ?? []).filter((param) => !given?.includes(param)),
        key,
      ).toEqual([]);
    }
  });
});
