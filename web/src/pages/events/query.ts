import type { InventoryQuery } from "../../client/api.ts";

/** What is looked for, as it stands in the address of the page: days without a time. */
export interface Filter {
  q: string;
  from: string;
  until: string;
}

export const NO_FILTER: Filter = { q: "", from: "", until: "" };

export function filterOf(query: Record<string, string>): Filter {
  return { q: query.q ?? "", from: day(query.from), until: day(query.until) };
}

export function addressOf(filter: Filter): string {
  const given = Object.entries(filter).filter(([, value]) => value !== "");
  return given.length === 0 ? "/" : `/?${new URLSearchParams(given)}`;
}

export function isFiltered(filter: Filter): boolean {
  return filter.q.trim() !== "" || filter.from !== "" || filter.until !== "";
}

/** Days are those of the reader: from the midnight before the first to the one after the last. */
export function inventoryQuery(filter: Filter): InventoryQuery {
  return {
    q: filter.q.trim() || undefined,
    startsFrom: midnight(filter.from, 0),
    startsUntil: midnight(filter.until, 1),
  };
}

function day(text: string | undefined): string {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : "";
}

function midnight(text: string, daysLater: number): string | undefined {
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number);
  if (text === "") return undefined;
  return new Date(year, month - 1, date + daysLater).toISOString();
}
