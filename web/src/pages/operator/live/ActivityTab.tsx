import { ProblemError } from "../../../client/problem.ts";
import type { ActivityAnswer } from "../../../client/types.gen.ts";
import { dateTime, number, t } from "../../../i18n/index.ts";
import { Button, Notice, Skeleton } from "../../../ui/index.ts";
import { refusals, seriesOf, totalsOf } from "../activity.ts";
import { operatorApi } from "../key.ts";
import { useLoaded } from "../parts/use-loaded.ts";
import { codeWords, readWords } from "../parts/words.ts";
import { Chart } from "./Chart.tsx";

const EVERY_MS = 10_000;

/** What happened in the last hour, minute by minute. */
export function ActivityTab({ id, clock }: { id: string; clock: { now(): number } }) {
  const { value, problem, reload } = useLoaded(() => operatorApi.activity(id), id, EVERY_MS);
  if (value) return <Hour activity={value} now={clock.now()} isOld={problem !== undefined} />;
  if (problem === undefined) return <Skeleton lines={6} />;
  if (problem instanceof ProblemError && problem.code === "route_unknown")
    return <Notice kind="info" title={t("operator.noActivityHere")} />;
  return (
    <Notice kind="error" title={t("common.failed")}>
      <p>{readWords(problem)}</p>
      <Button onClick={reload}>{t("common.retry")}</Button>
    </Notice>
  );
}

interface HourProps {
  activity: ActivityAnswer;
  now: number;
  /** The last try to ask again failed. */
  isOld: boolean;
}

function Hour({ activity, now, isOld }: HourProps) {
  const { at, holds, purchases, viewers } = seriesOf(activity, now);
  const totals = totalsOf(activity);
  return (
    <div class="stack">
      {isOld && (
        <p class="callout callout-warn" role="status">
          {t("operator.activityOld")}
        </p>
      )}
      <p class="muted small">{t("operator.activitySince", { at: dateTime(activity.since) })}</p>
      <dl class="totals">
        {(["holds", "purchases", "released", "expired", "returned", "refused"] as const).map((what) => (
          <div key={what} class="card">
            <dt>{t(`operator.total_${what}`)}</dt>
            <dd class="numbers">{number(totals[what])}</dd>
          </div>
        ))}
      </dl>
      <div class="charts">
        <Chart
          title={t("operator.perMinute")}
          at={at}
          lines={[
            { label: t("operator.total_purchases"), color: "--accent", values: purchases },
            { label: t("operator.total_holds"), color: "--seat-held", dashed: true, values: holds },
          ]}
        />
        <Chart
          title={t("operator.viewersPerMinute")}
          at={at}
          lines={[{ label: t("operator.viewersMost"), color: "--seat-free", values: viewers }]}
        />
      </div>
      <Refused activity={activity} />
    </div>
  );
}

function Refused({ activity }: { activity: ActivityAnswer }) {
  const reasons = refusals(activity);
  return (
    <section class="card chart" aria-labelledby="refused-title">
      <h2 id="refused-title">{t("operator.refusedByReason")}</h2>
      {reasons.length === 0 ? (
        <p class="muted">{t("operator.nothingRefused")}</p>
      ) : (
        <table class="table refused">
          <thead>
            <tr>
              <th scope="col">{t("operator.reason")}</th>
              <th scope="col" class="cell-number">
                {t("operator.howOften")}
              </th>
              <th scope="col" class="cell-bar">
                <span class="hidden-text">{t("operator.share")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {reasons.map(({ code, count, share }) => (
              <tr key={code}>
                <th scope="row">
                  {codeWords(code)} <code class="muted small">{code}</code>
                </th>
                <td class="cell-number">{number(count)}</td>
                <td class="cell-bar" aria-hidden="true">
                  <span class="refused-bar" style={{ width: `${share * 100}%` }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
