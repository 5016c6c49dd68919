import type { Figures } from "../../../client/types.gen.ts";
import { number, t } from "../../../i18n/index.ts";
import { Occupancy } from "../parts/Occupancy.tsx";

export function FiguresRow({ figures, viewers }: { figures: Figures; viewers: number }) {
  return (
    <section class="card figures" aria-label={t("operator.figures")}>
      <Occupancy figures={figures} />
      <dl class="figures-more">
        <div>
          <dt>{t("operator.capacity")}</dt>
          <dd class="numbers">{number(figures.capacity)}</dd>
        </div>
        <div>
          <dt>{t("operator.viewers")}</dt>
          <dd class="numbers">{number(viewers)}</dd>
        </div>
      </dl>
    </section>
  );
}
