// Prices of what is left.
import type { Money } from "../client/types.gen.ts";
import type { Looks } from "./looks.ts";
import type { Scene } from "./scene.ts";

/** The lowest price in the group of which something is left. */
export function lowestPrice(scene: Scene, looks: Looks, group: number): Money | undefined {
  let lowest: Money | undefined;
  for (const [category, { price }] of scene.plan.plan.categories.entries()) {
    if (!price || looks.leftInBoth(group, category) <= 0) continue;
    if (!lowest || price.amount < lowest.amount) lowest = price;
  }
  return lowest;
}
