import type { Figures } from "../../../client/types.gen.ts";
import { number, percent, t } from "../../../i18n/index.ts";

/** In the order in which they stand in the bar. */
const STATES = ["sold", "held", "blocked", "available"] as const;

interface OccupancyProps {
  figures: Figures;
  /** Without the line of numbers below it. */
  bare?: boolean;
}

/** How many pieces are in which state: a bar by colour and pattern, and the same in numbers. */
export function Occupancy({ figures, bare = false }: OccupancyProps) {
  const whole = Math.max(1, figures.capacity);
  return (
    <div class="occupancy">
      <div class="occupancy-bar" aria-hidden="true">
        {STATES.map((state) => (
          <span
            key={state}
            class={`occupancy-part occupancy-${state}`}
            style={{ width: `${(figures[state] / whole) * 100}%` }}
          />
        ))}
      </div>
      {!bare && (
        <dl class="occupancy-legend">
          {STATES.map((state) => (
            <div key={state}>
              <dt>
                <span class={`occupancy-key occupancy-${state}`} aria-hidden="true" />
                {t(`operator.${state}`)}
              </dt>
              <dd class="numbers">
                {number(figures[state])}
                <span class="muted small"> {percent(figures[state] / whole)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
