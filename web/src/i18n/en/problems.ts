import { number } from "../formats.ts";

/** What a refusal means for a buyer, by its code. */
export const problems = {
  offline: "No answer came. Check your connection and try again: nothing is done twice.",
  unit_taken: "Somebody else was faster. Choose another one.",
  not_enough: "Fewer are left than you asked for.",
  no_adjacent_block: "So many beside each other are not left. Take fewer, or sit apart.",
  would_orphan_seat: "This would leave a single seat alone. Take it, too, or sit one further.",
  companion_kept: "This seat is kept for whoever comes along with the free wheelchair place beside it.",
  search_exhausted: "No seats were found for so large a party. Try fewer people or one section.",
  buyer_limit: "This is more than one person may have. Release something, or take fewer.",
  holds_per_buyer: ({ n }: { n: number }) =>
    `You have ${number(n)} reservations open, which is the most. Buy or release one first.`,
  pieces_per_hold: ({ n }: { n: number }) => `At most ${number(n)} at once.`,
  pieces_per_hold_min: ({ n }: { n: number }) => `At least ${number(n)} at once.`,
  pieces_per_buyer: ({ n }: { n: number }) =>
    `At most ${number(n)} per person, bought and reserved together.`,
  too_many_pieces: "That is too much for one reservation. Take fewer.",
  too_many_units: "That is too much at once. Split it into several orders.",
  not_on_sale: "This is not on sale now.",
  hold_expired: "The time was over, and it is free for others again. Reserve it anew.",
  hold_released: "This was released. Reserve it anew.",
  hold_purchased: "This is bought already.",
  hold_unknown: "This reservation does not exist any more.",
  hold_in_group: "This belongs to a group and is bought or released as a whole.",
  extension_limit: "It cannot be extended any further.",
  extension_early: "There is still all of the time left. No extension was used up.",
  hold_emptied: "This would leave nothing in the reservation. Release it instead.",
  purchase_needs_key: "The shop takes the payment and completes the purchase.",
  inventory_unknown: "This sale does not exist any more.",
  unit_unknown: "This is no longer a part of the plan. Reload the page.",
  busy: "The server is very busy. Try again in a moment: nothing is done twice.",
  unexpected: ({ detail, request }: { detail: string; request: string }) =>
    `${detail || "Something went wrong."}${request && ` (request ${request})`}`,
  keys_full: "Too much has been sold here today. Please try again in a minute.",
  body_not_allowed: "Nothing was changed. Please try again.",
};
