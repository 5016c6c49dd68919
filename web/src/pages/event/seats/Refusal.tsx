import { Icon } from "../../../ui/index.ts";
import type { Desk, Place } from "./desk.ts";
import { refusalText } from "./refusal.ts";

/** What was refused here, in words; nothing while nothing was. */
export function Refusal({ desk, place }: { desk: Desk; place: Place }) {
  const plan = desk.open.plan.value;
  const problem = desk.basket.problem.value;
  const isHere = desk.refusedAt.value === place && problem !== undefined && plan !== undefined;
  return (
    <div role="alert">
      {isHere && (
        <p class="refusal">
          <Icon name="warning" />
          <span>{refusalText(problem, plan)}</span>
        </p>
      )}
    </div>
  );
}
