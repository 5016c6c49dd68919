import {
  type Ask,
  type Connection,
  isBefore,
  type Live,
  type LiveOptions,
  lesser,
  type Newest,
} from "./connection.ts";
import { within } from "./deadline.ts";
import { type Frame, parseFrame } from "./frames.ts";
import { backOff } from "./retry.ts";
import { type Ended, type Network, openSocket, openStream, type Transport } from "./transports.ts";
import type { SnapshotFrame } from "./types.gen.ts";
import { watchPage } from "./wake.ts";

const BACK_OFF = { baseMs: 500, maxMs: 15_000 };
/** A stream that says nothing for so long at its begin is none. */
const FIRST_FRAME_MS = 6_000;
/** One that was begun so short a time ago is given its time, whoever cannot wait. */
const STARTING_MS = 1_000;
const CHECK_EVERY_MS = 1_000;
/** The server says something every three seconds. After twice that, what stands here is no longer called live. */
const SILENCE_MS = 6_000;
/** When the page comes back to the reader, less silence is enough to ask. */
const SILENCE_AWAKE_MS = 3_000;
/** Whoever is asked has so long to answer. */
const ASK_MS = 3_000;
/** What the server knew when it was asked has to arrive within this. */
const CATCH_UP_MS = 2_000;
/** A stream that lasted this long was a good one: the next begins without memory of failures. */
const GOOD_MS = 10_000;
/** Where other tabs need the room there is no stream: the server is asked so often. */
const LOOK_EVERY_MS = 3_000;
/** So many upgrades in a row that come to nothing, and it is tried without. */
const SOCKET_TRIES = 2;
const BAD_TOKEN = 4501;

/** One stream of one page, that lasts until `close`: it begins anew whenever it breaks. */
export class LiveConnection implements Live {
  #state: Connection = "connecting";
  #transport: Transport | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firstFrame: ReturnType<typeof setTimeout> | undefined;
  readonly #watch: ReturnType<typeof setInterval>;
  readonly #unwatch: () => void;
  readonly #network: Network;
  #failures = 0;
  #socketFailures = 0;
  #useStream = false;
  #resumes = true;
  /** The server takes no token of ours. */
  #anonymous = false;
  #startedAt = 0;
  #heardAt = 0;
  #checkedAt = Date.now();
  /** What this stream has told by now. */
  #told: Newest | undefined;
  /** What it has to tell before the board is up to date. */
  #goal: Newest | undefined;
  #catchUp: ReturnType<typeof setTimeout> | undefined;
  #looking: AbortController | undefined;
  /** The next snapshot is taken, though the board knows more: the server has said so before. */
  #believes = false;
  #isAsking = false;
  #isFramed = false;

  constructor(readonly options: LiveOptions) {
    this.#network = { WebSocket, fetch: (...call) => fetch(...call), ...options.network };
    this.#watch = setInterval(this.#check, CHECK_EVERY_MS);
    this.#unwatch = watchPage(this.wake, this.#lost);
    this.#open();
  }

  get state(): Connection {
    return this.#state;
  }

  close() {
    this.#stop();
    clearInterval(this.#watch);
    this.#unwatch();
    this.#become("closed");
  }

  authenticate(token: string) {
    this.#anonymous = false;
    if (this.#state === "closed" || !this.#transport) return;
    if (!this.#transport.authenticate(token) && this.#isFramed) this.#again(0);
  }

  /** Somebody looks again, or the network is back: do not wait any longer. */
  readonly wake = () => {
    if (this.#state === "closed") return;
    if (!this.#transport || (!this.#isFramed && Date.now() - this.#startedAt > STARTING_MS))
      return this.#again(0);
    if (Date.now() - this.#heardAt > SILENCE_AWAKE_MS || this.#state !== "live") void this.#ask();
  };

  #open() {
    this.#startedAt = Date.now();
    const heard = {
      alive: () => {
        this.#heardAt = Date.now();
      },
      frame: (text: string) => this.#take(text),
      ended: (why: Ended) => this.#ended(why),
    };
    const token = () => (this.#anonymous ? undefined : this.options.token?.());
    const open = this.#useStream || this.options.streamOnly ? openStream : openSocket;
    this.#firstFrame = setTimeout(() => this.#ended({}), FIRST_FRAME_MS);
    this.#transport = open(this.#url(), token, heard, this.#network);
  }

  #url(): URL {
    const { base, inventory, board } = this.options;
    const url = new URL(`/v1/inventories/${encodeURIComponent(inventory)}/live`, base || location.href);
    if (this.#resumes && board.epoch > 0)
      url.searchParams.set("last_event_id", `${board.epoch}:${board.seq}`);
    return url;
  }

  #take(text: string) {
    const frame = parseFrame(text);
    if (!frame || !this.#apply(frame)) return;
    this.#begun();
    this.options.onFrame?.(frame);
    if (!this.#isCaughtUp()) return;
    this.#become("live");
    this.#makeRoom();
  }

  /** Other tabs of this browser have newer streams: this one ends, and the server is asked now and then. */
  #makeRoom() {
    const { isCrowded, newest, standing } = this.options;
    if (!this.#isFramed || this.#state !== "live" || !newest || !standing || !isCrowded?.()) return;
    this.#stop();
    this.#failures = 0;
    this.#timer = setTimeout(() => this.#look(newest, standing), LOOK_EVERY_MS);
  }

  async #look(newest: Ask<Newest>, standing: Ask<SnapshotFrame>) {
    const looking = new AbortController();
    this.#looking = looking;
    const { board, onFrame, isCrowded } = this.options;
    try {
      const known = await within(ASK_MS, newest(looking.signal));
      const news = isBefore(board, known) && (await within(ASK_MS, standing(looking.signal)));
      if (looking.signal.aborted) return;
      // Else the database was put back to an earlier state: only a stream finds that out.
      const isTrue = news ? board.reset(news) : !isBefore(known, board);
      if (!isTrue) return this.#again(0);
      if (news) onFrame?.(news);
    } catch {
      if (!looking.signal.aborted) this.#again(0);
      return;
    }
    this.#heardAt = Date.now();
    this.#become("live");
    if (!isCrowded?.()) return this.#open();
    this.#timer = setTimeout(() => this.#look(newest, standing), LOOK_EVERY_MS);
  }

  #begun() {
    if (this.#isFramed) return;
    this.#isFramed = true;
    this.#socketFailures = 0;
    clearTimeout(this.#firstFrame);
  }

  /** False: it is of no use, or a new stream had to begin. */
  #apply(frame: Frame): boolean {
    const { board } = this.options;
    switch (frame.type) {
      case "snapshot":
        this.#told = { epoch: frame.epoch, seq: frame.seq };
        if (!board.reset(frame, this.#believes)) return this.#older();
        this.#resumes = true;
        this.#believes = false;
        this.#goal = undefined;
        return true;
      case "resumed":
        if (frame.epoch !== board.epoch || frame.from > board.seq) return this.#gap();
        this.#told = { epoch: frame.epoch, seq: frame.from };
        this.#goal = { epoch: frame.epoch, seq: frame.to };
        return true;
      case "delta":
        this.#told = { epoch: frame.epoch, seq: frame.to };
        return board.apply(frame) || this.#gap();
      case "plan":
        // Unit numbers of the new plan mean nothing on this board: only its snapshot helps.
        this.#resumes = false;
        return true;
      case "viewers":
      case "inventory":
      case "hold":
        return true;
      default:
        return false;
    }
  }

  /** Records are missing: begin again with a snapshot. */
  #gap(): false {
    this.#resumes = false;
    this.#countFailure();
    this.#again(this.#failures === 1 ? 0 : this.#wait());
    return false;
  }

  /**
   * The server knows less than this page. Either its stream is a moment behind, or its database was put back to an
   * earlier state: it is believed when it has not caught up, and says the same again.
   */
  #older(): false {
    const { epoch, seq } = this.options.board;
    this.#begun();
    this.#become(this.#lesserState());
    this.#goal = { epoch, seq };
    clearTimeout(this.#catchUp);
    this.#catchUp = setTimeout(() => {
      if (this.#isCaughtUp()) return;
      this.#believes = true;
      this.#gap();
    }, CATCH_UP_MS);
    return false;
  }

  #isCaughtUp(): boolean {
    if (!this.#told || this.options.board.epoch === 0) return false;
    return !this.#goal || !isBefore(this.#told, this.#goal);
  }

  #ended(why: Ended) {
    const wasStream = this.#transport?.kind === "stream";
    this.#countFailure();
    if (isFinal(why)) return this.close();
    if (why.code === BAD_TOKEN || why.status === 401) return void this.#renewToken();
    if (wasStream) this.#afterStream();
    else if (!this.#isFramed && ++this.#socketFailures >= SOCKET_TRIES) return this.#tryStream();
    this.#again(this.#wait(why.retryAfterMs));
  }

  #countFailure() {
    const wasGood = this.#isFramed && Date.now() - this.#startedAt > GOOD_MS;
    this.#failures = wasGood ? 1 : this.#failures + 1;
  }

  /** Where upgrades do not pass, one more of them is tried before each stream: the network may be another now. */
  #afterStream() {
    this.#useStream = false;
    this.#socketFailures = this.#isFramed ? SOCKET_TRIES - 1 : 0;
  }

  #tryStream() {
    this.#useStream = true;
    this.#again(0);
  }

  async #renewToken() {
    this.#stop();
    this.#become(this.#lesserState());
    const token = await this.options.renew?.().catch(() => undefined);
    this.#anonymous = token === undefined;
    if (this.#state !== "closed") this.#again(this.#wait());
  }

  #wait(atLeastMs = 0): number {
    const random = this.options.random ?? Math.random;
    return atLeastMs + backOff(this.#failures, { ...BACK_OFF, random });
  }

  #again(ms: number) {
    this.#stop();
    this.#become(this.#lesserState());
    this.#timer = setTimeout(() => this.#open(), ms);
  }

  #stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#firstFrame);
    clearTimeout(this.#catchUp);
    this.#looking?.abort();
    this.#looking = undefined;
    this.#transport?.close();
    this.#transport = undefined;
    this.#isFramed = false;
    this.#told = this.#goal = undefined;
  }

  readonly #lost = () => {
    if (this.#state === "live") this.#become("stale");
  };

  /** Every second: has this page slept, has the stream fallen silent? */
  readonly #check = () => {
    const now = Date.now();
    const slept = Math.abs(now - this.#checkedAt - CHECK_EVERY_MS) > SILENCE_MS;
    this.#checkedAt = now;
    if (slept) return this.wake();
    const isSilent = now - this.#heardAt > SILENCE_MS;
    if (isSilent && !this.#isFramed) this.#become(this.#lesserState());
    else if (isSilent) void this.#ask();
    else this.#makeRoom();
  };

  /** Asks by another way what is newest. The stream has to know it, too, or it is dead. */
  async #ask() {
    const transport = this.#transport;
    if (this.#isAsking || !transport || !this.#isFramed) return;
    this.#isAsking = true;
    this.#become(this.#lesserState());
    const asking = new AbortController();
    try {
      if (!this.options.newest) throw new Error("nobody can be asked");
      const newest = await within(ASK_MS, this.options.newest(asking.signal));
      if (transport !== this.#transport) return;
      if (!this.#goal || isBefore(this.#goal, newest)) this.#goal = newest;
      if (!this.#isCaughtUp()) await new Promise((resolve) => setTimeout(resolve, CATCH_UP_MS));
      if (transport !== this.#transport) return;
      if (!this.#isCaughtUp()) return this.#ended({});
      this.#heardAt = Date.now();
      this.#become("live");
    } catch {
      if (transport === this.#transport) this.#ended({});
    } finally {
      asking.abort();
      this.#isAsking = false;
    }
  }

  #lesserState(): Connection {
    return this.#state === "closed" ? "closed" : lesser(this.options.board);
  }

  #become(state: Connection) {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.options.onState?.(state);
  }
}

/** Another try would be answered alike: the inventory does not exist, this origin may not, or we misbehaved. */
function isFinal({ code = 0, status = 0 }: Ended): boolean {
  if (code >= 4500 && code <= 4999) return code !== BAD_TOKEN;
  return status >= 400 && status < 500 && ![401, 408, 429].includes(status);
}
