import { describe, expect, it } from "vitest";
import { HELD } from "../client/board.ts";
import { available, leftBeside, type Offer, piecesOf, shortUnits } from "../client/offers.ts";
import { PlanIndex } from "../client/plan.ts";
import { FakeInventory, PLAN } from "./fakes.ts";

const find = (plan: PlanIndex, id: string): Offer => {
  const offer = plan.offer(id);
  if (!offer) throw new Error(`no offer ${id}`);
  return offer;
};

describe("offers of a plan", () => {
  it("are what can be picked, and nothing else", () => {
    const plan = new PlanIndex(PLAN);
    expect([...plan.offers.keys()]).toEqual(["A-1", "A-2", "A-3", "A-4", "floor", "espresso", "latte"]);
    expect(plan.offer("beans")).toBeUndefined();
  });

  it("leave out what is closed", () => {
    const [first, ...rest] = PLAN.units;
    const plan = new PlanIndex({ ...PLAN, units: [{ ...first, closed: true } as (typeof rest)[0], ...rest] });
    expect(plan.offer("A-1")).toBeUndefined();
  });

  it("are a whole table by its row's id, and an area of guests all at once", () => {
    const units = PLAN.units.map((unit, number) => {
      if (number < 2) return { ...unit, offer: false, whole: true, category: "R" };
      return unit.id === "floor" ? { ...unit, whole: true, min_guests: 4 } : unit;
    });
    const row = {
      id: "T1",
      label: "Table 1",
      zone: "z",
      section: null,
      table: true,
      whole: true,
      units: [0, 1],
    };
    const price = { amount: 9000, currency: "KRW" };
    const plan = new PlanIndex({
      ...PLAN,
      units,
      rows: [row],
      categories: [{ id: "R", name: "R", color: null, price }],
    });
    const open = new FakeInventory();
    expect(find(plan, "T1")).toMatchObject({
      label: "Table 1",
      price,
      units: [
        [0, 1],
        [1, 1],
      ],
    });
    expect(available(find(plan, "T1"), open.board)).toBe(1);
    open.change([[1, HELD]]);
    expect(available(find(plan, "T1"), open.board)).toBe(0);
    expect(find(plan, "floor").guests).toEqual({ least: 4, most: 10 });
    expect(available(find(plan, "floor"), open.board)).toBe(10);
    open.change([], [[4, 0]]);
    expect(available(find(plan, "floor"), open.board)).toBe(0);
  });

  it("can be had as often as their scarcest unit allows", () => {
    const { board } = new FakeInventory();
    const plan = new PlanIndex(PLAN);
    expect(available(find(plan, "espresso"), board)).toBe(5);
    expect(available(find(plan, "latte"), board)).toBe(3);
  });

  it("compete for what they share", () => {
    const { board } = new FakeInventory();
    const plan = new PlanIndex(PLAN);
    const [espresso, latte] = [find(plan, "espresso"), find(plan, "latte")];
    const left = leftBeside([[espresso, 3]], board);
    expect(piecesOf(latte, left)).toBe(2);
    const none = leftBeside(
      [
        [espresso, 3],
        [latte, 2],
      ],
      board,
    );
    expect(piecesOf(latte, none)).toBe(0);
    expect(shortUnits(latte, none)).toEqual([5]);
  });
});
