import { number, plural } from "../formats.ts";

/** Of what is sold by the piece: products, and what a café makes. */
export const stock = {
  left: ({ n }: { n: number }) => `${plural(n, "piece", "pieces")} left`,
  limitHave: ({ n, have }: { n: number; have: number }) =>
    `Up to ${number(n)} per person; you have ${number(have)}`,
  least: ({ n }: { n: number }) => `At least ${number(n)} at once`,
  get: ({ n }: { n: number }) => (n === 1 ? "Reserve one" : `Reserve ${number(n)}`),
  try: ({ n }: { n: number }) => (n === 1 ? "Try to reserve one" : `Try to reserve ${number(n)}`),
  pending: "Reserving…",
  soldOut: "Sold out for now",
  soldOutDetail: "All pieces are sold or in somebody’s basket. Whatever comes back shows up here at once.",
  limitReached: "You have reached the limit",
  limitDetail: "Release what you do not want, and you can choose again.",
  tooFew: "Not enough left",
  tooFewDetail: ({ n }: { n: number }) => `The minimum is ${number(n)} at once.`,
  staleDetail: "The connection is down, so the number may be old. The server decides when you try.",
  closedDetail: "There is no connection to the server. Reload the page to go on.",
  reserved: "Reserved for you",
  reservedSaid: ({ what }: { what: string }) => `Reserved for you: ${what}. Buy it before the time runs out.`,
  buy: "Buy",
  buyFor: ({ price }: { price: string }) => `Buy for ${price}`,
  buying: "Buying…",
  release: "Release",
  byShop: "The shop takes the payment and completes the purchase. Keep this page open until then.",
  expired: "Your reservation has run out. Others can take it now.",
  bought: "Purchase complete",
  boughtDetail: "You can find it under My tickets, in this browser.",
  boughtSaid: ({ what }: { what: string }) => `Bought: ${what}`,
  number: "Order number",
  showTickets: "My tickets",
  again: "Buy more",
};
