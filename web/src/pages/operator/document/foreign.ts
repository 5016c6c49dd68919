import { DEADLINES, fetchWithin } from "../../../client/deadline.ts";
import { ProblemError } from "../../../client/problem.ts";
import { type RetryOptions, withRetries } from "../../../client/retry.ts";
import type { DefectCount, FieldError, PlanReadAnswer } from "../../../client/types.gen.ts";
import { type Loose, text } from "./loose.ts";
import type { OtherFormat } from "./read.ts";

/** A chosen file that is not in our own format. */
export interface ForeignFile {
  format: OtherFormat;
  /** What it holds, when it is JSON: to show what a defect is about. */
  source: Loose;
  name: string;
  bytes: ArrayBuffer;
}

export interface Wishes {
  /** ISO 4217; empty: the file's own, or none. */
  currency: string;
  repair: boolean;
}

interface Sending {
  key: string | undefined;
  retry?: RetryOptions;
}

/** Lets the server read the file. Reading changes nothing, so it is sent again while that may help. */
export function readForeign(file: ForeignFile, wishes: Wishes, sending: Sending): Promise<PlanReadAnswer> {
  return withRetries(() => send(file, wishes, sending.key), sending.retry);
}

async function send(file: ForeignFile, wishes: Wishes, key: string | undefined): Promise<PlanReadAnswer> {
  const headers: Record<string, string> = {
    Accept: "application/json",
    "Content-Type": "application/octet-stream",
  };
  if (key !== undefined) headers.Authorization = `Bearer ${key}`;
  const url = `/v1/plans?${queryOf(file, wishes)}`;
  const init = { method: "POST", headers, body: file.bytes };
  const answer = await fetchWithin(fetch, url, init, DEADLINES).catch(() => {
    throw ProblemError.offline();
  });
  if (!answer.ok) throw await ProblemError.of(answer);
  return (await answer.json()) as PlanReadAnswer;
}

/** The format is named, so that the server reads the file as what the page says it is. */
function queryOf({ format, name }: ForeignFile, { currency, repair }: Wishes): URLSearchParams {
  const query = new URLSearchParams({ format });
  const title = titleOf(name);
  if (title) query.set("file_name", title);
  if (currency) query.set("currency", currency);
  if (repair) query.set("repair", "true");
  return query;
}

/** The name of a file without what tells its format. */
export function titleOf(fileName: string): string {
  return fileName.replace(/\.(?:json|csv|tsv|txt)$/i, "").normalize("NFC");
}

/** A server that was built before it could read files of others. */
export function cannotRead(error: unknown): boolean {
  return error instanceof ProblemError && ["route_unknown", "method_not_allowed"].includes(error.code);
}

export function isCurrencyRefused(error: unknown): boolean {
  const errors = (error instanceof ProblemError && error.problem.errors) || [];
  return errors.some(({ pointer }) => pointer === "?currency");
}

/** How many there are of each code, of which so many were repaired; the lists hold only the first of each. */
export function countsOf({ counts, defects }: PlanReadAnswer): readonly DefectCount[] {
  // A server that was built before lists them all and counts none.
  if (counts) return counts;
  const found = new Map<string, number>();
  for (const { code } of defects) found.set(code, (found.get(code) ?? 0) + 1);
  return [...found].map(([code, count]) => ({ code, count, repaired: 0 }));
}

/** The defects that no repair was made for. */
export function unrepaired({ defects, repaired }: PlanReadAnswer): readonly FieldError[] {
  const done = new Map<string, number>();
  for (const repair of repaired) done.set(sortOf(repair), (done.get(sortOf(repair)) ?? 0) + 1);
  return defects.filter((defect) => {
    const left = done.get(sortOf(defect)) ?? 0;
    done.set(sortOf(defect), left - 1);
    return left <= 0;
  });
}

function sortOf({ code, pointer }: FieldError): string {
  return `${code} ${pointer}`;
}

const CURRENCY_CODES = new Set(["currency_missing", "currency_conflict", "currency_changed"]);

/** Whether to ask for a currency: the plan has none, or its own is in question. */
export function asksForCurrency({ plan, defects }: PlanReadAnswer): boolean {
  const hasNone = plan !== null && text(plan.currency) === "";
  return hasNone || defects.some(({ code }) => CURRENCY_CODES.has(code));
}
