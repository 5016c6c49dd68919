import { afterEach, describe, expect, it } from "vitest";
import { ProblemError } from "../client/problem.ts";
import { explain } from "./explain.ts";
import { duration, durationInWords, eventTimes, list, money, number, relative } from "./formats.ts";
import { isKey, language, t } from "./index.ts";
import { pickLanguage } from "./language.ts";
import { price } from "./price.ts";

/** Spaces that do not break look the same. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

afterEach(() => {
  language.value = "en";
});

describe("formats", () => {
  it("know how many minor units a currency has", () => {
    expect(money({ amount: 150000, currency: "KRW" })).toBe("₩150,000");
    expect(money({ amount: 150000, currency: "USD" })).toBe("$1,500.00");
    expect(plain(money({ amount: 150000, currency: "KWD" }))).toBe("KWD 150.000");
  });

  it("tell every currency from every other, in both languages", () => {
    for (const tongue of ["en", "ko"] as const) {
      language.value = tongue;
      const told = Intl.supportedValuesOf("currency").map((currency) => [
        money({ amount: 0, currency }).replace(/[\d.,\s]/g, ""),
        currency,
      ]);
      const twice = told.filter(([sign], at) => told.findIndex(([other]) => other === sign) !== at);
      expect(twice, tongue).toEqual([]);
    }
  });

  it("tell the time of an event on its own clocks, and on the reader's where they differ", () => {
    const moment = "2031-05-06T10:30:00Z";
    const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(eventTimes(moment, mine).here).toBeUndefined();
    const away = mine === "Asia/Seoul" ? "America/New_York" : "Asia/Seoul";
    const { there, here } = eventTimes(moment, away);
    expect(plain(there)).toContain(away === "Asia/Seoul" ? "7:30 PM" : "6:30 AM");
    expect(there).toMatch(/Korea|ET|New York/);
    expect(here).toBeDefined();
    expect(here).not.toBe(there);
    expect(eventTimes(moment, "Nowhere/Land").here).toBeUndefined();
  });

  it("tell a price that is nothing from one that nobody knows", () => {
    const prices = [
      price({ amount: 500, currency: "KRW" }),
      price({ amount: 0, currency: "KRW" }),
      price(null),
    ];
    expect(prices).toEqual(["₩500", "Free", "Price on request"]);
  });

  it("write time as on a clock", () => {
    expect([duration(0), duration(5), duration(65.9), duration(3605), duration(-1)]).toEqual([
      "0:00",
      "0:05",
      "1:05",
      "1:00:05",
      "0:00",
    ]);
  });

  it("write time in words of the reader's language", () => {
    expect(durationInWords(65)).toBe("1 minute 5 seconds");
    expect(durationInWords(0)).toBe("0 seconds");
    language.value = "ko";
    expect(durationInWords(65)).toBe("1분 5초");
  });

  it("say how long ago or ahead something is", () => {
    expect(relative(-7_200_000)).toBe("2 hours ago");
    expect(relative(3 * 86_400_000)).toBe("in 3 days");
    expect(relative(0)).toBe("now");
  });

  it("change with the language", () => {
    expect(list(["milk", "beans"])).toBe("milk and beans");
    expect(number(1234567)).toBe("1,234,567");
    language.value = "ko";
    expect(list(["우유", "원두"])).toBe("우유, 원두");
  });
});

describe("messages", () => {
  it("are those of the reader's language", () => {
    expect(t("common.viewers", { n: 1200 })).toBe("1,200 watching");
    language.value = "ko";
    expect(t("common.viewers", { n: 1200 })).toBe("1,200명 접속 중");
  });

  it("are found by their own keys only", () => {
    expect(isKey("common.close")).toBe(true);
    expect([isKey("common.toString"), isKey("nothing.at"), isKey("common"), isKey("")]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("the language", () => {
  it("is what was chosen, else the first that the browser wants and we have, else English", () => {
    expect(pickLanguage("ko", ["en-US"])).toBe("ko");
    expect(pickLanguage(null, ["fr-FR", "ko-KR", "en"])).toBe("ko");
    expect(pickLanguage(null, ["fr", "en-GB", "ko"])).toBe("en");
    expect(pickLanguage("xx", ["de"])).toBe("en");
    expect(pickLanguage(null, [])).toBe("en");
  });
});

describe("an explanation", () => {
  const problem = (code: string, more: object = {}) =>
    new ProblemError({
      type: "",
      title: "",
      status: 409,
      code,
      detail: "as the server says",
      retryable: false,
      request_id: "r-1",
      ...more,
    });

  it("is in the words of a buyer", () => {
    expect(explain(problem("unit_taken"), 0)).toBe(t("problems.unit_taken"));
    expect(explain(ProblemError.offline(), 0)).toBe(t("problems.offline"));
  });

  it("names the limit that was reached", () => {
    expect(explain(problem("buyer_limit", { limits: { pieces_per_buyer: 2 } }), 0)).toContain(
      "At most 2 per person",
    );
    expect(explain(problem("buyer_limit"), 0)).toBe(t("problems.buyer_limit"));
  });

  it("says when the sale begins", () => {
    const refused = problem("not_on_sale", { on_sale_from: "2031-05-01T11:00:00Z" });
    // By the server's clock, whatever this machine's says.
    expect(explain(refused, Date.parse("2031-05-01T10:59:00Z"))).toMatch(/^On sale from /);
    expect(explain(refused, Date.parse("2031-05-01T11:00:00Z"))).toBe(t("problems.not_on_sale"));
  });

  it("asks for patience when it may work later", () => {
    expect(explain(problem("overloaded", { retryable: true }), 0)).toBe(t("problems.busy"));
  });

  it("is the server's own, with the number of the request, for what nobody foresaw", () => {
    expect(explain(problem("weather"), 0)).toBe("as the server says (request r-1)");
    expect(explain(problem("unexpected"), 0)).toBe("as the server says (request r-1)");
  });
});
