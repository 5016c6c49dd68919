import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chooseLanguage } from "../../../i18n/index.ts";
import { previewOf } from "../document/preview.ts";
import { BlockDialog } from "./BlockDialog.tsx";

const { plan, board } = previewOf({
  zones: [{ id: "z", rows: [{ seats: [{ id: "a" }, { id: "b" }] }], areas: [{ id: "floor", capacity: 80 }] }],
});

let root: HTMLElement;
let sent: { body: unknown; key: string | null }[];
let answers: Response[];

beforeEach(() => {
  chooseLanguage("en");
  sent = [];
  vi.stubGlobal("fetch", async (_: unknown, init: RequestInit = {}) => {
    sent.push({ body: JSON.parse(String(init.body)), key: new Headers(init.headers).get("Idempotency-Key") });
    return answers.shift() ?? Response.json({}, { status: 201 });
  });
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

function show(free: readonly number[], counted: readonly number[]) {
  const told = { onGone: vi.fn(), onDone: vi.fn(), onClose: vi.fn() };
  render(
    <BlockDialog id="inv_1" plan={plan} board={board} free={free} counted={counted} open {...told} />,
    root,
  );
  return told;
}

function submit() {
  root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

describe("blocking a selection", () => {
  it("blocks the seats, and of an area beside them nothing unless it is said", async () => {
    answers = [];
    const { onDone } = show([0, 1], [2]);
    expect(root.textContent).toContain("2 pieces go off sale at once");
    submit();
    await vi.waitFor(() => expect(onDone).toHaveBeenCalled());
    expect(sent.map(({ body }) => body)).toEqual([
      {
        units: [
          ["a", 1],
          ["b", 1],
        ],
      },
    ]);
  });

  it("of an area alone offers all that is left", () => {
    show([], [2]);
    expect(root.textContent).toContain("80 pieces go off sale at once");
  });

  it("tells who was faster, and stays open for the rest", async () => {
    const taken = { code: "unit_taken", status: 409, units: ["b"], retryable: false };
    answers = [Response.json(taken, { status: 409 })];
    const { onGone, onDone, onClose } = show([0, 1], []);
    submit();
    await vi.waitFor(() => expect(onGone).toHaveBeenCalledWith(new Set([1])));
    await vi.waitFor(() => expect(root.textContent).toContain("no longer free"));
    expect(onDone).not.toHaveBeenCalled();
    expect(onClose).not.toHaveBeenCalled();
  });

  it("sends what may have been done again under the same key", async () => {
    const refused = { code: "not_committed", status: 503, retryable: false };
    answers = [Response.json(refused, { status: 503 })];
    const { onDone } = show([0], []);
    submit();
    await vi.waitFor(() => expect(root.querySelector('[role="alert"]')).not.toBeNull());
    submit();
    await vi.waitFor(() => expect(onDone).toHaveBeenCalled());
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });
});
