import type { Box } from "./geometry.ts";

/** Points in square cells, so that what is near a place is found without looking at all. Immutable. */
export class Grid {
  readonly #left: number;
  readonly #top: number;
  readonly #cell: number;
  readonly #columns: number;
  readonly #lines: number;
  /** Where the points of each cell begin in `#points`; one more at the end. */
  readonly #starts: Uint32Array;
  readonly #points: Uint32Array;

  /** Of the numbers in `points`, whose places stand in `x` and `y`. */
  constructor(
    readonly x: Float32Array,
    readonly y: Float32Array,
    points: Uint32Array,
    box: Box,
  ) {
    const width = Math.max(box.right - box.left, 1e-6);
    const height = Math.max(box.bottom - box.top, 1e-6);
    // About two points a cell; never more cells than four for each point.
    const cell = Math.sqrt((2 * width * height) / Math.max(points.length, 1));
    this.#cell = Math.max(cell, Math.max(width, height) / (4 * Math.max(points.length, 1)), 1e-6);
    this.#left = box.left;
    this.#top = box.top;
    this.#columns = Math.floor(width / this.#cell) + 1;
    this.#lines = Math.floor(height / this.#cell) + 1;
    this.#starts = new Uint32Array(this.#columns * this.#lines + 1);
    this.#points = new Uint32Array(points.length);
    this.#sort(points);
  }

  #sort(points: Uint32Array) {
    const starts = this.#starts;
    const cells = new Uint32Array(points.length);
    for (let at = 0; at < points.length; at++) {
      const cell = this.#cellOf(points[at] as number);
      cells[at] = cell;
      (starts[cell + 1] as number)++;
    }
    for (let cell = 1; cell < starts.length; cell++) (starts[cell] as number) += starts[cell - 1] as number;
    const next = starts.slice();
    for (let at = 0; at < points.length; at++) {
      const cell = cells[at] as number;
      this.#points[next[cell] as number] = points[at] as number;
      (next[cell] as number)++;
    }
  }

  #cellOf(point: number): number {
    return this.#line(this.y[point] as number) * this.#columns + this.#column(this.x[point] as number);
  }

  #column(x: number): number {
    return clamp(Math.floor((x - this.#left) / this.#cell), this.#columns - 1);
  }

  #line(y: number): number {
    return clamp(Math.floor((y - this.#top) / this.#cell), this.#lines - 1);
  }

  /** Calls with every point in the box, and no other. */
  visit(box: Box, each: (point: number) => void) {
    const right = this.#column(box.right);
    const bottom = this.#line(box.bottom);
    for (let line = this.#line(box.top); line <= bottom; line++) {
      for (let column = this.#column(box.left); column <= right; column++) {
        const cell = line * this.#columns + column;
        const end = this.#starts[cell + 1] as number;
        for (let at = this.#starts[cell] as number; at < end; at++) {
          const point = this.#points[at] as number;
          const x = this.x[point] as number;
          const y = this.y[point] as number;
          if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) each(point);
        }
      }
    }
  }

  /** The nearest point within the reach that passes, or undefined. */
  nearest(x: number, y: number, reach: number, passes: (point: number) => boolean): number | undefined {
    let best: number | undefined;
    let least = reach * reach;
    this.visit({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }, (point) => {
      const dx = (this.x[point] as number) - x;
      const dy = (this.y[point] as number) - y;
      const distance = dx * dx + dy * dy;
      if (distance > least || !passes(point)) return;
      least = distance;
      best = point;
    });
    return best;
  }
}

function clamp(value: number, max: number): number {
  return value < 0 || Number.isNaN(value) ? 0 : Math.min(value, max);
}
