//! Inventories: create, list, look at, change settings.

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
use crate::domain::settings::{CategoryRule, Settings, SingleSeats, Window};
use crate::domain::state::Figures;
use crate::domain::time::Rfc3339;
use crate::domain::{Action, Checkout, Currency, InventoryId, SettingsPatch, Timestamp, text};
use crate::persistence::{Creation, Filter, InventoryRow};
use crate::realtime::Summary;

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
    #[schema(value_type = BTreeMap<String, WindowAnswer>)]
    channels: BTreeMap<String, Window>,
    single_seats: SingleSeats,
    single_seats_until_left: u32,
    release_accessible: bool,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    release_accessible_at: Option<Rfc3339>,
}

impl From<&Settings> for SettingsAnswer {
    fn from(settings: &Settings) -> Self {
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
            channels: settings.channels.clone(),
            single_seats: settings.single_seats,
            single_seats_until_left: settings.single_seats_until_left,
            release_accessible: settings.release_accessible,
            release_accessible_at: settings.release_accessible_at.map(Rfc3339),
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
    /// When the event begins; null when it is none, or nobody has said it.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub(super) starts_at: Option<Rfc3339>,
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
    /// Connections that watch it live.
    pub(super) viewers: u64,
}

/// A line of the list; figures are those of the last stored snapshot.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct InventoryLine {
    #[schema(value_type = String)]
    id: InventoryId,
    name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Rfc3339,
    /// When the event begins; null when it is none, or nobody has said it.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    starts_at: Option<Rfc3339>,
    plan_version: u32,
    units: u32,
    figures: Figures,
    /// The time that the figures are of.
    #[schema(value_type = String, format = DateTime)]
    as_of: Rfc3339,
}

/// One page of inventories, oldest first.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct InventoryList {
    data: Vec<InventoryLine>,
    has_more: bool,
}

impl From<InventoryRow> for InventoryLine {
    fn from(row: InventoryRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            created_at: Rfc3339(row.created_at),
            starts_at: row.starts_at.map(Rfc3339),
            plan_version: row.plan_version,
            units: row.units,
            figures: row.figures,
            as_of: Rfc3339(row.as_of),
        }
    }
}

/// All inventories, or those that are looked for, oldest first.
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
    let filter = filter(&query)?;
    let mut rows = asked(call.api.store.inventories_like(&filter, after, limit + 1)).await?;
    let has_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let data = rows.into_iter().map(InventoryLine::from).collect();
    Ok(json(StatusCode::OK, &InventoryList { data, has_more }))
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

async fn shown(call: &Call<'_>, id: InventoryId) -> Answer {
    let channel = call.channel(id).await?;
    let label = call.api.label(id).await?;
    let Summary { epoch, seq, plan_version, settings, settings_version, figures, viewers, .. } =
        channel.summary();
    let plan = channel.plan();
    let answer = InventoryAnswer {
        id,
        name: label.name.to_string(),
        created_at: Rfc3339(label.created_at),
        starts_at: label.starts_at.map(Rfc3339),
        plan_version,
        units: u32::try_from(plan.units().len()).unwrap_or(u32::MAX),
        currency: plan.currency(),
        settings: SettingsAnswer::from(&settings),
        epoch,
        seq,
        figures,
        viewers,
    };
    Ok(tagged(json(StatusCode::OK, &answer), settings_version))
}

fn tagged(mut response: HttpResponse, settings_version: u64) -> HttpResponse {
    let tag = header::HeaderValue::from_str(&format!("\"{settings_version}\""));
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Change settings. Fields that are absent stay; `null` clears what may be empty.
#[utoipa::path(patch, path = "/v1/inventories/{inventory}", tag = "operator", operation_id = "configure",
    params(("If-Match" = String, Header, description = "the ETag of the settings that were read")),
    request_body = SettingsPatch,
    responses((status = 200, description = "with its new settings", body = InventoryAnswer)))]
pub(super) async fn configure(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let inventory = call.inventory()?;
    let expected = expected_version(&call, inventory).await?;
    let body = call.body(payload).await?;
    let patch: SettingsPatch = body::parse(&body)?;
    call.commit(&who, inventory, &body, Action::Configure { patch, expected }).await?;
    shown(&call, inventory).await
}

/// The settings version that `If-Match` names; `*` means whichever there is.
async fn expected_version(call: &Call<'_>, inventory: InventoryId) -> Result<u64, Problem> {
    let Some(tag) = call.header(header::IF_MATCH) else {
        return Err(Problem::new(Code::PreconditionRequired));
    };
    if tag.trim() == "*" {
        return Ok(call.channel(inventory).await?.summary().settings_version);
    }
    version(tag).ok_or_else(|| Problem::new(Code::PreconditionFailed))
}

/// A strong tag with a number in it.
fn version(tag: &str) -> Option<u64> {
    let tag = tag.trim();
    let bare = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(tag);
    bare.parse().ok()
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
    let work = move || {
        let key = hashing.key_use(&body);
        body::parse::<CreateRequest>(&body)?.draft(&sources, &by, key)
    };
    let draft = web::block(work).await.map_err(|error| Problem::fault(Code::Internal, error))??;
    stored(&call, draft).await
}

async fn stored(call: &Call<'_>, draft: Draft) -> Answer {
    let (store, new) = (call.api.store.clone(), Arc::clone(&draft.new));
    let creation = changed(async move { store.create(&new).await }).await?;
    let (id, created_at, replayed) = match creation {
        Creation::Created => (draft.new.id, draft.new.at, false),
        Creation::Mismatch => return Err(Problem::new(Code::IdempotencyMismatch)),
        Creation::Replayed(id) => (id, call.api.label(id).await?.created_at, true),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_version_in_quotes() {
        assert_eq!(version("\"42\""), Some(42));
        assert_eq!(version(" 42 "), Some(42));
        for bad in ["", "W/\"42\"", "\"x\"", "\"-1\"", "\"1\", \"2\""] {
            assert_eq!(version(bad), None, "{bad:?}");
        }
    }
}
