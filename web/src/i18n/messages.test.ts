import { beforeEach, describe, expect, it, vi } from "vitest";

/** As a page that was just opened: nothing is loaded yet. */
async function opened() {
  vi.resetModules();
  return import("./index.ts");
}

beforeEach(() => localStorage.clear());

describe("messages", () => {
  it("are known once their part was needed", async () => {
    const { isKey, needMessages, t } = await opened();
    expect(isKey("operator.signIn")).toBe(false);
    expect(t("operator.signIn")).toBe("operator.signIn");
    await needMessages("operator");
    expect(isKey("operator.signIn")).toBe(true);
    expect(t("operator.signIn")).toBe("Sign in");
  });

  it("come in the reader's language only, and in another one before it is spoken", async () => {
    const { chooseLanguage, language, needMessages, t } = await opened();
    const { messagesIn } = await import("./messages.ts");
    await needMessages("common", "map");
    expect([Object.keys(messagesIn("en")).sort(), messagesIn("ko")]).toEqual([
      ["common", "map", "seats"],
      {},
    ]);
    const switched = chooseLanguage("ko");
    expect([language.value, t("map.soldOut")]).toEqual(["en", "Sold out"]);
    await switched;
    expect([language.value, t("map.soldOut")]).toEqual(["ko", "매진"]);
  });

  it("of a part that is needed while the language changes are there in the new one", async () => {
    const { chooseLanguage, language, needMessages, t } = await opened();
    await needMessages("common");
    await Promise.all([chooseLanguage("ko"), needMessages("tickets")]);
    expect(language.value).toBe("ko");
    expect(t("tickets.title")).not.toBe("tickets.title");
  });

  it("stay in the language that was chosen last, however long the others take", async () => {
    const { chooseLanguage, language, needMessages } = await opened();
    await needMessages("common");
    await Promise.all([chooseLanguage("ko"), chooseLanguage("en")]);
    expect(language.value).toBe("en");
  });
});
