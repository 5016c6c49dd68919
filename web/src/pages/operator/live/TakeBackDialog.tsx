import type { ComponentChildren } from "preact";
import type { PlanIndex } from "../../../client/plan.ts";
import { ProblemError } from "../../../client/problem.ts";
import { number, t } from "../../../i18n/index.ts";
import { Button, Dialog, Notice } from "../../../ui/index.ts";
import { readWords } from "../parts/words.ts";
import { SALES_OF_AREA_MAX, UNITS_ASKED_MAX } from "./find-sales.ts";
import { TakeBackSale, worthWords } from "./TakeBackSale.tsx";
import { type Choice, choiceOf, linesBack, type SaleGroup, worthOf } from "./take-back.ts";
import { openGroups, type TakeBack, useTakeBack } from "./use-take-back.ts";

interface TakeBackDialogProps {
  id: string;
  plan: PlanIndex;
  /** What is selected and may be sold: seats, booths, areas. */
  units: readonly number[];
  open: boolean;
  /** Something came back. */
  onChanged(): void;
  /** The sale is known by its id or its buyer. */
  onById(): void;
  onClose(): void;
}

/** Takes back what is selected on the map: finds whose it is, asks once, and tells what became of each sale. */
export function TakeBackDialog(props: TakeBackDialogProps) {
  const { id, plan, units, open, onChanged, onById, onClose } = props;
  const back = useTakeBack(id, plan, units, open, onChanged);
  return (
    <Dialog open={open} title={t("operator.takeBackTitle")} onClose={onClose}>
      <div class="stack">
        <Body back={back} plan={plan} onClose={onClose}>
          <div>
            <Button variant="quiet" onClick={onById}>
              {t("operator.takeBackById")}
            </Button>
          </div>
        </Body>
      </div>
    </Dialog>
  );
}

interface BodyProps {
  back: TakeBack;
  plan: PlanIndex;
  onClose(): void;
  /** The other way, for who knows the sale. */
  children: ComponentChildren;
}

function Body({ back, plan, onClose, children }: BodyProps) {
  switch (back.stage) {
    case "searching":
      return (
        <>
          <p>{t("operator.searching", { asked: number(back.asked), of: number(back.units) })}</p>
          <progress class="take-back-progress" max={back.units} value={back.asked} />
        </>
      );
    case "too_many":
      return (
        <>
          <p class="field-error">{t("operator.takeBackMost", { most: number(UNITS_ASKED_MAX) })}</p>
          {children}
        </>
      );
    case "failed":
      return (
        <Notice kind="error" title={t("common.failed")}>
          <p>{isOldServer(back.problem) ? t("operator.noSalesByUnit") : readWords(back.problem)}</p>
          <Button onClick={back.search}>{t("common.retry")}</Button>
          {children}
        </Notice>
      );
    default:
      return back.groups.length > 0 ? (
        <Sales back={back} plan={plan} onClose={onClose}>
          {children}
        </Sales>
      ) : (
        <>
          <p>{t("operator.noneSold")}</p>
          {children}
        </>
      );
  }
}

function Sales({ back, plan, onClose, children }: BodyProps) {
  const { stage, groups, choices, outcomes, choose } = back;
  const left = openGroups(groups, choices, outcomes);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (stage !== "working" && left.length > 0) back.go();
      }}
    >
      {stage === "choosing" && <Warnings />}
      {stage === "choosing" && groups.length > 1 && (
        <fieldset class="chips">
          <legend class="small">{t("operator.chooseAll")}</legend>
          {(["part", "whole", "none"] as const).map((choice) => (
            <button
              key={choice}
              type="button"
              class="chip"
              aria-pressed={groups.every(
                (group) => choiceOf(group, choices) === choiceOf(group, allOf(groups, choice)),
              )}
              onClick={() => choose(groups, choice)}
            >
              {t(`operator.chooseAll_${choice}`)}
            </button>
          ))}
        </fieldset>
      )}
      <ul class="take-back-sales">
        {groups.map((group) => (
          <TakeBackSale
            key={group.sale.id}
            group={group}
            plan={plan}
            choice={choiceOf(group, choices)}
            outcome={outcomes.get(group.sale.id)}
            disabled={stage === "working"}
            onChoice={(choice) => choose([group], choice)}
          />
        ))}
      </ul>
      <Notes back={back} plan={plan} />
      {stage === "choosing" && children}
      <Foot back={back} onClose={onClose} />
    </form>
  );
}

function allOf(groups: readonly SaleGroup[], choice: Choice): ReadonlyMap<string, Choice> {
  return new Map(groups.map(({ sale }) => [sale.id, choice]));
}

function Warnings() {
  return (
    <ul class="bullets">
      <li>{t("operator.returnWhat")}</li>
      <li>{t("operator.returnMoney")}</li>
    </ul>
  );
}

function Notes({ back: { found }, plan }: { back: TakeBack; plan: PlanIndex }) {
  return (
    <>
      {found.nobodys.length > 0 && (
        <p class="muted small">{t("operator.nobodys", { n: found.nobodys.length })}</p>
      )}
      {found.more.map((unit) => (
        <p key={unit} class="muted small">
          {t("operator.moreSales", { label: plan.unit(unit).label, n: SALES_OF_AREA_MAX })}
        </p>
      ))}
    </>
  );
}

/** What the button will do, in one sentence; then what was done, and what is left to do. */
function Foot({ back, onClose }: { back: TakeBack; onClose(): void }) {
  const { stage, groups, choices, outcomes } = back;
  const left = openGroups(groups, choices, outcomes);
  const lines = left.flatMap((group) => linesBack(group, choiceOf(group, choices)));
  const pieces = worthOf(lines).pieces;
  const isOver = stage === "told" && left.length === 0;
  return (
    <div class="take-back-foot">
      <p role="status">
        {isOver && t("operator.takeBackOver")}
        {stage === "working" && t("operator.takeBackWorking")}
        {!isOver && stage !== "working" && left.length === 0 && t("operator.takeBackNothing")}
        {!isOver && stage !== "working" && left.length > 0 && (
          <>
            {stage === "told" && `${t("operator.takeBackLeft")} `}
            {t("operator.takeBackSum", { n: pieces, sales: left.length })}{" "}
            <strong class="numbers">{worthWords(lines)}</strong>
          </>
        )}
      </p>
      <div class="actions">
        {stage === "told" && left.length > 0 && (
          <Button variant="quiet" onClick={back.search}>
            {t("operator.lookAgain")}
          </Button>
        )}
        <Button onClick={onClose}>{t(stage === "choosing" ? "common.cancel" : "common.close")}</Button>
        {!isOver && (
          <Button type="submit" variant="danger" busy={stage === "working"} disabled={left.length === 0}>
            {stage === "told" ? t("common.retry") : t("operator.return")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** One that knows of no `?unit=`. */
function isOldServer(problem: unknown): boolean {
  return problem instanceof ProblemError && ["invalid_query", "buyer_required"].includes(problem.code);
}
