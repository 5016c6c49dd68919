import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SoldAnswer } from "../../../client/types.gen.ts";
import { chooseLanguage } from "../../../i18n/index.ts";
import { previewOf } from "../document/preview.ts";
import { TakeBackDialog } from "./TakeBackDialog.tsx";

const { plan } = previewOf({
  zones: [{ id: "z", rows: [{ id: "1", seats: ["a", "b", "c", "d"].map((id) => ({ id })) }] }],
});

function sale(id: string, ...seats: string[]): SoldAnswer {
  const price = { amount: 1000, currency: "KRW" };
  const lines = seats.map((seat) => {
    return { offer: seat, quantity: 1, units: [[seat, 1]] as [string, number][], price };
  });
  return {
    id,
    inventory: "inv_1",
    buyer: `buyer of ${id}`,
    state: "sold",
    lines,
    total: null,
    sold_at: "2026-05-01T11:00:00.000Z",
    returned: [],
    returned_at: null,
    returned_total: null,
  };
}

let root: HTMLElement;
let sales: SoldAnswer[];
let returns: { sale: string | undefined; body: unknown; key: string | null }[];
/** What the next returns are answered with, instead of what they ask for. */
let refusals: (Response | undefined)[];

async function answer(url: string, init: RequestInit = {}): Promise<Response> {
  const { pathname, searchParams } = new URL(url, "http://shop.test");
  if (init.method === "GET") {
    const data = sales.filter(({ lines }) => lines.some(({ offer }) => offer === searchParams.get("unit")));
    return Response.json({ data, has_more: false, epoch: 1, seq: 1 });
  }
  const id = pathname.split("/")[5];
  const body = JSON.parse(String(init.body));
  returns.push({ sale: id, body, key: new Headers(init.headers).get("Idempotency-Key") });
  const refusal = refusals.shift();
  if (refusal) return refusal;
  const names: string[] | undefined = body.offers?.map(({ offer }: { offer: string }) => offer);
  const lines = sales
    .filter((sale) => sale.id === id)
    .flatMap(({ lines }) => lines.filter(({ offer }) => names?.includes(offer) ?? true));
  return Response.json({ ...sale("s"), lines });
}

beforeEach(() => {
  chooseLanguage("en");
  sales = [sale("sale_1", "a", "b"), sale("sale_2", "c")];
  returns = [];
  refusals = [];
  vi.stubGlobal("fetch", answer);
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

async function show(units: readonly number[]) {
  const told = { onChanged: vi.fn(), onById: vi.fn(), onClose: vi.fn() };
  render(<TakeBackDialog id="inv_1" plan={plan} units={units} open {...told} />, root);
  await vi.waitFor(() => expect(root.querySelector("form, .take-back-none")).not.toBeNull());
  return told;
}

function submit() {
  root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

function refusal(status: number, code: string): Response {
  return Response.json({ code, status, title: code, detail: "", retryable: false }, { status });
}

describe("taking back what is selected", () => {
  it("finds the sales, says what it will do, and gives back the selected seats only", async () => {
    const { onChanged } = await show([0, 2]);
    expect(root.textContent).toContain("buyer of sale_1");
    expect(root.textContent).toContain("2 pieces of 2 sales to take back, to refund: ₩2,000");
    submit();
    await vi.waitFor(() => expect(onChanged).toHaveBeenCalled());
    expect(returns.map(({ sale, body }) => [sale, body])).toEqual([
      ["sale_1", { offers: [{ offer: "a", quantity: 1 }] }],
      ["sale_2", { offers: [{ offer: "c", quantity: 1 }] }],
    ]);
    await vi.waitFor(() => expect(root.textContent).toContain("Done."));
  });

  it("gives back a whole sale where that is chosen, and leaves others alone", async () => {
    await show([0, 2]);
    const choices = [...root.querySelectorAll<HTMLInputElement>('input[type="radio"]')];
    expect(choices).toHaveLength(5);
    choices[1]?.click();
    choices[4]?.click();
    await vi.waitFor(() => expect(root.textContent).toContain("2 pieces of 1 sale to take back"));
    submit();
    await vi.waitFor(() => expect(root.textContent).toContain("Done."));
    expect(returns.map(({ sale, body }) => [sale, body])).toEqual([["sale_1", {}]]);
  });

  it("tells which sale was refused, and tries only that one again, with the same key", async () => {
    refusals = [refusal(409, "sale_returned")];
    await show([0, 2]);
    submit();
    await vi.waitFor(() => expect(root.textContent).toContain("it was already taken back"));
    expect(root.textContent).toContain("Not everything was taken back. 1 piece of 1 sale");
    submit();
    await vi.waitFor(() => expect(root.textContent).toContain("Done."));
    expect(returns.map(({ sale }) => sale)).toEqual(["sale_1", "sale_2", "sale_1"]);
    expect(returns[2]?.key).toBe(returns[0]?.key);
  });

  it("stops where the server fails, and goes on when it is asked again", async () => {
    refusals = [refusal(500, "internal")];
    await show([0, 2]);
    submit();
    await vi.waitFor(() => expect(root.textContent).toContain("Not everything was taken back"));
    expect(returns).toHaveLength(1);
    submit();
    await vi.waitFor(() => expect(root.textContent).toContain("Done."));
    expect(returns.map(({ sale }) => sale)).toEqual(["sale_1", "sale_1", "sale_2"]);
  });

  it("says so of seats that are nobody's by now", async () => {
    await show([2, 3]);
    expect(root.textContent).toContain("1 seat that was selected is not sold any more");
  });
});
