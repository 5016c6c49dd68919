import { openInventory } from "../store/inventory.ts";
import { Events } from "./pages.ts";

/** Begins what the page at this address will ask for, before there is anything to show it in. */
export function warm(path: string) {
  if (path === "/") Events.preload();
  const id = /^\/events\/([^/]+)\/?$/.exec(path)?.[1];
  // It lingers until the page opens it again.
  if (id) openInventory(decodeURIComponent(id)).close();
}
