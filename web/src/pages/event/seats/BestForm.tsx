import { useState } from "preact/hooks";
import type { PlanCategory, PlanUnit } from "../../../client/types.gen.ts";
import { money, t } from "../../../i18n/index.ts";
import { Button, Stepper } from "../../../ui/index.ts";
import { ShutButton, useShut } from "../ShutButton.tsx";
import { type Wish, wanted } from "./best.ts";
import type { Desk } from "./desk.ts";
import { Refusal } from "./Refusal.tsx";

/** Let the server find the best seats that are left; what it finds is held at once. */
export function BestForm({ desk }: { desk: Desk }) {
  const [wish, setWish] = useState<Wish>({
    quantity: 2,
    category: "",
    priceMax: "",
    together: true,
    accessible: 0,
  });
  const change = (part: Partial<Wish>) => setWish({ ...wish, ...part });
  const plan = desk.open.plan.value?.plan;
  const shut = useShut(desk.open, desk.basket);
  if (!plan) return null;
  const limit = desk.open.facts.value?.settings.pieces_per_buyer ?? null;
  const max = Math.min(desk.open.facts.value?.settings.pieces_per_hold ?? 10, 20);
  return (
    <form
      class="panel"
      aria-labelledby="best-title"
      onSubmit={(event) => {
        event.preventDefault();
        if (shut === undefined) void desk.best(wanted(wish));
      }}
    >
      <h2 id="best-title">{t("seats.best")}</h2>
      <div class="best-row">
        <span>{t("seats.howMany")}</span>
        <Stepper
          label={t("seats.howMany")}
          min={1}
          max={max}
          value={wish.quantity}
          onChange={(quantity) => change({ quantity, accessible: Math.min(wish.accessible, quantity) })}
        />
      </div>
      <div class="best-fields">
        <Category
          categories={plan.categories}
          value={wish.category}
          onChange={(category) => change({ category })}
        />
        <PriceMax
          categories={plan.categories}
          value={wish.priceMax}
          onChange={(priceMax) => change({ priceMax })}
        />
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={wish.together}
          onChange={(event) => change({ together: event.currentTarget.checked })}
        />
        <span>{t("seats.together")}</span>
      </label>
      {hasAccessible(plan.units) && (
        <div class="best-row">
          <span>{t("seats.wheelchair")}</span>
          <Stepper
            label={t("seats.wheelchair")}
            max={wish.quantity}
            value={wish.accessible}
            onChange={(accessible) => change({ accessible })}
          />
        </div>
      )}
      {shut !== undefined ? (
        <ShutButton label={shut} />
      ) : (
        <Button type="submit" variant="secondary" wide busy={desk.busyAt.value === "best"}>
          {t("seats.bestAction")}
        </Button>
      )}
      <Refusal desk={desk} place="best">
        <p class="muted small">
          {t("seats.bestHint")}
          {limit !== null && ` ${t("sale.limit", { n: limit })}.`}
        </p>
      </Refusal>
    </form>
  );
}

function hasAccessible(units: readonly PlanUnit[]): boolean {
  return units.some(({ accessible }) => accessible);
}

interface FieldProps {
  categories: readonly PlanCategory[];
  value: string;
  onChange(value: string): void;
}

function Category({ categories, value, onChange }: FieldProps) {
  if (categories.length < 2) return null;
  return (
    <label class="field">
      <span>{t("seats.category")}</span>
      <select class="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t("seats.anyCategory")}</option>
        {categories.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function PriceMax({ categories, value, onChange }: FieldProps) {
  const prices = new Map(categories.flatMap(({ price }) => (price ? [[price.amount, price] as const] : [])));
  if (prices.size < 2) return null;
  const steps = [...prices.values()].sort((a, b) => a.amount - b.amount);
  return (
    <label class="field">
      <span>{t("seats.priceMax")}</span>
      <select class="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t("seats.anyPrice")}</option>
        {steps.map((price) => (
          <option key={price.amount} value={price.amount}>
            {money(price)}
          </option>
        ))}
      </select>
    </label>
  );
}
