//! Moves: other units for the same owners, in one step.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde::{Deserialize, Serialize};

use super::auth::Who;
use super::body;
use super::call::{Answer, Call, Committed};
use super::code::Code;
use super::picks;
use super::problem::Problem;
use super::refused;
use crate::actors::Failure;
use crate::domain::answer::{MovedAnswer, Source};
use crate::domain::command::Pick;
use crate::domain::moves::{Claim, Moving};
use crate::domain::settings::PIECES_PER_HOLD_MAX;
use crate::domain::{Action, Event, HoldId, InventoryId, Refusal, SaleId};

/// The most holds and sales that move at once.
const CLAIMS_MAX: usize = 20;

/// What to give up and what to take, as many pieces of each.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": [{"offer": "A-1-7"}], "to": [{"offer": "A-1-8"}]}))]
pub(super) struct MoveRequest {
    #[schema(min_items = 1, max_items = 50)]
    from: Vec<Pick>,
    #[schema(min_items = 1, max_items = 50)]
    to: Vec<Pick>,
}

/// One of several moves: of a hold or of a sale.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MoveEntry {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    hold: Option<HoldId>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    sale: Option<SaleId>,
    #[schema(min_items = 1, max_items = 50)]
    from: Vec<Pick>,
    #[schema(min_items = 1, max_items = 50)]
    to: Vec<Pick>,
}

/// Several at once: what one gives up another may take.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MovesRequest {
    #[schema(min_items = 1, max_items = 20)]
    moves: Vec<MoveEntry>,
}

impl MovesRequest {
    fn moves(self) -> Result<Vec<Moving>, Problem> {
        let invalid = |pointer: String, detail: &str| Err(Problem::at(Code::InvalidField, pointer, detail));
        if self.moves.is_empty() {
            return invalid("/moves".to_owned(), "is empty");
        }
        if self.moves.len() > CLAIMS_MAX {
            return invalid("/moves".to_owned(), "has more than 20 entries");
        }
        let mut moves = Vec::with_capacity(self.moves.len());
        for (index, entry) in self.moves.into_iter().enumerate() {
            let claim = match (entry.hold, entry.sale) {
                (Some(hold), None) => Claim::Hold(hold),
                (None, Some(sale)) => Claim::Sale(sale),
                _ => return invalid(format!("/moves/{index}"), "give exactly one of `hold` and `sale`"),
            };
            moves.push(moving(claim, entry.from, entry.to, &format!("/moves/{index}"))?);
        }
        Ok(moves)
    }
}

fn moving(claim: Claim, from: Vec<Pick>, to: Vec<Pick>, at: &str) -> Result<Moving, Problem> {
    for (list, name) in [(&from, "from"), (&to, "to")] {
        if list.is_empty() {
            return Err(Problem::at(Code::InvalidField, format!("{at}/{name}"), "is empty"));
        }
        picks::picked(list, &format!("{at}/{name}"))?;
        if list.len() > PIECES_PER_HOLD_MAX as usize {
            return Err(Problem::new(Code::TooManyPieces).limit("offers", u64::from(PIECES_PER_HOLD_MAX)));
        }
    }
    Ok(Moving { claim, from, to })
}

/// All that moved, in the order of the request.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct MovesAnswer<'a> {
    #[schema(value_type = String)]
    inventory: InventoryId,
    epoch: u64,
    seq: u64,
    moves: Vec<MovedAnswer<'a>>,
}

/// Other units for a hold; its time stays as it is.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/holds/{hold}/move", tag = "holds",
    operation_id = "move_hold", request_body = MoveRequest,
    responses((status = 200, description = "the hold as it is now", body = MovedAnswer<'static>)))]
pub(super) async fn move_hold(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let claim = Claim::Hold(call.hold()?);
    one(&call, &who, claim, payload).await
}

/// Other units for a sale, as the buyer and the box office agreed.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/sales/{sale}/move", tag = "sales",
    operation_id = "move_sale", request_body = MoveRequest,
    responses((status = 200, description = "the sale as it is now", body = MovedAnswer<'static>)))]
pub(super) async fn move_sale(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_key()?;
    let claim = Claim::Sale(call.sale()?);
    one(&call, &who, claim, payload).await
}

/// Several moves at once, so that holders can exchange their seats: all or none.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/moves", tag = "sales",
    operation_id = "move_several", request_body = MovesRequest,
    responses((status = 200, description = "all as they are now", body = MovesAnswer<'static>)))]
pub(super) async fn move_several(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    who.must_be_key()?;
    let body = call.body(payload).await?;
    let moves = body::parse::<MovesRequest>(&body)?.moves()?;
    let done = commit(&call, &who, &body, moves, |index| format!("/moves/{index}")).await?;
    let (inventory, epoch, seq) = (done.inventory, done.record.epoch, done.record.seq);
    let answer = MovesAnswer { inventory, epoch, seq, moves: answers(&done) };
    call.done(StatusCode::OK, &done, Some(answer))
}

async fn one(call: &Call<'_>, who: &Who, claim: Claim, payload: Payload) -> Answer {
    let body = call.body(payload).await?;
    let MoveRequest { from, to } = body::parse(&body)?;
    let moves = vec![moving(claim, from, to, "")?];
    let done = commit(call, who, &body, moves, |_| String::new()).await?;
    call.done(StatusCode::OK, &done, answers(&done).pop())
}

async fn commit(
    call: &Call<'_>,
    who: &Who,
    body: &[u8],
    moves: Vec<Moving>,
    at: impl Fn(usize) -> String,
) -> Result<Committed, Problem> {
    let inventory = call.inventory()?;
    let told = |failure| problem(failure, &moves, at);
    call.commit_or(who, inventory, body, Action::Move { moves: moves.clone() }, told).await
}

fn answers(done: &Committed) -> Vec<MovedAnswer<'_>> {
    let source: Source<'_> = done.source();
    let moved = done.record.events.iter().filter_map(|event| match event {
        Event::Moved { moves } => Some(moves),
        _ => None,
    });
    moved.flatten().map(|moved| source.moved(moved)).collect()
}

/// A refusal, with pointers to what it speaks of.
fn problem(failure: Failure, moves: &[Moving], at: impl Fn(usize) -> String) -> Problem {
    let Failure::Refused { refusal, plan } = &failure else {
        return failure.into();
    };
    let is_it = |pick: &Pick, taken: bool| match refusal {
        Refusal::UnitUnknown { id, .. } => pick.offer == *id,
        Refusal::NotInClaim { offer } => !taken && pick.offer == *offer,
        Refusal::UnitTaken { units } | Refusal::NotEnough { units, .. } if taken => {
            refused::takes(plan, pick, units)
        }
        _ => false,
    };
    let code = refused::code(refusal);
    let mut pointers = Vec::new();
    for (index, wish) in moves.iter().enumerate() {
        for (list, name, taken) in [(&wish.from, "from", false), (&wish.to, "to", true)] {
            for (number, _) in list.iter().enumerate().filter(|(_, pick)| is_it(pick, taken)) {
                pointers.push(format!("{}/{name}/{number}/offer", at(index)));
            }
        }
    }
    Problem::from(failure).errors(refused::at(code, pointers))
}
