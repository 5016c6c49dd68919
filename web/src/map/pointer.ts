// What taps, hovers and lassos mean on a map: which seat, which section, or that it has to come nearer first.
import type { Camera } from "./camera.ts";
import type { Told } from "./engine.ts";
import type { Point } from "./geometry.ts";
import type { Meanings } from "./gestures.ts";
import { type Hit, hitAt, inLasso, sameHit } from "./hit.ts";
import type { Scene } from "./scene.ts";
import { toScene } from "./view.ts";

/** CSS pixels between seats that a finger and a mouse need to mean one of them. */
const APART = { coarse: 14, fine: 7 };
/** How far apart seats are after a tap that came too near the others. */
const COMFORT = { coarse: 28, fine: 24 };
/** How far beside a seat a finger still means it. */
const REACH = 14;

export type LassoForm = "free" | "rectangle";

/** The map that is pointed at. */
interface Target {
  readonly host: HTMLElement;
  readonly scene: Scene;
  readonly camera: Camera;
  readonly floor: number | undefined;
  readonly isOverview: boolean;
  fitAll(): void;
}

interface Changes {
  moved(): void;
  /** True: a section stands out now, or no longer. */
  pointed(isSection: boolean): void;
}

export class Pointer {
  /** What it is on. */
  hit: Hit | undefined;
  /** What has been drawn of a lasso. */
  lasso: readonly Point[] = [];
  /** How drags draw; undefined: they move the map. */
  lassoForm: LassoForm | undefined;

  constructor(
    readonly target: Target,
    readonly told: Told,
    readonly changes: Changes,
  ) {}

  meanings(): Meanings {
    const { camera } = this.target;
    const moved = (move: () => void) => {
      move();
      this.#point(undefined, 0);
      this.changes.moved();
    };
    return {
      pan: (dx, dy) => moved(() => camera.pan(dx, dy)),
      zoom: (factor, at) => moved(() => camera.zoom(factor, at)),
      thrown: (velocity) => moved(() => camera.throw(velocity, performance.now())),
      caught: () => camera.stop(),
      fitAll: () => this.target.fitAll(),
      hover: (at) => this.#point(at, 0),
      longPress: (at) => this.#point(at, REACH),
      tap: (at, isCoarse) => this.#tap(at, isCoarse),
      doubleTap: (at, isCoarse) => this.#doubleTap(at, isCoarse),
      isLasso: () => this.lassoForm !== undefined,
      lasso: (path, isDone) => this.#drawLasso(path, isDone),
    };
  }

  #look() {
    const { camera, floor, isOverview } = this.target;
    return { view: camera.view, floor, isOverview };
  }

  #hitAt(at: Point, reach: number): Hit | undefined {
    return hitAt(this.target.scene, this.#look(), at, reach);
  }

  #point(at: Point | undefined, reach: number) {
    const hit = at && this.#hitAt(at, reach);
    if (!sameHit(hit, this.hit)) {
      const isSection = hit?.kind === "group" || this.hit?.kind === "group";
      this.hit = hit;
      this.changes.pointed(isSection);
    }
    const canTap = hit !== undefined && (hit.kind !== "group" || this.target.isOverview);
    this.target.host.classList.toggle("map-pointing", canTap);
    this.told.hover(hit, at ?? { x: 0, y: 0 });
  }

  #tap(at: Point, isCoarse: boolean) {
    const hit = this.#hitAt(at, isCoarse ? REACH : 0);
    this.#point(undefined, 0);
    if (!hit) return;
    if (hit.kind === "group") {
      if (this.target.isOverview) this.#approach(at, hit.group, isCoarse);
      return;
    }
    const apart = this.target.scene.pitch * this.target.camera.view.scale;
    const isTooNear = hit.kind === "seat" && apart < (isCoarse ? APART.coarse : APART.fine);
    if (isTooNear) this.#approach(at, undefined, isCoarse);
    else this.told.pick(hit.unit, at);
  }

  #doubleTap(at: Point, isCoarse: boolean) {
    const hit = this.#hitAt(at, isCoarse ? REACH : 0);
    // Two quick taps on two seats are two picks.
    if (hit && hit.kind !== "group" && !this.target.isOverview) return this.#tap(at, isCoarse);
    this.target.camera.zoomTo(2.2, at, performance.now());
    this.changes.moved();
  }

  /** All of a section if its seats can be told apart then, else the part of it that was meant. */
  #approach(at: Point, group: number | undefined, isCoarse: boolean) {
    const { camera, scene } = this.target;
    const box = group === undefined ? undefined : scene.groups[group]?.outline.box;
    const scale = (isCoarse ? COMFORT.coarse : COMFORT.fine) / scene.pitch;
    const { width, height } = camera.size;
    const isWhole =
      box && (box.right - box.left) * scale <= width && (box.bottom - box.top) * scale <= height;
    if (isWhole) camera.show(box, performance.now(), scale);
    else camera.lookAt(toScene(camera.view, at), scale, performance.now());
    this.changes.moved();
  }

  #drawLasso(path: readonly Point[], isDone: boolean) {
    const [first, last] = [path[0], path.at(-1)];
    const isBox = this.lassoForm === "rectangle" && first && last;
    const form = isBox ? [first, { x: last.x, y: first.y }, last, { x: first.x, y: last.y }] : [...path];
    this.lasso = isDone ? [] : form;
    this.changes.pointed(false);
    if (isDone && form.length > 2) this.told.lasso(inLasso(this.target.scene, this.#look(), form));
  }
}
