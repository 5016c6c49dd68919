import type { PlanIndex } from "../../../client/plan.ts";
import type { LineAnswer } from "../../../client/types.gen.ts";
import { number, t } from "../../../i18n/index.ts";
import { price } from "../../../i18n/price.ts";
import { fullName } from "../../../map/index.ts";
import { problemWords } from "../parts/words.ts";
import type { Outcome } from "./give-back.ts";
import { type Choice, linesBack, numbersOf, type SaleGroup, worthOf } from "./take-back.ts";

const LINES_SHOWN = 8;

interface TakeBackSaleProps {
  group: SaleGroup;
  plan: PlanIndex;
  choice: Choice;
  outcome: Outcome | undefined;
  disabled: boolean;
  onChoice(choice: Choice): void;
}

/** One sale: whose it is, what of it is selected, and how much of it comes back. */
export function TakeBackSale({ group, plan, choice, outcome, disabled, onChoice }: TakeBackSaleProps) {
  const { sale, selected, others } = group;
  const choices: readonly Choice[] = others.length > 0 ? ["part", "whole", "none"] : ["part", "none"];
  return (
    <li class="card take-back-sale">
      <fieldset disabled={disabled}>
        <legend>
          {t("operator.buyer")} <code>{sale.buyer}</code>
        </legend>
        <p>{namesOf(selected, plan)}</p>
        {others.length > 0 && (
          <p class="muted small">{t("operator.alsoInSale", { names: namesOf(others, plan) })}</p>
        )}
        <p class="muted small">
          <code>{sale.id}</code>
        </p>
        {outcome && <OutcomeLine outcome={outcome} />}
        {!(outcome && "back" in outcome) &&
          choices.map((value) => (
            <label key={value} class="take-back-choice">
              <input
                type="radio"
                name={`choice-${sale.id}`}
                checked={value === choice}
                onChange={() => onChoice(value)}
              />
              <span>{choiceWords(value, group)}</span>
              {value !== "none" && <span class="numbers">{worthWords(linesBack(group, value))}</span>}
            </label>
          ))}
      </fieldset>
    </li>
  );
}

function OutcomeLine({ outcome }: { outcome: Outcome }) {
  if ("error" in outcome) return <p class="field-error">{problemWords(outcome.error)}</p>;
  const { pieces } = worthOf(outcome.back);
  return (
    <p class="take-back-done">
      {t("operator.returned_toast", { n: pieces })} {worthWords(outcome.back)}
    </p>
  );
}

function choiceWords(choice: Choice, { selected, others }: SaleGroup): string {
  if (choice === "none") return t("operator.choice_none");
  if (choice === "whole") return t("operator.choice_whole", { n: worthOf([...selected, ...others]).pieces });
  const { pieces } = worthOf(selected);
  return others.length > 0
    ? t("operator.choice_part", { n: pieces })
    : t("operator.choice_all", { n: pieces });
}

/** The money; of what has no price it is said. */
export function worthWords(lines: readonly LineAnswer[]): string {
  const { money, unpriced, pieces } = worthOf(lines);
  if (unpriced === pieces) return price(null);
  if (unpriced === 0) return price(money);
  return `${price(money)} ${t("operator.andUnpriced", { n: unpriced })}`;
}

function namesOf(lines: readonly LineAnswer[], plan: PlanIndex): string {
  const names = lines.slice(0, LINES_SHOWN).map((line) => lineName(line, plan));
  const more = lines.length - LINES_SHOWN;
  return [...names, ...(more > 0 ? [t("operator.andMore", { n: more })] : [])].join(", ");
}

/** A seat by its place, a table or an offer of several things by its own name. */
export function lineName(line: LineAnswer, plan: PlanIndex): string {
  const [unit, ...rest] = numbersOf(line, plan);
  const label = plan.offer(line.offer)?.label ?? line.offer;
  if (unit === undefined) return label;
  if (rest.length > 0) return t("operator.lineOfSeveral", { label, n: rest.length + 1 });
  const name = plan.unit(unit).kind === "seat" ? fullName(plan, unit) : plan.unit(unit).label;
  return line.quantity > 1 ? `${name} × ${number(line.quantity)}` : name;
}
