// The names of rows, at both of their ends, once seats are large enough to be read.
import { css } from "./color.ts";
import type { Ground } from "./ground.ts";
import { toScreen } from "./view.ts";
import { fontOf, isolated } from "./writing.ts";

/** CSS pixels between seats from which on names of rows are shown. */
const READABLE = 11;

export function paintNumbersOfRows(context: CanvasRenderingContext2D, ground: Ground) {
  const { scene, theme, view, shown } = ground;
  const apart = scene.pitch * view.scale;
  if (apart < READABLE) return;
  context.font = fontOf({ size: Math.min(13, apart * 0.62), bold: false }, theme.font);
  context.fillStyle = css(theme.muted);
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const row of scene.plan.plan.rows) {
    if (row.table || !row.label || row.units.length === 0) continue;
    const first = row.units[0] as number;
    const group = scene.groupOf[first] as number;
    if (group < 0 || (ground.floor !== undefined && scene.groups[group]?.floor !== ground.floor)) continue;
    for (const end of ends(row.units)) {
      const at = beyond(ground, end);
      if (at.x < shown.left || at.x > shown.right || at.y < shown.top || at.y > shown.bottom) continue;
      const { x, y } = toScreen(view, at);
      context.fillText(isolated(row.label), x, y);
    }
  }
}

/** Each end with its neighbour, from which the name moves away. */
function ends(units: readonly number[]): [number, number | undefined][] {
  const first: [number, number | undefined] = [units[0] as number, units[1]];
  return units.length < 2 ? [first] : [first, [units.at(-1) as number, units.at(-2)]];
}

function beyond({ scene }: Ground, [end, next]: [number, number | undefined]): { x: number; y: number } {
  const x = scene.x[end] as number;
  const y = scene.y[end] as number;
  const dx = next === undefined ? scene.pitch : x - (scene.x[next] as number);
  const dy = next === undefined ? 0 : y - (scene.y[next] as number);
  const length = Math.hypot(dx, dy) || 1;
  const sign = next === undefined ? -1 : 1;
  return { x: x + (sign * dx * scene.pitch) / length, y: y + (sign * dy * scene.pitch) / length };
}
