import { render } from "preact";
import { useState } from "preact/hooks";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Tabs } from "./Tabs.tsx";

let root: HTMLElement;
beforeEach(() => {
  root = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, root);
  root.remove();
});

const TABS = ["one", "two", "three"].map((id) => ({ id, label: id }));

function Page() {
  const [chosen, setChosen] = useState("one");
  return <Tabs label="parts" name="t" tabs={TABS} chosen={chosen} onChoice={setChosen} />;
}

const selected = () => root.querySelector('[aria-selected="true"]')?.textContent;

async function press(key: string, expected: string) {
  const from = root.querySelector('[aria-selected="true"]');
  from?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await vi.waitFor(() => expect(selected()).toBe(expected));
  expect(document.activeElement?.textContent).toBe(expected);
}

it("tabs are gone through by arrows, from end to end", async () => {
  render(<Page />, root);
  await press("ArrowRight", "two");
  await press("End", "three");
  await press("ArrowRight", "one");
  await press("ArrowLeft", "three");
  await press("Home", "one");
  expect(root.querySelectorAll('[tabindex="0"]')).toHaveLength(1);
});
