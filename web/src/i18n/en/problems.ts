import { number } from "../formats.ts";

/** What a refusal means for a buyer, by its code. */
export const problems = {
  offline: "No answer came. Check your connection and try again: nothing is done twice.",
  unit_taken: "Somebody else was faster. Choose another one.",
  not_enough: "Fewer are left than you asked for.",
  no_adjacent_block: "So many beside each other are not left. Take fewer, or sit apart.",
  would_orphan_seat: "This would leave a single seat alone. Take it, too, or sit one further.",
  buyer_limit: "This is more than one person may have. Release something, or take fewer.",
  holds_per_buyer: ({ n }: { n: number }) =>
    `You have ${number(n)} reservations open, which is the most. Buy or release one first.`,
  pieces_per_hold: ({ n }: { n: number }) => `At most ${number(n)} at once.`,
  pieces_per_hold_min: ({ n }: { n: number }) => `At least ${number(n)} at once.`,
  pieces_per_buyer: ({ n }: { n: number }) =>
    `At most ${number(n)} per person, bought and reserved together.`,
  too_many_pieces: "That is too much for one reservation. Take fewer.",
  not_on_sale: "This is not on sale now.",
  hold_expired: "The time was over, and it is free for others again. Reserve it anew.",
  hold_released: "This was released. Reserve it anew.",
  hold_purchased: "This is bought already.",
  hold_unknown: "This reservation does not exist any more.",
  hold_in_group: "This belongs to a group and is bought or released as a whole.",
  extension_limit: "It cannot be extended any further.",
  purchase_needs_key: "The shop takes the payment and completes the purchase.",
  inventory_unknown: "This sale does not exist any more.",
  unit_unknown: "This is no longer a part of the plan. Reload the page.",
  busy: "The server is very busy. Try again in a moment: nothing is done twice.",
  unexpected: ({ detail, request }: { detail: string; request: string }) =>
    `${detail || "Something went wrong."}${request && ` (request ${request})`}`,
  code_unknown: "This code opens nothing here. Check it for typing mistakes; it may also have run out.",
  too_many_wrong_codes: "Too many codes did not work. Wait a few minutes, then try again.",
  cancelled: "This event has been cancelled.",
  rate_limited: "That was very fast. Wait a moment, then try again.",
  too_many_sessions: "Too many new visitors come from your network right now. Try again in a minute.",
  held_limit: "You hold as much as is possible without buying. Buy or release something first.",
  cooling_down: "You have released many reservations in a row. You can reserve again in a few minutes.",
  holding_time: "You have had reservations for as long as is possible without buying. Try again later.",
};
