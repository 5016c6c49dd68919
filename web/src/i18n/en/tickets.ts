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
};
