import { OFFLINE, ProblemError } from "../../../client/problem.ts";
import { isKey, type Key, t } from "../../../i18n/index.ts";

/** Why something could not be read. */
export function readWords(error: unknown): string {
  const isOffline = error instanceof ProblemError && error.code === OFFLINE;
  return isOffline ? t("common.failedDetail") : problemWords(error);
}

/** What this page itself found wrong. */
export class Said extends Error {
  constructor(readonly key: "operator.blockChanged") {
    super(key);
  }
}

/** What went wrong with a change, for an operator: our words where we have some for the code, else the server's. */
export function problemWords(error: unknown): string {
  if (error instanceof Said) return t(error.key);
  if (!(error instanceof ProblemError)) return t("operator.unexpected");
  if (error.code === OFFLINE) return t("operator.offline");
  const key = `operator.code_${error.code}`;
  if (isKey(key)) return (t as (key: Key) => string)(key);
  return [error.problem.title, error.detail].filter(Boolean).join(": ") || error.code;
}

/** A refusal's code in words, where we have some; the code stands beside them. */
export function codeWords(code: string): string | undefined {
  const key = `operator.refused_${code}`;
  return isKey(key) ? (t as (key: Key) => string)(key) : undefined;
}

/** A defect's code in words, as `docs/plan-format.md` lists them. */
export function defectWords(code: string): string {
  const key = `operator.defect_${code}`;
  return isKey(key) ? (t as (key: Key) => string)(key) : code;
}
