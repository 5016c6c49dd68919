import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chooseLanguage } from "../../../i18n/index.ts";
import type { Loose } from "../document/loose.ts";
import { PlanSource } from "./PlanSource.tsx";

const PLAN = { name: "hall", currency: null, zones: [] };
const GRID = "# zones: R\nR:A1,R:A1,R";

/** A server that refuses a grid until it may repair it. */
function answer(url: string): Response {
  const query = new URL(url, "http://server").searchParams;
  asked.push(Object.fromEntries(query));
  const at = "line 2, column 2";
  const defects = [{ code: "duplicate_id", pointer: at, detail: "R-A1 is there twice" }];
  const repaired = [{ code: "duplicate_id", pointer: at, detail: "R-A1 is now R-A1~2" }];
  const counts = { seats: 2, areas: 0, units: 2 };
  if (query.get("currency") === "QQQ") return refusal(422, "invalid_query", [{ pointer: "?currency" }]);
  return query.get("repair") === "true"
    ? Response.json({ plan: { ...PLAN, currency: query.get("currency") }, ...counts, defects, repaired })
    : Response.json({ plan: null, ...counts, defects, repaired: [] });
}

function refusal(status: number, code: string, errors: object[] = []): Response {
  return Response.json({ status, code, title: code, detail: "", retryable: false, errors }, { status });
}

let root: HTMLElement;
let asked: Record<string, string>[];
const onDocument = vi.fn<(document: Loose | undefined, name: string) => void>();

beforeEach(() => {
  chooseLanguage("en");
  asked = [];
  onDocument.mockReset();
  vi.stubGlobal("fetch", async (url: string) => answer(url));
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.unstubAllGlobals();
});

function choose(content: string, name: string) {
  const input = root.querySelector<HTMLInputElement>('[type="file"]');
  Object.defineProperty(input, "files", { value: [new File([content], name)], configurable: true });
  input?.dispatchEvent(new Event("change", { bubbles: true }));
}

function repair() {
  const all = [...root.querySelectorAll("button")];
  all.find((button) => button.textContent === "Repair what can be repaired")?.click();
}

function typeCurrency(value: string) {
  const field = root.querySelector<HTMLInputElement>('[maxlength="3"]');
  if (!field) throw new Error("there is no currency field");
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const says = (words: string) => vi.waitFor(() => expect(root.textContent).toContain(words));
const lastDocument = () => onDocument.mock.lastCall?.[0];

it("keeps our own plans from the server", async () => {
  render(<PlanSource onDocument={onDocument} />, root);
  choose('{"name":"A","items":[]}', "a.json");
  await vi.waitFor(() => expect(onDocument).toHaveBeenCalledWith({ name: "A", items: [] }, "a.json"));
  expect(asked).toEqual([]);
});

it("shows what is wrong with a grid, and takes it when it is repaired", async () => {
  render(<PlanSource onDocument={onDocument} />, root);
  choose(GRID, "hall.csv");
  await says("Read as: CSV");
  await says("The plan has 1 defect; nothing was saved");
  expect(root.textContent).toContain("Duplicate id ×1");
  expect(root.querySelector("details")?.open).toBe(false);
  expect(root.textContent).toContain("2 seats · 0 areas · 2 units");
  expect(root.textContent).toContain("Line 2, column 2");
  expect(lastDocument()).toBeUndefined();
  repair();
  await says("1 thing was repaired");
  expect(root.textContent).toContain("R-A1 is now R-A1~2");
  expect(root.textContent).not.toContain("nothing was saved");
  expect(onDocument).toHaveBeenLastCalledWith(PLAN, "hall.csv");
  expect(asked).toEqual([
    { format: "csv", file_name: "hall" },
    { format: "csv", file_name: "hall", repair: "true" },
  ]);
});

it("tells how many of what are wrong, left out and not for sale, however few are listed", async () => {
  const defect = { code: "duplicate_id", pointer: "line 2, column 2", detail: "again" };
  const told = {
    ...{ plan: null, format: "csv", seats: 738, areas: 0, units: 738, offers: 600, not_for_sale: 138 },
    ...{ read_alike: 546, defects: [defect], repaired: [], settled: [] },
    counts: [{ code: "duplicate_id", count: 420, repaired: 0 }],
    left_out: [{ what: "sofa of seats", count: 21 }],
  };
  vi.stubGlobal("fetch", async () => Response.json(told));
  render(<PlanSource onDocument={onDocument} />, root);
  choose("section,row,seat", "hall.txt");
  await says("Read as: CSV");
  await says("Duplicate id ×420");
  await says("The plan has 420 defects");
  await says("138 in no offer · 546 read like another on a ticket");
  await says("21 × sofa of seats");
});

it("takes no plan while its currency is half typed, or unknown", async () => {
  render(<PlanSource onDocument={onDocument} />, root);
  choose(GRID, "hall.csv");
  await says("1 defect");
  repair();
  await vi.waitFor(() => expect(lastDocument()).toEqual(PLAN));
  typeCurrency("us");
  await says("This is not a currency code.");
  expect(lastDocument()).toBeUndefined();
  expect(asked).toHaveLength(2);
  typeCurrency("usd");
  await vi.waitFor(() => expect(lastDocument()).toEqual({ ...PLAN, currency: "USD" }));
  expect(root.textContent).not.toContain("This is not a currency code.");
  typeCurrency("QQQ");
  await says("This is not a currency code.");
  expect(lastDocument()).toBeUndefined();
});

it("begins with the currency that it is given", async () => {
  render(<PlanSource currency="KRW" onDocument={onDocument} />, root);
  choose(GRID, "hall.csv");
  await says("1 defect");
  expect(asked).toEqual([{ format: "csv", file_name: "hall", currency: "KRW" }]);
  expect(root.querySelector<HTMLInputElement>('[maxlength="3"]')?.value).toBe("KRW");
});

it("names the command where the server cannot read it", async () => {
  vi.stubGlobal("fetch", async () => refusal(404, "route_unknown"));
  render(<PlanSource onDocument={onDocument} />, root);
  choose('{"subChart":{}}', "chart.json");
  await says("fairhold import FILE --format seatsio");
});

it("says why an answer failed, and asks again", async () => {
  vi.stubGlobal("fetch", async () => refusal(403, "forbidden"));
  render(<PlanSource onDocument={onDocument} />, root);
  choose(GRID, "hall.csv");
  await says("it needs the operator role");
  vi.stubGlobal("fetch", async (url: string) => answer(url));
  const again = [...root.querySelectorAll("button")].find((button) => button.textContent === "Try again");
  again?.click();
  await says("1 defect");
});

it("forgets the answer about a file when another is chosen", async () => {
  let release = (_: Response) => {};
  const late = new Promise<Response>((resolve) => {
    release = resolve;
  });
  vi.stubGlobal("fetch", () => late);
  render(<PlanSource onDocument={onDocument} />, root);
  choose(GRID, "hall.csv");
  await says("The server is reading it");
  choose('{"name":"A","items":[]}', "a.json");
  await vi.waitFor(() => expect(lastDocument()).toEqual({ name: "A", items: [] }));
  release(answer("/v1/plans?repair=true"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(lastDocument()).toEqual({ name: "A", items: [] });
});
