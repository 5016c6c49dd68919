/* Servers for tests of the live connection. */

/** A socket whose other end the test holds. */
export class FakeSocket {
  static made: FakeSocket[] = [];
  static get last(): FakeSocket {
    const socket = FakeSocket.made.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }

  readonly OPEN = 1;
  readyState = 0;
  sent: string[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  send(text: string) {
    this.sent.push(text);
  }

  close() {
    this.isClosed = true;
  }

  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  tell(frame: object | string) {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  end(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  get resumesAt() {
    return new URL(this.url).searchParams.get("last_event_id");
  }
}

/** A response that goes on as long as the test wants. */
export class FakeStream {
  static made: FakeStream[] = [];
  static answer = () => 200;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(
    readonly url: string,
    readonly headers: Record<string, string>,
  ) {
    FakeStream.made.push(this);
  }

  readonly response = () => {
    const status = FakeStream.answer();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
    });
    return new Response(status === 200 ? body : null, { status });
  };

  write(text: string) {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }

  end() {
    this.#controller?.close();
  }
}

export const snapshot = (seq: number, more: object = {}) => ({
  type: "snapshot",
  inventory: "inv_1",
  epoch: 3,
  seq,
  plan_version: 1,
  seats: "AAA=",
  counts: [],
  ...more,
});
export const delta = (from: number, to: number, seats: [number, number][] = []) => ({
  type: "delta",
  epoch: 3,
  from,
  to,
  seats,
  counts: [],
  at_ms: 0,
});
