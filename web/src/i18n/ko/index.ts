import { cafe } from "./cafe.ts";
import { common } from "./common.ts";
import { events } from "./events.ts";
import { map, seats } from "./map.ts";
import { problems } from "./problems.ts";
import { sale } from "./sale.ts";
import { tickets } from "./tickets.ts";

export const ko = { cafe, common, events, map, problems, sale, seats, tickets };
