//! The frames of the live stream, as `/asyncapi.json` has them. Made by `realtime::frame`.
#![expect(dead_code, reason = "describes JSON that is made elsewhere")]

use utoipa::ToSchema;

use crate::domain::answer::LineAnswer;
use crate::domain::event::Step;
use crate::domain::facts::{CancelledAnswer, PublicSale};
use crate::domain::{Listing, Money};

/// What a viewer gets, one by one. Types that are not known are to be ignored: new ones may come.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "type", mapping(
    ("snapshot" = "#/components/schemas/SnapshotFrame"), ("delta" = "#/components/schemas/DeltaFrame"),
    ("resumed" = "#/components/schemas/ResumedFrame"), ("viewers" = "#/components/schemas/ViewersFrame"),
    ("plan" = "#/components/schemas/PlanFrame"), ("beat" = "#/components/schemas/BeatFrame"),
    ("hold" = "#/components/schemas/HoldFrame"), ("inventory" = "#/components/schemas/InventoryFrame"))))]
pub(in crate::http) enum LiveFrame {
    Snapshot(SnapshotFrame),
    Delta(DeltaFrame),
    Resumed(ResumedFrame),
    Viewers(ViewersFrame),
    Plan(PlanFrame),
    Beat(BeatFrame),
    Hold(HoldFrame),
    Inventory(InventoryFrame),
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum SnapshotType {
    Snapshot,
}

/// The standing of every unit at one seq: the first frame, and what `availability` answers.
#[derive(ToSchema)]
pub(in crate::http) struct SnapshotFrame {
    #[schema(inline)]
    r#type: SnapshotType,
    inventory: String,
    epoch: u64,
    seq: u64,
    #[schema(minimum = 1)]
    plan_version: u32,
    /// Base64 of 2 bits for every unit at its number, least significant first: 0 free, 1 held, 2 sold,
    /// 3 blocked; areas and items are 0 here.
    seats: String,
    /// Areas and items: unit number and what is available.
    #[schema(example = json!([[20000, 388]]))]
    counts: Vec<(u32, u32)>,
    /// Only there, and true, while the store cannot be written: this may be old, and nothing can be sold.
    #[schema(required = false)]
    stale: bool,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum DeltaType {
    Delta,
}

/// What changed in the records after `from` up to and including `to`: the last status per unit.
#[derive(ToSchema)]
pub(in crate::http) struct DeltaFrame {
    #[schema(inline)]
    r#type: DeltaType,
    epoch: u64,
    from: u64,
    to: u64,
    /// Seats: unit number and status, 0 free, 1 held, 2 sold, 3 blocked.
    #[schema(example = json!([[17, 1]]))]
    seats: Vec<(u32, u32)>,
    /// Areas and items: unit number and what is available.
    #[schema(example = json!([[20000, 386]]))]
    counts: Vec<(u32, u32)>,
    /// Time of the last commit, milliseconds since 1970.
    at_ms: i64,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum ResumedType {
    Resumed,
}

/// The first frame instead of a snapshot: the deltas that are missing follow.
#[derive(ToSchema)]
pub(in crate::http) struct ResumedFrame {
    #[schema(inline)]
    r#type: ResumedType,
    epoch: u64,
    from: u64,
    to: u64,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum ViewersType {
    Viewers,
}

/// How many connections watch; at most once a second.
#[derive(ToSchema)]
pub(in crate::http) struct ViewersFrame {
    #[schema(inline)]
    r#type: ViewersType,
    count: u64,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum PlanType {
    Plan,
}

/// A new plan version: fetch the plan again. A snapshot follows.
#[derive(ToSchema)]
pub(in crate::http) struct PlanFrame {
    #[schema(inline)]
    r#type: PlanType,
    #[schema(minimum = 1)]
    plan_version: u32,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum BeatType {
    Beat,
}

/// Nothing happened, and the stream lives: every three seconds on a WebSocket, whose pings a page cannot see.
/// Server-sent events have a comment instead.
#[derive(ToSchema)]
pub(in crate::http) struct BeatFrame {
    #[schema(inline)]
    r#type: BeatType,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum HoldType {
    Hold,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum HoldFrameState {
    Held,
    Released,
    Expired,
    Sold,
}

/// A hold of the buyer that this connection has proved to be: all that live, again after every snapshot, and
/// each that begins, changes or ends.
#[derive(ToSchema)]
pub(in crate::http) struct HoldFrame {
    #[schema(inline)]
    r#type: HoldType,
    id: String,
    inventory: String,
    buyer: String,
    /// The group that it is a part of.
    #[schema(required = false)]
    group: String,
    #[schema(inline)]
    state: HoldFrameState,
    epoch: u64,
    seq: u64,
    adjacent: bool,
    #[schema(required)]
    step: Option<Step>,
    lines: Vec<LineAnswer<'static>>,
    /// Null when a price is unknown.
    #[schema(required)]
    total: Option<Money>,
    #[schema(format = DateTime)]
    expires_at: String,
    expires_in_seconds: u32,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum InventoryType {
    Inventory,
}

/// What everybody is told of the inventory beside its units: behind every snapshot and resumption, and when the operator
/// changes it. The sale also opens and closes by its times alone, of which no frame tells.
#[derive(ToSchema)]
pub(in crate::http) struct InventoryFrame {
    #[schema(inline)]
    r#type: InventoryType,
    inventory: String,
    epoch: u64,
    seq: u64,
    name: String,
    #[schema(required)]
    venue: Option<String>,
    listing: Listing,
    #[schema(required, format = DateTime)]
    starts_at: Option<String>,
    /// The same as clocks there show it, with their offset.
    #[schema(required)]
    starts_at_local: Option<String>,
    #[schema(required)]
    time_zone: Option<String>,
    sale: PublicSale,
    #[schema(required)]
    cancelled: Option<CancelledAnswer>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(in crate::http) enum AuthType {
    Auth,
}

/// What a WebSocket client sends first to get the `hold` frames of its buyer.
#[derive(ToSchema)]
pub(in crate::http) struct AuthFrame {
    #[schema(inline)]
    r#type: AuthType,
    /// A token of `POST /v1/sessions`.
    token: String,
}
