import { describe, expect, it } from "vitest";
import { FakeInventory } from "../../../store/fakes.ts";
import { changes, type MenuLine, menuOf } from "./menu.ts";

function bench() {
  const open = new FakeInventory();
  const look = (chosen: [string, number][] = []): Record<string, MenuLine> => {
    const plan = open.plan.value;
    if (!plan) throw new Error("no plan");
    return Object.fromEntries(menuOf(plan, open.board, new Map(chosen)).map((line) => [line.offer.id, line]));
  };
  return { open, look };
}

describe("the menu", () => {
  it("says how many can be made", () => {
    const { latte, espresso } = bench().look();
    expect(latte).toMatchObject({ left: 3, more: 3, missing: [] });
    expect(espresso).toMatchObject({ left: 5, more: 5, missing: [] });
  });

  it("names what ran out", () => {
    const { open, look } = bench();
    open.change([], [[6, 99]]);
    expect(look().latte).toMatchObject({ left: 0, missing: ["milk"] });
    expect(look().espresso).toMatchObject({ left: 5, missing: [] });
    open.change([], [[5, 0]]);
    expect(look().latte?.missing).toEqual(["beans", "milk"]);
  });

  it("lets one drink's ingredients limit the other", () => {
    const { latte } = bench().look([["espresso", 5]]);
    expect(latte).toMatchObject({ left: 3, more: 0, missing: ["beans"] });
  });

  it("names nothing for a thing by itself", () => {
    const { open, look } = bench();
    open.change([], [[4, 0]]);
    expect(look().floor).toMatchObject({ left: 0, missing: [] });
  });

  it("tells what ran out and what came back between two looks", () => {
    const { open, look } = bench();
    const before = Object.values(look());
    open.change([], [[6, 0]]);
    const out = Object.values(look());
    expect(changes(before, out).map(({ offer }) => offer.id)).toEqual(["latte"]);
    expect(changes(out, before).map(({ offer }) => offer.id)).toEqual(["latte"]);
    expect(changes([], out)).toEqual([]);
  });
});
