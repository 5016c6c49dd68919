// Fingers, mouse, wheel and keys on the map, told as what they mean.
import type { Point } from "./geometry.ts";

export interface Meanings {
  pan(dx: number, dy: number): void;
  /** Around a place on the screen. */
  zoom(factor: number, at: Point): void;
  /** The map was thrown, in pixels a millisecond. */
  thrown(velocity: Point): void;
  /** Something was touched again while the map moved by itself. */
  caught(): void;
  tap(at: Point, isCoarse: boolean): void;
  doubleTap(at: Point, isCoarse: boolean): void;
  longPress(at: Point): void;
  /** Undefined: the pointer left. */
  hover(at: Point | undefined): void;
  fitAll(): void;
  /** True while drags draw a lasso instead of moving the map. */
  isLasso(): boolean;
  lasso(path: readonly Point[], isDone: boolean): void;
}

const SLOP = 6;
const DOUBLE_MS = 300;
const LONG_MS = 450;
const ARROW = 80;

interface Touch {
  at: Point;
  readonly began: Point;
}

/** Listens on the element until the answer is called. */
export function listen(host: HTMLElement, mean: Meanings): () => void {
  const gestures = new Gestures(host, mean);
  const stop = new AbortController();
  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
    options: AddEventListenerOptions = {},
  ) => host.addEventListener(name, listener, { ...options, signal: stop.signal });
  on("pointerdown", (event) => gestures.down(event));
  on("pointermove", (event) => gestures.move(event));
  on("pointerup", (event) => gestures.up(event));
  on("pointercancel", (event) => gestures.cancel(event));
  // A finger that is lifted has left, too; what it asked stays told.
  on("pointerleave", (event) => event.pointerType === "mouse" && mean.hover(undefined));
  on("wheel", (event) => gestures.wheel(event), { passive: false });
  on("keydown", (event) => gestures.key(event));
  on("contextmenu", (event) => event.preventDefault());
  return () => {
    stop.abort();
    gestures.end();
  };
}

class Gestures {
  readonly #touches = new Map<number, Touch>();
  /** What the fingers that are down have become. */
  #kind: "press" | "drag" | "pinch" | "lasso" | "done" = "done";
  #path: Point[] = [];
  #velocity: Point = { x: 0, y: 0 };
  #movedAt = 0;
  #lastTap = { time: Number.NEGATIVE_INFINITY, at: { x: 0, y: 0 } };
  #longPress: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly host: HTMLElement,
    readonly mean: Meanings,
  ) {}

  down(event: PointerEvent) {
    if (event.button !== 0) return;
    const at = this.#place(event);
    this.mean.caught();
    this.#touches.set(event.pointerId, { at, began: at });
    capture(this.host, event.pointerId);
    clearTimeout(this.#longPress);
    if (this.#touches.size > 1) {
      this.#kind = "pinch";
      return;
    }
    this.#kind = "press";
    this.#velocity = { x: 0, y: 0 };
    if (event.pointerType === "mouse") return;
    this.#longPress = setTimeout(() => {
      if (this.#kind !== "press") return;
      this.#kind = "done";
      this.mean.longPress(at);
    }, LONG_MS);
  }

  move(event: PointerEvent) {
    const touch = this.#touches.get(event.pointerId);
    const at = this.#place(event);
    if (!touch) {
      if (event.pointerType === "mouse") this.mean.hover(at);
      return;
    }
    if (this.#kind === "pinch") return this.#pinch(touch, at);
    const from = touch.at;
    if (this.#kind === "press") this.#begin(touch, at);
    if (this.#kind === "press" || this.#kind === "done") return;
    touch.at = at;
    if (this.#kind === "lasso") {
      this.#path.push(at);
      return this.mean.lasso(this.#path, false);
    }
    this.#measure(event.timeStamp, at.x - from.x, at.y - from.y);
    this.mean.pan(at.x - from.x, at.y - from.y);
  }

  /** A press that moves far enough becomes a drag, or a lasso. */
  #begin(touch: Touch, at: Point) {
    if (Math.hypot(at.x - touch.began.x, at.y - touch.began.y) < SLOP) return;
    clearTimeout(this.#longPress);
    this.#kind = this.mean.isLasso() ? "lasso" : "drag";
    this.#path = [touch.began];
    this.mean.hover(undefined);
  }

  #pinch(touch: Touch, at: Point) {
    const [other] = [...this.#touches.values()].filter((each) => each !== touch);
    if (other) {
      const was = Math.hypot(touch.at.x - other.at.x, touch.at.y - other.at.y);
      const is = Math.hypot(at.x - other.at.x, at.y - other.at.y);
      this.mean.pan((at.x - touch.at.x) / 2, (at.y - touch.at.y) / 2);
      if (was > 0 && is > 0)
        this.mean.zoom(is / was, { x: (at.x + other.at.x) / 2, y: (at.y + other.at.y) / 2 });
    }
    touch.at = at;
  }

  /** How fast the drag is, of its last moments. */
  #measure(time: number, dx: number, dy: number) {
    const passed = Math.max(time - this.#movedAt, 1);
    const share = Math.min(passed / 80, 1);
    this.#velocity = {
      x: this.#velocity.x * (1 - share) + (dx / passed) * share,
      y: this.#velocity.y * (1 - share) + (dy / passed) * share,
    };
    this.#movedAt = time;
  }

  up(event: PointerEvent) {
    const touch = this.#touches.get(event.pointerId);
    if (!touch) return;
    this.#touches.delete(event.pointerId);
    clearTimeout(this.#longPress);
    const kind = this.#kind;
    // One finger of two is left: it drags on only after a new press.
    this.#kind = "done";
    if (kind === "lasso") this.mean.lasso(this.#path, true);
    else if (kind === "press") this.#tap(touch.began, event);
    else if (kind === "drag" && event.timeStamp - this.#movedAt < 60) this.mean.thrown(this.#velocity);
  }

  #tap(at: Point, event: PointerEvent) {
    const isDouble =
      event.timeStamp - this.#lastTap.time < DOUBLE_MS &&
      Math.hypot(at.x - this.#lastTap.at.x, at.y - this.#lastTap.at.y) < 4 * SLOP;
    this.#lastTap = { time: isDouble ? Number.NEGATIVE_INFINITY : event.timeStamp, at };
    const isCoarse = event.pointerType !== "mouse";
    if (isDouble) this.mean.doubleTap(at, isCoarse);
    else this.mean.tap(at, isCoarse);
  }

  cancel(event: PointerEvent) {
    this.#touches.delete(event.pointerId);
    clearTimeout(this.#longPress);
    if (this.#kind === "lasso") this.mean.lasso([], true);
    this.#kind = "done";
  }

  wheel(event: WheelEvent) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
    const strength = event.ctrlKey ? 0.01 : 0.0018;
    this.mean.caught();
    this.mean.zoom(Math.exp(-pixels * strength), this.#place(event));
  }

  key(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { width, height } = this.host.getBoundingClientRect();
    const centre = { x: width / 2, y: height / 2 };
    const actions: Record<string, () => void> = {
      "+": () => this.mean.zoom(1.4, centre),
      "=": () => this.mean.zoom(1.4, centre),
      "-": () => this.mean.zoom(1 / 1.4, centre),
      "0": () => this.mean.fitAll(),
      ArrowLeft: () => this.mean.pan(ARROW, 0),
      ArrowRight: () => this.mean.pan(-ARROW, 0),
      ArrowUp: () => this.mean.pan(0, ARROW),
      ArrowDown: () => this.mean.pan(0, -ARROW),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    this.mean.caught();
    action();
  }

  end() {
    clearTimeout(this.#longPress);
  }

  #place(event: MouseEvent): Point {
    const { left, top } = this.host.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
}

/** A pointer that is gone meanwhile cannot be captured, and need not be. */
function capture(host: HTMLElement, pointer: number) {
  try {
    host.setPointerCapture(pointer);
  } catch {
    // Nothing to follow.
  }
}
