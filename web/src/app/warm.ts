import { stepsOf } from "../store/address.ts";
import { openInventory } from "../store/inventory.ts";
import { Events } from "./pages.ts";

/** Begins what the page at this address will ask for, before there is anything to show it in. */
export function warm(path: string) {
  if (path === "/") Events.preload();
  const [first, id] = stepsOf(path);
  // It lingers until the page opens it again.
  if (first === "events" && id) openInventory(id).close();
}
