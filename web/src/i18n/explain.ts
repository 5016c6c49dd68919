import type { ProblemError } from "../client/problem.ts";
import { dateTime, durationInWords, isKey, t } from "./index.ts";

/** The limits that a refusal can name, each with a message that says its size. */
const LIMITS = ["holds_per_buyer", "pieces_per_hold", "pieces_per_hold_min", "pieces_per_buyer"] as const;

/** What went wrong, in the words of a buyer; `now` by the server's clock. */
export function explain(error: ProblemError, now: number): string {
  const { code, detail, retryable, problem } = error;
  const limit = LIMITS.find((name) => typeof problem.limits?.[name] === "number");
  if (limit) return t(`problems.${limit}`, { n: Number(problem.limits?.[limit]) });
  if (code === "not_on_sale" && isAhead(problem.on_sale_from, now)) {
    return t("sale.notYet", { time: dateTime(problem.on_sale_from) });
  }
  const key = `problems.${code}`;
  if (isKey(key) && isPlain(key)) return t(key);
  if (error.status === 429) return tooFast(error);
  if (retryable) return t("problems.busy");
  return t("problems.unexpected", { detail, request: problem.request_id });
}

/** A limit of this address or person is used up, and it is known that nothing was done. */
export function tooFast({ retryAfterMs }: ProblemError): string {
  if (retryAfterMs === undefined) return t("common.tooFastNow");
  return t("common.tooFast", { time: durationInWords(Math.ceil(retryAfterMs / 1000)) });
}

type Plain = "problems.offline";

/** A code of the server never has the name of a message with parameters, other than the limits above. */
function isPlain(key: string): key is Plain {
  return key !== "problems.unexpected" && !LIMITS.some((name) => key === `problems.${name}`);
}

function isAhead(time: string | null | undefined, now: number): time is string {
  return typeof time === "string" && Date.parse(time) > now;
}
