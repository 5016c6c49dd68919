import type { Translated } from "../catalogue.ts";
import type { map as en } from "../en/map.ts";

export const map: Translated<typeof en> = {};
