import { comeAgainMs } from "./problem.ts";
import { EventParser } from "./sse.ts";

/** Why a stream ended. */
export interface Ended {
  /** A WebSocket's close code; 1006 when nothing was said. */
  code?: number;
  /** The HTTP status of a refusal. */
  status?: number;
  retryAfterMs?: number | undefined;
}

/** What a transport tells; nothing any more after `ended`, or once it was closed. */
export interface Heard {
  frame(text: string): void;
  /** Something arrived, if only a comment. */
  alive(): void;
  ended(why: Ended): void;
}

export interface Transport {
  readonly kind: "socket" | "stream";
  /** False: only a new connection can say who asks. */
  authenticate(token: string): boolean;
  close(): void;
}

/** Who asks, at the moment when that has to be said. */
export type TokenSource = () => string | undefined;

/** What the connections are made of; tests bring their own. */
export interface Network {
  WebSocket: new (url: string) => WebSocket;
  fetch: typeof fetch;
}

/** A WebSocket. The token goes in the first message: an address would end up in logs. */
export function openSocket(url: URL, token: TokenSource, heard: Heard, network: Network): Transport {
  const address = new URL(url);
  address.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new network.WebSocket(address.href);
  let isOver = false;
  const end = (why: Ended) => {
    if (isOver) return;
    isOver = true;
    heard.ended(why);
  };
  const authenticate = (fresh: string) => socket.send(JSON.stringify({ type: "auth", token: fresh }));
  socket.onopen = () => {
    const now = token();
    if (now !== undefined) authenticate(now);
  };
  socket.onmessage = ({ data }) => {
    if (isOver) return;
    heard.alive();
    if (typeof data === "string") heard.frame(data);
  };
  socket.onclose = ({ code }) => end({ code });
  return {
    kind: "socket",
    authenticate(fresh) {
      if (socket.readyState !== socket.OPEN) return false;
      authenticate(fresh);
      return true;
    },
    close() {
      isOver = true;
      socket.close();
    },
  };
}

/** Server-sent events, by fetch: an `EventSource` cannot say who asks, nor why it was refused. */
export function openStream(url: URL, token: TokenSource, heard: Heard, network: Network): Transport {
  const abort = new AbortController();
  let isOver = false;
  const end = (why: Ended) => {
    if (isOver) return;
    isOver = true;
    heard.ended(why);
  };
  const read = async () => {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    const now = token();
    if (now !== undefined) headers.Authorization = `Bearer ${now}`;
    const answer = await network.fetch(url.href, { headers, signal: abort.signal, cache: "no-store" });
    if (!answer.ok || !answer.body) {
      return end({ status: answer.status, retryAfterMs: comeAgainMs(answer.headers) });
    }
    await readEvents(answer.body, (events) => {
      if (isOver) return;
      heard.alive();
      for (const event of events) heard.frame(event);
    });
    end({});
  };
  read().catch(() => end({}));
  return {
    kind: "stream",
    authenticate: () => false,
    close() {
      isOver = true;
      abort.abort();
    },
  };
}

async function readEvents(body: ReadableStream<Uint8Array>, tell: (events: string[]) => void) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    tell(parser.push(decoder.decode(piece.value, { stream: true })));
  }
}
