import { number, percent } from "../formats.ts";

export const events = {
  title: "Events and sales",
  lead: "See what is left, and hold it while you decide.",
  search: "Search by name",
  from: "From",
  until: "Until",
  clear: "Clear filters",
  left: ({ share }: { share: number }) => `${percent(share)} left`,
  few: "Few left",
  soldOut: "Sold out",
  onSale: "On sale",
  empty: "Nothing is on sale yet",
  emptyDetail: "As soon as the operator adds an event, it appears here.",
  noMatch: "Nothing matches",
  noMatchDetail: "Try another name, or another date.",
  found: ({ n }: { n: number }) => (n === 1 ? "1 result" : `${number(n)} results`),
  opensIn: ({ time }: { time: string }) => `Opens in ${time}`,
  opensOn: ({ time }: { time: string }) => `Opens ${time}`,
  closed: "Sale closed",
  cancelled: "Cancelled",
};
