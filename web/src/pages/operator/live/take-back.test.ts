import { describe, expect, it, vi } from "vitest";
import { PlanIndex } from "../../../client/plan.ts";
import { ProblemError } from "../../../client/problem.ts";
import type { LineAnswer, SaleList, SoldAnswer } from "../../../client/types.gen.ts";
import { planView } from "../document/view.ts";
import { findSales } from "./find-sales.ts";
import { giveBackAll, type Outcome } from "./give-back.ts";
import { lineName } from "./TakeBackSale.tsx";
import { choiceOf, groupSales, linesBack, returnOf, worthOf } from "./take-back.ts";

// Units by number: a b c d (0–3), t1 t2 (4, 5) of the whole table T1, booth (6), floor (7).
const plan = new PlanIndex(
  planView({
    currency: "KRW",
    categories: [{ id: "R", name: "R", price: 1000 }],
    zones: [
      {
        id: "z",
        rows: [{ id: "1", label: "1", seats: ["a", "b", "c", "d"].map((id) => ({ id, category: "R" })) }],
        tables: [
          { id: "T1", label: "Table 1", whole: true, category: "R", seats: [{ id: "t1" }, { id: "t2" }] },
        ],
        areas: [
          { id: "booth", capacity: 6, whole: true, category: "R" },
          { id: "floor", label: "Floor", capacity: 90, category: "R" },
        ],
      },
    ],
  }).plan,
);

function line(
  offer: string,
  units: string[] = [offer],
  quantity = 1,
  amount: number | null = 1000,
): LineAnswer {
  const price = amount === null ? null : { amount, currency: "KRW" };
  return { offer, quantity, price, units: units.map((id) => [id, quantity]) };
}

function sale(id: string, ...lines: LineAnswer[]): SoldAnswer {
  return {
    id,
    inventory: "inv_1",
    buyer: `buy_${id}`,
    state: "sold",
    lines,
    total: null,
    sold_at: "2026-05-01T11:00:00.000Z",
    returned: [],
    returned_at: null,
    returned_total: null,
  };
}

const table = () => line("T1", ["t1", "t2"]);

describe("sales of a selection", () => {
  it("are grouped, each with what of it is selected, in the order of the seats", () => {
    const sales = [sale("s2", line("d"), line("c")), sale("s1", line("a"), line("b")), sale("s3", line("b"))];
    const groups = groupSales(sales, new Set([0, 2, 3]), plan);
    expect(groups.map(({ sale, selected, others }) => [sale.id, offers(selected), offers(others)])).toEqual([
      ["s1", ["a"], ["b"]],
      ["s2", ["d", "c"], []],
    ]);
  });

  it("give back a whole table by its offer, whichever of its seats is selected", () => {
    const [group] = groupSales([sale("s", table(), line("a"))], new Set([5]), plan);
    expect(group && returnOf(group, "part")).toEqual({ offers: [{ offer: "T1", quantity: 1 }] });
    expect(group && lineName(table(), plan)).toBe("Table 1 (whole, 2 seats)");
  });

  it("name each offer once, with the pieces of all of its lines", () => {
    const twice = sale("s", line("floor", ["floor"], 2), line("floor", ["floor"], 3, 500), line("a"));
    const [group] = groupSales([twice], new Set([7]), plan);
    expect(group && returnOf(group, "part")).toEqual({ offers: [{ offer: "floor", quantity: 5 }] });
    expect(worthOf(group?.selected ?? [])).toEqual({
      pieces: 5,
      money: { amount: 3500, currency: "KRW" },
      unpriced: 0,
    });
  });

  it("begin with what is selected, but for those who merely stand in the area around it", () => {
    const sales = [
      sale("seat", line("a"), line("floor")),
      sale("floor", line("floor")),
      sale("booth", line("booth")),
    ];
    const groups = groupSales(sales, new Set([0, 6, 7]), plan);
    expect(groups.map(({ sale, first, selected }) => [sale.id, first, offers(selected)])).toEqual([
      ["seat", "part", ["a"]],
      ["booth", "part", ["booth"]],
      ["floor", "none", ["floor"]],
    ]);
  });

  it("come back in part, whole, or not", () => {
    const [group] = groupSales([sale("s", line("a"), line("b"))], new Set([0]), plan);
    if (!group) throw new Error("not grouped");
    expect((["part", "whole", "none"] as const).map((choice) => offers(linesBack(group, choice)))).toEqual([
      ["a"],
      ["a", "b"],
      [],
    ]);
    expect([returnOf(group, "whole"), choiceOf(group, new Map([["s", "whole"]]))]).toEqual([{}, "whole"]);
  });

  it("say exactly what comes back where all of it is selected", () => {
    const [group] = groupSales([sale("s", line("a"))], new Set([0]), plan);
    expect(group && choiceOf(group, new Map([["s", "whole"]]))).toBe("part");
  });

  it("are worth what was paid; what has no price is told apart", () => {
    expect(worthOf([line("a"), line("b", ["b"], 1, null)])).toEqual({
      pieces: 2,
      money: { amount: 1000, currency: "KRW" },
      unpriced: 1,
    });
  });
});

describe("finding sales", () => {
  const four = sale("s", line("a"), line("b"), line("c"), line("d"));
  const search = (answer: (unit: string) => readonly SoldAnswer[] | SaleList) => {
    const signal = new AbortController().signal;
    const ask = vi.fn(async (unit: string): Promise<SaleList> => {
      const told = answer(unit);
      return "data" in told ? told : { data: [...told], has_more: false, epoch: 1, seq: 1 };
    });
    return { plan, ask, signal, onProgress: vi.fn() };
  };

  it("asks no more for a seat whose sale is known", async () => {
    const seats = Array.from({ length: 40 }, (_, n) => ({ id: `s${n}` }));
    const long = new PlanIndex(planView({ zones: [{ id: "z", rows: [{ seats }] }] }).plan);
    const of = sale("s", ...seats.map(({ id }) => line(id)));
    const asked = { ...search(() => [of]), plan: long };
    const { sales, nobodys } = await findSales([...seats.keys()], asked);
    expect([sales, nobodys]).toEqual([[of], []]);
    expect(asked.ask.mock.calls.length).toBeLessThanOrEqual(4);
    expect(asked.onProgress).toHaveBeenLastCalledWith(40);
  });

  it("asks for an area by itself, even if one of its sales is known", async () => {
    const floor = sale("f", line("a"), line("floor"));
    const asked = search((unit) => (unit === "a" ? [floor] : [floor, sale("g", line("floor"))]));
    const { sales } = await findSales([0, 7], asked);
    expect(sales.map(({ id }) => id).sort()).toEqual(["f", "g"]);
  });

  it("tells which seats are nobody's by now, and which areas have more sales", async () => {
    const asked = search((unit) =>
      unit === "floor" ? { data: [four], has_more: true, epoch: 1, seq: 1 } : [],
    );
    const { nobodys, more } = await findSales([4, 6, 7], asked);
    expect([nobodys, more]).toEqual([[4], [7]]);
  });

  it("asks a few at a time, and no more once nobody waits", async () => {
    let under = 0;
    let most = 0;
    const stop = new AbortController();
    const seats = Array.from({ length: 40 }, (_, n) => ({ id: `s${n}` }));
    const long = new PlanIndex(planView({ zones: [{ id: "z", rows: [{ seats }] }] }).plan);
    const asked = { ...search(() => []), plan: long, signal: stop.signal };
    asked.ask.mockImplementation(async () => {
      most = Math.max(most, ++under);
      await Promise.resolve();
      under -= 1;
      if (asked.ask.mock.calls.length === 8) stop.abort();
      return { data: [], has_more: false, epoch: 1, seq: 1 };
    });
    await findSales([...seats.keys()], asked);
    expect(most).toBe(4);
    expect(asked.ask.mock.calls.length).toBeLessThan(13);
  });
});

describe("giving back several sales", () => {
  const orders = ["s1", "s2", "s3"].map((sale) => ({ sale, request: {} }));
  const run = async (failing: string, error: unknown) => {
    const told = new Map<string, Outcome>();
    const give = vi.fn(async ({ sale }: { sale: string }) => {
      if (sale === failing) throw error;
      return [line("a")];
    });
    const signal = new AbortController().signal;
    const all = await giveBackAll(orders, { give, tell: (sale, outcome) => told.set(sale, outcome), signal });
    return { all, told, asked: give.mock.calls.length };
  };

  it("goes on after a refusal of one, and tells of each", async () => {
    const refused = new ProblemError({
      ...ProblemError.offline().problem,
      status: 409,
      code: "sale_returned",
    });
    const { all, told } = await run("s2", refused);
    expect([...told]).toEqual([
      ["s1", { back: [line("a")] }],
      ["s2", { error: refused }],
      ["s3", { back: [line("a")] }],
    ]);
    expect(all).toHaveLength(2);
  });

  it("stops where the server does not answer", async () => {
    const { told, asked } = await run("s2", ProblemError.offline());
    expect([asked, told.has("s3")]).toEqual([2, false]);
  });
});

function offers(lines: readonly LineAnswer[]): string[] {
  return lines.map(({ offer }) => offer);
}
