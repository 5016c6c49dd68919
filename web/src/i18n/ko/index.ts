import { common } from "./common.ts";
import { map, seats } from "./map.ts";
import { operator } from "./operator.ts";

export const ko = { common, map, operator, seats };
