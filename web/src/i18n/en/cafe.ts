import { list, number } from "../formats.ts";

export const cafe = {
  menu: "Menu",
  lead: "What cannot be made any more greys out at once, and says what is missing.",
  left: ({ n }: { n: number }) => `${number(n)} left`,
  plenty: "Available",
  missing: ({ what }: { what: readonly string[] }) => `Out of ${list(what)}`,
  soldOut: "Sold out",
  noMore: ({ what }: { what: readonly string[] }) => `No more with what you have chosen: ${list(what)}`,
  ranOut: ({ drink, what }: { drink: string; what: readonly string[] }) => `${drink}: out of ${list(what)}`,
  back: ({ drink }: { drink: string }) => `${drink} is available again`,
  order: "Your order",
  orderEmpty: "Choose something from the menu.",
  orderFor: ({ price }: { price: string }) => `Order for ${price}`,
  orderNow: "Order",
  ordering: "Ordering…",
  ordered: "Order received",
};
