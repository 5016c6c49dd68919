//! Blocks: units taken off sale by the operator.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::body;
use super::call::{Answer, Call, Committed};
use super::code::Code;
use super::problem::Problem;
use crate::domain::{Action, BlockId, Event, InventoryId, text};

/// The most entries of one block: a decision looks at each.
pub(super) const BLOCK_UNITS_MAX: usize = 2_000;

/// Units to take off sale.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"units": [["floor", 20], ["A-1-7", 1]], "reason": "camera"}))]
pub(super) struct BlockRequest {
    /// Unit id and quantity, at most 2,000 entries; all or none.
    #[schema(min_items = 1, max_items = 2000)]
    units: Vec<(String, u32)>,
    #[serde(default)]
    reason: Option<String>,
    /// For whom they are kept, such as a partner's name.
    #[serde(default)]
    channel: Option<String>,
}

/// A block.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct BlockAnswer<'a> {
    #[schema(value_type = String, example = "block_01976f0a5c7e7d70a3f2b6f2c7b1d0aa")]
    id: BlockId,
    #[schema(value_type = String)]
    inventory: InventoryId,
    units: Vec<(&'a str, u32)>,
    reason: Option<&'a str>,
    channel: Option<&'a str>,
    epoch: u64,
    seq: u64,
}

impl<'a> BlockAnswer<'a> {
    fn of(done: &'a Committed) -> Option<Self> {
        done.record.events.iter().find_map(|event| match event {
            Event::Blocked { block, units, reason, channel } => Some(Self {
                id: *block,
                inventory: done.inventory,
                units: units.iter().map(|&(unit, quantity)| (&*done.plan.unit(unit).id, quantity)).collect(),
                reason: reason.as_deref(),
                channel: channel.as_deref(),
                epoch: done.record.epoch,
                seq: done.record.seq,
            }),
            _ => None,
        })
    }
}

impl BlockRequest {
    fn action(self) -> Result<Action, Problem> {
        let invalid = |pointer: String, detail: &str| Err(Problem::at(Code::InvalidField, pointer, detail));
        if self.units.is_empty() {
            return invalid("/units".to_owned(), "is empty");
        }
        if self.units.len() > BLOCK_UNITS_MAX {
            return invalid("/units".to_owned(), "has more than 2000 entries");
        }
        if let Some(index) = self.units.iter().position(|(_, quantity)| *quantity == 0) {
            return invalid(format!("/units/{index}/1"), "must be at least 1");
        }
        let reason = clean(self.reason, "/reason")?;
        let channel = clean(self.channel, "/channel")?;
        Ok(Action::Block { units: self.units, reason, channel })
    }
}

/// Text that the journal may keep.
pub(super) fn clean(value: Option<String>, pointer: &str) -> Result<Option<String>, Problem> {
    let Some(value) = value else {
        return Ok(None);
    };
    text::clean(&value).map(Some).map_err(|bad| Problem::at(Code::InvalidField, pointer, bad.to_string()))
}

/// Take units off sale.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/blocks", tag = "operator", operation_id = "block",
    request_body = BlockRequest,
    responses((status = 201, description = "off sale", body = BlockAnswer<'static>)))]
pub(super) async fn block(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let inventory = call.inventory()?;
    let body = call.body(payload).await?;
    let action = body::parse::<BlockRequest>(&body)?.action()?;
    let done = call.commit(&who, inventory, &body, action).await?;
    call.done(StatusCode::CREATED, &done, BlockAnswer::of(&done))
}

/// Lift a block.
#[utoipa::path(delete, path = "/v1/inventories/{inventory}/blocks/{block}", tag = "operator",
    operation_id = "unblock",
    responses((status = 204, description = "its units are on sale again")))]
pub(super) async fn unblock(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let (inventory, block) = (call.inventory()?, call.block()?);
    call.run(&who, inventory, &[], Action::Unblock { block }).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(body: &str) -> Result<Action, Code> {
        body::parse::<BlockRequest>(body.as_bytes())
            .and_then(BlockRequest::action)
            .map_err(|problem| problem.code())
    }

    #[test]
    fn a_block_names_at_least_one_piece() {
        assert!(action(r#"{"units":[["floor",20]],"reason":"camera"}"#).is_ok());
        for body in [
            r#"{"units":[]}"#,
            r#"{"units":[["floor",0]]}"#,
            r#"{"units":[["floor",1]],"reason":""}"#,
            r#"{"units":[["floor",1]],"channel":"a\u0000b"}"#,
        ] {
            assert_eq!(action(body).unwrap_err(), Code::InvalidField, "{body}");
        }
        let many = format!("{{\"units\":[{}]}}", vec![r#"["a",1]"#; 2001].join(","));
        assert_eq!(action(&many).unwrap_err(), Code::InvalidField);
    }
}
