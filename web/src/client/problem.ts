import type { ProblemDetails } from "./types.gen.ts";

/** The code of a problem that the network made: no answer came. */
export const OFFLINE = "offline";

/** What went wrong, as the server said it (RFC 9457), or that no answer came. Decide by `code`. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The same request may succeed later: send it again with the same key. */
  readonly retryable: boolean;

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
  }

  /** No answer came: the request may or may not have been carried out. */
  static offline(): ProblemError {
    return new ProblemError({
      type: "about:blank",
      title: "No answer",
      status: 0,
      code: OFFLINE,
      detail: "The server cannot be reached.",
      retryable: true,
      request_id: "",
    });
  }

  /** Of an answer that is not a success. What is not a problem document becomes one. */
  static async of(answer: Response): Promise<ProblemError> {
    const problem = await readProblem(answer);
    return new ProblemError(problem ?? bare(answer), retryAfterMs(answer.headers.get("Retry-After")));
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

/** `Retry-After` in seconds; a date is not what this server sends. */
export function retryAfterMs(header: string | null): number | undefined {
  if (header === null || !/^\d+$/.test(header.trim())) return undefined;
  return Number(header) * 1000;
}
