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
  unit_taken: (problem, plan) => t("refusals.unitTaken", { seats: unitNames(problem, plan) }),
  not_enough: ({ largest_block }) =>
    largest_block ? t("refusals.notEnoughBlock", counted(largest_block)) : t("refusals.notEnough"),
  no_adjacent_block: ({ largest_block }) =>
    largest_block && largest_block > 1
      ? t("refusals.noBlock", { text: number(largest_block) })
      : t("refusals.noBlockAtAll"),
  would_orphan_seat: (problem, plan) => t("refusals.orphan", { seats: unitNames(problem, plan) }),
  buyer_limit: limitText,
  too_many_pieces: (problem) => {
    const [size] = Object.values(problem.limits ?? {});
    return t("refusals.tooManyPieces", { text: number(typeof size === "number" ? size : 50) });
  },
  not_on_sale: saleText,
  hold_expired: () => t("seats.holdExpired"),
  hold_unknown: () => t("seats.holdExpired"),
  hold_released: () => t("refusals.holdReleased"),
  hold_purchased: () => t("refusals.holdPurchased"),
  hold_in_group: () => t("seats.inGroup"),
  extension_limit: () => t("refusals.extensionLimit"),
  purchase_needs_key: () => t("refusals.needsKey"),
  unit_unknown: () => t("refusals.gone"),
  category_unknown: () => t("refusals.gone"),
  quantity_range: () => t("refusals.guestRange"),
  overloaded: () => t("refusals.busy"),
  commit_pending: () => t("refusals.noAnswer"),
  not_committed: () => t("refusals.noAnswer"),
  unavailable: () => t("refusals.noAnswer"),
  shutting_down: () => t("refusals.noAnswer"),
  offline: () => t("refusals.noAnswer"),
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
    return name.includes("holds") ? t("refusals.holdLimit", { text }) : t("refusals.pieceLimit", { text });
  }
  return t("refusals.buyerLimit");
}

function saleText({ on_sale_from, on_sale_until }: ProblemDetails, _: PlanIndex, now: number): string {
  const isOver = on_sale_until && Date.parse(on_sale_until) <= now;
  if (isOver || !on_sale_from) return t("sale.over");
  return t("sale.notYet", { time: dateTime(on_sale_from) });
}
