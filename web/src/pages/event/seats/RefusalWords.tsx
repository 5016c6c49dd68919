import type { PlanIndex } from "../../../client/plan.ts";
import type { ProblemError } from "../../../client/problem.ts";
import { Icon } from "../../../ui/index.ts";
import { refusalText } from "./refusal.ts";

export interface Refused {
  problem: ProblemError;
  plan: PlanIndex;
  /** By the server's clock. */
  now: number;
}

export default function RefusalWords({ problem, plan, now }: Refused) {
  return (
    <p class="refusal">
      <Icon name="warning" />
      <span>{refusalText(problem, plan, now)}</span>
    </p>
  );
}
