// The layer of seats: painted as a whole when the view changes, seat by seat when only these change.
import type { Box } from "./geometry.ts";
import { grow } from "./geometry.ts";
import type { Look, Looks } from "./looks.ts";
import type { Scene } from "./scene.ts";
import { addBody, type Form, formOf } from "./seat-art.ts";
import { flatColorOf, flatColors, Sprites } from "./sprites.ts";
import type { Theme } from "./theme.ts";
import type { View } from "./view.ts";

/** Below this radius in pixels of the canvas a seat is a plain square: forms would not be seen. */
const FLAT = 2.5;
/** Letters on seats from this radius in CSS pixels on. */
const LETTERS = 9.5;

export interface Frame {
  readonly view: View;
  /** Pixels of the canvas for each CSS pixel. */
  readonly ratio: number;
  /** What of the scene is on the screen. */
  readonly shown: Box;
  readonly floor: number | undefined;
}

export class SeatLayer {
  /** Of each unit; made when seats are first painted. */
  #forms = new Uint8Array(0);
  #sprites: Sprites | undefined;
  #flat: readonly string[] = [];
  #theme: Theme | undefined;

  constructor(
    readonly scene: Scene,
    readonly looks: Looks,
    /** What is written on a seat when it is large enough. */
    readonly letters: (unit: number) => string,
  ) {}

  /** All that is on the screen. The canvas is empty, and measured in its own pixels. */
  paintAll(context: CanvasRenderingContext2D, frame: Frame, theme: Theme) {
    this.#prepare(frame, theme);
    const paint = this.#painter(context, frame, theme);
    this.scene.grid.visit(grow(frame.shown, this.scene.pitch), (seat) => {
      if (this.#isOn(seat, frame)) paint(seat);
    });
  }

  /** Only these: each is wiped out and painted anew. */
  paintSome(context: CanvasRenderingContext2D, seats: Iterable<number>, frame: Frame, theme: Theme) {
    this.#prepare(frame, theme);
    const shown = grow(frame.shown, this.scene.pitch);
    const there = [...seats].filter((seat) => this.#isOn(seat, frame) && this.#isIn(seat, shown));
    if (!this.#isFlat(frame)) this.#wipe(context, there, frame);
    const paint = this.#painter(context, frame, theme);
    for (const seat of there) paint(seat);
  }

  #prepare(frame: Frame, theme: Theme) {
    const { units } = this.scene.plan.plan;
    if (this.#forms.length !== units.length) this.#forms = Uint8Array.from(units, formOf);
    // Half pixels are near enough, and pictures are used again while the zoom moves.
    const radius = Math.max(FLAT, Math.round(this.#radius(frame) * 2) / 2);
    const isNew = theme !== this.#theme;
    if (isNew) this.#flat = flatColors(theme);
    this.#theme = theme;
    if (!this.#isFlat(frame) && (isNew || this.#sprites?.radius !== radius))
      this.#sprites = new Sprites(radius, theme);
  }

  #radius({ view, ratio }: Frame): number {
    return this.scene.radius * view.scale * ratio;
  }

  #isFlat(frame: Frame): boolean {
    return this.#radius(frame) < FLAT;
  }

  #isOn(seat: number, { floor }: Frame): boolean {
    const group = this.scene.groupOf[seat] as number;
    return group >= 0 && (floor === undefined || this.scene.groups[group]?.floor === floor);
  }

  #isIn(seat: number, box: Box): boolean {
    const x = this.scene.x[seat] as number;
    const y = this.scene.y[seat] as number;
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  }

  #painter(context: CanvasRenderingContext2D, frame: Frame, theme: Theme): (seat: number) => void {
    const { view, ratio } = frame;
    const { scene, looks } = this;
    const scale = view.scale * ratio;
    const [left, top] = [view.x * ratio, view.y * ratio];
    if (this.#isFlat(frame)) return this.#flatPainter(context, { scale, left, top }, theme);
    const sprites = this.#sprites;
    const hasLetters = scene.radius * view.scale >= LETTERS;
    if (hasLetters) setLetters(context, scene.radius * scale, theme);
    return (seat) => {
      const x = (scene.x[seat] as number) * scale + left;
      const y = (scene.y[seat] as number) * scale + top;
      const look = looks.of[seat] as Look;
      const form = this.#forms[seat] as Form;
      const category = scene.categoryOf[seat] as number;
      const isLettered = hasLetters && look === 0 && form === 0;
      sprites?.draw(context, x, y, { look, form, category });
      if (isLettered) {
        context.fillStyle = theme.inks.at(category) ?? "#fff";
        context.fillText(this.letters(seat), Math.round(x), Math.round(y) + 0.5);
      }
    };
  }

  #flatPainter(
    context: CanvasRenderingContext2D,
    { scale, left, top }: { scale: number; left: number; top: number },
    theme: Theme,
  ): (seat: number) => void {
    const { scene, looks } = this;
    const side = Math.max(1, Math.round(scene.pitch * scale * 0.8));
    const categories = theme.categories.length;
    let last = -1;
    return (seat) => {
      const color = flatColorOf(looks.of[seat] as Look, scene.categoryOf[seat] as number, categories);
      if (color !== last) context.fillStyle = this.#flat[color] ?? "";
      last = color;
      const x = Math.round((scene.x[seat] as number) * scale + left - side / 2);
      const y = Math.round((scene.y[seat] as number) * scale + top - side / 2);
      context.fillRect(x, y, side, side);
    };
  }

  /** The seat's own form, a pixel larger: neighbours stay whole. */
  #wipe(context: CanvasRenderingContext2D, seats: readonly number[], frame: Frame) {
    const { view, ratio } = frame;
    const scale = view.scale * ratio;
    const radius = this.#radius(frame) + 1;
    context.save();
    context.globalCompositeOperation = "destination-out";
    context.beginPath();
    for (const seat of seats) {
      const x = (this.scene.x[seat] as number) * scale + view.x * ratio;
      const y = (this.scene.y[seat] as number) * scale + view.y * ratio;
      addBody(context, { x, y, radius }, this.#forms[seat] as Form);
    }
    context.fill();
    context.restore();
  }
}

function setLetters(context: CanvasRenderingContext2D, radius: number, theme: Theme) {
  context.font = `600 ${Math.round(radius * 0.92)}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
}
