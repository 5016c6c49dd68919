import { beforeEach, describe, expect, it } from "vitest";
import { ServerClock } from "../../client/clock.ts";
import { ProblemError } from "../../client/problem.ts";
import type { SoldAnswer } from "../../client/types.gen.ts";
import { holdOf, PLAN, refusal } from "../../store/fakes.ts";
import { known, remember } from "../../store/known.ts";
import { loadMine } from "./load.ts";

const sale = (id: string): SoldAnswer => ({
  id,
  inventory: "inv_1",
  buyer: "buy_1",
  state: "sold",
  lines: [{ offer: "A-1", quantity: 1, units: [["A-1", 1]], price: null }],
  total: null,
  sold_at: "2026-05-01T11:00:00.000Z",
  returned: [],
  returned_at: null,
  returned_total: null,
});

function server(
  parts: Partial<Record<string, { holds?: string[]; sales?: SoldAnswer[][]; fails?: ProblemError }>>,
) {
  const of = (id: string) => {
    const part = parts[id] ?? {};
    if (part.fails) throw part.fails;
    return part;
  };
  return {
    inventory: async (id: string) => ({ id, name: `Name of ${id}` }) as never,
    plan: async () => PLAN,
    holds: async (id: string) => ({
      data: (of(id).holds ?? []).map((hold) => holdOf(hold, ["A-2"])),
      has_more: false,
    }),
    sales: async (id: string, { startingAfter = "" } = {}) => {
      const pages = of(id).sales ?? [[]];
      const page = pages.findIndex((list) => list.at(-1)?.id === startingAfter) + 1;
      return { data: pages[page] ?? [], has_more: page < pages.length - 1, epoch: 1, seq: 1 };
    },
  };
}

const list = (...ids: string[]) => ids.map((id) => ({ id, name: id }));
const clock = new ServerClock();

describe("my tickets", () => {
  beforeEach(() => localStorage.clear());

  it("are what I hold and all pages of what I bought, where there is any", async () => {
    const api = server({
      held: { holds: ["hold_1"] },
      bought: { sales: [[sale("s1"), sale("s2")], [sale("s3")]] },
      nothing: {},
    });
    const mine = await loadMine(list("held", "bought", "nothing"), api, clock);
    expect(mine.map(({ inventory }) => inventory.id)).toEqual(["held", "bought"]);
    expect(mine[0]?.holds.map(({ id }) => id)).toEqual(["hold_1"]);
    expect(mine[1]?.sales?.map(({ id }) => id)).toEqual(["s1", "s2", "s3"]);
    expect(mine[1]?.facts?.name).toBe("Name of bought");
  });

  it("show what there is when one inventory cannot be reached", async () => {
    const api = server({ down: { fails: ProblemError.offline() }, held: { holds: ["hold_1"] } });
    const mine = await loadMine(list("down", "held"), api, clock);
    expect(mine.map(({ inventory }) => inventory.id)).toEqual(["held"]);
  });

  it("have failed when none can be reached", async () => {
    const api = server({ down: { fails: ProblemError.offline() } });
    await expect(loadMine(list("down"), api, clock)).rejects.toMatchObject({ code: "offline" });
  });

  it("say so when purchases are not told", async () => {
    const api = { ...server({ held: {} }), sales: () => Promise.reject(refusal("route_unknown")) };
    const mine = await loadMine(list("held"), api, clock);
    expect(mine[0]?.sales).toBeUndefined();
  });

  it("forget an inventory that is no more", async () => {
    for (const one of list("gone", "kept")) remember(one);
    const api = server({ gone: { fails: refusal("inventory_unknown", { status: 404 }) } });
    expect(await loadMine(known(), api, clock)).toEqual([]);
    expect(known().map(({ id }) => id)).toEqual(["kept"]);
  });
});
