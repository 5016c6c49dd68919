import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Blocked } from "../../../client/types.gen.ts";
import { chooseLanguage } from "../../../i18n/index.ts";
import type { Touched } from "./selection.ts";
import { UnblockDialog } from "./UnblockDialog.tsx";

function touched(id: string, channel: string | null = null): Touched {
  const units: [string, number][] = ["a", "b", "c"].map((seat) => [`${id}-${seat}`, 1]);
  const block: Blocked = { id, units, reason: "camera", channel, has_code: false, release_at: null };
  return { block, selected: 1, others: 2, rest: units.slice(1) };
}

const plain = touched("block_1");
const allotted = touched("block_2", "club");
let root: HTMLElement;
let sent: string[];

beforeEach(() => {
  chooseLanguage("en");
  sent = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    if (init.method === "GET") return Response.json({ data: [plain.block, allotted.block], has_more: false });
    const rest = init.body ? JSON.parse(String(init.body)).units.length : "";
    sent.push(`${init.method} ${url.split("/blocks")[1]}${rest}`);
    return init.method === "DELETE"
      ? new Response(null, { status: 204 })
      : Response.json({}, { status: 201 });
  });
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

async function show(...blocks: Touched[]) {
  const onDone = vi.fn();
  render(<UnblockDialog id="inv_1" touched={blocks} open onDone={onDone} onClose={() => {}} />, root);
  await vi.waitFor(() => expect(root.querySelector("form")).not.toBeNull());
  return onDone;
}

function submit() {
  root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

describe("lifting a part of blocks", () => {
  it("says that the rest is free in between, and blocks it again", async () => {
    const onDone = await show(plain);
    expect(root.textContent).toContain("anybody can take the other 2 pieces");
    submit();
    await vi.waitFor(() => expect(onDone).toHaveBeenCalled());
    expect(sent).toEqual(["DELETE /block_1", "POST 2"]);
  });

  it("lifts it whole where that is chosen", async () => {
    const onDone = await show(plain);
    root.querySelectorAll<HTMLInputElement>('input[type="radio"]')[1]?.click();
    await vi.waitFor(() => expect(root.textContent).toContain("not selected come free, too"));
    submit();
    await vi.waitFor(() => expect(onDone).toHaveBeenCalled());
    expect(sent).toEqual(["DELETE /block_1"]);
  });

  it("leaves an allotment as it is, and says why", async () => {
    const onDone = await show(plain, allotted);
    expect(root.textContent).toContain("can only be lifted whole");
    submit();
    await vi.waitFor(() => expect(onDone).toHaveBeenCalled());
    expect(sent).toEqual(["DELETE /block_1", "POST 2"]);
  });

  it("offers no part of an allotment alone", async () => {
    await show(allotted);
    expect(root.querySelectorAll('input[type="radio"]')).toHaveLength(0);
    expect(root.textContent).toContain("A block is lifted whole");
  });
});
