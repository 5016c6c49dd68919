import { describe, expect, it } from "vitest";
import { FakeInventory } from "../../../store/fakes.ts";
import { shortageOf } from "./shortage.ts";

const [BEANS, MILK] = [5, 6];

function look(counts: [number, number][], ...chosen: [string, number][]) {
  const open = new FakeInventory();
  open.change([], counts);
  const plan = open.plan.value;
  if (!plan) throw new Error("no plan");
  const shortage = shortageOf(plan, open.board, new Map(chosen));
  return (
    shortage && {
      offers: shortage.offers.map(({ id }) => id),
      fits: shortage.fits,
      tooMuch: shortage.tooMuch.map(([{ id }, n]) => [id, n]),
    }
  );
}

describe("an order", () => {
  it("can be made while the sum of its recipes is there", () => {
    expect(look([[BEANS, 40]], ["latte", 1], ["espresso", 1])).toBeUndefined();
    expect(look([])).toBeUndefined();
  });

  it("names the drinks that compete for the last of something, and gives up only the last of them", () => {
    expect(look([[BEANS, 20]], ["latte", 1], ["espresso", 1])).toEqual({
      offers: ["latte", "espresso"],
      fits: 1,
      tooMuch: [["espresso", 1]],
    });
    expect(look([[BEANS, 60]], ["latte", 2], ["espresso", 3])).toEqual({
      offers: ["latte", "espresso"],
      fits: 3,
      tooMuch: [["espresso", 2]],
    });
  });

  it("leaves alone what does not take of it", () => {
    expect(look([[MILK, 150]], ["espresso", 2], ["latte", 2])).toEqual({
      offers: ["latte"],
      fits: 1,
      tooMuch: [["latte", 1]],
    });
    expect(look([[MILK, 0]], ["latte", 2], ["espresso", 2])?.tooMuch).toEqual([["latte", 2]]);
  });

  it("finds room again for what is chosen later and takes of something else", () => {
    expect(
      look(
        [
          [BEANS, 20],
          [MILK, 0],
        ],
        ["latte", 1],
        ["espresso", 1],
      ),
    ).toEqual({
      offers: ["latte", "espresso"],
      fits: 1,
      tooMuch: [["latte", 1]],
    });
  });
});
