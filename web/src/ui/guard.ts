// An action never takes the place of another under a finger.
//
// People press twice, or again and again while nothing seems to happen, and pages change meanwhile: what was "Hold" is
// "Buy" by the third press. So a place stays with the action that it was pressed for until nobody has pressed it for a
// while. One guard listens before everybody else, for the whole page: no button can forget it.

/** Presses that follow each other faster belong together. A press that is ignored counts, too. */
export const REST_MS = 800;
/** Presses within so many pixels are at one place. */
const REACH = 32;
/** Who moves the pointer so far away and comes back looks again. */
const AWAY = 64;

const CONTROLS = "button, a[href], input, select, textarea, label, summary, [role=button], [role=tab]";
const TYPED = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])";

interface Place {
  x: number;
  y: number;
}

interface Action {
  control: Element | null;
  /** What it says that it does. Figures may change while it stays the same. */
  name: string;
}

interface Streak extends Action {
  at: number;
}

export class PressGuard {
  /** The presses at one place, until there is a pause. */
  #pressed: (Streak & Place) | undefined;
  #typed: Streak | undefined;
  /** What the finger or the key went down on. */
  #down: Action | undefined;
  #isIgnoring = false;
  #last: Place | undefined;

  constructor(readonly now: () => number = () => performance.now()) {}

  /** Where somebody pressed last, in pixels of the window; undefined: by the keyboard, or nowhere. */
  get last(): Place | undefined {
    return this.#last;
  }

  /** Guards a window until the answer is called. */
  watch(window: Window): () => void {
    const stop = new AbortController();
    const on = <Name extends keyof WindowEventMap>(
      name: Name,
      listen: (event: WindowEventMap[Name]) => void,
    ) => window.addEventListener(name, listen, { capture: true, signal: stop.signal });
    on("pointerdown", (event) => this.#pointerDown(event));
    on("pointermove", (event) => this.#pointerMove(event));
    on("pointerup", (event) => this.#pointerUp(event));
    on("pointercancel", () => this.#forgetDown());
    on("keydown", (event) => this.#keyDown(event));
    on("keyup", (event) => this.#keyUp(event));
    on("click", (event) => this.#click(event));
    return () => stop.abort();
  }

  #pointerDown(event: PointerEvent) {
    // A second finger is a gesture, and other buttons of a mouse press nothing.
    if (!event.isPrimary || event.button !== 0) return;
    const [now, place] = [this.now(), { x: event.clientX, y: event.clientY }];
    const action = actionAt(event.target);
    const before = this.#pressed;
    const isSamePlace = before !== undefined && distance(before, place) <= REACH;
    const continues = before !== undefined && isSamePlace && now - before.at < REST_MS;
    this.#isIgnoring = continues && !isRepeatable(before, action);
    this.#down = action;
    this.#last = place;
    this.#typed = undefined;
    if (continues) before.at = now;
    // Who waits at a closed door may go in when it opens: what cannot be pressed takes no place.
    else this.#pressed = isOff(action.control) ? undefined : { ...action, ...place, at: now };
    if (this.#isIgnoring) event.stopImmediatePropagation();
  }

  #pointerMove(event: PointerEvent) {
    const before = this.#pressed;
    if (!before || event.pointerType !== "mouse") return;
    if (distance(before, { x: event.clientX, y: event.clientY }) > AWAY) this.#pressed = undefined;
  }

  #pointerUp(event: PointerEvent) {
    if (!event.isPrimary) return;
    if (this.#pressed) this.#pressed.at = this.now();
    if (this.#isIgnoring) event.stopImmediatePropagation();
  }

  #forgetDown() {
    this.#down = undefined;
    this.#isIgnoring = false;
  }

  #keyDown(event: KeyboardEvent) {
    const action = actionAt(event.target);
    const isTyping = action.control?.matches(TYPED) ?? false;
    const isPress =
      event.key === "Enter" ? !action.control?.matches("textarea") : event.key === " " && !isTyping;
    if (!isPress) {
      // Whoever goes elsewhere by keys looks again.
      this.#typed = undefined;
      return;
    }
    const [now, before] = [this.now(), this.#typed];
    const continues = before !== undefined && now - before.at < REST_MS;
    // Enter in a field sends its form.
    const isSent = isTyping && event.key === "Enter";
    this.#isIgnoring = event.repeat || (continues && (isSent || !isRepeatable(before, action)));
    if (continues) before.at = now;
    else this.#typed = { ...action, at: now };
    this.#last = undefined;
    if (!event.repeat) this.#down = action;
    if (this.#isIgnoring) refuse(event);
  }

  #keyUp(event: KeyboardEvent) {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (this.#typed) this.#typed.at = this.now();
    const isElsewhere = this.#down !== undefined && actionAt(event.target).control !== this.#down.control;
    if (this.#isIgnoring || (isElsewhere && event.key === " ")) refuse(event);
    this.#forgetDown();
  }

  #click(event: MouseEvent) {
    const [down, action] = [this.#down, actionAt(event.target)];
    const hasChanged = down !== undefined && down.control === action.control && down.name !== action.name;
    const isIgnored = this.#isIgnoring || hasChanged;
    this.#forgetDown();
    if (isIgnored) refuse(event);
  }
}

/** The one of these pages. */
export const pressGuard = new PressGuard();

function refuse(event: Event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function actionAt(target: EventTarget | null): Action {
  if (!(target instanceof Element)) return { control: null, name: "" };
  const control = target.closest(CONTROLS) ?? target;
  return { control, name: nameOf(control) };
}

function nameOf(control: Element): string {
  const given = control.getAttribute("data-action");
  if (given !== null || !control.matches(CONTROLS)) return given ?? "";
  return (control.getAttribute("aria-label") ?? control.textContent ?? "").replace(/[\d.,:]+/g, "0");
}

/** The same once more: a stepper, a switch. What acts on the world acts once. */
function isRepeatable(before: Action, now: Action): boolean {
  const isSame = before.control === now.control && before.name === now.name;
  return isSame && !(now.control?.matches("[data-once]") ?? false);
}

function isOff(control: Element | null): boolean {
  return control?.matches(":disabled, [aria-disabled=true]") ?? false;
}

function distance(a: Place, b: Place): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
