import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PressGuard, REST_MS } from "./guard.ts";

let now = 0;
let stop: () => void;
let pressed: string[];

/** Under every place of this page is what the test put there. */
function button(name: string, { once = true, ...attributes }: Record<string, string | boolean> = {}) {
  const made = document.createElement("button");
  made.textContent = name;
  if (once) made.setAttribute("data-once", "");
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.addEventListener("click", () => pressed.push(made.textContent ?? ""));
  document.body.replaceChildren(made);
  return made;
}

const pointer = (type: string, target: Element, place: { x: number; y: number }, pointerType = "mouse") =>
  target.dispatchEvent(
    new PointerEvent(type, {
      bubbles: true,
      cancelable: true,
      isPrimary: true,
      button: 0,
      clientX: place.x,
      clientY: place.y,
      pointerType,
    }),
  );

function press(target: Element, place = { x: 100, y: 100 }, between = () => {}) {
  pointer("pointerdown", target, place);
  between();
  pointer("pointerup", target, place);
  target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }));
}

function key(target: Element, name: string, repeat = false) {
  const event = new KeyboardEvent("keydown", { key: name, repeat, bubbles: true, cancelable: true });
  // A browser clicks what has the focus, unless the key was refused.
  if (target.dispatchEvent(event)) {
    target.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 0 }));
  }
}
const keyUp = (target: Element, name: string) =>
  target.dispatchEvent(new KeyboardEvent("keyup", { key: name, bubbles: true, cancelable: true }));

beforeEach(() => {
  now = 10_000;
  pressed = [];
  stop = new PressGuard(() => now).watch(window);
});
afterEach(() => stop());

describe.each([100, 350, 700])("five presses at one place, every %i ms", (pace) => {
  it("do what was there at the first, once", () => {
    press(button("Hold these 2"));
    for (let turn = 0; turn < 4; turn++) {
      now += pace;
      press(button("Buy for ₩396,000"));
    }
    expect(pressed).toEqual(["Hold these 2"]);
    now += REST_MS;
    press(button("Buy for ₩396,000"));
    expect(pressed).toEqual(["Hold these 2", "Buy for ₩396,000"]);
  });

  it("count each time on a stepper", () => {
    const plus = button("One more", { once: false });
    for (let turn = 0; turn < 5; turn++, now += pace) press(plus);
    expect(pressed).toHaveLength(5);
  });

  it("act once although the button stays", () => {
    const find = button("Find and hold");
    for (let turn = 0; turn < 5; turn++, now += pace) press(find);
    expect(pressed).toHaveLength(1);
  });

  it("do nothing new when the same element says something else", () => {
    const one = button("More time: back to 5:00");
    press(one);
    one.textContent = "Buy for ₩396,000";
    for (let turn = 0; turn < 4; turn++) {
      now += pace;
      press(one);
    }
    expect(pressed).toEqual(["More time: back to 5:00"]);
  });
});

describe("a press", () => {
  it("is not ignored elsewhere, or after a look elsewhere", () => {
    press(button("Hold"));
    now += 100;
    press(button("Give back"), { x: 300, y: 100 });
    now += 100;
    pointer("pointermove", document.body, { x: 600, y: 400 });
    press(button("Buy"), { x: 300, y: 100 });
    expect(pressed).toEqual(["Hold", "Give back", "Buy"]);
  });

  it("is ignored when the action changes between down and up", () => {
    const one = button("Hold");
    press(one, { x: 1, y: 1 }, () => {
      one.textContent = "Buy";
    });
    expect(pressed).toEqual([]);
  });

  it("goes through the moment a door opens at which somebody waits", () => {
    const door = button("On sale from 20:00", { "aria-disabled": true });
    for (let turn = 0; turn < 3; turn++, now += 100) press(door);
    press(button("Reserve one"));
    expect(pressed.at(-1)).toBe("Reserve one");
  });

  it("never reaches what lies under a dialog that it closed", () => {
    press(button("Confirm"));
    now += 100;
    let reached = 0;
    const map = document.createElement("canvas");
    map.addEventListener("pointerdown", () => reached++);
    document.body.replaceChildren(map);
    press(map);
    expect(reached).toBe(0);
  });
});

describe("the keyboard", () => {
  it("repeats nothing while a key is down, whatever has the focus by then", () => {
    key(button("Hold"), "Enter");
    for (let turn = 0; turn < 30; turn++, now += 33) key(button("Buy"), "Enter", true);
    keyUp(document.body, "Enter");
    expect(pressed).toEqual(["Hold"]);
  });

  it("does not press what came to have the focus, until there was a pause or another key", () => {
    key(button("Hold"), "Enter");
    now += 300;
    key(button("Buy"), "Enter");
    expect(pressed).toEqual(["Hold"]);
    key(document.body, "Tab");
    key(button("Give back"), "Enter");
    expect(pressed.at(-1)).toBe("Give back");
    now += REST_MS;
    key(button("Buy"), " ");
    expect(pressed.at(-1)).toBe("Buy");
  });

  it("sends a form once", () => {
    const field = document.createElement("input");
    let sent = 0;
    field.addEventListener("click", () => sent++);
    document.body.replaceChildren(field);
    key(field, "Enter");
    key(field, "Enter");
    expect(sent).toBe(1);
  });
});
