import { expect, it } from "vitest";
import { chooseLanguage, isKey, t } from "./index.ts";

it("messages of a part that is loaded later are known when it is there", async () => {
  expect(isKey("operator.signIn")).toBe(false);
  expect(t("operator.signIn")).toBe("operator.signIn");
  await import("../pages/operator/messages.ts");
  expect(isKey("operator.signIn")).toBe(true);
  chooseLanguage("en");
  expect(t("operator.signIn")).toBe("Sign in");
  chooseLanguage("ko");
  expect(t("operator.signIn")).toBe("로그인");
});
