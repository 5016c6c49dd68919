import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PlanIndex } from "../../../client/plan.ts";
import { t } from "../../../i18n/index.ts";
import { announce, toast } from "../../../ui/index.ts";
import { operatorApi, signOutIfRefused } from "../key.ts";
import { problemWords } from "../parts/words.ts";
import { type Found, findSales, SALES_OF_AREA_MAX, UNITS_ASKED_MAX } from "./find-sales.ts";
import { giveBackAll, type Order, type Outcome } from "./give-back.ts";
import { RequestKeys } from "./keys.ts";
import {
  type Choice,
  choiceOf,
  groupSales,
  numbersOf,
  returnOf,
  type SaleGroup,
  worthOf,
} from "./take-back.ts";

export type Stage = "searching" | "too_many" | "failed" | "choosing" | "working" | "told";

export interface TakeBack {
  stage: Stage;
  /** Units that were asked for, of `units`. */
  asked: number;
  units: number;
  problem: unknown;
  groups: readonly SaleGroup[];
  found: Pick<Found, "nobodys" | "more">;
  choices: ReadonlyMap<string, Choice>;
  outcomes: ReadonlyMap<string, Outcome>;
  choose(sales: readonly SaleGroup[], choice: Choice): void;
  search(): void;
  go(): Promise<void>;
}

const NOTHING: Found = { sales: [], nobodys: [], more: [] };

/** Finds the sales of what was selected when it opened, and gives back what is chosen of them. */
export function useTakeBack(
  id: string,
  plan: PlanIndex,
  selected: readonly number[],
  open: boolean,
  onChanged: () => void,
): TakeBack {
  const [stage, setStage] = useState<Stage>("searching");
  const [asked, setAsked] = useState(0);
  const [units, setUnits] = useState<readonly number[]>([]);
  const [problem, setProblem] = useState<unknown>();
  const [found, setFound] = useState(NOTHING);
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map());
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const keys = useMemo(() => new RequestKeys(), []);
  const running = useRef(new AbortController());
  const groups = useMemo(() => groupSales(found.sales, new Set(units), plan), [found, units, plan]);

  const search = async (wanted: readonly number[]) => {
    running.current.abort();
    running.current = new AbortController();
    const { signal } = running.current;
    setAsked(0);
    setOutcomes(new Map());
    setChoices(new Map());
    setStage(wanted.length > UNITS_ASKED_MAX ? "too_many" : "searching");
    if (wanted.length > UNITS_ASKED_MAX) return;
    const ask = (unit: string) => operatorApi.sales(id, { unit, limit: SALES_OF_AREA_MAX });
    try {
      const told = await findSales(wanted, { plan, ask, onProgress: setAsked, signal });
      if (signal.aborted) return;
      setFound(told);
      setStage("choosing");
      announce(t("operator.salesFound", { n: told.sales.length }));
    } catch (error) {
      if (signal.aborted || signOutIfRefused(error)) return;
      running.current.abort();
      setProblem(error);
      setStage("failed");
    }
  };
  useEffect(() => {
    if (!open) return;
    setUnits(selected);
    search(selected);
    return () => running.current.abort();
    // What was selected when it opened counts, while seats change behind it.
  }, [open]);

  const give = async ({ sale, request }: Order) => {
    const { lines } = await operatorApi.returnSale(id, sale, request, { key: keys.of({ sale, ...request }) });
    keys.done({ sale, ...request });
    return lines;
  };
  const tell = (sale: string, outcome: Outcome) => {
    if ("error" in outcome && !signOutIfRefused(outcome.error) && running.current.signal.aborted)
      toast(problemWords(outcome.error), "bad");
    setOutcomes((known) => new Map([...known, [sale, outcome]]));
  };
  const go = async () => {
    setStage("working");
    const { signal } = running.current;
    const back = await giveBackAll(ordersOf(groups, choices, outcomes), { give, tell, signal });
    if (back.length > 0) {
      toast(t("operator.returned_toast", { n: worthOf(back).pieces }), "good");
      onChanged();
    }
    if (!signal.aborted) setStage("told");
  };
  return {
    stage,
    asked,
    units: units.length,
    problem,
    groups,
    found,
    choices,
    outcomes,
    choose: (sales, choice) =>
      setChoices((known) => new Map([...known, ...sales.map(({ sale }) => [sale.id, choice] as const)])),
    search: () => {
      const rest = without(units, outcomes, plan);
      setUnits(rest);
      search(rest);
    },
    go,
  };
}

/** What did not come back yet. */
function without(
  units: readonly number[],
  outcomes: ReadonlyMap<string, Outcome>,
  plan: PlanIndex,
): readonly number[] {
  const lines = [...outcomes.values()].flatMap((outcome) => ("back" in outcome ? outcome.back : []));
  const back = new Set(lines.flatMap((line) => numbersOf(line, plan)));
  return units.filter((unit) => !back.has(unit));
}

/** What is chosen and did not come back yet. */
export function openGroups(
  groups: readonly SaleGroup[],
  choices: ReadonlyMap<string, Choice>,
  outcomes: ReadonlyMap<string, Outcome>,
): readonly SaleGroup[] {
  const isDone = ({ sale }: SaleGroup) => "back" in (outcomes.get(sale.id) ?? {});
  return groups.filter((group) => choiceOf(group, choices) !== "none" && !isDone(group));
}

function ordersOf(...known: Parameters<typeof openGroups>): readonly Order[] {
  const [, choices] = known;
  return openGroups(...known).flatMap((group): Order[] => {
    const choice = choiceOf(group, choices);
    return choice === "none" ? [] : [{ sale: group.sale.id, request: returnOf(group, choice) }];
  });
}
