import { kept } from "../client/kept.ts";

/** An inventory in which this browser has held something. */
export interface Known {
  id: string;
  name: string;
}

/** What comes after is newer; the oldest are forgotten. */
const KNOWN_MAX = 50;

const store = kept("fairhold.known");

/** The last one first. */
export function known(): Known[] {
  try {
    const list: unknown = JSON.parse(store.read() ?? "[]");
    return Array.isArray(list) ? list.filter(isKnown) : [];
  } catch {
    return [];
  }
}

export function remember(inventory: Known) {
  const others = known().filter(({ id }) => id !== inventory.id);
  store.write(JSON.stringify([inventory, ...others].slice(0, KNOWN_MAX)));
}

/** It does not exist any more. */
export function forget(inventory: string) {
  store.write(JSON.stringify(known().filter(({ id }) => id !== inventory)));
}

function isKnown(value: unknown): value is Known {
  if (typeof value !== "object" || value === null) return false;
  const { id, name } = value as Partial<Known>;
  return typeof id === "string" && typeof name === "string";
}
