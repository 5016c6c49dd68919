import { number } from "../formats.ts";

/** What a refusal means for a buyer, by its code. */
export const problems = {
  offline: "No answer came. Check your connection and try again: nothing is done twice.",
  unit_taken: "Someone else was faster. Please choose another one.",
  not_enough: "Not that many are left.",
  no_adjacent_block: "There are not that many seats together. Take fewer, or sit apart.",
  would_orphan_seat: "This would leave a single seat on its own. Take it, too, or move by one seat.",
  companion_kept: "This seat is kept for the companion of whoever takes the wheelchair place beside it.",
  search_exhausted: "No seats were found for a party of that size. Try fewer people, or one section.",
  buyer_limit: "That is more than one person may have. Release something, or take fewer.",
  holds_per_buyer: ({ n }: { n: number }) =>
    `You have ${number(n)} reservations open, which is the most. Buy or release one first.`,
  pieces_per_hold: ({ n }: { n: number }) => `At most ${number(n)} at once.`,
  pieces_per_hold_min: ({ n }: { n: number }) => `At least ${number(n)} at once.`,
  pieces_per_buyer: ({ n }: { n: number }) =>
    `At most ${number(n)} per person, bought and reserved together.`,
  too_many_pieces: "That is too much for one reservation. Take fewer.",
  too_many_units: "That is too much at once. Split it into several orders.",
  not_on_sale: "This is not on sale now.",
  hold_expired: "Your time ran out, and others can take it now. Please reserve it again.",
  hold_released: "This was released. Please reserve it again.",
  hold_purchased: "You have already bought this.",
  hold_unknown: "This reservation no longer exists.",
  hold_in_group: "This is part of a group, which is bought or released as a whole.",
  extension_limit: "It cannot be extended any further.",
  extension_early: "You still have plenty of time. No extension was used up.",
  hold_emptied: "This would leave nothing in the reservation. Release it instead.",
  purchase_needs_key: "The shop takes the payment and completes the purchase.",
  inventory_unknown: "This sale no longer exists.",
  unit_unknown: "This is no longer on sale. Reload the page.",
  rate_limited: "That was a lot at once. Wait a moment and try again.",
  too_many_sessions: "Too many people have just come from your network. Try again in a minute.",
  too_many_streams: "This is open in too many windows. Please close some of them.",
  too_many_wrong_codes: "Too many wrong codes. Wait a minute before you try another.",
  held_limit: "You, or others on your network, hold as much as is allowed. Buy or release something first.",
  cooling_down: "Too many reservations were given up. You can reserve again in a little while.",
  holding_time:
    "You have kept things reserved for ten minutes without buying. Buy what you have, or come back later.",
  busy: "The server is very busy. Try again in a moment: nothing is done twice.",
  unexpected: ({ detail, request }: { detail: string; request: string }) =>
    `${detail || "Something went wrong."}${request && ` (request ${request})`}`,
  code_unknown: "This code does not work here. Check it for typos; it may also have expired.",
  cancelled: "This event has been cancelled.",
  keys_full: "This sale has reached its limit for today. Please try again in a minute.",
  body_not_allowed: "Nothing was changed. Please try again.",
};
