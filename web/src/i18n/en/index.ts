import { common } from "./common.ts";
import { map, seats } from "./map.ts";
import { operator } from "./operator.ts";

export const en = { common, map, operator, seats };
