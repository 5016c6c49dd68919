//! Inventories: create, list, look at.

use std::sync::Arc;

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::body;
use super::call::{Answer, Call, json, mark_replayed};
use super::code::Code;
use super::create::{CreateRequest, Draft};
use super::described::{CategoryRuleAnswer, WindowAnswer};
use super::problem::Problem;
use super::query::{Query, invalid};
use super::refused::{asked, changed};
use crate::domain::facts::{CancelledAnswer, PublicSale};
use crate::domain::settings::{CategoryRule, Settings, SingleSeats, Window};
use crate::domain::state::Figures;
use crate::domain::time::Rfc3339;
use crate::domain::{Checkout, Currency, Details, InventoryId, KeyUse, Listing, Timestamp, text};
use crate::persistence::{Creation, Filter, InventoryRow, NewInventory};
use crate::realtime::Channel;

/// The rules of a sale.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SettingsAnswer {
    #[schema(required, value_type = Option<String>, format = DateTime)]
    on_sale_from: Option<Rfc3339>,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    on_sale_until: Option<Rfc3339>,
    hold_seconds: u32,
    extensions_max: u32,
    holds_per_buyer: u32,
    pieces_per_hold: u32,
    pieces_per_hold_min: u32,
    /// Pieces in one hold that a secret key makes; null: no more than in any.
    #[schema(required)]
    pieces_per_hold_of_keys: Option<u32>,
    #[schema(required)]
    pieces_per_buyer: Option<u32>,
    checkout: Checkout,
    #[schema(value_type = BTreeMap<String, CategoryRuleAnswer>)]
    categories: BTreeMap<String, CategoryRule>,
    /// For secret keys alone: partners' names are nobody else's business.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = BTreeMap<String, WindowAnswer>)]
    channels: Option<BTreeMap<String, Window>>,
    single_seats: SingleSeats,
    single_seats_until_left: u32,
    release_accessible: bool,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    release_accessible_at: Option<Rfc3339>,
    /// The public sale ends so long before the event begins; null: the begin does not end it.
    #[schema(required)]
    sale_ends_before_start_seconds: Option<u32>,
}

impl SettingsAnswer {
    pub(super) fn of(settings: &Settings, details: &Details, is_key: bool) -> Self {
        Self {
            on_sale_from: settings.on_sale_from.map(Rfc3339),
            on_sale_until: settings.on_sale_until.map(Rfc3339),
            hold_seconds: settings.hold_seconds,
            extensions_max: settings.extensions_max,
            holds_per_buyer: settings.holds_per_buyer,
            pieces_per_hold: settings.pieces_per_hold,
            pieces_per_hold_min: settings.pieces_per_hold_min,
            pieces_per_hold_of_keys: settings.pieces_per_hold_of_keys,
            pieces_per_buyer: settings.pieces_per_buyer,
            checkout: settings.checkout,
            categories: settings.categories.clone(),
            channels: is_key.then(|| settings.channels.clone()),
            single_seats: settings.single_seats,
            single_seats_until_left: settings.single_seats_until_left,
            release_accessible: settings.release_accessible,
            release_accessible_at: settings.release_accessible_at.map(Rfc3339),
            sale_ends_before_start_seconds: details.sale_ends_before_start_seconds,
        }
    }
}

/// An inventory with its live figures.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct InventoryAnswer {
    #[schema(value_type = String, example = "inv_01976f0a5c7e7d70a3f2b6f2c7b1d0aa")]
    pub(super) id: InventoryId,
    pub(super) name: String,
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Rfc3339,
    #[schema(required)]
    pub(super) venue: Option<String>,
    /// `draft`: for secret keys alone; `unlisted`: for who knows the id; `public`: for everybody.
    pub(super) listing: Listing,
    /// When the event begins; null when it is none, or nobody has said it.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub(super) starts_at: Option<Rfc3339>,
    /// The same as clocks show it where it takes place, with their offset: by the time zone, else as it was given.
    /// Null when neither is known.
    #[schema(required, example = "2026-12-05T19:00:00.000+09:00")]
    pub(super) starts_at_local: Option<String>,
    /// Where it takes place, by the IANA name.
    #[schema(required, example = "Asia/Seoul")]
    pub(super) time_zone: Option<String>,
    /// The sale to everybody.
    pub(super) sale: PublicSale,
    /// Not null: it does not take place.
    #[schema(required)]
    pub(super) cancelled: Option<CancelledAnswer>,
    pub(super) plan_version: u32,
    /// How many units the plan has.
    pub(super) units: u32,
    #[schema(required, value_type = Option<String>, example = "KRW")]
    pub(super) currency: Option<Currency>,
    pub(super) settings: SettingsAnswer,
    pub(super) epoch: u64,
    pub(super) seq: u64,
    /// Pieces by their standing.
    pub(super) figures: Figures,
    /// The time that figures and sale are of, by the clock of the inventory.
    #[schema(value_type = String, format = DateTime)]
    pub(super) as_of: Rfc3339,
    /// Connections that watch it live.
    pub(super) viewers: u64,
    /// True while the store cannot be written, and nothing can be sold: figures are the last that are known.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub(super) stale: bool,
}

/// A line of the list. Figures and sale are those of now where this server has the inventory in memory, which it has
/// while anything goes on there; else those of the last stored snapshot.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct InventoryLine {
    #[schema(value_type = String)]
    id: InventoryId,
    name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Rfc3339,
    #[schema(required)]
    venue: Option<String>,
    /// `draft`: for secret keys alone; `unlisted`: for who knows the id; `public`: for everybody.
    listing: Listing,
    /// When the event begins; null when it is none, or nobody has said it.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    starts_at: Option<Rfc3339>,
    /// The same as clocks show it where it takes place, with their offset: by the time zone, else as it was given.
    /// Null when neither is known.
    #[schema(required, example = "2026-12-05T19:00:00.000+09:00")]
    starts_at_local: Option<String>,
    /// Where it takes place, by the IANA name.
    #[schema(required, example = "Asia/Seoul")]
    time_zone: Option<String>,
    /// The sale to everybody.
    sale: PublicSale,
    /// Not null: it does not take place.
    #[schema(required)]
    cancelled: Option<CancelledAnswer>,
    plan_version: u32,
    units: u32,
    figures: Figures,
    /// The time that the figures are of; how the sale stands is of now.
    #[schema(value_type = String, format = DateTime)]
    as_of: Rfc3339,
}

/// One page of inventories, oldest first.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct InventoryList {
    data: Vec<InventoryLine>,
    has_more: bool,
    /// The server's time: how sales stand is of now.
    #[schema(value_type = String, format = DateTime)]
    as_of: Rfc3339,
}

impl InventoryLine {
    /// As its owner has it, if that is here; else as it is stored.
    fn of(row: InventoryRow, owner: Option<&Channel>, now: Timestamp) -> Self {
        let live = owner.map(Channel::summary);
        let (figures, as_of, sale) = match &live {
            Some(live) => (live.figures, live.now, live.sale),
            None => (row.figures, row.as_of, stored_sale(&row, now)),
        };
        let stored = row.shown.as_ref().and_then(|shown| shown.cancelled.as_ref());
        let cancelled = live.as_ref().map_or(stored, |live| live.cancelled.as_deref());
        let details = live.as_ref().map_or_else(|| Arc::new(row.details()), |live| live.details.clone());
        Self {
            id: row.id,
            name: details.name.clone(),
            created_at: Rfc3339(row.created_at),
            venue: details.venue.clone(),
            listing: details.listing,
            starts_at: details.starts_at.map(Rfc3339),
            starts_at_local: details.starts_at_local(),
            time_zone: details.time_zone.clone(),
            sale,
            cancelled: cancelled.map(CancelledAnswer::from),
            plan_version: live.as_ref().map_or(row.plan_version, |live| live.plan_version),
            units: row.units,
            figures,
            as_of: Rfc3339(as_of),
        }
    }
}

/// How the sale of an inventory stands that is not in memory.
fn stored_sale(row: &InventoryRow, now: Timestamp) -> PublicSale {
    let shown = row.shown.clone().unwrap_or_default();
    let is_sold_out = row.figures.available == 0 && row.figures.held == 0;
    PublicSale::at(now, shown.window(), shown.cancelled.is_some(), is_sold_out)
}

/// All inventories that are public, or those of them that are looked for, oldest first; for a secret key all.
#[utoipa::path(get, path = "/v1/inventories", tag = "inventories", operation_id = "list_inventories",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "50 unless given"),
        ("starting_after" = Option<String>, Query, pattern = "^inv_[0-9a-f]{32}$",
            description = "the last id of the page before"),
        ("q" = Option<String>, Query, description = "a part of the name; capital and small letters are the same"),
        ("starts_from" = Option<String>, Query, format = DateTime,
            description = "only what begins then or later; one that has no time is left out"),
        ("starts_until" = Option<String>, Query, format = DateTime,
            description = "only what begins before then; one that has no time is left out")),
    responses((status = 200, description = "one page", body = InventoryList)))]
pub(super) async fn list(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let query = Query::of(&req, &["limit", "starting_after", "q", "starts_from", "starts_until"])?;
    let limit = query.limit()?;
    let after = query.parsed("starting_after", "is not an inventory id")?;
    let is_key = call.is_key().await?;
    let filter = Filter { public_only: !is_key, ..filter(&query)? };
    let mut rows = asked(call.api.store.inventories_like(&filter, after, limit + 1)).await?;
    let has_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let now = call.api.sources.now();
    let line = |row: InventoryRow| {
        let owner = call.api.inventories.loaded_channel(row.id);
        InventoryLine::of(row, owner.as_deref(), now)
    };
    let mut data: Vec<InventoryLine> = rows.into_iter().map(line).collect();
    // A row may be behind what its owner knows by a moment.
    data.retain(|line| is_key || line.listing == Listing::Public);
    Ok(json(StatusCode::OK, &InventoryList { data, has_more, as_of: Rfc3339(now) }))
}

fn filter(query: &Query) -> Result<Filter, Problem> {
    let time = |name: &str| -> Result<Option<Timestamp>, Problem> {
        let at: Option<Rfc3339> =
            query.parsed(name, "is not an RFC 3339 time, such as 2026-05-01T11:00:00Z")?;
        Ok(at.map(|at| at.0))
    };
    // What names are made of; a field that somebody has emptied asks for nothing.
    let name = query.text("q").filter(|name| !name.is_empty()).map(text::clean).transpose();
    Ok(Filter {
        name: name.map_err(|bad| invalid("q", &bad.to_string()))?,
        starts_from: time("starts_from")?,
        starts_until: time("starts_until")?,
        public_only: true,
    })
}

/// Settings and live figures.
#[utoipa::path(get, path = "/v1/inventories/{inventory}", tag = "inventories", operation_id = "get_inventory",
    responses((status = 200, description = "as of its last commit; the ETag is for `If-Match`",
        body = InventoryAnswer)))]
pub(super) async fn show(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    shown(&call, call.inventory()?).await
}

pub(super) async fn shown(call: &Call<'_>, id: InventoryId) -> Answer {
    let channel = call.channel(id).await?;
    let (created_at, is_key) = (call.api.created_at(id).await?, call.is_key().await?);
    let now = channel.summary();
    let (details, plan) = (&now.details, channel.plan());
    let answer = InventoryAnswer {
        id,
        name: details.name.clone(),
        created_at: Rfc3339(created_at),
        venue: details.venue.clone(),
        listing: details.listing,
        starts_at: details.starts_at.map(Rfc3339),
        starts_at_local: details.starts_at_local(),
        time_zone: details.time_zone.clone(),
        sale: now.sale,
        cancelled: now.cancelled.as_deref().map(CancelledAnswer::from),
        plan_version: now.plan_version,
        units: u32::try_from(plan.units().len()).unwrap_or(u32::MAX),
        currency: plan.currency(),
        settings: SettingsAnswer::of(&now.settings, details, is_key),
        epoch: now.epoch,
        seq: now.seq,
        figures: now.figures,
        as_of: Rfc3339(now.now),
        viewers: now.viewers,
        stale: now.is_stale,
    };
    Ok(tagged(json(StatusCode::OK, &answer), now.settings_version))
}

fn tagged(mut response: HttpResponse, settings_version: u64) -> HttpResponse {
    let tag = header::HeaderValue::from_str(&format!("\"{settings_version}\""));
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A new inventory from a plan, or from items and offers.
#[utoipa::path(post, path = "/v1/inventories", tag = "operator", operation_id = "create_inventory",
    request_body = CreateRequest,
    responses((status = 201, description = "on sale by its settings", body = InventoryAnswer,
        headers(("Location" = String, description = "the inventory")))))]
pub(super) async fn create(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let caller = who.caller();
    let hashing = call.hashing(&caller)?;
    let body = call.body_up_to(payload, call.api.options.plan_body_max).await?;
    let (sources, by) = (call.api.sources.clone(), caller.name());
    // Up to 32 MiB to hash, parse and compile: not on a thread that serves others.
    let work = move || -> Result<(Draft, KeyUse), Problem> {
        let [key, earlier] = hashing.key_uses(&body);
        Ok((body::parse::<CreateRequest>(&body)?.draft(&sources, &by, key)?, earlier))
    };
    let made = web::block(work).await.map_err(|error| Problem::fault(Code::Internal, error))?;
    let (draft, earlier) = made?;
    stored(&call, draft, earlier).await
}

async fn created(call: &Call<'_>, new: Arc<NewInventory>) -> Result<Creation, Problem> {
    let store = call.api.store.clone();
    changed(async move { store.create(&new).await }).await
}

async fn stored(call: &Call<'_>, draft: Draft, earlier: KeyUse) -> Answer {
    let mut creation = created(call, Arc::clone(&draft.new)).await?;
    if creation == Creation::Mismatch {
        let idempotency = Some((earlier.hash, earlier.fingerprint));
        let new = NewInventory { idempotency, ..NewInventory::clone(&draft.new) };
        creation = created(call, Arc::new(new)).await?;
    }
    let (id, created_at, replayed) = match creation {
        Creation::Created => (draft.new.id, draft.new.at, false),
        Creation::Mismatch => return Err(Problem::new(Code::IdempotencyMismatch)),
        Creation::Replayed(id) => (id, call.api.created_at(id).await?, true),
    };
    let mut response = tagged(json(StatusCode::CREATED, &draft.answer(id, created_at)), 1);
    let location = header::HeaderValue::from_str(&format!("/v1/inventories/{id}"));
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if replayed {
        mark_replayed(&mut response);
    }
    Ok(response)
}
