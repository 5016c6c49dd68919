import { ProblemError } from "../../../client/problem.ts";
import type { LineAnswer, ReturnRequest } from "../../../client/types.gen.ts";

/** What became of one sale. */
export type Outcome = { back: readonly LineAnswer[] } | { error: unknown };

export interface Order {
  sale: string;
  request: ReturnRequest;
}

export interface Giving {
  give(order: Order): Promise<readonly LineAnswer[]>;
  tell(sale: string, outcome: Outcome): void;
  signal: AbortSignal;
}

/**
 * Does one after the other, and tells of each. The refusal of one sale leaves the others; after anything else it
 * stops, since the next would fare no better.
 */
export async function giveBackAll(
  orders: readonly Order[],
  { give, tell, signal }: Giving,
): Promise<readonly LineAnswer[]> {
  const all: LineAnswer[] = [];
  for (const order of orders) {
    if (signal.aborted) break;
    try {
      const back = await give(order);
      all.push(...back);
      tell(order.sale, { back });
    } catch (error) {
      tell(order.sale, { error });
      if (!isOfOneSale(error)) break;
    }
  }
  return all;
}

function isOfOneSale(error: unknown): boolean {
  return error instanceof ProblemError && [404, 409, 422].includes(error.status);
}
