import type { Waiting as WaitingFor } from "../client/retry.ts";
import { t } from "../i18n/index.ts";
import { Button } from "./Button.tsx";

/** What was asked for has no outcome yet: that is said, over the page, so that nothing on it moves. */
export function Waiting({ waiting }: { waiting: WaitingFor | undefined }) {
  return (
    <div role="status">
      {waiting && (
        <div class="waiting">
          <span class="spinner" aria-hidden="true" />
          <span>{t(waiting.problem.isUnknown ? "common.outcomeUnknown" : "common.outcomeLate")}</span>
          <Button onClick={waiting.now}>{t("common.tryNow")}</Button>
        </div>
      )}
    </div>
  );
}
