import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "../client/problem.ts";
import { language } from "../i18n/index.ts";
import {
  announce,
  Button,
  ConnectionBadge,
  Countdown,
  LiveRegion,
  later,
  Stepper,
  Toasts,
  toast,
  Waiting,
} from "./index.ts";

const page = document.createElement("div");

beforeEach(() => {
  vi.useFakeTimers();
  language.value = "en";
  document.body.replaceChildren(page);
});

afterEach(() => {
  act(() => render(null, page));
  vi.useRealTimers();
});

function show(content: preact.ComponentChild) {
  act(() => render(content, page));
}

const speaking = () => [...page.querySelectorAll("[aria-live]")].find((region) => region.textContent);
const said = () => speaking()?.textContent ?? "";

describe("a countdown", () => {
  const clock = { now: () => Date.now() };

  it("shows the second that has begun, tells the last minutes, and ends once", () => {
    const onEnd = vi.fn();
    show(
      <>
        <LiveRegion />
        <Countdown deadline={Date.now() + 61_500} clock={clock} onEnd={onEnd} />
      </>,
    );
    const timer = () => page.querySelector("[role=timer] [aria-hidden]")?.textContent;
    expect(timer()).toBe("1:02");
    act(() => void vi.advanceTimersByTime(2_000));
    expect(timer()).toBe("1:00");
    expect(said()).toBe("1 minute left to buy");
    act(() => void vi.advanceTimersByTime(70_000));
    expect(timer()).toBe("0:00");
    expect(onEnd).toHaveBeenCalledTimes(1);
  });
});

describe("what is said aloud", () => {
  it("is heard again when it is said twice", () => {
    show(<LiveRegion />);
    act(() => announce("just taken"));
    const first = speaking();
    act(() => announce("just taken"));
    expect(said()).toBe("just taken");
    expect(speaking()).not.toBe(first);
  });
});

describe("toasts", () => {
  it("go by themselves, and never more than three stand there", () => {
    show(<Toasts />);
    act(() => {
      for (const text of ["one", "two", "three", "four"]) toast(text);
    });
    expect([...page.querySelectorAll(".toast")].map((one) => one.textContent)).toEqual([
      "two",
      "three",
      "four",
    ]);
    act(() => void vi.advanceTimersByTime(8_000));
    expect(page.querySelectorAll(".toast")).toHaveLength(0);
  });
});

describe("a button", () => {
  it("does nothing while it is busy, and keeps the focus", () => {
    const onClick = vi.fn();
    show(
      <Button busy onClick={onClick}>
        Buy
      </Button>,
    );
    const button = page.querySelector("button");
    button?.focus();
    button?.click();
    expect(onClick).not.toHaveBeenCalled();
    expect(button?.disabled).toBe(false);
    expect(document.activeElement).toBe(button);
  });
});

describe("a stepper", () => {
  it("stays within what can be had, and its buttons say what they count", () => {
    const onChange = vi.fn();
    show(<Stepper label="Latte" value={2} max={2} onChange={onChange} />);
    const [fewer, more] = page.querySelectorAll("button");
    expect([fewer?.getAttribute("aria-label"), more?.disabled]).toEqual(["One fewer: Latte", true]);
    fewer?.click();
    expect(onChange).toHaveBeenCalledWith(1);
  });
});

describe("the connection's badge", () => {
  it("counts others only while the count is true", () => {
    show(<ConnectionBadge connection="live" viewers={1200} />);
    expect(page.textContent).toBe("Live· 1,200 watching");
    show(<ConnectionBadge connection="stale" viewers={1200} />);
    expect(page.textContent).toBe("Not up to date, reconnecting…");
  });

  it("lets nobody wait who cannot, while it is not live", () => {
    const onTryNow = vi.fn();
    show(<ConnectionBadge connection="live" onTryNow={onTryNow} />);
    expect(page.querySelector("button")).toBeNull();
    show(<ConnectionBadge connection="stale" onTryNow={onTryNow} />);
    page.querySelector("button")?.click();
    expect(onTryNow).toHaveBeenCalledTimes(1);
  });
});

describe("what waits for an outcome", () => {
  it.each([
    [0, "We do not know yet"],
    [503, "The server is very busy"],
  ])("says for status %i what is known, and can be hurried", (status, words) => {
    const { problem } = ProblemError.offline();
    const now = vi.fn();
    show(
      <Waiting waiting={{ tries: 1, problem: new ProblemError({ ...problem, status, code: "x" }), now }} />,
    );
    expect(page.textContent).toContain(words);
    page.querySelector("button")?.click();
    expect(now).toHaveBeenCalledTimes(1);
  });
});

/** Whatever only waits for promises that are kept already. */
async function settled() {
  for (let turn = 0; turn < 10; turn++) await null;
}

describe("a page whose code comes later", () => {
  it("is shown when it is there, with what it was given", async () => {
    const Page = later<{ name: string }>(async () => ({ default: ({ name }) => <h1>{name}</h1> }));
    show(<Page name="Hall" />);
    expect(page.querySelector("[aria-busy]")).not.toBeNull();
    await act(settled);
    expect(page.innerHTML).toBe("<h1>Hall</h1>");
  });

  it("is shown at once when it came before", async () => {
    const Page = later<{ name: string }>(async () => ({ default: ({ name }) => <h1>{name}</h1> }));
    Page.preload();
    await settled();
    show(<Page name="Hall" />);
    expect(page.innerHTML).toBe("<h1>Hall</h1>");
  });

  it("says so when it does not come", async () => {
    const Page = later<object>(() => Promise.reject(new Error("no such file")));
    show(<Page />);
    await act(settled);
    expect(page.querySelector("[role=alert] h1")?.textContent).toBe("This could not be loaded");
  });
});
