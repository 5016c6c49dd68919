// States in words.
import { t } from "../i18n/index.ts";
import type { Look } from "./looks.ts";

const KEYS = [
  "map.free",
  "map.chosen",
  "map.mine",
  "map.held",
  "map.sold",
  "map.blocked",
  "map.lost",
  "map.off",
] as const;

export function lookName(look: Look): string {
  return t(KEYS[look]);
}
