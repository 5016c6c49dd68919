import { number, plural } from "../formats.ts";

export const sale = {
  limit: ({ n }: { n: number }) => `Up to ${number(n)} per person`,
  notYet: ({ time }: { time: string }) => `On sale from ${time}`,
  over: "The sale is over",
  total: "Total",
  timeLeft: "Time left",
  extended: ({ time }: { time: string }) => `You have more time now: ${time}.`,
  released: "Released. You can still undo this.",
  moreTime: "More time",
  moreTimeGives: ({ time, n, text }: { time: string; n: number; text: string }) =>
    plural(n, `${time} again, once only`, `${time} again, ${text} times left`),
  undo: "Undo",
  review: "Check before you buy",
  piecesInAll: ({ n }: { n: number }) => `Total for ${number(n)}`,
  goBack: "Back",
  confirm: "Confirm purchase",
  opensIn: ({ time }: { time: string }) => `Opens in ${time}`,
  cancelled: "This event has been cancelled. Nothing more is sold.",
  cancelledShort: "Cancelled",
  codeAsk: "Have an access code?",
  code: "Access code",
  codeUse: "Use code",
  codeWorks: "The code works. What it opens is available to you now.",
  codeUsed: ({ code }: { code: string }) => `Access code in use: ${code}`,
  codeForget: "Stop using it",
  codeGone: "The code is no longer used.",
};
