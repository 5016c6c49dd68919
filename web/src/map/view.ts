import type { Box, Point } from "./geometry.ts";
import { isEmpty, middle } from "./geometry.ts";

/** What part of the scene is looked at: `screen = scene × scale + (x, y)`, in CSS pixels. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** All of the box, in the middle, with a margin in pixels. */
export function framing(box: Box, size: Size, margin = 24): View {
  if (isEmpty(box)) return { scale: 1, x: size.width / 2, y: size.height / 2 };
  const width = Math.max(box.right - box.left, 1e-6);
  const height = Math.max(box.bottom - box.top, 1e-6);
  const inner = {
    width: Math.max(size.width - 2 * margin, 1),
    height: Math.max(size.height - 2 * margin, 1),
  };
  return lookAt(middle(box), Math.min(inner.width / width, inner.height / height), size);
}

export function lookAt(point: Point, scale: number, size: Size): View {
  return { scale, x: size.width / 2 - point.x * scale, y: size.height / 2 - point.y * scale };
}

/** Zooms so that what is under `at` (screen) stays there. */
export function zoom(view: View, factor: number, at: Point, limits: Limits): View {
  const scale = Math.min(Math.max(view.scale * factor, limits.min), limits.max);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

export function pan(view: View, dx: number, dy: number): View {
  return { scale: view.scale, x: view.x + dx, y: view.y + dy };
}

/** Keeps the middle of the screen over the scene, so that nobody gets lost beside it. */
export function keep(view: View, box: Box, size: Size): View {
  if (isEmpty(box)) return view;
  const centre = { x: size.width / 2, y: size.height / 2 };
  return {
    scale: view.scale,
    x: Math.min(Math.max(view.x, centre.x - box.right * view.scale), centre.x - box.left * view.scale),
    y: Math.min(Math.max(view.y, centre.y - box.bottom * view.scale), centre.y - box.top * view.scale),
  };
}

export function toScene(view: View, at: Point): Point {
  return { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
}

export function toScreen(view: View, at: Point): Point {
  return { x: at.x * view.scale + view.x, y: at.y * view.scale + view.y };
}

/** What of the scene is on the screen. */
export function visible(view: View, size: Size): Box {
  const { x: left, y: top } = toScene(view, { x: 0, y: 0 });
  const { x: right, y: bottom } = toScene(view, { x: size.width, y: size.height });
  return { left, top, right, bottom };
}

/** A step of the way from one view to another, `t` from 0 to 1: scale grows evenly, and the middle goes along. */
export function between(from: View, to: View, t: number, size: Size): View {
  if (t >= 1) return to;
  const scale = from.scale * (to.scale / from.scale) ** t;
  const centre = { x: size.width / 2, y: size.height / 2 };
  const a = toScene(from, centre);
  const b = toScene(to, centre);
  // Where scales differ, a straight way of the middle looks crooked: it is weighed by how far the zoom has come.
  const same = Math.abs(from.scale - to.scale) < 1e-9;
  const share = same ? t : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
  return lookAt({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }, scale, size);
}
