// The layer over the seats: rings around what is pointed at, chosen, or just lost, and the lasso.
import { css } from "./color.ts";
import type { Point } from "./geometry.ts";
import type { Marked } from "./looks.ts";
import type { Scene } from "./scene.ts";
import type { Theme } from "./theme.ts";
import type { View } from "./view.ts";
import { toScreen } from "./view.ts";

export interface Overlay {
  readonly scene: Scene;
  readonly theme: Theme;
  readonly view: View;
  readonly isOverview: boolean;
  readonly floor: number | undefined;
  readonly marked: Marked;
  /** Units under the pointer: more than one of a whole table. */
  readonly pointed: readonly number[];
  /** By the keyboard, in the list. */
  readonly focused: number | undefined;
  readonly lasso: readonly Point[];
}

export function paintOverlay(context: CanvasRenderingContext2D, overlay: Overlay) {
  const { theme, marked, pointed, focused, lasso } = overlay;
  for (const unit of marked.lost) ring(context, overlay, unit, css(theme.lost), 3);
  for (const unit of marked.chosen) ring(context, overlay, unit, css(theme.chosen), 2);
  for (const unit of marked.mine) ring(context, overlay, unit, css(theme.mine), 2);
  for (const unit of pointed) ring(context, overlay, unit, css(theme.text), 2);
  if (focused !== undefined) ring(context, overlay, focused, css(theme.accent), 3);
  if (lasso.length > 1) paintLasso(context, theme, lasso);
}

/** Around a seat, or where seats are too small to be seen, a pin in its place. */
function ring(
  context: CanvasRenderingContext2D,
  overlay: Overlay,
  unit: number,
  color: string,
  width: number,
) {
  const { scene, view, isOverview, floor } = overlay;
  const group = scene.groupOf[unit] ?? -1;
  if (group < 0 || (floor !== undefined && scene.groups[group]?.floor !== floor)) return;
  if (scene.plan.unit(unit).kind !== "seat") return;
  const { x, y } = toScreen(view, { x: scene.x[unit] as number, y: scene.y[unit] as number });
  context.beginPath();
  if (isOverview) {
    context.arc(x, y, 4.5, 0, 2 * Math.PI);
    context.fillStyle = color;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = css(overlay.theme.surface);
  } else {
    context.arc(x, y, scene.radius * view.scale + width / 2 + 1.5, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = color;
  }
  context.stroke();
}

function paintLasso(context: CanvasRenderingContext2D, theme: Theme, path: readonly Point[]) {
  context.beginPath();
  for (const [corner, { x, y }] of path.entries()) corner === 0 ? context.moveTo(x, y) : context.lineTo(x, y);
  context.closePath();
  context.fillStyle = css(theme.accent, 0.12);
  context.fill();
  context.setLineDash([6, 4]);
  context.lineWidth = 2;
  context.strokeStyle = css(theme.accent);
  context.stroke();
  context.setLineDash([]);
}
