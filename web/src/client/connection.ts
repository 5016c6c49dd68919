import type { Board } from "./board.ts";
import type { Frame } from "./frames.ts";
import type { Network } from "./transports.ts";
import type { SnapshotFrame } from "./types.gen.ts";

/**
 * `connecting`: nothing was ever known. `live`: the board is what the server says. `stale`: it was, and may be no
 * longer. `closed`: given up, by us or by the server.
 */
export type Connection = "connecting" | "live" | "stale" | "closed";

/** A record of an inventory, by its number. */
export interface Newest {
  epoch: number;
  seq: number;
}

/** A call; the signal: no answer is wanted any more. */
export type Ask<T> = (signal: AbortSignal) => Promise<T>;

export interface LiveOptions {
  inventory: string;
  /** Kept up to date. */
  board: Board;
  /** Where the server is; nothing: where the page comes from. */
  base?: string;
  /** Of the buyer whose `hold` frames are wanted, if there is one yet. */
  token?: () => string | undefined;
  /** The server did not take the token: another one, if there is any. */
  renew?: () => Promise<string | undefined>;
  /** No WebSocket, which cannot say whose it is before it is open: a draft is there for a secret key alone. */
  streamOnly?: boolean;
  /** Asked when the stream has fallen silent. */
  newest?: Ask<Newest>;
  /** Asked where other tabs need the room that a stream takes, and `newest` told that there is something new. */
  standing?: Ask<SnapshotFrame>;
  /** Newer streams of this browser need the room: no stream, but a look every few seconds. */
  isCrowded?: () => boolean;
  onState?: (state: Connection) => void;
  /** Every frame, after the board has taken it. Types that are not known do not arrive here. */
  onFrame?: (frame: Frame) => void;
  network?: Partial<Network>;
  random?: () => number;
}

/** What keeps a board up to date, until it is closed. */
export interface Live {
  readonly state: Connection;
  /** There is a new token: from now on this buyer's holds are told. */
  authenticate(token: string): void;
  /** Do not wait any longer: try now. */
  wake(): void;
  close(): void;
}

/** Of what is known of a board: was it ever up to date? */
export function lesser(board: Board): Connection {
  return board.epoch > 0 ? "stale" : "connecting";
}

export function isBefore(a: Newest, b: Newest): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq);
}
