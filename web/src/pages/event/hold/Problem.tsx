import { explain } from "../../../i18n/explain.ts";
import { t } from "../../../i18n/index.ts";
import type { Basket } from "../../../store/basket.ts";
import { IconButton } from "../../../ui/index.ts";
import "./hold.css";

/** Why the last thing did not work, until something else is done. */
export function Problem({ basket }: { basket: Basket }) {
  const problem = basket.problem.value;
  return (
    <div class="problem-slot" role="alert">
      {problem && (
        <p class="problem">
          <span>{explain(problem, basket.open.clock.now())}</span>
          <IconButton icon="close" label={t("common.dismiss")} onClick={basket.dismiss} />
        </p>
      )}
    </div>
  );
}
