// Text on the canvas: always as text, each label apart from its neighbours in direction, and only where it fits.
import type { Point } from "./geometry.ts";
import { inside } from "./geometry.ts";

/** A label may be written from right to left, or hold marks that turn what follows: it is isolated. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

export interface Line {
  readonly text: string;
  readonly size: number;
  readonly bold: boolean;
}

export function fontOf({ size, bold }: { size: number; bold: boolean }, family: string): string {
  return `${bold ? 650 : 450} ${size}px ${family}`;
}

/** Lines under each other, their middle at the place. */
export function writeLines(
  context: CanvasRenderingContext2D,
  at: Point,
  lines: readonly Line[],
  style: { family: string; color: string },
) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = style.color;
  let y = at.y - heightOf(lines) / 2;
  for (const line of lines) {
    context.font = fontOf(line, style.family);
    context.fillText(line.text, at.x, y + (line.size * LEADING) / 2);
    y += line.size * LEADING;
  }
}

/** The first of the choices whose lines stay within the outline (in pixels). */
export function firstThatFits(
  context: CanvasRenderingContext2D,
  at: Point,
  outline: readonly Point[],
  choices: readonly (readonly Line[])[],
  family: string,
): readonly Line[] | undefined {
  return choices.find((lines) => {
    const half = { x: widthOf(context, lines, family) / 2 + 3, y: heightOf(lines) / 2 + 1 };
    return SIDES.every(([x, y]) => inside(outline, at.x + x * half.x, at.y + y * half.y));
  });
}

const LEADING = 1.3;
const SIDES = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
] as const;

function heightOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { size }) => sum + size * LEADING, 0);
}

/**
 * Measuring is slow and the same words come again at every frame. Counts change all the time: digits are taken to be as
 * wide as each other, so that every count is not kept as a text of its own.
 */
const measured = new Map<string, number>();
const MEASURED_MAX = 2_000;

function widthOf(context: CanvasRenderingContext2D, lines: readonly Line[], family: string): number {
  return Math.max(...lines.map((line) => widthOfLine(context, line, family)));
}

function widthOfLine(context: CanvasRenderingContext2D, line: Line, family: string): number {
  const font = fontOf(line, family);
  const text = line.text.replace(/\d/g, "0");
  const key = `${font}\n${text}`;
  const known = measured.get(key);
  if (known !== undefined) return known;
  context.font = font;
  const { width } = context.measureText(text);
  if (measured.size >= MEASURED_MAX) measured.clear();
  measured.set(key, width);
  return width;
}

/** The last word, where a name such as `Section 101` has no room. */
export function shortened(name: string): string {
  return name.trim().split(/\s+/).at(-1) ?? name;
}
