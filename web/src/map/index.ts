// The seat map and the list beside it, and what pages need to know of plans.

export { Prices, Signs } from "./Legend.tsx";
export { fullName, nameOf, shortName, type UnitName } from "./names.ts";
export { type Pick, pickOf, pickOfOffer } from "./picks.ts";
export type { LassoForm } from "./pointer.ts";
export { SeatList, type SeatListProps, stepOver } from "./SeatList.tsx";
export { type MapHandle, SeatMap, type SeatMapProps } from "./SeatMap.tsx";
