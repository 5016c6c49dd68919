import type { OperatorApi } from "../../../client/operator-api.ts";
import { ProblemError } from "../../../client/problem.ts";
import type { Blocked, BlockRequest } from "../../../client/types.gen.ts";
import { Said } from "../parts/words.ts";
import { RequestKeys } from "./keys.ts";

type Units = Blocked["units"];

/**
 * Whether the rest of a block can be blocked again as it was. An allotment cannot: nobody can read its code again,
 * and what its buyers give up goes back to that very block.
 */
export function isPlain(block: Blocked): boolean {
  return block.channel === null && !block.has_code;
}

/** Takes units out of blocks: a block is lifted whole, and the rest of it is blocked again in another one. */
export class BlockSplitter {
  readonly #keys = new RequestKeys();
  /** Blocks that were asked to be lifted, whether or not the answer came. */
  readonly #lifting = new Set<string>();
  /** Of those, what has to be blocked again. */
  readonly #rest = new Map<string, Units>();
  /** Of blocks that are done, what others took. */
  readonly #lost = new Map<string, Units>();

  constructor(
    readonly inventory: string,
    readonly api: Pick<OperatorApi, "blocks" | "block" | "unblock">,
  ) {}

  /** Something was lifted whose rest is not blocked again. */
  get isHalf(): boolean {
    return this.#rest.size > 0;
  }

  /** Does it, or goes on where it failed. Answers what of the rest others took in between. */
  async split(block: Blocked, rest: Units): Promise<Units> {
    const done = this.#lost.get(block.id);
    if (done) return done;
    await this.#lift(block, rest);
    const kept = new Set((await this.#blockAgain(block)).map(([unit]) => unit));
    const lost = rest.filter(([unit]) => !kept.has(unit));
    this.#rest.delete(block.id);
    this.#lost.set(block.id, lost);
    return lost;
  }

  async #lift(block: Blocked, rest: Units) {
    const now = (await this.api.blocks(this.inventory)).data.find(({ id }) => id === block.id);
    // Gone, and it was this that lifted it: only the rest is still to do.
    if (!now && this.#lifting.has(block.id)) {
      if (!this.#rest.has(block.id)) this.#rest.set(block.id, rest);
      return;
    }
    if (!now || JSON.stringify(now.units) !== JSON.stringify(block.units))
      throw new Said("operator.blockChanged");
    this.#lifting.add(block.id);
    try {
      await this.api.unblock(this.inventory, block.id);
    } catch (error) {
      // It was there a moment ago: the answer to the first try was lost.
      if (!hasCode(error, "block_unknown")) throw error;
    }
    this.#rest.set(block.id, rest);
  }

  /** What somebody took meanwhile is left out, and the others are blocked. */
  async #blockAgain(block: Blocked): Promise<Units> {
    for (;;) {
      const units = this.#rest.get(block.id) ?? [];
      if (units.length === 0) return units;
      const body: BlockRequest = { units, reason: block.reason, release_at: block.release_at };
      try {
        await this.api.block(this.inventory, body, { key: this.#keys.of([block.id, body]) });
        return units;
      } catch (error) {
        const left = without(units, error);
        if (left.length === units.length) throw error;
        this.#rest.set(block.id, left);
      }
    }
  }
}

function without(units: Units, error: unknown): Units {
  if (!hasCode(error, "unit_taken") && !hasCode(error, "not_enough")) return units;
  const taken = new Set((error as ProblemError).problem.units ?? []);
  return units.filter(([unit]) => !taken.has(unit));
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof ProblemError && error.code === code;
}
