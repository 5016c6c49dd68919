// The seat map and the list beside it, and what pages need to know of plans.
import { later } from "../ui/index.ts";

/** Comes when it is first asked for. */
export const SeatList = later(() => import("./SeatList.tsx"), "map", "list");

export { Prices, Signs } from "./Legend.tsx";
export { fullName, nameOf, shortName, type UnitName } from "./names.ts";
export { type Pick, pickOf, pickOfOffer, stepOver } from "./picks.ts";
export type { LassoForm } from "./pointer.ts";
export type { SeatListProps } from "./SeatList.tsx";
export { type MapHandle, SeatMap, type SeatMapProps } from "./SeatMap.tsx";
