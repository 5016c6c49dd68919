// The seat map and the list beside it, and what pages need to know of plans.
export type { LassoForm } from "./engine.ts";
export { Legend } from "./Legend.tsx";
export { fullName, nameOf, shortName, type UnitName } from "./names.ts";
export { type Pick, pickOf, tableOf, unitsOfOffer } from "./picks.ts";
export { type MapHandle, SeatMap, type SeatMapProps } from "./SeatMap.tsx";
