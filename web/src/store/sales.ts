import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { Api } from "../client/api.ts";
import type { LineAnswer, SoldAnswer } from "../client/types.gen.ts";
import { api, session } from "./session.ts";

/** So many pages of sales are read; nobody buys more often in one place. */
const PAGES_MAX = 10;

/** All that the buyer of this browser has bought in an inventory. */
export async function allSales(id: string, from: Pick<Api, "sales"> = api): Promise<SoldAnswer[]> {
  const sales: SoldAnswer[] = [];
  for (let page = 0; page < PAGES_MAX; page++) {
    const last = sales.at(-1);
    const { data, has_more } = await from.sales(id, last ? { startingAfter: last.id } : {});
    sales.push(...data);
    if (!has_more) break;
  }
  return sales;
}

export function pieces(lines: readonly LineAnswer[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** How many pieces were bought here before; the server is asked once, and told what was bought since. */
export function useBought(id: string): { count: number; add(more: number): void } {
  const count = useMemo(() => signal(0), [id]);
  useEffect(() => {
    if (session.current() === undefined) return;
    allSales(id).then(
      (sales) => {
        count.value = sales.reduce((sum, sale) => sum + pieces(sale.lines), 0);
      },
      () => {
        // Then the limit shows itself when the server refuses.
      },
    );
  }, [id, count]);
  return {
    count: count.value,
    add: (more) => {
      count.value += more;
    },
  };
}
