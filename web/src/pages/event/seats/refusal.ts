// Refusals of the server in words, for the buyer of seats.
import type { PlanIndex } from "../../../client/plan.ts";
import type { ProblemError } from "../../../client/problem.ts";
import type { ProblemDetails } from "../../../client/types.gen.ts";
import { explain, tooFast } from "../../../i18n/explain.ts";
import { dateTime, list, number, t } from "../../../i18n/index.ts";
import { fullName } from "../../../map/index.ts";
import { unitsIn } from "./lines.ts";

type Words = (problem: ProblemDetails, plan: PlanIndex, now: number) => string;

const WORDS: Record<string, Words> = {
  unit_taken: (problem, plan) => t("seats.unitTaken", { seats: unitNames(problem, plan) }),
  not_enough: ({ largest_block }) =>
    largest_block ? t("seats.notEnoughBlock", counted(largest_block)) : t("seats.notEnough"),
  no_adjacent_block: ({ largest_block }) =>
    largest_block && largest_block > 1
      ? t("seats.noBlock", { text: number(largest_block) })
      : t("seats.noBlockAtAll"),
  would_orphan_seat: (problem, plan) => t("seats.orphan", { seats: unitNames(problem, plan) }),
  buyer_limit: limitText,
  too_many_pieces: (problem) => {
    const [size] = Object.values(problem.limits ?? {});
    return t("seats.tooManyPieces", { text: number(typeof size === "number" ? size : 50) });
  },
  not_on_sale: saleText,
  hold_expired: () => t("seats.holdExpired"),
  hold_unknown: () => t("seats.holdExpired"),
  hold_released: () => t("seats.holdReleased"),
  hold_purchased: () => t("seats.holdPurchased"),
  hold_in_group: () => t("seats.inGroup"),
  extension_limit: () => t("seats.extensionLimit"),
  purchase_needs_key: () => t("seats.needsKey"),
  unit_unknown: () => t("seats.gone"),
  category_unknown: () => t("seats.gone"),
  quantity_range: () => t("seats.guestRange"),
  overloaded: () => t("seats.busy"),
  commit_pending: () => t("seats.noAnswer"),
  not_committed: () => t("seats.noAnswer"),
  unavailable: () => t("seats.noAnswer"),
  shutting_down: () => t("seats.noAnswer"),
  offline: () => t("seats.noAnswer"),
};

/** What happened and what to do now; `now` by the server's clock. */
export function refusalText(error: ProblemError, plan: PlanIndex, now: number): string {
  const words = WORDS[error.code];
  if (words) return words(error.problem, plan, now);
  if (error.status === 429) return tooFast(error);
  return explain(error, now);
}

function unitNames(problem: ProblemDetails, plan: PlanIndex): string {
  return list(unitsIn(problem, plan).map((unit) => fullName(plan, unit)));
}

function counted(count: number): { count: number; text: string } {
  return { count, text: number(count) };
}

/** Two limits there are for one person: how many holds, and how many pieces. */
function limitText({ limits }: ProblemDetails): string {
  for (const [name, size] of Object.entries(limits ?? {})) {
    if (typeof size !== "number") continue;
    const text = number(size);
    return name.includes("holds") ? t("seats.holdLimit", { text }) : t("seats.pieceLimit", { text });
  }
  return t("seats.buyerLimit");
}

function saleText({ on_sale_from, on_sale_until }: ProblemDetails, _: PlanIndex, now: number): string {
  const isOver = on_sale_until && Date.parse(on_sale_until) <= now;
  if (isOver || !on_sale_from) return t("sale.over");
  return t("sale.notYet", { time: dateTime(on_sale_from) });
}
