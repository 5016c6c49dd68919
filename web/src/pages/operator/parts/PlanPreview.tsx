import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { money, number, t } from "../../../i18n/index.ts";
import { type MapHandle, SeatMap } from "../../../map/index.ts";
import { currencyDigits } from "../create/stock.ts";
import { text } from "../document/loose.ts";
import type { Preview } from "../document/preview.ts";
import { TextField } from "./Field.tsx";

const NOBODY = signal<ReadonlySet<number>>(new Set());

interface PlanPreviewProps {
  preview: Preview;
  /** What a defect is about. */
  shown: ReadonlySignal<ReadonlySet<number>>;
  /** Lets prices be typed; without it they are only shown. */
  prices?: PriceFields;
}

export interface PriceFields {
  /** By the category's id. */
  typed: Readonly<Record<string, string>>;
  /** The ids of those that are none. */
  wrong: readonly string[];
  onPrice(category: string, typed: string): void;
}

/** How a plan will look, before the server has it. */
export function PlanPreview({ preview, shown, prices }: PlanPreviewProps) {
  const { plan, board, counts, hasMap } = preview;
  const map = useRef<MapHandle | undefined>(undefined);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      shown.subscribe((units) => {
        if (units.size === 0) return;
        frame.current?.scrollIntoView({ block: "center" });
        map.current?.show([...units]);
      }),
    [shown],
  );
  const told = (["seats", "areas", "items", "offers"] as const).filter((kind) => counts[kind] > 0);
  return (
    <section class="stack" aria-labelledby="preview-title">
      <h2 id="preview-title">{t("operator.preview")}</h2>
      <p class="numbers">
        {told.map((kind) => t(`operator.count_${kind}`, { n: counts[kind] })).join(" · ") ||
          t("operator.emptyPlan")}
      </p>
      {hasMap && (
        <div class="map-frame" ref={frame}>
          <SeatMap
            plan={plan}
            board={board}
            mode="operate"
            mine={NOBODY}
            chosen={shown}
            lost={NOBODY}
            onPick={() => {}}
            handle={(handle) => {
              map.current = handle;
            }}
          />
        </div>
      )}
      {prices && isPriced(preview) ? (
        <CategoryPrices preview={preview} prices={prices} />
      ) : (
        <Categories preview={preview} />
      )}
      <Items preview={preview} />
    </section>
  );
}

function Categories({ preview: { plan } }: { preview: Preview }) {
  const { categories } = plan.plan;
  if (categories.length === 0) return null;
  return (
    <ul class="category-list">
      {categories.map((category, place) => (
        <li key={`${place} ${category.id}`}>
          <span class="category-dot" style={{ background: category.color ?? "" }} aria-hidden="true" />
          {category.name || category.id}
          <span class="muted numbers">
            {category.price ? priceWords(category.price) : t("operator.noPrice")}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A plan with a currency and categories: others have no prices to type. */
function isPriced({ document, plan }: Preview): boolean {
  return currencyDigits(text(document.currency)) !== undefined && plan.plan.categories.length > 0;
}

function CategoryPrices({ preview: { document, plan }, prices }: { preview: Preview; prices: PriceFields }) {
  const { typed, wrong, onPrice } = prices;
  const currency = text(document.currency);
  return (
    <fieldset class="fields">
      <legend>{t("operator.prices", { currency })}</legend>
      {plan.plan.categories.map(({ id, name, price }, place) => (
        <TextField
          key={`${place} ${id}`}
          label={name || id}
          value={typed[id] ?? ""}
          inputMode="decimal"
          placeholder={price ? priceWords(price) : t("operator.noPrice")}
          onText={(value) => onPrice(id, value)}
          error={wrong.includes(id) ? t("operator.wrongPrice") : undefined}
        />
      ))}
    </fieldset>
  );
}

function Items({ preview: { plan } }: { preview: Preview }) {
  const items = plan.plan.units.filter((unit) => unit.kind === "item");
  if (items.length === 0) return null;
  return (
    <div class="table-scroll">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t("operator.item")}</th>
            <th scope="col" class="cell-number">
              {t("operator.capacity")}
            </th>
            <th scope="col" class="cell-number">
              {t("operator.price")}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item, place) => (
            <tr key={`${place} ${item.id}`}>
              <th scope="row">{item.label}</th>
              <td class="cell-number">{number(item.capacity)}</td>
              <td class="cell-number">
                {item.price
                  ? priceWords(item.price)
                  : t(item.offer ? "operator.noPrice" : "operator.ingredient")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A document may name a currency that is none; the server will say so. */
function priceWords(price: { amount: number; currency: string }): string {
  try {
    return money(price);
  } catch {
    return `${number(price.amount)} ${price.currency}`;
  }
}
