import { plural } from "../formats.ts";

export const tickets = {
  title: "My tickets",
  lead: "What you hold and what you bought in this browser.",
  empty: "Nothing here yet",
  emptyDetail: "What you reserve or buy in this browser appears here.",
  browse: "See what is on",
  held: "Reserved",
  bought: "Bought",
  unknown: "Your purchases here cannot be shown right now.",
  resume: "Continue",
  open: "Open",
  number: "Order number",
  booked: "Booking confirmed",
  bookedDetail: ({ count, text }: { count: number; text: string }) =>
    plural(count, "Your ticket is confirmed.", `Your ${text} tickets are confirmed.`),
  booking: "Booking number",
  seeMine: "See my tickets",
  backToMap: "Back to the map",
  returned: "Returned",
  returnedOn: ({ time }: { time: string }) => `Returned on ${time}`,
  cancelled: "This event has been cancelled.",
  cancelledFor: ({ reason }: { reason: string }) => `This event has been cancelled: ${reason}`,
};
