import type { CreateRequest } from "../../../client/types.gen.ts";

/** One line of the form for stock: all text, as people type it. */
export interface StockLine {
  label: string;
  capacity: string;
  price: string;
}

export const EMPTY_LINE: StockLine = { label: "", capacity: "", price: "" };

/** The limits of the plan format. */
const CAPACITY_MAX = 1_000_000_000;
const PRICE_MAX = 100_000_000_000;

export type WrongLine = { line: number; field: keyof StockLine; wrong: "missing" | "number" | "range" };

/** What is wrong with the lines; one that is wholly empty is passed over, unless all are. */
export function wrongLines(lines: readonly StockLine[], digits: number): readonly WrongLine[] {
  const wrong: WrongLine[] = [];
  const used = usedLines(lines);
  for (const [line, { label, capacity, price }] of used.length > 0 ? used : lines.slice(0, 1).entries()) {
    if (!label.trim()) wrong.push({ line, field: "label", wrong: "missing" });
    if (!/^\d+$/.test(capacity.trim())) wrong.push({ line, field: "capacity", wrong: "number" });
    else if (Number(capacity) > CAPACITY_MAX) wrong.push({ line, field: "capacity", wrong: "range" });
    const amount = price.trim() ? minorUnits(price, digits) : 0;
    if (amount === undefined) wrong.push({ line, field: "price", wrong: "number" });
    else if (amount > PRICE_MAX) wrong.push({ line, field: "price", wrong: "range" });
  }
  return wrong;
}

function usedLines(lines: readonly StockLine[]): [number, StockLine][] {
  return [...lines.entries()].filter(([, line]) => Object.values(line).some((typed) => typed.trim() !== ""));
}

/** The request for sound lines. An item's id is its label in small letters, with hyphens; a repeated one gets a number. */
export function stockRequest(
  lines: readonly StockLine[],
  currency: string,
  digits: number,
): Pick<CreateRequest, "items" | "currency"> {
  const ids = new Set<string>();
  const items = usedLines(lines).map(([, { label, capacity, price }]) => {
    const name = label.normalize("NFC").trim();
    const item = { id: freshId(name, ids), label: name, capacity: Number(capacity), sellable: true };
    return price.trim() ? { ...item, price: minorUnits(price, digits) } : item;
  });
  const hasPrice = items.some((item) => "price" in item);
  return hasPrice ? { items, currency } : { items };
}

function freshId(label: string, taken: Set<string>): string {
  const id =
    label
      .toLocaleLowerCase("en")
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "item";
  let fresh = id;
  for (let n = 2; taken.has(fresh); n++) fresh = `${id}-${n}`;
  taken.add(fresh);
  return fresh;
}

/** An amount as people write it (`12.50`, `189,000`) in minor units, without the error of a fraction in binary. */
export function minorUnits(typed: string, digits: number): number | undefined {
  const bare = typed.trim().replace(/,(?=\d{3}(\D|$))/g, "");
  const found = /^(\d+)(?:\.(\d*))?$/.exec(bare);
  if (!found || (found[2] ?? "").length > digits) return undefined;
  return Number(`${found[1]}${(found[2] ?? "").padEnd(digits, "0")}`);
}

/** How many minor digits the currency has, by the browser; undefined: it is no currency code. */
export function currencyDigits(currency: string): number | undefined {
  if (!/^[A-Z]{3}$/.test(currency)) return undefined;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits;
}
