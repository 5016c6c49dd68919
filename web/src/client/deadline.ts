/** How long an answer may take. On a dead path nothing comes, not even an error. */
export interface Deadlines {
  /** Until its head: connecting, sending, and the server's work, which answers after five seconds at most. */
  headMs: number;
  /** Between two pieces of its body. */
  pieceMs: number;
  /** All of it. */
  wholeMs: number;
}

export const DEADLINES: Deadlines = { headMs: 7_000, pieceMs: 8_000, wholeMs: 60_000 };

/** A line that sends less than this in a millisecond (160 kbit/s) is told to be down. */
const SENT_PER_MS = 20;
/** Statuses whose answers have no body; a `Response` cannot be made with one. */
const BODILESS = [204, 205, 304];

/** The whole answer, or an error once a deadline has passed or `init.signal` says so. */
export async function fetchWithin(
  send: typeof fetch,
  url: string,
  init: RequestInit,
  { headMs, pieceMs, wholeMs }: Deadlines,
): Promise<Response> {
  const abort = new AbortController();
  const end = rejection();
  const give = () => {
    abort.abort();
    end.reject(new Error("no answer in time"));
  };
  const sendingMs = bytesOf(init.body) / SENT_PER_MS;
  const whole = setTimeout(give, wholeMs + sendingMs);
  let step = setTimeout(give, headMs + sendingMs);
  const gain = () => {
    clearTimeout(step);
    step = setTimeout(give, pieceMs);
  };
  if (init.signal?.aborted) give();
  init.signal?.addEventListener("abort", give);
  try {
    const answer = await Promise.race([send(url, { ...init, signal: abort.signal }), end.promise]);
    return await Promise.race([complete(answer, gain), end.promise]);
  } finally {
    clearTimeout(whole);
    clearTimeout(step);
    init.signal?.removeEventListener("abort", give);
  }
}

function bytesOf(body: RequestInit["body"]): number {
  if (typeof body === "string") return body.length;
  return ArrayBuffer.isView(body) || body instanceof ArrayBuffer ? body.byteLength : 0;
}

/** The answer with all of its body. */
async function complete(answer: Response, gain: () => void): Promise<Response> {
  const { status, statusText, headers } = answer;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = answer.body?.getReader();
  gain();
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
    gain();
    pieces.push(piece.value);
  }
  const body = BODILESS.includes(status) ? null : joined(pieces);
  return new Response(body, { status, statusText, headers });
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Fails with a word of its own when `work` takes longer. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const end = rejection();
  const timer = setTimeout(() => end.reject(new Error("not in time")), ms);
  try {
    return await Promise.race([work, end.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function rejection(): { promise: Promise<never>; reject(error: Error): void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  // It may fail when nobody waits any more.
  promise.catch(() => {});
  return { promise, reject };
}
