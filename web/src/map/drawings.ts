// Drawings of a plan (its shapes), read from whatever the server sent: what has no form is left out.
import type { Box, Point } from "./geometry.ts";
import { boxOf, corners, cover, NOTHING, padded, turned } from "./geometry.ts";

export interface Outline {
  readonly points: readonly Point[];
  readonly box: Box;
  /** As the plan says it; not yet made fit for the theme. */
  readonly color: string | undefined;
  readonly border: string | undefined;
  readonly label: string | undefined;
}

export interface Writing {
  readonly at: Point;
  readonly text: string;
  /** Of the letters, in the plan's unit. */
  readonly size: number;
  readonly degrees: number;
  readonly color: string | undefined;
}

/** Corners of what stands for a circle or an ellipse. */
const ROUND = 40;

type Fields = Readonly<Record<string, unknown>>;

export function outlineOf(shape: object): Outline | undefined {
  const fields = shape as Fields;
  const points = turnedBy(pointsOf(fields), numberIn(fields, "rotation") ?? 0, fields);
  if (points.length < 3) return undefined;
  return {
    points,
    box: boxOf(points),
    color: textIn(fields, "color"),
    border: textIn(fields, "border_color"),
    label: textIn(fields, "label"),
  };
}

/** An outline that the plan gives an area or a table, if it does. */
export function ownOutline(holder: object | undefined): Outline | undefined {
  const shape: unknown = holder && "shape" in holder ? holder.shape : undefined;
  return typeof shape === "object" && shape !== null ? outlineOf(shape) : undefined;
}

export function writingOf(shape: object): Writing | undefined {
  const fields = shape as Fields;
  const at = placeIn(fields);
  const text = textIn(fields, "text");
  if (fields.kind !== "text" || !at || !text) return undefined;
  const size = numberIn(fields, "size") ?? 12;
  return { at, text, size, degrees: numberIn(fields, "rotation") ?? 0, color: textIn(fields, "color") };
}

/** A rectangle around a middle, as an outline of its own. */
export function rectangle(centre: Point, width: number, height: number): Outline {
  const box = {
    left: centre.x - width / 2,
    top: centre.y - height / 2,
    right: centre.x + width / 2,
    bottom: centre.y + height / 2,
  };
  return { points: corners(box), box, color: undefined, border: undefined, label: undefined };
}

export function circle(centre: Point, radius: number): Outline {
  const points = around(centre, radius, radius);
  return { points, box: boxOf(points), color: undefined, border: undefined, label: undefined };
}

/** What holds all the points, with some room around. */
export function blob(points: readonly Point[], room: number): Outline {
  const around = padded(points, room);
  return { points: around, box: boxOf(around), color: undefined, border: undefined, label: undefined };
}

export function coverAll(outlines: readonly { box: Box }[]): Box {
  return outlines.reduce((box, outline) => cover(box, outline.box), NOTHING);
}

function pointsOf(fields: Fields): Point[] {
  if (fields.kind === "polygon") return polygonIn(fields);
  const at = placeIn(fields);
  if (!at) return [];
  if (fields.kind === "rectangle") {
    const width = numberIn(fields, "width") ?? 0;
    const height = numberIn(fields, "height") ?? 0;
    return corners({ left: at.x, top: at.y, right: at.x + width, bottom: at.y + height });
  }
  const radius = numberIn(fields, "radius");
  if (fields.kind === "circle") return around(at, radius ?? 0, radius ?? 0);
  if (fields.kind !== "ellipse") return [];
  return around(at, numberIn(fields, "radius_x") ?? 0, numberIn(fields, "radius_y") ?? 0);
}

function polygonIn(fields: Fields): Point[] {
  if (!Array.isArray(fields.points)) return [];
  return fields.points.flatMap((point: unknown) => placeIn(point as Fields) ?? []);
}

function around(centre: Point, radiusX: number, radiusY: number): Point[] {
  return Array.from({ length: ROUND }, (_, corner) => {
    const angle = (corner * 2 * Math.PI) / ROUND;
    return { x: centre.x + radiusX * Math.cos(angle), y: centre.y + radiusY * Math.sin(angle) };
  });
}

function turnedBy(points: Point[], degrees: number, fields: Fields): Point[] {
  const pivot = fields.kind === "polygon" ? points[0] : placeIn(fields);
  return degrees === 0 || !pivot ? points : points.map((point) => turned(point, pivot, degrees));
}

function placeIn(fields: Fields | null | undefined): Point | undefined {
  const x = numberIn(fields, "x");
  const y = numberIn(fields, "y");
  return x === undefined || y === undefined ? undefined : { x, y };
}

function numberIn(fields: Fields | null | undefined, name: string): number | undefined {
  const value = fields?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function textIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
