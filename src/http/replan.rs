//! Another version of the plan, while the sale goes on.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes, Payload};
use serde::Serialize;

use super::call::{Answer, Call, json, mark_replayed};
use super::code::Code;
use super::create::invalid;
use super::problem::Problem;
use super::refused::{asked, changed, pointed};
use super::{Api, body};
use crate::actors::{Done, Failure};
use crate::domain::plan::{Change, difference};
use crate::domain::{Action, Command, Event, InventoryId, Plan, PlanDocument};
use crate::persistence::{Offload, Plans, StoredPlan, stored_plan};
use crate::plans::compile_sent;

/// The plan in force from now on, and what it changed.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ReplanAnswer {
    #[schema(value_type = String)]
    inventory: InventoryId,
    plan_version: u32,
    epoch: u64,
    seq: u64,
    /// How many units have a number, closed ones among them.
    units: u32,
    added: u32,
    closed: u32,
    reopened: u32,
}

/// Change the plan of a sale: add units, move them, close those that nobody holds or owns. The inventory keeps its name
/// whatever the plan is called: `PATCH` changes that.
#[utoipa::path(put, path = "/v1/inventories/{inventory}/plan", tag = "operator", operation_id = "replan",
    params(("If-Match" = String, Header, description = "the ETag of the plan that was read")),
    request_body(content = Object, description = "a whole plan, as in `docs/plan-format.md`"),
    responses((status = 200, description = "in force; the ETag is that of the new plan", body = ReplanAnswer)))]
pub(super) async fn replan(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let inventory = call.inventory()?;
    let tags = call.header(header::IF_MATCH).ok_or_else(|| Problem::new(Code::PreconditionRequired))?;
    let channel = call.channel(inventory).await?;
    let current = channel.plan_text().await;
    // Strong comparison (RFC 9110, section 13.1.1).
    let is_expected = tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == current.etag);
    if !is_expected && !call.has_key() {
        return Err(Problem::new(Code::PreconditionFailed));
    }
    let body = call.body_up_to(payload, call.api.options.plan_body_max).await?;
    let key = call.key_use_if_any(&who.caller(), &body)?;
    if !is_expected {
        // Nothing is at version 0, so it is refused; but whoever repeats a call is told what became of it.
        let action = Action::Replan { expected: 0, version: 0, plan: current.plan.clone() };
        let done = call.api.inventories.execute(inventory, call.command(&who, key, action)).await;
        return told(&call, inventory, done.map_err(|failure| pointed(failure, None))?, None).await;
    }
    let (previous, name) = (current.plan.clone(), channel.summary().details.name.clone());
    // Up to 32 MiB to parse, compile and encode: not on a thread that serves others.
    let work = web::block(move || draft(&body, &previous, name));
    let Draft { plan, stored } = work.await.map_err(|error| Problem::fault(Code::Internal, error))??;
    let store = call.api.store.clone();
    let added = changed(async move { store.add_plan(inventory, &stored).await }).await?;
    let version = added.ok_or_else(|| Problem::new(Code::InventoryUnknown))?;
    let units = u32::try_from(plan.units().len()).unwrap_or(u32::MAX);
    let action = Action::Replan { expected: current.version, version, plan: plan.clone() };
    let command = call.command(&who, key, action);
    // To its end, also when whoever asked has left.
    let task = in_force(call.api.clone(), inventory, command, version, units);
    let task = actix_web::rt::spawn(task).await.map_err(|panic| Problem::fault(Code::Internal, panic))?;
    let both = Some((current.plan.clone(), plan));
    told(&call, inventory, task.map_err(|failure| pointed(failure, None))?, both).await
}

/// A version and the one before it.
type Both = (Arc<Plan>, Arc<Plan>);

/// What the record did, also when it is that of an earlier call; `both` are the plans of a call that is none.
async fn told(call: &Call<'_>, inventory: InventoryId, done: Done, both: Option<Both>) -> Answer {
    let Done::Committed { record, replayed, .. } = done else {
        return Err(Problem::fault(Code::Internal, "the command left no record"));
    };
    let version = record.events.iter().find_map(|event| match event {
        Event::Replanned { plan } => Some(plan.version),
        _ => None,
    });
    let version = version.ok_or_else(|| Problem::fault(Code::Internal, "the record has no plan"))?;
    let (previous, plan) = match both.filter(|_| !replayed) {
        Some(both) => both,
        None => stored(call, inventory, version).await?,
    };
    let (mut added, mut closed, mut reopened) = (0, 0, 0);
    for (_, change) in difference(&previous, &plan) {
        match change {
            Change::Added(_) => added += 1,
            Change::Closed => closed += 1,
            Change::Reopened(_) => reopened += 1,
            Change::By(_) => {}
        }
    }
    let units = u32::try_from(plan.units().len()).unwrap_or(u32::MAX);
    let (plan_version, epoch, seq) = (version, record.epoch, record.seq);
    let answer = ReplanAnswer { inventory, plan_version, epoch, seq, units, added, closed, reopened };
    let mut response = json(StatusCode::OK, &answer);
    let now = call.channel(inventory).await?.plan_text().await;
    if now.version == version
        && let Ok(tag) = header::HeaderValue::from_str(&now.etag)
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    if replayed {
        mark_replayed(&mut response);
    }
    Ok(response)
}

/// What was put in force as this version, and what it followed.
async fn stored(call: &Call<'_>, inventory: InventoryId, version: u32) -> Result<Both, Problem> {
    let (plans, store) = (Plans::new(Offload::default()), &*call.api.store);
    let mut before = version.saturating_sub(1).max(1);
    // Numbers of versions that never came in force are missing.
    while before > 1 && asked(store.plan(inventory, before)).await?.is_none() {
        before -= 1;
    }
    let failed = |cause| Problem::fault(Code::Unavailable, cause);
    let previous = plans.load(store, inventory, before).await.map_err(failed)?;
    Ok((previous, plans.load(store, inventory, version).await.map_err(failed)?))
}

/// A new version, ready to be stored and put in force.
struct Draft {
    plan: Arc<Plan>,
    stored: StoredPlan,
}

fn draft(body: &Bytes, previous: &Plan, name: String) -> Result<Draft, Problem> {
    let mut document: PlanDocument = body::parse(body)?;
    document.name = name;
    let plan = compile_sent(document, Some(previous)).map_err(|defects| invalid(defects, ""))?;
    plan.prepare();
    let stored = stored_plan(&plan);
    Ok(Draft { plan: Arc::new(plan), stored })
}

/// Has the version decided; then the catalogue shows it, or its row goes.
async fn in_force(
    api: Arc<Api>,
    inventory: InventoryId,
    command: Command,
    version: u32,
    units: u32,
) -> Result<Done, Failure> {
    let done = api.inventories.execute(inventory, command).await;
    // A row that is left lies there unread, and whoever loads the inventory next tells the catalogue again.
    let told = match &done {
        // It came in force as another version, before.
        Ok(Done::Committed { replayed: true, .. }) => api.store.drop_plan(inventory, version).await,
        Ok(_) => api.store.show_plan(inventory, version, units).await,
        Err(failure) if is_for_nothing(failure) => api.store.drop_plan(inventory, version).await,
        Err(_) => Ok(()),
    };
    if let Err(cause) = told {
        tracing::warn!(%inventory, version, %cause, "the catalogue was not told of a plan");
    }
    done
}

/// Whether no record will ever name this version.
fn is_for_nothing(failure: &Failure) -> bool {
    match failure {
        Failure::Refused { .. } | Failure::Overloaded | Failure::InventoryUnknown | Failure::Panicked => true,
        Failure::CommitPending | Failure::NotCommitted | Failure::Unavailable { .. } => false,
        Failure::TurnedAway(_) => true,
    }
}
