/** The most pieces that a unit may have (`docs/plan-format.md`). */
export const CAPACITY_MAX = 1_000_000_000;

export type Direction = "add" | "remove";

/**
 * The change that is typed, or what is wrong with it. `left` pieces may go: the others are held, sold or blocked. How
 * many there are of those only the server knows, so it also guards the most.
 */
export function restockChange(
  typed: string,
  direction: Direction,
  left: number,
): { change: number } | { wrong: "number" | "too_few" | "too_many" } {
  if (!/^\d+$/.test(typed.trim()) || Number(typed) === 0) return { wrong: "number" };
  const pieces = Number(typed);
  if (direction === "remove") return pieces > left ? { wrong: "too_few" } : { change: -pieces };
  return pieces + left > CAPACITY_MAX ? { wrong: "too_many" } : { change: pieces };
}
