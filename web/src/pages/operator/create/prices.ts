import { type Loose, objects, text } from "../document/loose.ts";
import { currencyDigits, minorUnits } from "./stock.ts";

/** What is typed for each category, by its id. */
export type TypedPrices = Readonly<Record<string, string>>;

/** The limit of the plan format. */
const PRICE_MAX = 100_000_000_000;

/** A document with the prices that are typed for its categories; what is left blank stays as it is. */
export function priced(document: Loose, typed: TypedPrices): Loose {
  const digits = currencyDigits(text(document.currency));
  if (digits === undefined || Object.keys(typed).length === 0) return document;
  const categories = objects(document.categories).map((category) => {
    const price = amountOf(typed[text(category.id)], digits);
    return price === undefined ? category : { ...category, price };
  });
  return { ...document, categories };
}

/** The ids of the categories whose price is none. */
export function wrongPrices(document: Loose, typed: TypedPrices): readonly string[] {
  const digits = currencyDigits(text(document.currency));
  if (digits === undefined) return [];
  const ids = objects(document.categories).map(({ id }) => text(id));
  return ids.filter((id) => typed[id]?.trim() && amountOf(typed[id], digits) === undefined);
}

function amountOf(typed: string | undefined, digits: number): number | undefined {
  const amount = typed?.trim() ? minorUnits(typed, digits) : undefined;
  return amount !== undefined && amount <= PRICE_MAX ? amount : undefined;
}
