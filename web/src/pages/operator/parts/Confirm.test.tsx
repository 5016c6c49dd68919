import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ProblemError } from "../../../client/problem.ts";
import { chooseLanguage } from "../../../i18n/index.ts";
import { Confirm } from "./Confirm.tsx";

let root: HTMLElement;
beforeEach(() => {
  chooseLanguage("en");
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, root);
  root.remove();
});

function show(onConfirm: () => Promise<void>, onClose = vi.fn(), disabled = false) {
  render(
    <Confirm open title="Sure?" action="Do it" disabled={disabled} onConfirm={onConfirm} onClose={onClose}>
      <p>what happens</p>
    </Confirm>,
    root,
  );
  return onClose;
}

function submit() {
  root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

it("closes when it is done", async () => {
  const onClose = show(() => Promise.resolve());
  expect(root.textContent).toContain("what happens");
  submit();
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
});

it("stays open and says what went wrong", async () => {
  const onClose = show(() => Promise.reject(ProblemError.offline()));
  submit();
  await vi.waitFor(() =>
    expect(root.querySelector('[role="alert"]')?.textContent).toContain("cannot be reached"),
  );
  expect(onClose).not.toHaveBeenCalled();
});

it("is done once, however often it is pressed", async () => {
  const onConfirm = vi.fn(() => new Promise<void>(() => {}));
  show(onConfirm);
  submit();
  await vi.waitFor(() => expect(root.querySelector('[aria-busy="true"]')).not.toBeNull());
  submit();
  expect(onConfirm).toHaveBeenCalledTimes(1);
});

it("does nothing while it is not complete", () => {
  const onConfirm = vi.fn(() => Promise.resolve());
  show(onConfirm, vi.fn(), true);
  submit();
  expect(onConfirm).not.toHaveBeenCalled();
});
