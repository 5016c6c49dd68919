// Where the map looks, and how it gets there: at once, by an animation, or thrown and slowing down.
import { type Box, middle, type Point } from "./geometry.ts";
import { between, framing, keep, type Limits, lookAt, pan, type Size, type View, zoom } from "./view.ts";

const MOVE_MS = 320;
/** A thrown map loses this share of its speed each millisecond. */
const FRICTION = 0.0045;
const STOP = 0.02;

type Motion =
  | { readonly kind: "way"; readonly from: View; readonly to: View; readonly began: number }
  | { readonly kind: "throw"; velocity: Point; last: number };

export class Camera {
  view: View = { scale: 1, x: 0, y: 0 };
  size: Size = { width: 0, height: 0 };
  #motion: Motion | undefined;
  /** Nobody has moved it yet: it shows all, whatever the size. */
  #isWhole = true;
  /** What was to be shown before there was a size to show it in. */
  #awaited: { readonly box: Box; readonly atLeast: number } | undefined;

  constructor(
    /** All that there is to see. */
    public box: Box,
    /** The largest scale. */
    readonly nearest: number,
    /** Pixels at the upper edge that something lies over. */
    readonly top: number,
    readonly isCalm: () => boolean,
  ) {}

  get limits(): Limits {
    const whole = this.#framing(this.box).scale;
    return { min: Math.min(whole * 0.8, this.nearest), max: Math.max(this.nearest, whole * 1.5) };
  }

  /** The middle stays where it is. */
  resize(size: Size) {
    const [dx, dy] = [(size.width - this.size.width) / 2, (size.height - this.size.height) / 2];
    const awaited = this.#awaited;
    this.size = size;
    this.#awaited = undefined;
    if (awaited) {
      this.view = this.#showing(awaited.box, awaited.atLeast);
      this.#isWhole = awaited.box === this.box;
    } else if (this.#isWhole) {
      this.#motion = undefined;
      this.view = this.#framing(this.box);
    } else this.#set(pan(this.view, dx, dy));
  }

  pan(dx: number, dy: number) {
    this.#motion = undefined;
    this.#set(pan(this.view, dx, dy));
  }

  zoom(factor: number, at: Point) {
    this.#motion = undefined;
    this.#set(zoom(this.view, factor, at, this.limits));
  }

  /** Smoothly, by a button or a double tap. */
  zoomTo(factor: number, at: Point, now: number) {
    if (this.size.width === 0) return;
    this.#go(keep(zoom(this.#aim(), factor, at, this.limits), this.box, this.size), now);
  }

  /** Before the first layout: as soon as there is one. */
  show(box: Box, now: number, atLeast = 0) {
    if (this.size.width === 0) {
      this.#awaited = { box, atLeast };
      return;
    }
    this.#go(this.#showing(box, atLeast), now);
    this.#isWhole = box === this.box;
  }

  #showing(box: Box, atLeast: number): View {
    const whole = this.#framing(box);
    const scale = Math.min(Math.max(whole.scale, atLeast), this.limits.max);
    return scale === whole.scale ? whole : lookAt(middle(box), scale, this.size);
  }

  lookAt(point: Point, scale: number, now: number) {
    if (this.size.width === 0) return;
    const { min, max } = this.limits;
    this.#go(lookAt(point, Math.min(Math.max(scale, min), max), this.size), now);
  }

  throw(velocity: Point, now: number) {
    if (this.isCalm() || Math.hypot(velocity.x, velocity.y) < 0.15) return;
    this.#motion = { kind: "throw", velocity, last: now };
  }

  stop() {
    this.#motion = undefined;
  }

  /** Moves on; false when it stands still. */
  step(now: number): boolean {
    const motion = this.#motion;
    if (!motion) return false;
    if (motion.kind === "throw") this.#slide(motion, now);
    else this.#walk(motion, now);
    return true;
  }

  #walk({ from, to, began }: Motion & { kind: "way" }, now: number) {
    const share = Math.min(Math.max((now - began) / MOVE_MS, 0), 1);
    this.view = between(from, to, 1 - (1 - share) ** 3, this.size);
    if (share >= 1) this.#motion = undefined;
  }

  #slide(motion: Motion & { kind: "throw" }, now: number) {
    const passed = Math.min(Math.max(now - motion.last, 0), 64);
    const slower = Math.exp(-FRICTION * passed);
    this.#set(pan(this.view, motion.velocity.x * passed, motion.velocity.y * passed));
    motion.velocity = { x: motion.velocity.x * slower, y: motion.velocity.y * slower };
    motion.last = now;
    if (Math.hypot(motion.velocity.x, motion.velocity.y) < STOP) this.#motion = undefined;
  }

  /** Where it is going, or is: so that two presses of a button add up. */
  #aim(): View {
    return this.#motion?.kind === "way" ? this.#motion.to : this.view;
  }

  #go(to: View, now: number) {
    this.#isWhole = false;
    if (this.isCalm()) {
      this.#motion = undefined;
      this.view = to;
    } else this.#motion = { kind: "way", from: this.view, to, began: now };
  }

  /** All of the box, below what lies over the upper edge. */
  #framing(box: Box): View {
    const view = framing(box, { width: this.size.width, height: this.size.height - this.top });
    return pan(view, 0, this.top);
  }

  #set(view: View) {
    this.#isWhole = false;
    this.view = keep(view, this.box, this.size);
  }
}
