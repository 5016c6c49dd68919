import type { ProblemDetails } from "./types.gen.ts";

/** The code of a problem that the network made: no answer came. */
export const OFFLINE = "offline";
const COMMIT_PENDING = "commit_pending";

/** What went wrong, as the server said it (RFC 9457), or that no answer came. Decide by `code`. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The same request may succeed later: send it again with the same key. */
  readonly retryable: boolean;
  /**
   * Nobody knows whether the request was carried out: no answer came, or one that says so. Only the same request with
   * the same key finds out.
   */
  readonly isUnknown: boolean;

  constructor(
    readonly problem: ProblemDetails,
    /** When to come again, as `Retry-After` said. */
    readonly retryAfterMs: number | undefined = undefined,
  ) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.retryable = problem.retryable;
    this.isUnknown = [0, 502, 504].includes(problem.status) || problem.code === COMMIT_PENDING;
  }

  /** No answer came: the request may or may not have been carried out. */
  static offline(retryable = true): ProblemError {
    return new ProblemError({
      type: "about:blank",
      title: "No answer",
      status: 0,
      code: OFFLINE,
      detail: "The server cannot be reached.",
      retryable,
      request_id: "",
    });
  }

  /** Of an answer that is not a success. What is not a problem document becomes one. */
  static async of(answer: Response): Promise<ProblemError> {
    const problem = await readProblem(answer);
    return new ProblemError(problem ?? bare(answer), comeAgainMs(answer.headers));
  }
}

async function readProblem(answer: Response): Promise<ProblemDetails | undefined> {
  try {
    const body: unknown = await answer.json();
    const isProblem = typeof body === "object" && body !== null && "code" in body;
    return isProblem ? (body as ProblemDetails) : undefined;
  } catch {
    return undefined;
  }
}

/** A proxy between us and the server knows nothing of problem documents. */
function bare(answer: Response): ProblemDetails {
  return {
    type: "about:blank",
    title: answer.statusText,
    status: answer.status,
    code: `http_${answer.status}`,
    detail: "",
    retryable: [429, 502, 503, 504].includes(answer.status),
    request_id: answer.headers.get("X-Request-Id") ?? "",
  };
}

/** When to come again, in milliseconds: `Retry-After`, else the end of a limit that is used up (`RateLimit`). */
export function comeAgainMs(headers: Headers): number | undefined {
  const after = seconds(headers.get("Retry-After"));
  if (after !== undefined) return after;
  const limit = headers.get("RateLimit") ?? "";
  const isUsedUp = /;\s*r=0(?!\d)/.test(limit) || headers.get("RateLimit-Remaining")?.trim() === "0";
  if (!isUsedUp) return undefined;
  return seconds(/;\s*t=(\d+)/.exec(limit)?.[1] ?? headers.get("RateLimit-Reset"));
}

/** A date is not what this server sends. */
function seconds(text: string | null): number | undefined {
  return text !== null && /^\s*\d+\s*$/.test(text) ? Number(text) * 1000 : undefined;
}
