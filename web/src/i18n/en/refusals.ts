import { plural } from "../formats.ts";

/** What the server refused to somebody who chooses seats. */
export const refusals = {
  unitTaken: ({ seats }: { seats: string }) =>
    `Just taken by someone else: ${seats}. The rest of your choice is still here.`,
  notEnough: "Not enough seats are left. Try fewer, or another category.",
  notEnoughBlock: ({ count, text }: { count: number; text: string }) =>
    plural(
      count,
      "Only single seats are left there. Try fewer, or another category.",
      `At most ${text} seats side by side are left there.`,
    ),
  noBlock: ({ text }: { text: string }) =>
    `There are not that many seats together; the most is ${text}. Take fewer, or sit apart.`,
  noBlockAtAll: "There are enough seats, but none side by side. Untick “Seats together only”.",
  orphan: ({ seats }: { seats: string }) =>
    `This would leave a single seat on its own: ${seats}. Take it, too, or move by one seat.`,
  pieceLimit: ({ text }: { text: string }) => `You can have at most ${text} here.`,
  holdLimit: ({ text }: { text: string }) =>
    `You already have ${text} holds. Buy or release one of them first.`,
  buyerLimit: "You have reached the limit per person.",
  tooManyPieces: ({ text }: { text: string }) => `At most ${text} at once.`,
  holdReleased: "These seats have already been released.",
  holdPurchased: "You have already bought these.",
  extensionLimit: "This hold cannot be extended any further.",
  needsKey: "Payment is taken by the shop. Your seats stay held until the time runs out.",
  gone: "What you chose is no longer part of this event. Please choose again.",
  guestRange: "That number of guests does not fit here.",
  noAnswer: "The server did not answer. Nothing is lost: try again.",
  busy: "It is very busy right now. Please try again.",
};
