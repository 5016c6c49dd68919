import type { Api } from "../../client/api.ts";
import type { ServerClock } from "../../client/clock.ts";
import { PlanIndex } from "../../client/plan.ts";
import { ProblemError } from "../../client/problem.ts";
import type { HoldAnswer, InventoryAnswer, SoldAnswer } from "../../client/types.gen.ts";
import { forget, type Known } from "../../store/known.ts";
import { allSales } from "../../store/sales.ts";

/** What is mine in one inventory. */
export interface Mine {
  inventory: Known;
  facts: InventoryAnswer | undefined;
  plan: PlanIndex | undefined;
  holds: HoldAnswer[];
  /** Undefined: the server did not say. */
  sales: SoldAnswer[] | undefined;
}

type Calls = Pick<Api, "inventory" | "plan" | "holds" | "sales">;

/** All of it; throws only when nothing could be learned. */
export async function loadMine(list: readonly Known[], api: Calls, clock: ServerClock): Promise<Mine[]> {
  const found = await Promise.allSettled(list.map((inventory) => loadOne(inventory, api, clock)));
  const mine = found.flatMap((result) =>
    result.status === "fulfilled" && result.value ? [result.value] : [],
  );
  const failed = found.find((result) => result.status === "rejected");
  if (mine.length === 0 && failed) throw failed.reason;
  return mine.filter(({ holds, sales }) => holds.length > 0 || sales === undefined || sales.length > 0);
}

async function loadOne(inventory: Known, api: Calls, clock: ServerClock): Promise<Mine | undefined> {
  const { id } = inventory;
  const mark = clock.mark();
  try {
    const [{ data: holds }, sales] = await Promise.all([
      api.holds(id),
      allSales(id, api).catch(() => undefined),
    ]);
    for (const hold of holds) clock.learn(hold, mark);
    if (holds.length === 0 && sales?.length === 0) return undefined;
    const [facts, plan] = await Promise.all([
      api.inventory(id).catch(() => undefined),
      api.plan(id).catch(() => undefined),
    ]);
    return { inventory, facts, plan: plan && new PlanIndex(plan), holds, sales };
  } catch (error) {
    const isGone = error instanceof ProblemError && error.code === "inventory_unknown";
    if (!isGone) throw error;
    forget(id);
    return undefined;
  }
}
