// What a buyer wishes for, as the server wants it said.
import type { BestWanted } from "../../../client/types.gen.ts";

export interface Wish {
  readonly quantity: number;
  /** Empty: any. */
  readonly category: string;
  /** In minor units, as the field holds it; empty: any. */
  readonly priceMax: string;
  readonly together: boolean;
  readonly accessible: number;
}

export function wanted({ quantity, category, priceMax, together, accessible }: Wish): BestWanted {
  return {
    quantity,
    adjacent: together && quantity > 1,
    ...(category === "" ? {} : { category }),
    ...(priceMax === "" ? {} : { price_max: Number(priceMax) }),
    ...(accessible === 0 ? {} : { accessible }),
  };
}
