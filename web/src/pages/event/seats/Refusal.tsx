import type { ComponentChildren } from "preact";
import { Icon } from "../../../ui/index.ts";
import type { Desk, Place } from "./desk.ts";
import { refusalText } from "./refusal.ts";

interface RefusalProps {
  desk: Desk;
  place: Place;
  /** What stands here while nothing was refused: its room is the refusal's, so that nothing moves. */
  children?: ComponentChildren;
}

/** What was refused here, in words. It stands below the buttons, in room that is kept for it. */
export function Refusal({ desk, place, children }: RefusalProps) {
  const plan = desk.open.plan.value;
  const problem = desk.basket.problem.value;
  const isHere = desk.refusedAt.value === place && problem !== undefined && plan !== undefined;
  return (
    <div class="refusal-slot">
      <div role="alert">
        {isHere && (
          <p class="refusal">
            <Icon name="warning" />
            <span>{refusalText(problem, plan)}</span>
          </p>
        )}
      </div>
      {!isHere && children}
    </div>
  );
}
