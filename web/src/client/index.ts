export { Api, type ApiOptions, type ChangeOptions, type InventoryQuery, newKey } from "./api.ts";
export { BLOCKED, Board, type Changed, FREE, HELD, SOLD, type Status, unpack } from "./board.ts";
export { type DeviceClocks, type Expiring, ServerClock } from "./clock.ts";
export type { Connection, Live, LiveOptions, Newest } from "./connection.ts";
export { DEADLINES, type Deadlines } from "./deadline.ts";
export type { Frame } from "./frames.ts";
export { available, leftBeside, type Offer, piecesOf, shortUnits } from "./offers.ts";
export { OperatorApi, type Tagged } from "./operator-api.ts";
export { PlanIndex } from "./plan.ts";
export { OFFLINE, ProblemError } from "./problem.ts";
export {
  backOff,
  DEFAULT_RETRY,
  type Patience,
  type RetryOptions,
  type Waiting,
  withRetries,
} from "./retry.ts";
export { Session, type SessionOptions } from "./session.ts";
export { connect, type TabOptions } from "./tabs.ts";
export type * from "./types.gen.ts";
