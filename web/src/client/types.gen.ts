// Made by `npm run types` from openapi.json: change that, not this.

/**
 * Who may turn a hold into a sale.
 */
export type Checkout = "key" | "open";
/**
 * Who may see an inventory.
 */
export type Listing = "draft" | "unlisted" | "public";
/**
 * What the server thinks of a hold that leaves a single free seat between taken ones.
 */
export type SingleSeats = "off" | "lenient" | "strict";
/**
 * How best available found its places: the first of these steps that has an answer.
 */
export type Step = "one_row" | "one_row_single_left" | "rows" | "sections" | "area";
/**
 * How the public sale stands.
 */
export type SalePhase = "upcoming" | "open" | "closed" | "sold_out" | "cancelled";
/**
 * What a viewer gets, one by one. Types that are not known are to be ignored: new ones may come.
 */
export type LiveFrame =
  | SnapshotFrame
  | DeltaFrame
  | ResumedFrame
  | ViewersFrame
  | PlanFrame
  | BeatFrame
  | HoldFrame
  | InventoryFrame;
/**
 * Something to draw.
 */
export type PlanShape = RectangleShape | CircleShape | EllipseShape | PolygonShape | TextShape;
export type PlanUnitKind = "seat" | "area" | "item";

/**
 * The last 60 minutes, as counted by this server since it loaded the inventory.
 */
export interface ActivityAnswer {
  /**
   * Oldest first. A minute in which nothing happened is not here.
   */
  minutes: MinuteAnswer[];
  /**
   * Refusals of all these minutes, by their code.
   */
  refused: {
    [k: string]: number;
  };
  /**
   * When the counting began; nothing is known of the time before.
   */
  since: string;
}
/**
 * One minute in which something happened.
 */
export interface MinuteAnswer {
  /**
   * When it began.
   */
  at: string;
  /**
   * Holds that ended by their time.
   */
  expired: number;
  /**
   * Holds that were made.
   */
  holds: number;
  /**
   * Sales that were made.
   */
  purchases: number;
  /**
   * Refusals by their code.
   */
  refused: {
    [k: string]: number;
  };
  /**
   * Holds that were given back.
   */
  released: number;
  /**
   * Returns after refunds.
   */
  returned: number;
  /**
   * The most connections at a time that watched, as seen once a second.
   */
  viewers_max: number;
}
/**
 * What a WebSocket client sends first to get the `hold` frames of its buyer.
 */
export interface AuthFrame {
  /**
   * A token of `POST /v1/sessions`.
   */
  token: string;
  type: "auth";
}
/**
 * Nothing happened, and the stream lives: every three seconds on a WebSocket, whose pings a page cannot see.
 * Server-sent events have a comment instead.
 */
export interface BeatFrame {
  type: "beat";
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
  channel: string | null;
  epoch: number;
  /**
   * Whether a code opens it.
   */
  has_code: boolean;
  id: string;
  inventory: string;
  reason: string | null;
  release_at: string | null;
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
  channel: string | null;
  has_code: boolean;
  id: string;
  reason: string | null;
  release_at: string | null;
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
   * Whoever knows it may draw from it, 8 to 200 characters, however they write it (case, width, dashes, blanks at
   * its ends); nobody can read it again.
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
 * Why the event does not take place.
 */
export interface CancelRequest {
  /**
   * In words for those who have bought.
   */
  reason: string;
}
/**
 * When and why the sale was ended for good.
 */
export interface CancelledAnswer {
  at: string;
  reason: string;
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
 * What holds for one category, beside what holds for all.
 */
export interface CategoryRuleAnswer {
  on_sale_from: string | null;
  on_sale_until: string | null;
  /**
   * Pieces of this category that one buyer may have. Null: no more than of all.
   */
  pieces_per_buyer: number | null;
}
/**
 * Into a hold and out of it.
 */
export interface ChangeRequest {
  /**
   * What comes in, at the prices of now.
   */
  add?: Pick[];
  /**
   * As of a new hold, for what comes in.
   */
  channel?: string | null;
  code?: string | null;
  /**
   * What goes out.
   */
  remove?: Pick[];
}
/**
 * So many pieces of an offer.
 */
export interface Pick {
  offer: string;
  quantity?: number;
}
/**
 * `x` and `y` are its centre.
 */
export interface CircleShape {
  border_color?: string;
  color?: string;
  kind: "circle";
  label?: string;
  radius: number;
  /**
   * Degrees, clockwise, around `x` and `y`.
   */
  rotation?: number;
  x: number;
  y: number;
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
  listing?: Listing | null;
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
  /**
   * When the event begins, if it is one: with an offset, or as clocks in its time zone show it. The public sale ends
   * then, unless `on_sale_until` or `sale_ends_before_start_seconds` says something else.
   */
  starts_at?: string | null;
  /**
   * Where clocks show the event's time, by its IANA name.
   */
  time_zone?: string | null;
  venue?: string | null;
}
/**
 * A change of settings and details: fields that are absent stay. `null` clears what may be empty.
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
  listing?: Listing | null;
  name?: string | null;
  on_sale_from?: string | null;
  on_sale_until?: string | null;
  pieces_per_buyer?: number | null;
  pieces_per_hold?: number | null;
  pieces_per_hold_min?: number | null;
  pieces_per_hold_of_keys?: number | null;
  release_accessible?: boolean | null;
  release_accessible_at?: string | null;
  /**
   * The public sale ends so long before the event begins. Null: the begin does not end it.
   */
  sale_ends_before_start_seconds?: number | null;
  single_seats?: SingleSeats | null;
  single_seats_until_left?: number | null;
  /**
   * When the event begins: with an offset, or as clocks in its time zone show it. The end of the sale moves with it.
   */
  starts_at?: string | null;
  /**
   * Where clocks show the event's time, by its IANA name.
   */
  time_zone?: string | null;
  venue?: string | null;
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
 * How many defects have a code, and how many of them were repaired.
 */
export interface DefectCount {
  code: string;
  count: number;
  repaired: number;
}
/**
 * What changed in the records after `from` up to and including `to`: the last status per unit.
 */
export interface DeltaFrame {
  /**
   * Time of the last commit, milliseconds since 1970.
   */
  at_ms: number;
  /**
   * Areas and items: unit number and what is available.
   */
  counts: [number, number][];
  epoch: number;
  from: number;
  /**
   * Seats: unit number and status, 0 free, 1 held, 2 sold, 3 blocked.
   */
  seats: [number, number][];
  to: number;
  type: "delta";
}
/**
 * `x` and `y` are its centre.
 */
export interface EllipseShape {
  border_color?: string;
  color?: string;
  kind: "ellipse";
  label?: string;
  radius_x: number;
  radius_y: number;
  /**
   * Degrees, clockwise, around `x` and `y`.
   */
  rotation?: number;
  x: number;
  y: number;
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
  expires_at: string | null;
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
  total: Money | null;
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
  group?: string;
  id: string;
  inventory: string;
  lines: LineAnswer[];
  seq: number;
  /**
   * `held`; in live `hold` frames also `released`, `expired` and `sold`.
   */
  state: string;
  step: Step | null;
  total: Money | null;
}
/**
 * Pieces of one offer, the units they take, and one piece's price at hold time.
 */
export interface LineAnswer {
  offer: string;
  price: Money | null;
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
  hold: string | null;
  id: string;
  inventory: string;
  lines: LineAnswer[];
  seq: number;
  /**
   * `sold`, or `returned` for what came back.
   */
  state: string;
  total: Money | null;
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
 * A hold of the buyer that this connection has proved to be: all that live, again after every snapshot, and
 * each that begins, changes or ends.
 */
export interface HoldFrame {
  adjacent: boolean;
  buyer: string;
  epoch: number;
  expires_at: string;
  expires_in_seconds: number;
  /**
   * The group that it is a part of.
   */
  group?: string;
  id: string;
  inventory: string;
  lines: LineAnswer[];
  seq: number;
  state: "held" | "released" | "expired" | "sold";
  step: Step | null;
  total: Money | null;
  type: "hold";
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
   * Exactly these, all or none; at most 50 entries, for a secret key 1,000.
   */
  offers?: Pick[] | null;
}
/**
 * An inventory with its live figures.
 */
export interface InventoryAnswer {
  /**
   * The time that figures and sale are of, by the clock of the inventory.
   */
  as_of: string;
  cancelled: CancelledAnswer | null;
  created_at: string;
  currency: string | null;
  epoch: number;
  figures: Figures;
  id: string;
  listing: Listing;
  name: string;
  plan_version: number;
  sale: PublicSale;
  seq: number;
  settings: SettingsAnswer;
  /**
   * True while the store cannot be written, and nothing can be sold: figures are the last that are known.
   */
  stale?: boolean;
  /**
   * When the event begins; null when it is none, or nobody has said it.
   */
  starts_at: string | null;
  /**
   * The same as clocks show it where it takes place, with their offset: by the time zone, else as it was given.
   * Null when neither is known.
   */
  starts_at_local: string | null;
  /**
   * Where it takes place, by the IANA name.
   */
  time_zone: string | null;
  /**
   * How many units the plan has.
   */
  units: number;
  venue: string | null;
  /**
   * Connections that watch it live.
   */
  viewers: number;
}
/**
 * The sale to everybody; channels and categories may have times of their own.
 */
export interface PublicSale {
  /**
   * Null: no end is set.
   */
  closes_at: string | null;
  /**
   * Null: since it was made.
   */
  opens_at: string | null;
  state: SalePhase;
}
/**
 * The rules of a sale.
 */
export interface SettingsAnswer {
  categories: {
    [k: string]: CategoryRuleAnswer;
  };
  /**
   * For secret keys alone: partners' names are nobody else's business.
   */
  channels?: {
    [k: string]: WindowAnswer;
  };
  checkout: Checkout;
  extensions_max: number;
  hold_seconds: number;
  holds_per_buyer: number;
  on_sale_from: string | null;
  on_sale_until: string | null;
  pieces_per_buyer: number | null;
  pieces_per_hold: number;
  pieces_per_hold_min: number;
  /**
   * Pieces in one hold that a secret key makes; null: no more than in any.
   */
  pieces_per_hold_of_keys: number | null;
  release_accessible: boolean;
  release_accessible_at: string | null;
  /**
   * The public sale ends so long before the event begins; null: the begin does not end it.
   */
  sale_ends_before_start_seconds: number | null;
  single_seats: SingleSeats;
  single_seats_until_left: number;
}
/**
 * When a sale is open.
 */
export interface WindowAnswer {
  on_sale_from: string | null;
  on_sale_until: string | null;
}
/**
 * What everybody is told of the inventory beside its units: behind every snapshot and resumption, and when the operator
 * changes it. The sale also opens and closes by its times alone, of which no frame tells.
 */
export interface InventoryFrame {
  cancelled: CancelledAnswer | null;
  epoch: number;
  inventory: string;
  listing: Listing;
  name: string;
  sale: PublicSale;
  seq: number;
  starts_at: string | null;
  /**
   * The same as clocks there show it, with their offset.
   */
  starts_at_local: string | null;
  time_zone: string | null;
  type: "inventory";
  venue: string | null;
}
/**
 * A line of the list. Figures and sale are those of now where this server has the inventory in memory, which it has
 * while anything goes on there; else those of the last stored snapshot.
 */
export interface InventoryLine {
  /**
   * The time that the figures are of; how the sale stands is of now.
   */
  as_of: string;
  cancelled: CancelledAnswer | null;
  created_at: string;
  figures: Figures;
  id: string;
  listing: Listing;
  name: string;
  plan_version: number;
  sale: PublicSale;
  /**
   * When the event begins; null when it is none, or nobody has said it.
   */
  starts_at: string | null;
  /**
   * The same as clocks show it where it takes place, with their offset: by the time zone, else as it was given.
   * Null when neither is known.
   */
  starts_at_local: string | null;
  /**
   * Where it takes place, by the IANA name.
   */
  time_zone: string | null;
  units: number;
  venue: string | null;
}
/**
 * One page of inventories, oldest first.
 */
export interface InventoryList {
  /**
   * The server's time: how sales stand is of now.
   */
  as_of: string;
  data: InventoryLine[];
  has_more: boolean;
}
/**
 * The standing of every unit at one seq: the first frame, and what `availability` answers.
 */
export interface SnapshotFrame {
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
   * Only there, and true, while the store cannot be written: this may be old, and nothing can be sold.
   */
  stale?: boolean;
  type: "snapshot";
}
/**
 * The first frame instead of a snapshot: the deltas that are missing follow.
 */
export interface ResumedFrame {
  epoch: number;
  from: number;
  to: number;
  type: "resumed";
}
/**
 * How many connections watch; at most once a second.
 */
export interface ViewersFrame {
  count: number;
  type: "viewers";
}
/**
 * A new plan version: fetch the plan again. A snapshot follows.
 */
export interface PlanFrame {
  plan_version: number;
  type: "plan";
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
  difference: Money | null;
  epoch: number;
  expires_at?: string;
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
  total: Money | null;
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
  price: Money | null;
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
 * A layout and its offers: one version of a plan, which never changes.
 */
export interface PlanAnswer {
  categories: PlanCategory[];
  /**
   * Null when nothing has a price.
   */
  currency: string | null;
  floors: PlanFloor[];
  focal_point: PlanPoint | null;
  name: string;
  /**
   * What can be picked that is not simply one unit.
   */
  offers: PlanOffer[];
  plan_version: number;
  rows: PlanRow[];
  size: PlanSize | null;
  /**
   * In unit order: a unit's number is its place here, and its for life.
   */
  units: PlanUnit[];
  zones: PlanZone[];
}
/**
 * A price band.
 */
export interface PlanCategory {
  color: string | null;
  id: string;
  name: string;
  price: Money | null;
}
export interface PlanFloor {
  id: string;
  name: string;
}
/**
 * In the plan's own unit; y grows downwards, as on a screen.
 */
export interface PlanPoint {
  x: number;
  y: number;
}
/**
 * A price and a bill of units.
 */
export interface PlanOffer {
  id: string;
  label: string;
  price: Money | null;
  /**
   * Unit id and how many of it one piece takes.
   */
  units: {
    [k: string]: number;
  };
}
/**
 * Seats beside each other: a row, or the seats of a table.
 */
export interface PlanRow {
  /**
   * May be empty.
   */
  id: string;
  label: string;
  /**
   * A section's id.
   */
  section: string | null;
  shape?: PlanShape;
  table: boolean;
  /**
   * The numbers of its seats, in order.
   */
  units: number[];
  /**
   * A table that is sold as a whole: its offer has the id of the row.
   */
  whole: boolean;
  /**
   * A zone's id.
   */
  zone: string;
}
/**
 * `x` and `y` are its upper left corner.
 */
export interface RectangleShape {
  border_color?: string;
  color?: string;
  height: number;
  kind: "rectangle";
  label?: string;
  /**
   * Degrees, clockwise, around `x` and `y`.
   */
  rotation?: number;
  width: number;
  x: number;
  y: number;
}
export interface PolygonShape {
  border_color?: string;
  color?: string;
  kind: "polygon";
  label?: string;
  points: PlanPoint[];
  /**
   * Degrees, clockwise, around its first point.
   */
  rotation?: number;
}
/**
 * `x` and `y` are the middle of the text.
 */
export interface TextShape {
  color?: string;
  kind: "text";
  /**
   * Degrees, clockwise, around its point.
   */
  rotation?: number;
  size?: number;
  text: string;
  x: number;
  y: number;
}
export interface PlanSize {
  height: number;
  width: number;
}
/**
 * One claimable thing. What is left of it stands in `availability` and in the live stream. A mark that is
 * absent is false.
 */
export interface PlanUnit {
  /**
   * For wheelchairs.
   */
  accessible?: boolean;
  /**
   * The first stock.
   */
  capacity: number;
  /**
   * A category's id.
   */
  category?: string;
  /**
   * No longer a part of the plan: it keeps its number and stays off sale.
   */
  closed?: boolean;
  /**
   * Beside an accessible seat, for whoever comes along.
   */
  companion?: boolean;
  /**
   * An aisle lies between the seat before it and this one.
   */
  gap_before?: boolean;
  id: string;
  kind: PlanUnitKind;
  /**
   * What people read.
   */
  label: string;
  /**
   * It is picked with the number of guests, from this many to its capacity.
   */
  min_guests?: number;
  /**
   * Whether it can be picked by its own id.
   */
  offer: boolean;
  price?: Money | null;
  restricted_view?: boolean;
  /**
   * The place of its row in `rows`.
   */
  row?: number;
  /**
   * A section's id, unique in its zone.
   */
  section?: string;
  shape?: PlanShape;
  /**
   * It is taken all at once: a booth, or a seat of a table that is sold as a whole.
   */
  whole?: boolean;
  x?: number;
  y?: number;
  /**
   * A zone's id.
   */
  zone?: string;
}
/**
 * A part of the house.
 */
export interface PlanZone {
  /**
   * A floor's id.
   */
  floor: string | null;
  focal_point: PlanPoint | null;
  id: string;
  name: string;
  sections: PlanSection[];
  /**
   * Drawn, never sold.
   */
  shapes: PlanShape[];
}
export interface PlanSection {
  /**
   * Where its people come in.
   */
  entrance?: string;
  /**
   * Unique in its zone.
   */
  id: string;
  /**
   * May be empty.
   */
  name: string;
}
/**
 * What a file holds, and all that is wrong with it.
 */
export interface PlanReadAnswer {
  areas: number;
  /**
   * How many there are of each code.
   */
  counts: DefectCount[];
  /**
   * What was found, also what was repaired then; pointers are into the file. The first 100 of each code.
   */
  defects: FieldError[];
  /**
   * What the file was read as: `fairhold`, `pretix`, `seatsio` or `csv`. Null: nobody knows.
   */
  format: string | null;
  /**
   * What of the file has no place here.
   */
  left_out: TallyAnswer[];
  /**
   * Seats and areas that are in no offer.
   */
  not_for_sale: number;
  /**
   * What can be bought.
   */
  offers: number;
  /**
   * In our own format, as `POST /v1/inventories` and `PUT …/plan` take it. Null: refused for its defects.
   */
  plan: {
    [k: string]: unknown;
  } | null;
  /**
   * Seats and areas whose tickets would say what those of others say.
   */
  read_alike: number;
  /**
   * What was changed, and what it was before and after. The first 100 of each code.
   */
  repaired: FieldError[];
  seats: number;
  /**
   * What positions and numbers say that the file does not: who is whose neighbour.
   */
  settled: TallyAnswer[];
  units: number;
}
/**
 * How many of what.
 */
export interface TallyAnswer {
  count: number;
  what: string;
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
  inventory?: string;
  /**
   * Of best available: the most neighbours that are left of what was asked for, or places in one area.
   */
  largest_block?: number;
  /**
   * The limit that was reached: its name and size.
   */
  limits?: {
    [k: string]: number;
  };
  on_sale_from?: string;
  on_sale_until?: string;
  request_id: string;
  /**
   * It is not worth a try before; the same as the header `Retry-After`.
   */
  retry_after_seconds?: number;
  /**
   * Whether the same request can succeed later; send it with the same key.
   */
  retryable: boolean;
  status: number;
  /**
   * All that is in the way of a new plan.
   */
  stranded?: Stranded[];
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
 * A unit that a new plan cannot change like that.
 */
export interface Stranded {
  unit: string;
  /**
   * `closed`, `relabelled` or `capacity`.
   */
  why: string;
}
/**
 * The plan in force from now on, and what it changed.
 */
export interface ReplanAnswer {
  added: number;
  closed: number;
  epoch: number;
  inventory: string;
  plan_version: number;
  reopened: number;
  seq: number;
  /**
   * How many units have a number, closed ones among them.
   */
  units: number;
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
 * One page of sales, newest first, as of the last committed record.
 */
export interface SaleList {
  data: SoldAnswer[];
  epoch: number;
  has_more: boolean;
  seq: number;
}
/**
 * What a buyer has of a sale now, in a list of them.
 */
export interface SoldAnswer {
  buyer: string;
  id: string;
  inventory: string;
  /**
   * What is left of it after returns.
   */
  lines: LineAnswer[];
  /**
   * What came back of it.
   */
  returned: LineAnswer[];
  /**
   * When the last of it came back; null when nothing did.
   */
  returned_at: string | null;
  returned_total: Money | null;
  sold_at: string;
  /**
   * `sold`, or `returned` when nothing is left of it.
   */
  state: string;
  total: Money | null;
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
