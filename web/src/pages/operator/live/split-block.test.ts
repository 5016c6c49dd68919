import { beforeEach, describe, expect, it } from "vitest";
import { ProblemError } from "../../../client/problem.ts";
import type { Blocked, BlockRequest } from "../../../client/types.gen.ts";
import { problemWords } from "../parts/words.ts";
import { BlockSplitter, isPlain } from "./split-block.ts";

const BLOCK: Blocked = {
  id: "block_1",
  units: [
    ["a", 1],
    ["b", 1],
    ["c", 1],
  ],
  reason: "camera",
  channel: null,
  has_code: false,
  release_at: null,
};
const REST = BLOCK.units.slice(1);

/** A server that blocks whole or not at all. */
class Server {
  blocked: Blocked[] = [BLOCK];
  taken: string[] = [];
  sent: { body: BlockRequest; key: string | undefined }[] = [];
  fail: { on: "unblock" | "block"; after: boolean } | undefined;

  async blocks() {
    return { data: this.blocked, has_more: false };
  }

  async unblock(_: string, id: string) {
    this.#failBefore("unblock");
    if (!this.blocked.some((block) => block.id === id)) throw refusal("block_unknown");
    this.blocked = this.blocked.filter((block) => block.id !== id);
    this.#failAfter("unblock");
  }

  async block(inventory: string, body: BlockRequest, { key }: { key?: string } = {}) {
    this.sent.push({ body, key });
    this.#failBefore("block");
    const units = body.units.map(([id]) => id).filter((id) => this.taken.includes(id));
    if (units.length > 0) throw refusal("unit_taken", units);
    const made = { ...BLOCK, id: `block_${this.sent.length + 1}`, units: body.units };
    if (!this.blocked.some(({ units }) => JSON.stringify(units) === JSON.stringify(made.units)))
      this.blocked.push(made);
    this.#failAfter("block");
    return { ...made, inventory, epoch: 1, seq: 2 };
  }

  #failBefore(on: "unblock" | "block") {
    if (this.fail?.on !== on || this.fail.after) return;
    this.fail = undefined;
    throw ProblemError.offline();
  }

  #failAfter(on: "unblock" | "block") {
    if (this.fail?.on !== on || !this.fail.after) return;
    this.fail = undefined;
    throw ProblemError.offline();
  }
}

function refusal(code: string, units: string[] = []): ProblemError {
  return new ProblemError({ ...ProblemError.offline().problem, code, status: 409, units });
}

let server: Server;
let splitter: BlockSplitter;
const unitsNow = () => server.blocked.map(({ units }) => units.map(([id]) => id));

beforeEach(() => {
  server = new Server();
  splitter = new BlockSplitter("inv_1", server);
});

describe("taking units out of a block", () => {
  it("lifts it and blocks the rest again, with the same reason", async () => {
    expect(await splitter.split(BLOCK, REST)).toEqual([]);
    expect(unitsNow()).toEqual([["b", "c"]]);
    expect(server.sent[0]?.body).toEqual({ units: REST, reason: "camera", release_at: null });
    expect(splitter.isHalf).toBe(false);
  });

  it("tells what others took in between, and blocks what they left", async () => {
    server.taken = ["b"];
    expect(await splitter.split(BLOCK, REST)).toEqual([["b", 1]]);
    expect(unitsNow()).toEqual([["c"]]);
  });

  it("is half done while the rest is free, and goes on with the same key", async () => {
    server.fail = { on: "block", after: true };
    await expect(splitter.split(BLOCK, REST)).rejects.toThrow();
    expect(splitter.isHalf).toBe(true);
    expect(await splitter.split(BLOCK, REST)).toEqual([]);
    expect(server.sent[1]?.key).toBe(server.sent[0]?.key);
    expect([unitsNow(), splitter.isHalf]).toEqual([[["b", "c"]], false]);
  });

  it.each([true, false])("goes on after a lift without an answer (lifted: %s)", async (after) => {
    server.fail = { on: "unblock", after };
    await expect(splitter.split(BLOCK, REST)).rejects.toThrow();
    expect(await splitter.split(BLOCK, REST)).toEqual([]);
    expect(unitsNow()).toEqual([["b", "c"]]);
  });

  it("does nothing to a block that is not what was shown", async () => {
    server.blocked = [{ ...BLOCK, units: REST }];
    const refused = await splitter.split(BLOCK, REST).catch((error: unknown) => error);
    expect(problemWords(refused)).toContain("changed or lifted");
    server.blocked = [];
    await expect(splitter.split(BLOCK, REST)).rejects.toThrow();
    expect(server.sent).toEqual([]);
  });

  it("that is done is not done again when another one failed", async () => {
    await splitter.split(BLOCK, REST);
    await splitter.split(BLOCK, REST);
    expect(server.sent).toHaveLength(1);
  });
});

it("an allotment cannot be blocked again as it was", () => {
  expect([BLOCK, { ...BLOCK, channel: "club" }, { ...BLOCK, has_code: true }].map(isPlain)).toEqual([
    true,
    false,
    false,
  ]);
});
