// Made by `npm run types` from openapi.json: change that, not this.

/**
 * Who may turn a hold into a sale.
 */
export type Checkout = "key" | "open";
/**
 * What the server thinks of a hold that leaves a single free seat between taken ones.
 */
export type SingleSeats = "off" | "lenient" | "strict";
/**
 * How best available found its places: the first of these steps that has an answer.
 */
export type Step = "one_row" | "one_row_single_left" | "rows" | "sections" | "area";

/**
 * The standing of every unit at one seq.
 */
export interface AvailabilityAnswer {
  /**
   * Areas and items: unit number and what is available.
   */
  counts: [number, number][];
  epoch: number;
  inventory: string;
  plan_version: number;
  /**
   * Base64 of 2 bits for every unit at its number, least significant first: 0 free, 1 held, 2 sold,
   * 3 blocked; areas and items are 0 here.
   */
  seats: string;
  seq: number;
  /**
   * `snapshot`
   */
  type: string;
}
export interface BestWanted {
  /**
   * So many of the quantity are accessible seats.
   */
  accessible?: number;
  /**
   * True: together or not at all. False: together if possible.
   */
  adjacent?: boolean;
  /**
   * Only of this category.
   */
  category?: string | null;
  /**
   * So many of the quantity sit beside the accessible seats, on companion seats where there are any.
   */
  companions?: number;
  /**
   * Only on this floor.
   */
  floor?: string | null;
  /**
   * No piece dearer than this, in minor units; what has no price is not found.
   */
  price_max?: number | null;
  quantity: number;
  /**
   * Only in this section.
   */
  section?: string | null;
  /**
   * Only in this zone.
   */
  zone?: string | null;
}
/**
 * A block.
 */
export interface BlockAnswer {
  channel?: string | null;
  epoch: number;
  /**
   * Whether a code opens it.
   */
  has_code: boolean;
  id: string;
  inventory: string;
  reason?: string | null;
  release_at?: string | null;
  seq: number;
  units: [string, number][];
}
export interface BlockList {
  data: Blocked[];
  has_more: boolean;
}
/**
 * What is off sale now, and what is left in it.
 */
export interface Blocked {
  channel?: string | null;
  has_code: boolean;
  id: string;
  reason?: string | null;
  release_at?: string | null;
  /**
   * Unit id and what of it is left here: what a channel has sold is not.
   */
  units: [string, number][];
}
/**
 * Units to take off sale.
 */
export interface BlockRequest {
  /**
   * For whom they are kept, such as a partner's name: an allotment. Holds of this channel draw from it.
   */
  channel?: string | null;
  /**
   * Whoever knows it may draw from it, 4 to 200 characters; nobody can read it again.
   */
  code?: string | null;
  reason?: string | null;
  /**
   * When what is left of it goes on sale to everybody.
   */
  release_at?: string | null;
  /**
   * Unit id and quantity, at most 2,000 entries; all or none.
   */
  units: [string, number][];
}
/**
 * What holds for one category, beside what holds for all.
 */
export interface CategoryRule {
  on_sale_from?: string | null;
  on_sale_until?: string | null;
  /**
   * Pieces of this category that one buyer may have. Null: no more than of all.
   */
  pieces_per_buyer?: number | null;
}
/**
 * A new inventory: `plan`, or `currency`, `items` and `offers`.
 */
export interface CreateRequest {
  currency?: string | null;
  items?:
    | {
        [k: string]: unknown;
      }[]
    | null;
  /**
   * Without it the plan's own.
   */
  name?: string | null;
  offers?:
    | {
        [k: string]: unknown;
      }[]
    | null;
  /**
   * A whole layout, as in `docs/plan-format.md`.
   */
  plan?: {
    [k: string]: unknown;
  } | null;
  settings?: SettingsPatch | null;
}
/**
 * A change of settings: fields that are absent stay. `null` clears what may be empty.
 */
export interface SettingsPatch {
  /**
   * All rules of categories: those that are not named here end.
   */
  categories?: {
    [k: string]: CategoryRule;
  } | null;
  /**
   * All rules of channels, likewise.
   */
  channels?: {
    [k: string]: Window;
  } | null;
  checkout?: Checkout | null;
  extensions_max?: number | null;
  hold_seconds?: number | null;
  holds_per_buyer?: number | null;
  on_sale_from?: string | null;
  on_sale_until?: string | null;
  pieces_per_buyer?: number | null;
  pieces_per_hold?: number | null;
  pieces_per_hold_min?: number | null;
  release_accessible?: boolean | null;
  single_seats?: SingleSeats | null;
  single_seats_until_left?: number | null;
}
/**
 * When a sale is open.
 */
export interface Window {
  /**
   * Not before this time.
   */
  on_sale_from?: string | null;
  /**
   * Not from this time on.
   */
  on_sale_until?: string | null;
}
/**
 * What is wrong with one part of the request.
 */
export interface FieldError {
  code: string;
  detail: string;
  /**
   * A JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
   */
  pointer: string;
}
/**
 * Pieces of all units by their standing.
 */
export interface Figures {
  available: number;
  blocked: number;
  capacity: number;
  held: number;
  sold: number;
}
/**
 * A group as its buyer sees it.
 */
export interface GroupAnswer {
  buyer: string;
  /**
   * Of all holds alike.
   */
  expires_at?: string | null;
  expires_in_seconds: number;
  /**
   * In the order of the request.
   */
  holds: HoldAnswer[];
  id: string;
  /**
   * When it is sold.
   */
  sales?: SaleAnswer[];
  /**
   * `holding`, `held`, `purchasing`, `sold`, `released`, `expired`.
   */
  state: string;
  total?: Money | null;
}
/**
 * A hold as its buyer sees it.
 */
export interface HoldAnswer {
  /**
   * Whether all seats of the hold are neighbours.
   */
  adjacent: boolean;
  buyer: string;
  epoch: number;
  expires_at: string;
  /**
   * From now, so that a wrong client clock does no harm; 0 when it is over.
   */
  expires_in_seconds: number;
  /**
   * The group that it is a part of; the whole group is given back and purchased at once.
   */
  group?: string | null;
  id: string;
  inventory: string;
  lines: LineAnswer[];
  seq: number;
  /**
   * `held`; in live `hold` frames also `released`, `expired` and `sold`.
   */
  state: string;
  step?: Step | null;
  total?: Money | null;
}
/**
 * Pieces of one offer, the units they take, and one piece's price at hold time.
 */
export interface LineAnswer {
  offer: string;
  price?: Money | null;
  quantity: number;
  /**
   * Unit id and quantity.
   */
  units: [string, number][];
}
/**
 * An amount in minor units of one currency.
 */
export interface Money {
  amount: number;
  currency: string;
}
/**
 * A sale, or what came back of it.
 */
export interface SaleAnswer {
  buyer: string;
  epoch: number;
  /**
   * The hold it came from; null for a direct purchase.
   */
  hold?: string | null;
  id: string;
  inventory: string;
  lines: LineAnswer[];
  seq: number;
  /**
   * `sold`, or `returned` for what came back.
   */
  state: string;
  total?: Money | null;
}
/**
 * What to hold: `holds`, or the same `offers` in each of `inventories`.
 */
export interface GroupRequest {
  /**
   * For whom; a secret key has to say it.
   */
  buyer?: string | null;
  /**
   * Each inventory once, at most 100.
   */
  holds?: PartRequest[] | null;
  inventories?: string[] | null;
  offers?: Pick[] | null;
}
export interface PartRequest {
  inventory: string;
  /**
   * Exactly these, all or none; at most 50 entries.
   */
  offers: Pick[];
}
/**
 * So many pieces of an offer.
 */
export interface Pick {
  offer: string;
  quantity?: number;
}
/**
 * Live holds, in the order of their end.
 */
export interface HoldList {
  data: HoldAnswer[];
  has_more: boolean;
}
/**
 * What to hold: exactly one of `offers` and `best_available`.
 */
export interface HoldRequest {
  best_available?: BestWanted | null;
  /**
   * For whom; a secret key has to say it.
   */
  buyer?: string | null;
  /**
   * The channel that sells, for a secret key: what is kept for it can be had, and its time of sale counts.
   */
  channel?: string | null;
  /**
   * Opens the allotments that have this code.
   */
  code?: string | null;
  /**
   * Exactly these, all or none; at most 50 entries.
   */
  offers?: Pick[] | null;
}
/**
 * An inventory with its live figures.
 */
export interface InventoryAnswer {
  created_at: string;
  currency?: string | null;
  epoch: number;
  figures: Figures;
  id: string;
  name: string;
  plan_version: number;
  seq: number;
  settings: SettingsAnswer;
  /**
   * When it takes place.
   */
  starts_at?: string | null;
  /**
   * How many units the plan has.
   */
  units: number;
  /**
   * Connections that watch it live.
   */
  viewers: number;
}
/**
 * The rules of a sale.
 */
export interface SettingsAnswer {
  categories: {
    [k: string]: CategoryRule;
  };
  channels: {
    [k: string]: Window;
  };
  checkout: Checkout;
  extensions_max: number;
  hold_seconds: number;
  holds_per_buyer: number;
  on_sale_from?: string | null;
  on_sale_until?: string | null;
  pieces_per_buyer?: number | null;
  pieces_per_hold: number;
  pieces_per_hold_min: number;
  release_accessible: boolean;
  single_seats: SingleSeats;
  single_seats_until_left: number;
}
/**
 * A line of the list; figures are those of the last stored snapshot.
 */
export interface InventoryLine {
  /**
   * The time that the figures are of.
   */
  as_of: string;
  created_at: string;
  figures: Figures;
  id: string;
  name: string;
  plan_version: number;
  /**
   * When it takes place.
   */
  starts_at?: string | null;
  units: number;
}
/**
 * One page of inventories, oldest first.
 */
export interface InventoryList {
  data: InventoryLine[];
  has_more: boolean;
}
/**
 * One of several moves: of a hold or of a sale.
 */
export interface MoveEntry {
  from: Pick[];
  hold?: string | null;
  sale?: string | null;
  to: Pick[];
}
/**
 * What to give up and what to take, as many pieces of each.
 */
export interface MoveRequest {
  from: Pick[];
  to: Pick[];
}
/**
 * A hold or sale that has other units now.
 */
export interface MovedAnswer {
  buyer: string;
  difference?: Money | null;
  epoch: number;
  expires_at?: string | null;
  from: LineAnswer[];
  /**
   * Of the hold or the sale.
   */
  id: string;
  inventory: string;
  /**
   * All of it now, with the prices of what was taken as they are now.
   */
  lines: LineAnswer[];
  seq: number;
  /**
   * `held` or `sold`.
   */
  state: string;
  to: LineAnswer[];
  total?: Money | null;
}
/**
 * All that moved, in the order of the request.
 */
export interface MovesAnswer {
  epoch: number;
  inventory: string;
  moves: MovedAnswer[];
  seq: number;
}
/**
 * Several at once: what one gives up another may take.
 */
export interface MovesRequest {
  moves: MoveEntry[];
}
/**
 * An offer as of the last committed record.
 */
export interface OfferAnswer {
  /**
   * So many pieces could be had now: the least that any of its units is enough for.
   */
  available: number;
  id: string;
  label: string;
  price?: Money | null;
  /**
   * Unit id and how many of it one piece takes.
   */
  units: [string, number][];
}
export interface OfferList {
  data: OfferAnswer[];
  epoch: number;
  has_more: boolean;
  seq: number;
}
/**
 * An RFC 9457 problem. Clients decide by `code`; `title` and `detail` are for people and may change.
 */
export interface ProblemDetails {
  /**
   * Stable.
   */
  code: string;
  detail: string;
  errors?: FieldError[];
  /**
   * Which one, where a call speaks of several.
   */
  inventory?: string | null;
  /**
   * Of best available: the most neighbours that are left of what was asked for, or places in one area.
   */
  largest_block?: number | null;
  /**
   * The limit that was reached: its name and size.
   */
  limits?: {
    [k: string]: unknown;
  } | null;
  on_sale_from?: string | null;
  on_sale_until?: string | null;
  request_id: string;
  /**
   * Whether the same request can succeed later; send it with the same key.
   */
  retryable: boolean;
  status: number;
  title: string;
  /**
   * A page about this problem.
   */
  type: string;
  /**
   * The units that are in the way.
   */
  units?: string[];
}
/**
 * The unit's stock after the change.
 */
export interface RestockAnswer {
  capacity: number;
  change: number;
  epoch: number;
  inventory: string;
  seq: number;
  unit: string;
}
/**
 * So many pieces more, or fewer.
 */
export interface RestockRequest {
  /**
   * May be negative, but never below what is held, sold and blocked.
   */
  change: number;
  /**
   * An area or an item.
   */
  unit: string;
}
/**
 * What comes back: nothing given means all that is left of the sale.
 */
export interface ReturnRequest {
  offers?: Pick[] | null;
}
/**
 * A buyer and the token that proves it.
 */
export interface SessionAnswer {
  buyer_id: string;
  expires_at: string;
  /**
   * For `Authorization: Bearer …`.
   */
  token: string;
}

// From here on a stand-in, until openapi.json names these, too.
export interface SnapshotFrame {
  type: "snapshot";
  inventory: string;
  epoch: number;
  seq: number;
  plan_version: number;
  seats: string;
  counts: [number, number][];
}
export interface DeltaFrame {
  type: "delta";
  epoch: number;
  from: number;
  to: number;
  seats: [number, number][];
  counts: [number, number][];
  at_ms: number;
}
export interface ResumedFrame {
  type: "resumed";
  epoch: number;
  from: number;
  to: number;
}
export interface ViewersFrame {
  type: "viewers";
  count: number;
}
export interface PlanFrame {
  type: "plan";
  plan_version: number;
}
export interface HoldFrame {
  type: "hold";
  id: string;
  inventory: string;
  buyer: string;
  group?: string;
  state: "held" | "released" | "expired" | "sold";
  epoch: number;
  seq: number;
  adjacent: boolean;
  step: Step | null;
  lines: LineAnswer[];
  total: Money | null;
  expires_at: string;
  expires_in_seconds: number;
}
export interface PlanPoint {
  x: number;
  y: number;
}
export interface PlanUnit {
  id: string;
  kind: "seat" | "area" | "item";
  capacity: number;
  label: string;
  zone?: string;
  section?: string;
  row?: number;
  category?: string;
  x?: number;
  y?: number;
  gap_before?: boolean;
  accessible?: boolean;
  companion?: boolean;
  restricted_view?: boolean;
  whole?: boolean;
  closed?: boolean;
  min_guests?: number;
  offer: boolean;
  price?: Money | null;
}
export interface PlanSection {
  id: string;
  name: string;
  entrance?: string | null;
}
export interface PlanZone {
  id: string;
  name: string;
  floor: string | null;
  focal_point: PlanPoint | null;
  sections: PlanSection[];
  shapes: Shape[];
}
export interface PlanRow {
  id: string;
  label: string;
  zone: string;
  section: string | null;
  table: boolean;
  whole: boolean;
  units: number[];
}
export interface PlanCategory {
  id: string;
  name: string;
  color: string | null;
  price: Money | null;
}
export interface PlanOffer {
  id: string;
  label: string;
  price: Money | null;
  units: Record<string, number>;
}
export interface PlanFloor {
  id: string;
  name: string;
}
export interface PlanAnswer {
  plan_version: number;
  name: string;
  currency: string | null;
  size: { width: number; height: number } | null;
  focal_point: PlanPoint | null;
  units: PlanUnit[];
  zones: PlanZone[];
  rows: PlanRow[];
  categories: PlanCategory[];
  offers: PlanOffer[];
  floors: PlanFloor[];
}
interface Drawn {
  color?: string;
  border_color?: string;
  rotation?: number;
  label?: string;
}
export interface RectangleShape extends Drawn {
  kind: "rectangle";
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface CircleShape extends Drawn {
  kind: "circle";
  x: number;
  y: number;
  radius: number;
}
export interface EllipseShape extends Drawn {
  kind: "ellipse";
  x: number;
  y: number;
  radius_x: number;
  radius_y: number;
}
export interface PolygonShape extends Drawn {
  kind: "polygon";
  points: PlanPoint[];
}
export interface TextShape {
  kind: "text";
  x: number;
  y: number;
  text: string;
  color?: string;
  size?: number;
  rotation?: number;
}
export type PlanShape = RectangleShape | CircleShape | EllipseShape | PolygonShape | TextShape;
export interface Shape {
  kind: string;
  [field: string]: unknown;
}
export interface SaleList {
  data: SaleAnswer[];
  has_more: boolean;
}
export interface ActivityMinute {
  at: string;
  holds: number;
  purchases: number;
  released: number;
  expired: number;
  returned: number;
  viewers_max: number;
  refused: Record<string, number>;
}
export interface ActivityAnswer {
  since: string;
  minutes: ActivityMinute[];
}
