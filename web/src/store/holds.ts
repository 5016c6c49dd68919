import { signal } from "@preact/signals";
import type { HoldAnswer, HoldFrame } from "../client/types.gen.ts";

/** Ids of holds are never used again; so many that ended are remembered. */
const ENDED_MAX = 500;

/** My live holds in one inventory, as answers, lists and frames tell of them, in whatever order these arrive. */
export class HoldBook {
  readonly holds = signal<readonly HoldAnswer[]>([]);
  /** The one whose time was over last. */
  readonly expired = signal<HoldAnswer | undefined>(undefined);
  readonly #ended = new Set<string>();
  readonly #newsOf = new Map<string, number>();
  #news = 0;

  /** To be taken before a list is asked for: what was learned after it is newer than the list. */
  mark(): number {
    return this.#news;
  }

  /** All that live, as of some time after the mark. */
  replace(list: readonly HoldAnswer[], mark: number) {
    const isNewer = (id: string) => (this.#newsOf.get(id) ?? 0) > mark;
    const kept = this.holds.value.filter((hold) => isNewer(hold.id));
    const told = list.filter((hold) => !isNewer(hold.id) && !this.#ended.has(hold.id));
    this.#set([...kept, ...told]);
  }

  /** One that lives, new or changed. */
  put(hold: HoldAnswer) {
    const known = this.holds.value.find(({ id }) => id === hold.id);
    if (this.#ended.has(hold.id) || (known && isOlder(hold, known))) return;
    this.#newsOf.set(hold.id, ++this.#news);
    this.#set([...this.holds.value.filter(({ id }) => id !== hold.id), hold]);
  }

  take(frame: HoldFrame) {
    if (frame.state === "expired") this.#expire((hold) => hold.id === frame.id);
    if (frame.state !== "held") return this.end(frame.id);
    const { type: _, ...hold } = frame;
    this.put(hold);
  }

  /** Released, expired or bought: it does not come back. */
  end(id: string) {
    this.#ended.add(id);
    if (this.#ended.size > ENDED_MAX) this.#ended.delete(first(this.#ended));
    this.#drop((hold) => hold.id === id);
  }

  /** What must be over by now. Should the server say otherwise, it comes back with the next list. */
  dropExpired(nowMs: number) {
    this.#expire((hold) => Date.parse(hold.expires_at) <= nowMs);
  }

  /** Another buyer begins with nothing. */
  clear() {
    this.#drop(() => true);
  }

  #expire(isOver: (hold: HoldAnswer) => boolean) {
    const over = this.holds.value.findLast(isOver);
    if (over) this.expired.value = over;
    this.#drop(isOver);
  }

  #drop(isGone: (hold: HoldAnswer) => boolean) {
    const left = this.holds.value.filter((hold) => !isGone(hold));
    if (left.length < this.holds.value.length) this.#set(left);
  }

  #set(holds: HoldAnswer[]) {
    this.holds.value = holds.sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at));
    for (const id of this.#newsOf.keys()) {
      if (!holds.some((hold) => hold.id === id)) this.#newsOf.delete(id);
    }
  }
}

function isOlder(a: HoldAnswer, b: HoldAnswer): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq);
}

function first(ids: Set<string>): string {
  return ids.values().next().value ?? "";
}
