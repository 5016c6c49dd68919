// The map as it lives on a page: three canvases over each other, painted at most once a frame, and only where needed.
import type { Board } from "../client/board.ts";
import { Camera } from "./camera.ts";
import { type Box, holds, type Point } from "./geometry.ts";
import { listen } from "./gestures.ts";
import { groupAt, type Hit } from "./hit.ts";
import { Looks, type Marked } from "./looks.ts";
import { Painter } from "./painter.ts";
import { type LassoForm, Pointer } from "./pointer.ts";
import { isLarge, type Scene } from "./scene.ts";
import { onThemeChange } from "./theme.ts";
import { toScene, visible } from "./view.ts";

/** CSS pixels between seats from which on they are shown instead of sections. */
const SEATS_FROM = 6;
/** The nearest look. */
const NEAREST = 56;
/** The height of the switch of floors, which lies over the map. */
const FLOORS = 48;
/** What is left of sections is written this often at most, in milliseconds. */
const GROUND_EVERY = 250;

export interface Where {
  readonly isOverview: boolean;
  readonly group: number | undefined;
}

export interface Told {
  pick(unit: number, at: Point): void;
  lasso(units: readonly number[]): void;
  hover(hit: Hit | undefined, at: Point): void;
  letters(unit: number): string;
  /** What is looked at: sections, or the seats of the one in the middle. */
  where(place: Where): void;
}

export class MapEngine {
  readonly #told: Told;
  readonly #stops: (() => void)[] = [];
  readonly camera: Camera;
  readonly looks: Looks;
  readonly #painter: Painter;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #groundAt = Number.NEGATIVE_INFINITY;
  #changed = new Set<number>();
  #stale = { looks: false, view: true, ground: false, overlay: true };
  readonly #pointer: Pointer;
  #focused: number | undefined;
  #floor: number | undefined;
  #where: Where | undefined;

  constructor(
    readonly host: HTMLElement,
    readonly scene: Scene,
    board: Board,
    marked: Marked,
    told: Told,
  ) {
    this.#told = told;
    this.looks = new Looks(scene, board, marked);
    this.#painter = new Painter(host, this.looks, told.letters);
    this.#floor = scene.stacked ? 0 : undefined;
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.camera = new Camera(
      this.#box(),
      NEAREST / scene.pitch,
      scene.floors.length > 1 ? FLOORS : 0,
      () => calm.matches,
    );
    this.#pointer = new Pointer(this, told, {
      moved: () => this.#moved(),
      pointed: (isSection) => this.#onPointed(isSection),
    });
    const sizes = new ResizeObserver(([entry]) => entry && this.#resize(entry.contentRect));
    sizes.observe(host);
    this.#stops.push(
      () => sizes.disconnect(),
      board.subscribe((changed) => this.#onBoard(changed)),
      onThemeChange(() => this.#onTheme()),
      listen(host, this.#pointer.meanings()),
    );
  }

  close() {
    for (const stop of this.#stops) stop();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#painter.close();
  }

  get floor(): number | undefined {
    return this.#floor;
  }

  get isOverview(): boolean {
    return isLarge(this.scene) && this.scene.pitch * this.camera.view.scale < SEATS_FROM;
  }

  setMarked(marked: Marked) {
    const was = this.looks.marked;
    this.looks.marked = marked;
    for (const name of ["mine", "chosen", "lost"] as const) {
      for (const unit of was[name]) if (!marked[name].has(unit)) this.#changed.add(unit);
      for (const unit of marked[name]) if (!was[name].has(unit)) this.#changed.add(unit);
    }
    this.#stale.overlay = true;
    this.#ask();
  }

  /** Undefined: all floors. */
  setFloor(floor: number | undefined) {
    this.#floor = floor;
    this.camera.box = this.#box();
    this.fitAll();
  }

  setLasso(form: LassoForm | undefined) {
    this.#pointer.lassoForm = form;
  }

  /** Rings it, and shows it if it could not be seen. */
  setFocused(unit: number | undefined) {
    this.#focused = unit;
    const { x, y } = this.scene;
    const box = visible(this.camera.view, this.camera.size);
    const isOutside = (at: number) => x[at] === undefined || !holds(box, x[at], y[at] as number);
    if (unit !== undefined && (this.isOverview || isOutside(unit))) this.showUnits([unit]);
    this.#stale.overlay = true;
    this.#ask();
  }

  zoomBy(factor: number) {
    const { width, height } = this.camera.size;
    this.camera.zoomTo(factor, { x: width / 2, y: height / 2 }, performance.now());
    this.#moved();
  }

  fitAll() {
    this.camera.show(this.camera.box, performance.now());
    this.#moved();
  }

  /** Seats that somebody should look at, such as those that were just found. */
  showUnits(units: readonly number[]) {
    const drawn = units.filter((unit) => (this.scene.groupOf[unit] ?? -1) >= 0);
    if (drawn.length === 0) return;
    const { x, y, pitch } = this.scene;
    const xs = drawn.map((unit) => x[unit] as number);
    const ys = drawn.map((unit) => y[unit] as number);
    const room = pitch * 4;
    const box = {
      left: Math.min(...xs) - room,
      top: Math.min(...ys) - room,
      right: Math.max(...xs) + room,
      bottom: Math.max(...ys) + room,
    };
    const floor = this.scene.groups[this.scene.groupOf[drawn[0] as number] as number]?.floor;
    if (this.#floor !== undefined && floor !== this.#floor) this.setFloor(floor);
    this.camera.show(box, performance.now());
    this.#moved();
  }

  #box(): Box {
    return (this.#floor === undefined ? undefined : this.scene.floorBoxes[this.#floor]) ?? this.scene.box;
  }

  /** The camera has moved or is going to. */
  #moved() {
    this.#stale.view = true;
    this.#ask();
  }

  #onPointed(isSection: boolean) {
    this.#stale.overlay = true;
    if (isSection) {
      this.#stale.ground = true;
      this.#groundAt = Number.NEGATIVE_INFINITY;
    }
    this.#ask();
  }

  #onBoard(changed: readonly number[] | "all") {
    if (changed === "all") this.#stale.looks = true;
    else for (const unit of changed) this.#changed.add(unit);
    this.#ask();
  }

  #onTheme() {
    this.#painter.readTheme();
    this.#stale.view = true;
    this.#ask();
  }

  #resize({ width, height }: { width: number; height: number }) {
    if (width === 0 || height === 0) return;
    this.#painter.resize({ width, height });
    this.camera.resize({ width, height });
    this.#stale.view = true;
    // A new size empties the canvases: waiting for a frame would be seen.
    this.#paint(performance.now());
  }

  #ask() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((now) => this.#paint(now));
  }

  #paint(now: number) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.camera.size.width === 0) return;
    if (this.camera.step(now)) {
      this.#stale.view = true;
      this.#ask();
    }
    const dirty = this.#refresh();
    if (this.#stale.view) return this.#paintAll(now);
    if (dirty.length > 0 && !this.isOverview) this.#painter.some(dirty, this.#look());
    if (this.#stale.ground) this.#paintGroundSoon(now);
    if (this.#stale.overlay) this.#paintOverlay();
  }

  /** Seats that look different now. */
  #refresh(): number[] {
    const dirty: number[] = [];
    if (this.#stale.looks) {
      this.looks.refreshAll();
      this.#stale.view = true;
    } else {
      for (const unit of this.#changed) {
        if (!this.looks.refresh(unit)) continue;
        if (this.scene.plan.unit(unit).kind === "seat") dirty.push(unit);
        else this.#stale.ground = true;
      }
      if (dirty.length > 0 && this.isOverview) this.#stale.ground = true;
    }
    this.#stale.looks = false;
    this.#changed.clear();
    return dirty;
  }

  #paintAll(now: number) {
    this.#stale.view = false;
    this.#tellWhere();
    this.#paintGround(now);
    this.#painter.seats(this.#look());
    this.#paintOverlay();
  }

  #tellWhere() {
    const { isOverview, camera, scene } = this;
    const { width, height } = camera.size;
    const middle = toScene(camera.view, { x: width / 2, y: height / 2 });
    const group = isOverview ? undefined : groupAt(scene, this.#floor, middle);
    if (isOverview === this.#where?.isOverview && group === this.#where.group) return;
    this.#where = { isOverview, group };
    this.#told.where(this.#where);
  }

  #paintGroundSoon(now: number) {
    const wait = this.#groundAt + GROUND_EVERY - now;
    if (wait <= 0) return this.#paintGround(now);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#ask();
    }, wait);
  }

  #paintGround(now: number) {
    this.#stale.ground = false;
    this.#groundAt = now;
    const hovered = this.#pointer.hit?.kind === "group" ? this.#pointer.hit.group : undefined;
    this.#painter.ground(this.#look(), hovered);
  }

  #paintOverlay() {
    this.#stale.overlay = false;
    this.#painter.overlay(this.#look(), {
      pointed: this.#pointed(),
      focused: this.#focused,
      lasso: this.#pointer.lasso,
    });
  }

  #pointed(): readonly number[] {
    const { hit } = this.#pointer;
    if (!hit || hit.kind === "group" || hit.kind === "area") return [];
    const row = this.scene.plan.plan.rows[this.scene.plan.unit(hit.unit).row ?? -1];
    return row?.whole ? row.units : [hit.unit];
  }

  #look() {
    const { view, size } = this.camera;
    return { view, shown: visible(view, size), floor: this.#floor, isOverview: this.isOverview };
  }
}
