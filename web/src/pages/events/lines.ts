import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Api, InventoryQuery } from "../../client/api.ts";
import { ServerClock } from "../../client/clock.ts";
import type { InventoryLine, InventoryList } from "../../client/types.gen.ts";

export type ListState = "loading" | "ready" | "more" | "failed";

/** The pages of a list that were fetched so far. An answer that comes after the next question counts for nothing. */
export class LineList {
  readonly state = signal<ListState>("loading");
  readonly lines = signal<readonly InventoryLine[]>([]);
  readonly hasMore = signal(false);
  #turn = 0;

  /** The server's clock, by what its answers say. */
  constructor(
    readonly api: Pick<Api, "inventories">,
    readonly clock = new ServerClock(),
  ) {}

  readonly begin = async (query: InventoryQuery) => {
    this.state.value = "loading";
    await this.#ask(query, []);
  };

  readonly more = async (query: InventoryQuery) => {
    const last = this.lines.value.at(-1);
    if (!last || this.state.value !== "ready") return;
    this.state.value = "more";
    await this.#ask({ ...query, startingAfter: last.id }, this.lines.value);
  };

  /** The same lines as they stand now. What cannot be asked stays, and is asked again. */
  readonly refresh = async (query: InventoryQuery) => {
    const shown = this.lines.value.length;
    if (this.state.value !== "ready" || shown === 0) return;
    const turn = this.#turn;
    try {
      const { data } = await this.#inventories({ ...query, limit: Math.min(shown, LIMIT_MAX) });
      if (turn !== this.#turn) return;
      const fresh = new Map(data.map((line) => [line.id, line]));
      this.lines.value = this.lines.value.map((line) => fresh.get(line.id) ?? line);
    } catch {
      // Figures that grow old are not told any more.
    }
  };

  async #ask(query: InventoryQuery, before: readonly InventoryLine[]) {
    const turn = ++this.#turn;
    try {
      const { data, has_more } = await this.#inventories(query);
      if (turn !== this.#turn) return;
      this.lines.value = [...before, ...data];
      this.hasMore.value = has_more;
      this.state.value = "ready";
    } catch {
      if (turn === this.#turn) this.state.value = "failed";
    }
  }

  async #inventories(query: InventoryQuery): Promise<InventoryList> {
    const mark = this.clock.mark();
    const answer = await this.api.inventories(query);
    this.clock.learnNow(answer.as_of, mark);
    return answer;
  }
}

/** So many lines one answer has at most; what stands below these is looked at least. */
const LIMIT_MAX = 100;
/** Who looks at the list sees what it says of now. */
const REFRESH_MS = 5_000;

export function useLines(api: Pick<Api, "inventories">, query: InventoryQuery): LineList {
  const list = useMemo(() => new LineList(api), [api]);
  const asked = JSON.stringify(query);
  useEffect(() => {
    void list.begin(JSON.parse(asked) as InventoryQuery);
    const refresh = () => {
      if (document.visibilityState === "visible") void list.refresh(JSON.parse(asked) as InventoryQuery);
    };
    const timer = setInterval(refresh, REFRESH_MS);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [list, asked]);
  return list;
}
