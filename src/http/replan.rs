//! Another version of the plan, while the sale goes on.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes, Payload};
use serde::Serialize;

use super::call::{Answer, Call, json};
use super::code::Code;
use super::create::invalid;
use super::problem::Problem;
use super::refused::{changed, pointed};
use super::{Api, body};
use crate::actors::{Done, Failure};
use crate::domain::plan::{Change, difference};
use crate::domain::{Action, Command, InventoryId, Plan, PlanDocument};
use crate::persistence::{StoredPlan, stored_plan};
use crate::realtime::PlanText;

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

/// Change the plan of a sale: add units, move them, close those that nobody holds or owns.
#[utoipa::path(put, path = "/v1/inventories/{inventory}/plan", tag = "operator", operation_id = "replan",
    params(("If-Match" = String, Header, description = "the ETag of the plan that was read")),
    request_body(content = Object, description = "a whole plan, as in `docs/plan-format.md`"),
    responses((status = 200, description = "in force", body = ReplanAnswer)))]
pub(super) async fn replan(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let inventory = call.inventory()?;
    let current = expected(&call, inventory).await?;
    let body = call.body_up_to(payload, call.api.options.plan_body_max).await?;
    let previous = current.plan.clone();
    // Up to 32 MiB to parse, compile and encode: not on a thread that serves others.
    let work = web::block(move || draft(&body, &previous));
    let Draft { plan, stored } = work.await.map_err(|error| Problem::fault(Code::Internal, error))??;
    let store = call.api.store.clone();
    let added = changed(async move { store.add_plan(inventory, &stored).await }).await?;
    let version = added.ok_or_else(|| Problem::new(Code::InventoryUnknown))?;
    let units = u32::try_from(plan.units().len()).unwrap_or(u32::MAX);
    let action = Action::Replan { expected: current.version, version, plan: plan.clone() };
    let command = call.command(&who, None, action);
    // To its end, also when whoever asked has left.
    let task = in_force(call.api.clone(), inventory, command, version, units);
    let task = actix_web::rt::spawn(task).await.map_err(|panic| Problem::fault(Code::Internal, panic))?;
    let Done::Committed { record, .. } = task.map_err(|failure| pointed(failure, None))? else {
        return Err(Problem::fault(Code::Internal, "the command left no record"));
    };
    let (mut added, mut closed, mut reopened) = (0, 0, 0);
    for (_, change) in difference(&current.plan, &plan) {
        match change {
            Change::Added(_) => added += 1,
            Change::Closed => closed += 1,
            Change::Reopened(_) => reopened += 1,
            Change::By(_) => {}
        }
    }
    let (epoch, seq) = (record.epoch, record.seq);
    let plan_version = version;
    Ok(json(
        StatusCode::OK,
        &ReplanAnswer { inventory, plan_version, epoch, seq, units, added, closed, reopened },
    ))
}

/// The plan in force, if it is the one that `If-Match` names; `*` means whichever there is.
async fn expected(call: &Call<'_>, inventory: InventoryId) -> Result<Arc<PlanText>, Problem> {
    let Some(tags) = call.header(header::IF_MATCH) else {
        return Err(Problem::new(Code::PreconditionRequired));
    };
    let current = call.channel(inventory).await?.plan_text().await;
    // Strong comparison (RFC 9110, section 13.1.1).
    match tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == current.etag) {
        true => Ok(current),
        false => Err(Problem::new(Code::PreconditionFailed)),
    }
}

/// A new version, ready to be stored and put in force.
struct Draft {
    plan: Arc<Plan>,
    stored: StoredPlan,
}

fn draft(body: &Bytes, previous: &Plan) -> Result<Draft, Problem> {
    let mut document: PlanDocument = body::parse(body)?;
    if document.name.is_empty() {
        document.name.clone_from(&previous.document().name);
    }
    let plan = Plan::compile_after(document, previous).map_err(|defects| invalid(defects, ""))?;
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
