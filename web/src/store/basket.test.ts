import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChangeOptions } from "../client/api.ts";
import { BLOCKED, FREE, HELD } from "../client/board.ts";
import { PlanIndex } from "../client/plan.ts";
import { ProblemError } from "../client/problem.ts";
import type { Patience, Waiting } from "../client/retry.ts";
import type { HoldRequest, SaleAnswer } from "../client/types.gen.ts";
import { type Basket, makeBasket } from "./basket.ts";
import { FakeInventory, holdOf, PLAN, refusal } from "./fakes.ts";

describe("a basket", () => {
  let open: FakeInventory;
  let basket: Basket;
  let keys: string[];
  /** All that was ever marked, if only for a moment. */
  let everLost: number[];
  let answer: (request: HoldRequest) => Promise<ReturnType<typeof holdOf>>;
  const calls = {
    hold: (_: string, request: HoldRequest, { key = "" } = {}) => {
      keys.push(key);
      return answer(request);
    },
    allotment: vi.fn(async () => ({ data: [{ units: [["A-3", 1]] }] }) as never),
    extend: vi.fn(async () => holdOf("hold_1", ["A-1"])),
    release: vi.fn(async () => {}),
    purchase: vi.fn(async (): Promise<SaleAnswer> => ({ ...holdOf("sale_1", ["A-1"]), hold: "hold_1" })),
  };
  const chosen = () => [...basket.chosen.value];
  const settle = () => vi.advanceTimersByTimeAsync(200);

  beforeEach(() => {
    vi.useFakeTimers();
    keys = [];
    answer = async ({ offers }) => holdOf("hold_1", offers?.map(({ offer }) => offer) ?? []);
    open = new FakeInventory();
    everLost = [];
    basket = makeBasket(open, calls);
    basket.lost.subscribe((lost) => everLost.push(...lost.keys()));
  });

  afterEach(() => {
    basket.close();
    vi.useRealTimers();
  });

  it("counts pieces and their price", () => {
    basket.toggle("A-1");
    basket.set("floor", 3);
    expect(basket.totals.value).toEqual({ pieces: 4, price: { amount: 2500, currency: "KRW" } });
    expect([...basket.chosenUnits.value]).toEqual([0, 4]);
    basket.toggle("A-1");
    basket.set("floor", 0);
    expect(basket.totals.value).toEqual({ pieces: 0, price: undefined });
  });

  it("says while an outcome is not known that it is being asked for, and no longer than that", async () => {
    let patience: Patience | undefined;
    let held: (hold: ReturnType<typeof holdOf>) => void = () => {};
    const hold = (_: string, __: HoldRequest, options: ChangeOptions = {}) => {
      patience = options.patience;
      return new Promise<ReturnType<typeof holdOf>>((done) => {
        held = done;
      });
    };
    basket = makeBasket(open, { ...calls, hold });
    basket.toggle("A-1");
    const holding = basket.hold();
    expect([basket.busy.value, basket.waiting.value]).toEqual([true, undefined]);
    const waiting: Waiting = { tries: 1, problem: ProblemError.offline(), now: vi.fn() };
    patience?.onWait(waiting);
    expect([basket.busy.value, basket.waiting.value?.problem.isUnknown]).toEqual([true, true]);
    held(holdOf("hold_1", ["A-1"]));
    await holding;
    expect([basket.busy.value, basket.waiting.value]).toEqual([false, undefined]);
    // Whoever leaves the page does not wait any more.
    basket.close();
    expect(patience?.signal?.aborted).toBe(true);
  });

  it("extends and gives back under one key until there is an outcome", async () => {
    const used: (string | undefined)[] = [];
    const fail = async (_: string, __: string, options: ChangeOptions = {}): Promise<never> => {
      used.push(options.key);
      throw ProblemError.offline();
    };
    basket = makeBasket(open, { ...calls, extend: fail, release: fail });
    for (const _ of [1, 2]) await basket.extend("hold_1").catch(() => {});
    for (const _ of [1, 2]) await basket.release(holdOf("hold_1", ["A-1"])).catch(() => {});
    expect([used[0] === used[1], used[2] === used[3], used[1] === used[2]]).toEqual([true, true, false]);
  });

  it("loses what another plan has no more", () => {
    basket.toggle("A-1");
    basket.toggle("A-2");
    const units = PLAN.units.map((unit) => (unit.id === "A-1" ? { ...unit, closed: true } : unit));
    open.plan.value = new PlanIndex({ ...PLAN, plan_version: 2, units });
    expect(chosen()).toEqual([["A-2", 1]]);
    expect([...basket.lost.value]).toEqual([[0, "blocked"]]);
  });

  it("holds all that is chosen and forgets it", async () => {
    basket.toggle("A-1");
    basket.toggle("A-2");
    const hold = await basket.hold();
    expect(hold?.id).toBe("hold_1");
    expect(chosen()).toEqual([]);
    expect(open.holds.value.map(({ id }) => id)).toEqual(["hold_1"]);
    expect([...open.mine.value]).toEqual([0, 1]);
  });

  it("keeps what is chosen while the hold is under way", async () => {
    answer = async () => {
      basket.toggle("A-4");
      return holdOf("hold_1", ["A-1"]);
    };
    basket.toggle("A-1");
    await basket.hold();
    expect(chosen()).toEqual([["A-4", 1]]);
  });

  it("loses what the server names, marks it for a while, and keeps the rest", async () => {
    answer = async () => Promise.reject(refusal("unit_taken", { units: ["A-2"] }));
    basket.toggle("A-1");
    basket.toggle("A-2");
    expect(await basket.hold()).toBeUndefined();
    expect(chosen()).toEqual([["A-1", 1]]);
    expect([...basket.lost.value]).toEqual([[1, "taken"]]);
    expect(basket.problem.value?.code).toBe("unit_taken");
    await vi.advanceTimersByTimeAsync(6_000);
    expect(basket.lost.value.size).toBe(0);
  });

  it("loses what a frame says is taken or off sale", async () => {
    basket.toggle("A-1");
    basket.toggle("A-2");
    basket.toggle("A-3");
    open.change([
      [0, HELD],
      [2, BLOCKED],
    ]);
    await settle();
    expect(chosen()).toEqual([["A-2", 1]]);
    expect([...basket.lost.value]).toEqual([
      [0, "taken"],
      [2, "blocked"],
    ]);
  });

  it("does not take its own hold for a loss", async () => {
    answer = async () => {
      open.change([[0, HELD]]);
      await vi.advanceTimersByTimeAsync(1_000);
      return holdOf("hold_1", ["A-1"]);
    };
    basket.toggle("A-1");
    await basket.hold();
    await settle();
    expect(everLost).toEqual([]);
  });

  it("gives up without a word what another tab of the same buyer holds", async () => {
    basket.toggle("A-1");
    open.change([[0, HELD]]);
    open.took(holdOf("hold_9", ["A-1"]));
    await settle();
    expect(chosen()).toEqual([]);
    expect(everLost).toEqual([]);
  });

  it("lowers a quantity of which fewer are left", async () => {
    basket.set("floor", 5);
    open.change([], [[4, 2]]);
    await settle();
    expect(chosen()).toEqual([["floor", 2]]);
    expect([...basket.lost.value]).toEqual([[4, "short"]]);
  });

  it("lowers a quantity that the server has not", async () => {
    answer = async () => Promise.reject(refusal("not_enough", { units: ["floor"] }));
    basket.set("floor", 5);
    await basket.hold();
    expect(chosen()).toEqual([["floor", 4]]);
  });

  it("loses a drink whose ingredient ran out", async () => {
    basket.set("latte", 1);
    open.change([], [[6, 99]]);
    await settle();
    expect(chosen()).toEqual([]);
    expect([...basket.lost.value.keys()]).toEqual([6]);
  });

  it("keeps the key of a request whose answer never came, and takes a fresh one after an answer", async () => {
    basket.toggle("A-1");
    answer = async () => Promise.reject(ProblemError.offline());
    await basket.hold();
    await basket.hold();
    answer = async () => holdOf("hold_1", ["A-1"]);
    await basket.hold();
    basket.toggle("A-1");
    await basket.hold();
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[2]);
  });

  it("takes a fresh key after a refusal", async () => {
    basket.toggle("A-1");
    answer = async () => Promise.reject(refusal("buyer_limit"));
    await basket.hold();
    await basket.hold();
    expect(keys[1]).not.toBe(keys[0]);
  });

  it("does nothing twice at a time", async () => {
    basket.toggle("A-1");
    const both = await Promise.all([basket.hold(), basket.hold()]);
    expect(both.filter(Boolean)).toHaveLength(1);
    expect(keys).toHaveLength(1);
  });

  it("ends a hold that was bought or released", async () => {
    open.took(holdOf("hold_1", ["A-1"]));
    await basket.buy("hold_1");
    expect(open.holds.value).toEqual([]);
    open.took(holdOf("hold_2", ["A-2"]));
    await basket.release(holdOf("hold_2", ["A-2"]));
    expect(open.holds.value).toEqual([]);
  });

  it("chooses again what was given back, though the board hears of it later, and holds the same once more", async () => {
    open.change([[1, HELD]]);
    const hold = holdOf("hold_2", ["A-2"]);
    open.took(hold);
    await basket.release(hold);
    expect(chosen()).toEqual([["A-2", 1]]);
    open.change([[2, HELD]]);
    await settle();
    expect(chosen()).toEqual([["A-2", 1]]);
    open.change([[1, FREE]]);
    basket.toggle("A-1");
    const asked: HoldRequest[] = [];
    answer = async (request) => {
      asked.push(request);
      return holdOf("hold_3", ["A-2"]);
    };
    await basket.again(hold.lines);
    expect(asked).toEqual([{ offers: [{ offer: "A-2", quantity: 1 }] }]);
    expect(chosen()).toEqual([["A-1", 1]]);
  });

  it("can have what a code opens, and says the code with every hold", async () => {
    open.change([[2, BLOCKED]]);
    await basket.useCode("FRIENDS");
    expect(open.board.status(2)).toBe(FREE);
    const asked: HoldRequest[] = [];
    answer = async (request) => {
      asked.push(request);
      return holdOf("hold_3", ["A-3"]);
    };
    basket.toggle("A-3");
    await settle();
    await basket.hold();
    expect(asked).toEqual([{ offers: [{ offer: "A-3", quantity: 1 }], code: "FRIENDS" }]);
    await basket.useCode("");
    expect(open.board.status(2)).toBe(BLOCKED);
  });

  it("loses what was given back and taken by somebody else", async () => {
    open.change([[1, HELD]]);
    open.took(holdOf("hold_2", ["A-2"]));
    await basket.release(holdOf("hold_2", ["A-2"]));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(chosen()).toEqual([]);
  });

  it("keeps an order whatever becomes of it, but for what is no longer on the menu", async () => {
    basket.close();
    basket = makeBasket(open, calls, { keeps: true });
    basket.set("latte", 2);
    basket.set("espresso", 1);
    open.change([], [[6, 0]]);
    answer = async () => Promise.reject(refusal("not_enough", { units: ["milk", "beans"] }));
    await basket.hold();
    await settle();
    expect(chosen()).toEqual([
      ["latte", 2],
      ["espresso", 1],
    ]);
    const offers = PLAN.offers.filter(({ id }) => id !== "latte");
    open.plan.value = new PlanIndex({ ...PLAN, plan_version: 2, offers });
    expect(chosen()).toEqual([["espresso", 1]]);
    expect(basket.gone.value).toEqual(["Latte"]);
  });

  it("says why a purchase was refused and keeps the hold", async () => {
    open.took(holdOf("hold_1", ["A-1"]));
    calls.purchase.mockRejectedValueOnce(refusal("purchase_needs_key"));
    await expect(basket.buy("hold_1")).rejects.toBeInstanceOf(ProblemError);
    expect(basket.problem.value?.code).toBe("purchase_needs_key");
    expect(open.holds.value).toHaveLength(1);
    basket.dismiss();
    expect(basket.problem.value).toBeUndefined();
  });
});
