import { later } from "../ui/index.ts";

// The pages that are not the event's: each comes when it is first shown.
export const Events = later(() => import("../pages/events/index.tsx"), "events");
export const Tickets = later(() => import("../pages/tickets/index.tsx"), "tickets");
export const Operator = later(() => import("../pages/operator/index.tsx"), "operator", "map");
export const NotFound = later(() => import("../pages/not-found.tsx"));
