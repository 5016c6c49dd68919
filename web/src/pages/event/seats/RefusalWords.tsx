import type { PlanIndex } from "../../../client/plan.ts";
import type { ProblemError } from "../../../client/problem.ts";
import { Icon } from "../../../ui/index.ts";
import { refusalText } from "./refusal.ts";

export default function RefusalWords({ problem, plan }: { problem: ProblemError; plan: PlanIndex }) {
  return (
    <p class="refusal">
      <Icon name="warning" />
      <span>{refusalText(problem, plan)}</span>
    </p>
  );
}
