//! Blocks: units taken off sale by the operator.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::budget::Guess;
use super::call::{Answer, Call, Committed, json};
use super::code::Code;
use super::codes::{CodeKey, code_in_header, given_code};
use super::picks;
use super::problem::Problem;
use super::query::Query;
use super::{body, refused};
use crate::actors::Failure;
use crate::domain::access::Access;
use crate::domain::allotment::Block;
use crate::domain::time::Rfc3339;
use crate::domain::{Action, BlockId, Event, InventoryId, Plan, Refusal, Timestamp, text};

/// The most entries of one block: a decision looks at each.
pub(super) const BLOCK_UNITS_MAX: usize = 2_000;
/// Of a new code, folded: shorter ones are guessed.
const CODE_LEN: std::ops::RangeInclusive<usize> = 8..=200;

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
    /// For whom they are kept, such as a partner's name: an allotment. Holds of this channel draw from it.
    #[serde(default)]
    channel: Option<String>,
    /// Whoever knows it may draw from it, 8 to 200 characters, however they write it (case, width, dashes, blanks at
    /// its ends); nobody can read it again.
    #[serde(default)]
    code: Option<String>,
    /// When what is left of it goes on sale to everybody.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    release_at: Option<Rfc3339>,
}

/// A block.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct BlockAnswer<'a> {
    #[schema(value_type = String, example = "block_01976f0a5c7e7d70a3f2b6f2c7b1d0aa")]
    id: BlockId,
    #[schema(value_type = String)]
    inventory: InventoryId,
    units: Vec<(&'a str, u32)>,
    #[schema(required)]
    reason: Option<&'a str>,
    #[schema(required)]
    channel: Option<&'a str>,
    /// Whether a code opens it.
    has_code: bool,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    release_at: Option<Rfc3339>,
    epoch: u64,
    seq: u64,
}

impl<'a> BlockAnswer<'a> {
    fn of(done: &'a Committed) -> Option<Self> {
        done.record.events.iter().find_map(|event| match event {
            Event::Blocked { block, units, reason, channel, code, release_at } => Some(Self {
                id: *block,
                inventory: done.inventory,
                units: units.iter().map(|&(unit, quantity)| (&*done.plan.unit(unit).id, quantity)).collect(),
                reason: reason.as_deref(),
                channel: channel.as_deref(),
                has_code: code.is_some(),
                release_at: release_at.map(Timestamp::rfc3339),
                epoch: done.record.epoch,
                seq: done.record.seq,
            }),
            _ => None,
        })
    }
}

impl BlockRequest {
    fn action(self, inventory: InventoryId, codes: &CodeKey) -> Result<Action, Problem> {
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
        let names = self.units.iter().map(|(name, _)| name.as_str());
        picks::named(names, |index| format!("/units/{index}/0"))?;
        let reason = clean(self.reason, "/reason")?;
        let channel = clean(self.channel, "/channel")?;
        let is_short = |code: &String| !CODE_LEN.contains(&text::fold_code(code).chars().count());
        if self.code.as_ref().is_some_and(is_short) {
            return invalid("/code".to_owned(), "must have 8 to 200 characters that can be seen");
        }
        let code = self.code.map(|code| codes.digest(inventory, &code));
        let release_at = self.release_at.map(|at| at.0);
        Ok(Action::Block { units: self.units, reason, channel, code, release_at })
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
    let action = body::parse::<BlockRequest>(&body)?.action(inventory, call.api.auth.codes())?;
    let done = call.commit(&who, inventory, &body, action).await?;
    call.done(StatusCode::CREATED, &done, BlockAnswer::of(&done))
}

/// What is off sale now, and what is left in it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Blocked<'a> {
    #[schema(value_type = String)]
    id: BlockId,
    /// Unit id and what of it is left here: what a channel has sold is not.
    units: Vec<(&'a str, u32)>,
    #[schema(required)]
    reason: Option<&'a str>,
    #[schema(required)]
    channel: Option<&'a str>,
    has_code: bool,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    release_at: Option<Rfc3339>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct BlockList<'a> {
    data: Vec<Blocked<'a>>,
    has_more: bool,
}

fn blocked<'a>(plan: &'a Plan, id: BlockId, block: &'a Block) -> Blocked<'a> {
    Blocked {
        id,
        units: block.units.iter().map(|(&unit, &left)| (&*plan.unit(unit).id, left)).collect(),
        reason: block.reason.as_deref(),
        channel: block.channel.as_deref(),
        has_code: block.code.is_some(),
        release_at: block.release_at.map(Timestamp::rfc3339),
    }
}

/// All blocks, in the order in which they were made.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/blocks", tag = "operator", operation_id = "list_blocks",
    responses((status = 200, description = "all blocks", body = BlockList<'static>)))]
pub(super) async fn list(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    call.who().await?.must_be_operator()?;
    let channel = call.channel(call.inventory()?).await?;
    // A later plan knows all units of an earlier one.
    let (blocks, plan) = (channel.blocks(), channel.plan());
    let data = blocks.iter().map(|(id, block)| blocked(&plan, id, block)).collect();
    Ok(json(StatusCode::OK, &BlockList { data, has_more: false }))
}

/// What a code opens, or, for a secret key, what is kept for a channel.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/allotment", tag = "holds", operation_id = "allotment",
    params(("channel" = Option<String>, Query, description = "whose, for a secret key"),
        ("x-access-code" = Option<String>, Header, description = "a code, as UTF-8 or as a display string of RFC 9651; in a header, so that no log keeps it")),
    responses((status = 200, description = "the allotments", body = BlockList<'static>)))]
pub(super) async fn allotment(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let caller = who.caller();
    let inventory = call.inventory()?;
    let channel = clean(Query::of(&req, &["channel"])?.text("channel").map(str::to_owned), "?channel")?;
    let code = given_code(&call, inventory, code_in_header(&call)?.as_deref()).await?;
    let access = Access { channel, code };
    let channel = call.channel(inventory).await?;
    // A later plan knows all units of an earlier one.
    let (blocks, plan) = (channel.blocks(), channel.plan());
    let guess = match (access.code, call.asker(&who)) {
        (Some(_), Some(asker)) => Some(Guess::begin(call.api, &asker, inventory)?),
        _ => None,
    };
    let opened = access.opens(&caller, &blocks, &channel.summary().settings);
    if let Some(guess) = guess {
        guess.told(matches!(opened, Err(Refusal::CodeUnknown)));
    }
    let opened =
        opened.map_err(|refusal| refused::pointed(Failure::Refused { refusal, plan: plan.clone() }, None))?;
    let data =
        opened.iter().map(|&(id, block)| Blocked { reason: None, ..blocked(&plan, id, block) }).collect();
    Ok(json(StatusCode::OK, &BlockList { data, has_more: false }))
}

/// Lift a block.
#[utoipa::path(delete, path = "/v1/inventories/{inventory}/blocks/{block}", tag = "operator",
    operation_id = "unblock",
    responses((status = 204, description = "its units are on sale again")))]
pub(super) async fn unblock(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_operator()?;
    let (inventory, block) = (call.inventory()?, call.block()?);
    call.no_body(payload).await?;
    call.run(&who, inventory, &[], Action::Unblock { block }).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(body: &str) -> Result<Action, Code> {
        body::parse::<BlockRequest>(body.as_bytes())
            .and_then(|request| request.action(InventoryId::new(uuid::Uuid::nil()), &CodeKey::new(b"secret")))
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
