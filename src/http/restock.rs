//! Stock that comes or goes.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde::{Deserialize, Serialize};

use super::body;
use super::call::{Answer, Call, Committed};
use super::code::Code;
use super::problem::Problem;
use crate::domain::{Action, Event, InventoryId};

/// So many pieces more, or fewer.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"unit": "beans", "change": 500}))]
pub(super) struct RestockRequest {
    /// An area or an item.
    unit: String,
    /// May be negative, but never below what is held, sold and blocked.
    change: i64,
}

/// The unit's stock after the change.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RestockAnswer<'a> {
    #[schema(value_type = String)]
    inventory: InventoryId,
    unit: &'a str,
    change: i64,
    capacity: u32,
    epoch: u64,
    seq: u64,
}

impl<'a> RestockAnswer<'a> {
    fn of(done: &'a Committed) -> Option<Self> {
        done.record.events.iter().find_map(|event| match event {
            Event::Restocked { unit, change, capacity } => Some(Self {
                inventory: done.inventory,
                unit: &done.plan.unit(*unit).id,
                change: *change,
                capacity: *capacity,
                epoch: done.record.epoch,
                seq: done.record.seq,
            }),
            _ => None,
        })
    }
}

/// Change the stock of an area or item.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/restock", tag = "operator",
    operation_id = "restock", request_body = RestockRequest,
    responses((status = 200, description = "the new stock", body = RestockAnswer<'static>)))]
pub(super) async fn restock(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let inventory = call.inventory()?;
    let body = call.body(payload).await?;
    let RestockRequest { unit, change } = body::parse(&body)?;
    if change == 0 {
        return Err(Problem::at(Code::InvalidField, "/change", "must not be 0"));
    }
    let done = call.commit(&who, inventory, &body, Action::Restock { unit, change }).await?;
    call.done(StatusCode::OK, &done, RestockAnswer::of(&done))
}
