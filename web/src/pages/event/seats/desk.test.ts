import { afterEach, beforeEach, expect, it } from "vitest";
import type { InventoryAnswer, SettingsAnswer } from "../../../client/types.gen.ts";
import { language } from "../../../i18n/index.ts";
import { FakeInventory, holdOf, SETTINGS } from "../../../store/fakes.ts";
import { type Desk, makeDesk } from "./desk.ts";

let open: FakeInventory;
let desk: Desk;

const begin = (limits: Partial<SettingsAnswer>) => {
  open = new FakeInventory();
  open.facts.value = { name: "Hall", settings: { ...SETTINGS, ...limits } } as InventoryAnswer;
  desk = makeDesk(open);
};
const chosen = () => [...desk.basket.chosen.value.keys()];

beforeEach(() => {
  language.value = "en";
});

afterEach(() => desk.basket.close());

it("takes no more than one person may hold, and lets go of what is chosen", () => {
  begin({ pieces_per_buyer: 2 });
  for (const unit of [0, 1, 2]) desk.pick(unit);
  expect(chosen()).toEqual(["A-1", "A-2"]);
  desk.pick(1);
  desk.pick(2);
  expect(chosen()).toEqual(["A-1", "A-3"]);
});

it("counts what is held already", () => {
  begin({ pieces_per_buyer: 2 });
  open.book.put(holdOf("hold_1", ["A-1"]));
  for (const unit of [1, 2]) desk.pick(unit);
  expect(chosen()).toEqual(["A-2"]);
});

it("takes no more than fits into one hold", () => {
  begin({ pieces_per_hold: 3 });
  for (const unit of [0, 1, 2, 3]) desk.pick(unit);
  expect(chosen()).toEqual(["A-1", "A-2", "A-3"]);
});
