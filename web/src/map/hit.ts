// What is under a place of the map, and what lies in a lasso.
import type { Point } from "./geometry.ts";
import { boxOf, inside } from "./geometry.ts";
import type { Scene } from "./scene.ts";
import { toScene, type View } from "./view.ts";

export type Hit =
  | { readonly kind: "seat" | "area"; readonly unit: number }
  | { readonly kind: "table"; readonly row: number; readonly unit: number }
  | { readonly kind: "group"; readonly group: number };

export interface Look {
  readonly view: View;
  readonly floor: number | undefined;
  readonly isOverview: boolean;
}

/** `reach` in CSS pixels: how far beside a seat still means it. */
export function hitAt(
  scene: Scene,
  { view, floor, isOverview }: Look,
  at: Point,
  reach: number,
): Hit | undefined {
  const { x, y } = toScene(view, at);
  const isOn = (group: number) => floor === undefined || scene.groups[group]?.floor === floor;
  if (!isOverview) {
    const far = Math.max(scene.pitch * 0.8, reach / view.scale);
    const seat = scene.grid.nearest(x, y, far, (unit) => isOn(scene.groupOf[unit] as number));
    if (seat !== undefined) return { kind: "seat", unit: seat };
    const table = scene.tables.find(
      (table) =>
        table.whole && inside(table.outline.points, x, y) && (floor === undefined || table.floor === floor),
    );
    const unit = table && scene.plan.plan.rows[table.row]?.units[0];
    if (table && unit !== undefined) return { kind: "table", row: table.row, unit };
  }
  const area = scene.areas.find(({ group, outline }) => isOn(group) && inside(outline.points, x, y));
  if (area) return { kind: "area", unit: area.unit };
  const group = groupAt(scene, floor, { x, y });
  return group === undefined ? undefined : { kind: "group", group };
}

/** The section with seats whose outline holds the place of the scene. */
export function groupAt(scene: Scene, floor: number | undefined, { x, y }: Point): number | undefined {
  const found = scene.groups.findIndex(
    (group) =>
      group.seats > 0 && (floor === undefined || group.floor === floor) && inside(group.outline.points, x, y),
  );
  return found < 0 ? undefined : found;
}

/** All seats whose middle lies in the form that was drawn, and all areas that have theirs in it. */
export function inLasso(scene: Scene, { view, floor }: Look, path: readonly Point[]): number[] {
  if (path.length < 3) return [];
  const form = path.map((point) => toScene(view, point));
  const isOn = (unit: number) =>
    floor === undefined || scene.groups[scene.groupOf[unit] as number]?.floor === floor;
  const found: number[] = [];
  const take = (unit: number) => {
    if (isOn(unit) && inside(form, scene.x[unit] as number, scene.y[unit] as number)) found.push(unit);
  };
  scene.grid.visit(boxOf(form), take);
  for (const { unit } of scene.areas) take(unit);
  return found.sort((a, b) => a - b);
}

export function sameHit(a: Hit | undefined, b: Hit | undefined): boolean {
  if (!a || !b || a.kind !== b.kind) return a === b;
  if (a.kind === "group" || b.kind === "group")
    return a.kind === "group" && b.kind === "group" && a.group === b.group;
  return a.unit === b.unit;
}
