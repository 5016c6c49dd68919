// Plane geometry that the map needs: boxes, hulls, and whether a point lies inside.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Holds nothing; grows by `cover`. */
export const NOTHING: Box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };

export function isEmpty(box: Box): boolean {
  return !(box.left <= box.right && box.top <= box.bottom);
}

export function cover(a: Box, b: Box): Box {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

export function grow(box: Box, by: number): Box {
  return { left: box.left - by, top: box.top - by, right: box.right + by, bottom: box.bottom + by };
}

export function touches(a: Box, b: Box): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

export function holds(box: Box, x: number, y: number): boolean {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

export function boxOf(points: readonly Point[]): Box {
  let box = NOTHING;
  for (const { x, y } of points) box = cover(box, { left: x, top: y, right: x, bottom: y });
  return box;
}

export function middle(box: Box): Point {
  return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
}

export function corners(box: Box): Point[] {
  return [
    { x: box.left, y: box.top },
    { x: box.right, y: box.top },
    { x: box.right, y: box.bottom },
    { x: box.left, y: box.bottom },
  ];
}

/** The convex hull, clockwise on a screen (Andrew's monotone chain). Fewer than three points stay as they are. */
export function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  const lower = chain(sorted);
  const upper = chain(sorted.reverse());
  return [...lower.slice(0, -1), ...upper.slice(0, -1)];
}

function chain(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    while (kept.length > 1 && turn(kept.at(-2) as Point, kept.at(-1) as Point, point) <= 0) kept.pop();
    kept.push(point);
  }
  return kept;
}

function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/**
 * Of many points those that can be corners of their hull, and a few more: what lies within the eight that are the
 * farthest in eight directions is left out (Akl and Toussaint).
 */
export function outside(count: number, xOf: (at: number) => number, yOf: (at: number) => number): Point[] {
  const most = new Float64Array(8).fill(-Infinity);
  const far = new Int32Array(8);
  for (let at = 0; at < count; at++) {
    const x = xOf(at);
    const y = yOf(at);
    for (let way = 0; way < 8; way++) {
      const reach = (WAYS_X[way] as number) * x + (WAYS_Y[way] as number) * y;
      if (reach <= (most[way] as number)) continue;
      most[way] = reach;
      far[way] = at;
    }
  }
  const corners = count === 0 ? [] : Array.from(far, (at) => ({ x: xOf(at), y: yOf(at) }));
  const edges = corners.map((corner, way) => ({ from: corner, to: corners[(way + 1) % 8] as Point }));
  const sides = edges.filter(({ from, to }) => from.x !== to.x || from.y !== to.y);
  const kept = sides.map(({ from }) => from);
  if (sides.length < 3) return sides.length === 0 ? corners.slice(0, 1) : kept;
  for (let at = 0; at < count; at++) {
    const point = { x: xOf(at), y: yOf(at) };
    if (sides.some(({ from, to }) => turn(from, to, point) < 0)) kept.push(point);
  }
  return kept;
}

/** The eight directions, clockwise on a screen. */
const WAYS_X = [1, 1, 0, -1, -1, -1, 0, 1];
const WAYS_Y = [0, 1, 1, 1, 0, -1, -1, -1];

/** The hull of all points moved outwards by `by`: each becomes an octagon first, so single points and lines get an area. */
export function padded(points: readonly Point[], by: number): Point[] {
  const around: Point[] = [];
  for (const { x, y } of hull(points)) {
    for (let corner = 0; corner < 8; corner++) {
      const angle = ((corner + 0.5) * Math.PI) / 4;
      around.push({ x: x + by * Math.cos(angle), y: y + by * Math.sin(angle) });
    }
  }
  return hull(around);
}

/** By the crossings of a ray to the right. */
export function inside(polygon: readonly Point[], x: number, y: number): boolean {
  let within = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const a = polygon[i] as Point;
    const b = polygon[j] as Point;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) within = !within;
  }
  return within;
}

/** Clockwise on a screen, in degrees. */
export function turned(point: Point, around: Point, degrees: number): Point {
  const angle = (degrees * Math.PI) / 180;
  const dx = point.x - around.x;
  const dy = point.y - around.y;
  return {
    x: around.x + dx * Math.cos(angle) - dy * Math.sin(angle),
    y: around.y + dx * Math.sin(angle) + dy * Math.cos(angle),
  };
}
