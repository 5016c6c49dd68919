import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { go, path, query, steps, stepsOf, toTop, watchAddress } from "./address.ts";

let stop: () => void;
let scrolled: ReturnType<typeof vi.fn>;

beforeEach(() => {
  history.replaceState(null, "", "/");
  dispatchEvent(new PopStateEvent("popstate"));
  stop = watchAddress(/^\/(events\/|tickets|\?|$)/);
  dispatchEvent(new PopStateEvent("popstate"));
  scrolled = vi.fn();
  vi.stubGlobal("scrollTo", scrolled);
});

afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

/** Pressed, and whether the browser was left to do as usual. */
function press(html: string, how: MouseEventInit = {}): boolean {
  document.body.innerHTML = html;
  const inner = document.querySelector("a")?.firstElementChild ?? document.querySelector("a");
  const event = new MouseEvent("click", { bubbles: true, composed: true, cancelable: true, ...how });
  let isLeft = false;
  const last = (event: Event) => {
    isLeft = !event.defaultPrevented;
    event.preventDefault();
  };
  addEventListener("click", last);
  inner?.dispatchEvent(event);
  removeEventListener("click", last);
  return isLeft;
}

it("follows links to what is in scope, and begins at their top", () => {
  expect(press(`<a href="/events/inv_1/?code=a%20b"><b>Gala</b></a>`)).toBe(false);
  expect([path.value, query.value]).toEqual(["/events/inv_1", { code: "a b" }]);
  expect(location.pathname).toBe("/events/inv_1/");
  toTop();
  toTop();
  expect(scrolled).toHaveBeenCalledTimes(1);
});

it.each([
  ["another tab", `<a href="/tickets" target="_blank">x</a>`, {}],
  ["a new window by a key", `<a href="/tickets">x</a>`, { ctrlKey: true }],
  ["the second button", `<a href="/tickets">x</a>`, { button: 1 }],
  ["a file", `<a href="/tickets" download>x</a>`, {}],
  ["another origin", `<a href="https://example.org/tickets">x</a>`, {}],
  ["a place of this page", `<a href="#content">x</a>`, {}],
  ["what is no page of ours", `<a href="/docs">x</a>`, {}],
  ["no link", `<a>x</a>`, {}],
])("leaves %s to the browser", (_, html, how) => {
  expect(press(html, how)).toBe(true);
  expect(path.value).toBe("/");
});

it("is read as people read it, and as it stands where nobody can", () => {
  go("/events/%EA%B0%80%2Fb/");
  expect(steps.value).toEqual(["events", "가/b"]);
  expect(stepsOf("/events/%E0")).toEqual(["events", "%E0"]);
  expect(stepsOf("/")).toEqual([""]);
});

it("goes elsewhere when it is told to, and stays where it was on the way back", () => {
  go("/tickets");
  expect(path.value).toBe("/tickets");
  history.replaceState(null, "", "/?q=x");
  dispatchEvent(new PopStateEvent("popstate"));
  expect([path.value, query.value]).toEqual(["/", { q: "x" }]);
  toTop();
  expect(scrolled).not.toHaveBeenCalled();
  const before = history.length;
  go("/?q=xy", { replaces: true });
  expect([history.length, query.value]).toEqual([before, { q: "xy" }]);
});
