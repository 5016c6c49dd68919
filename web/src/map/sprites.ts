// Seats as ready pictures: drawing thousands a frame copies pixels instead of painting paths.

import type { Rgb } from "./color.ts";
import { css } from "./color.ts";
import type { Look } from "./looks.ts";
import { FREE } from "./looks.ts";
import type { Form } from "./seat-art.ts";
import { FORMS, flatColor, paintSeat } from "./seat-art.ts";
import type { Theme } from "./theme.ts";

/** Looks other than free do not show a category: they come after all categories of free. */
const OTHERS = 7;

/** All pictures of seats of one radius in one theme. */
export class Sprites {
  /** Width and height of a picture, in pixels. */
  readonly cell: number;
  readonly #sheet: HTMLCanvasElement;
  readonly #columns: number;

  /** `radius` in pixels of the canvas. */
  constructor(
    readonly radius: number,
    readonly theme: Theme,
  ) {
    this.cell = Math.ceil(radius * 2 + 2);
    this.#columns = theme.categories.length + OTHERS;
    this.#sheet = document.createElement("canvas");
    this.#sheet.width = this.cell * this.#columns;
    this.#sheet.height = this.cell * FORMS;
    const context = this.#sheet.getContext("2d");
    if (context) this.#paint(context);
  }

  #paint(context: CanvasRenderingContext2D) {
    for (let column = 0; column < this.#columns; column++) {
      const look = (
        column < this.theme.categories.length ? FREE : column - this.theme.categories.length + 1
      ) as Look;
      const category = (this.theme.categories[column] ?? this.theme.accent) as Rgb;
      for (let form = 0; form < FORMS; form++) {
        const at = { x: (column + 0.5) * this.cell, y: (form + 0.5) * this.cell, radius: this.radius };
        paintSeat(context, at, { look, form: form as Form, category }, this.theme);
      }
    }
  }

  /** Around (x, y) in pixels. `category` is -1 for none. */
  draw(
    context: CanvasRenderingContext2D,
    x: number,
    y: number,
    seat: { look: Look; form: Form; category: number },
  ) {
    const { cell } = this;
    const column = columnOf(seat.look, seat.category, this.theme.categories.length);
    const [left, top] = [Math.round(x - cell / 2), Math.round(y - cell / 2)];
    context.drawImage(this.#sheet, column * cell, seat.form * cell, cell, cell, left, top, cell, cell);
  }
}

function columnOf(look: Look, category: number, categories: number): number {
  if (look !== FREE) return categories + look - 1;
  return category < 0 ? categories - 1 : category;
}

/** Colours for where seats are a few pixels: one for each category, then one for each other look. */
export function flatColors(theme: Theme): string[] {
  const free = theme.categories.map((category) => css(category));
  const others = Array.from({ length: OTHERS }, (_, look) =>
    css(flatColor((look + 1) as Look, theme.accent, theme)),
  );
  return [...free, ...others];
}

export function flatColorOf(look: Look, category: number, categories: number): number {
  return columnOf(look, category, categories);
}
