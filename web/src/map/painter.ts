// The three canvases of a map: the ground, the seats, and what is pointed at.
import type { Box, Point } from "./geometry.ts";
import { paintGround } from "./ground.ts";
import type { Looks } from "./looks.ts";
import { paintOverlay } from "./overlay.ts";
import { SeatLayer } from "./seat-layer.ts";
import { readTheme, type Theme } from "./theme.ts";
import type { Size, View } from "./view.ts";

/** Pixels of a canvas for each CSS pixel, at most: more costs and is not seen. */
const RATIO_MAX = 2;

/** What is looked at. */
export interface Shown {
  readonly view: View;
  /** What of the scene is on the screen. */
  readonly shown: Box;
  readonly floor: number | undefined;
  readonly isOverview: boolean;
}

export interface Pointing {
  readonly pointed: readonly number[];
  readonly focused: number | undefined;
  readonly lasso: readonly Point[];
}

export class Painter {
  readonly #canvases: readonly HTMLCanvasElement[];
  readonly #contexts: readonly (CanvasRenderingContext2D | null)[];
  readonly #seats: SeatLayer;
  #theme: Theme;
  #ratio = 1;

  constructor(
    readonly host: HTMLElement,
    readonly looks: Looks,
    letters: (unit: number) => string,
  ) {
    this.#canvases = [canvas(host), canvas(host), canvas(host)];
    this.#contexts = this.#canvases.map((each) => each.getContext("2d"));
    this.#seats = new SeatLayer(looks.scene, looks, letters);
    this.#theme = readTheme(host, looks.scene.plan.plan);
  }

  close() {
    for (const each of this.#canvases) each.remove();
  }

  readTheme() {
    this.#theme = readTheme(this.host, this.looks.scene.plan.plan);
  }

  /** Empties the canvases. */
  resize({ width, height }: Size) {
    this.#ratio = Math.min(window.devicePixelRatio || 1, RATIO_MAX);
    for (const each of this.#canvases) {
      each.width = Math.round(width * this.#ratio);
      each.height = Math.round(height * this.#ratio);
    }
  }

  ground(shown: Shown, hovered: number | undefined) {
    const context = this.#scaled(0);
    const { looks } = this;
    if (context) paintGround(context, { scene: looks.scene, looks, theme: this.#theme, ...shown, hovered });
  }

  seats(shown: Shown) {
    const context = this.#cleared(1);
    const frame = { ...shown, ratio: this.#ratio };
    if (context && !shown.isOverview) this.#seats.paintAll(context, frame, this.#theme);
  }

  /** Only these seats, over what is there. */
  some(seats: readonly number[], shown: Shown) {
    const context = this.#contexts[1];
    if (context) this.#seats.paintSome(context, seats, { ...shown, ratio: this.#ratio }, this.#theme);
  }

  overlay(shown: Shown, pointing: Pointing) {
    const context = this.#scaled(2);
    const { scene, marked } = this.looks;
    if (context) paintOverlay(context, { scene, theme: this.#theme, marked, ...shown, ...pointing });
  }

  #cleared(layer: number): CanvasRenderingContext2D | null {
    const context = this.#contexts[layer] ?? null;
    context?.setTransform(1, 0, 0, 1, 0, 0);
    context?.clearRect(0, 0, context.canvas.width, context.canvas.height);
    return context;
  }

  /** Empty, and measured in CSS pixels. */
  #scaled(layer: number): CanvasRenderingContext2D | null {
    const context = this.#cleared(layer);
    context?.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    return context;
  }
}

function canvas(host: HTMLElement): HTMLCanvasElement {
  const element = document.createElement("canvas");
  element.setAttribute("aria-hidden", "true");
  host.append(element);
  return element;
}
