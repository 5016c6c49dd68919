// Where areas and tables are: by their own outlines where the plan has them, else by what is around.
import type { PlanAnswer } from "../client/types.gen.ts";
import type { Outline } from "./drawings.ts";
import { blob, circle, ownOutline, rectangle } from "./drawings.ts";
import type { Point } from "./geometry.ts";
import { middle } from "./geometry.ts";
import type { Grid } from "./grid.ts";
import { areaWidth } from "./layout.ts";
import type { AreaPlace, TablePlace } from "./scene.ts";

interface Known {
  readonly plan: PlanAnswer;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly groupOf: Int32Array;
  readonly grid: Grid;
  readonly pitch: number;
}

export function areasOf(known: Known): AreaPlace[] {
  const { plan, groupOf } = known;
  const units = plan.units.flatMap(({ kind }, unit) =>
    kind === "area" && (groupOf[unit] as number) >= 0 ? [unit] : [],
  );
  return units.map((unit) => {
    const outline = ownOutline(plan.units[unit]) ?? roomFor(unit, units, known);
    return { unit, group: groupOf[unit] as number, outline };
  });
}

/** A rectangle around the area's place, smaller where seats or other areas are near. */
function roomFor(unit: number, areas: readonly number[], { plan, x, y, grid, pitch }: Known): Outline {
  const centre: Point = { x: x[unit] as number, y: y[unit] as number };
  const wanted = areaWidth(plan.units[unit]?.capacity ?? 1, pitch);
  let width = wanted;
  for (const other of areas) {
    if (other === unit) continue;
    const dx = Math.abs((x[other] as number) - centre.x);
    const dy = Math.abs((y[other] as number) - centre.y);
    // Two of these do not touch when either their widths or their heights keep apart.
    if (dx > 0 || dy > 0) width = Math.min(width, Math.max(dx, 2 * dy) * 0.94);
  }
  width = Math.max(width, pitch);
  const isSeatIn = (w: number) => {
    let found = false;
    const reach = { x: w / 2 + pitch / 2, y: w / 4 + pitch / 2 };
    const box = {
      left: centre.x - reach.x,
      right: centre.x + reach.x,
      top: centre.y - reach.y,
      bottom: centre.y + reach.y,
    };
    grid.visit(box, () => {
      found = true;
    });
    return found;
  };
  while (width > 2 * pitch && isSeatIn(width)) width *= 0.9;
  return rectangle(centre, width, width / 2);
}

export function tablesOf(known: Known, floorOf: ReadonlyMap<string, number>): TablePlace[] {
  const { plan, groupOf } = known;
  return plan.rows.flatMap((row, number): TablePlace[] => {
    const seats = row.units.filter((unit) => (groupOf[unit] ?? -1) >= 0);
    if (!row.table || seats.length === 0) return [];
    const outline = ownOutline(row) ?? between(seats, known);
    return [
      {
        row: number,
        floor: floorOf.get(row.zone) ?? 0,
        whole: row.whole,
        centre: middle(outline.box),
        outline,
      },
    ];
  });
}

/** A disc in the middle of the seats, as large as they leave room; where they leave none, a band under them. */
function between(seats: readonly number[], { x, y, pitch }: Known): Outline {
  const points = seats.map((seat) => ({ x: x[seat] as number, y: y[seat] as number }));
  const centre = {
    x: points.reduce((sum, point) => sum + point.x, 0) / points.length,
    y: points.reduce((sum, point) => sum + point.y, 0) / points.length,
  };
  const nearest = Math.min(...points.map((point) => Math.hypot(point.x - centre.x, point.y - centre.y)));
  const radius = nearest - pitch * 0.55;
  return radius > pitch * 0.2 ? circle(centre, radius) : blob(points, pitch * 0.6);
}
