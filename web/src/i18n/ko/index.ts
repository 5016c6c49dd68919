import { common } from "./common.ts";
import { map } from "./map.ts";
import { operator } from "./operator.ts";

export const ko = { common, map, operator };
