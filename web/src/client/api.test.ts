import { describe, expect, it } from "vitest";
import { headerText } from "./api.ts";

describe("a code in a header", () => {
  it("goes as it is where a header may have it", () => {
    expect(headerText("FAN-2026")).toBe("FAN-2026");
    expect(headerText("50%OFF-FANS")).toBe("50%OFF-FANS");
  });

  it("is a display string otherwise, so that fetch takes it", () => {
    const codes = ["팬-2026", 'crème "brûlée"', '%"ascii"'];
    expect(codes.map(headerText)).toEqual([
      '%"%ed%8c%ac-2026"',
      '%"cr%c3%a8me%20%22br%c3%bbl%c3%a9e%22"',
      '%"%25%22ascii%22"',
    ]);
    for (const code of codes)
      expect(new Headers({ "X-Access-Code": headerText(code) }).has("X-Access-Code")).toBe(true);
  });
});
