import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { laterPart } from "../../../ui/index.ts";
import type { Desk, Place } from "./desk.ts";
import type { Refused } from "./RefusalWords.tsx";

// Before anything was asked for nothing is refused: the words come while it is under way.
const RefusalWords = laterPart<Refused>(() => import("./RefusalWords.tsx"), "problems", "refusals");

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
  const mayCome = desk.basket.totals.value.pieces > 0 || desk.busyAt.value !== undefined;
  useEffect(() => {
    if (mayCome) RefusalWords.preload();
  }, [mayCome]);
  return (
    <div class="refusal-slot">
      <div role="alert">
        {isHere && <RefusalWords problem={problem} plan={plan} now={desk.open.clock.now()} />}
      </div>
      {!isHere && children}
    </div>
  );
}
