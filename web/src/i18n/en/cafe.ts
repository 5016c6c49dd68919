import { either, list, number } from "../formats.ts";

export const cafe = {
  menu: "Menu",
  lead: "Whatever runs out greys out at once, and says what is missing.",
  left: ({ n }: { n: number }) => `${number(n)} left`,
  plenty: "Available",
  missing: ({ what }: { what: readonly string[] }) => `Out of ${list(what)}`,
  soldOut: "Sold out",
  noMore: ({ what }: { what: readonly string[] }) => `Your order takes the last of: ${list(what)}`,
  ranOut: ({ drink, what }: { drink: string; what: readonly string[] }) => `${drink}: out of ${list(what)}`,
  back: ({ drink }: { drink: string }) => `${drink} is available again`,
  order: "Your order",
  orderEmpty: "Choose something from the menu.",
  orderFor: ({ price }: { price: string }) => `Order for ${price}`,
  orderNow: "Order",
  ordering: "Ordering…",
  ordered: "Order received",
  confirm: "Place order",
  onlyLeft: ({ n, what }: { n: number; what: readonly string[] }) => {
    if (what.length === 1) return `Only ${number(n)} × ${what.join("")} can still be made.`;
    return n === 1
      ? `Only one more of these can be made: ${either(what)}?`
      : `Only ${number(n)} of these can still be made: ${either(what)}?`;
  },
  noneLeft: ({ what }: { what: readonly string[] }) => `Just ran out: ${list(what)}. Your order is kept.`,
  takeOut: ({ what }: { what: readonly string[] }) => `Take out ${list(what)}`,
  offMenu: ({ what }: { what: readonly string[] }) => `No longer on the menu: ${list(what)}`,
};
