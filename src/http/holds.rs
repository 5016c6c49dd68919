//! Holds: make, list, extend, release.

mod refusals;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use self::refusals::{changed, own_words, taken_units};
use super::auth::Who;
use super::blocks::clean;
use super::body::{self, Nothing};
use super::budget::Guess;
use super::call::{Answer, Call, Committed, json};
use super::code::Code;
use super::codes::given_code;
use super::picks;
use super::problem::Problem;
use super::query::Query;
use super::refused;
use crate::domain::access::Access;
use crate::domain::answer::{HoldAnswer, HoldFacts, Source};
use crate::domain::change::Change;
use crate::domain::command::{BestWanted, Pick, Wanted};
use crate::domain::{Action, BuyerId, Caller, InventoryId};

/// What to hold: exactly one of `offers` and `best_available`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"offers": [{"offer": "A-1-7"}, {"offer": "floor", "quantity": 2}]}))]
pub(super) struct HoldRequest {
    /// Exactly these, all or none; at most 50 entries, for a secret key 1,000.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 1000)]
    offers: Option<Vec<Pick>>,
    /// The best that is there.
    #[serde(default)]
    best_available: Option<BestWanted>,
    /// For whom; a secret key has to say it.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "customer-17")]
    buyer: Option<BuyerId>,
    /// The channel that sells, for a secret key: what is kept for it can be had, and its time of sale counts.
    #[serde(default)]
    channel: Option<String>,
    /// Opens the allotments that have this code.
    #[serde(default)]
    code: Option<String>,
}

impl HoldRequest {
    fn wanted(self, who: &Who) -> Result<Wanted, Problem> {
        let invalid = |pointer: &str, detail: &str| Err(Problem::at(Code::InvalidField, pointer, detail));
        match (self.offers, self.best_available) {
            (Some(_), Some(_)) | (None, None) => {
                invalid("", "give exactly one of `offers` and `best_available`")
            }
            (Some(offers), None) if offers.is_empty() => invalid("/offers", "is empty"),
            (Some(offers), None) => {
                picks::picked_by(&who.caller(), &offers, "/offers")?;
                Ok(Wanted::Offers(offers))
            }
            (None, Some(best)) => Ok(Wanted::Best(best)),
        }
    }
}

/// Counts a code as a wrong one until it is known to be right.
fn guess(
    call: &Call<'_>,
    who: &Who,
    inventory: InventoryId,
    access: &Access,
) -> Result<Option<Guess>, Problem> {
    match (access.code, call.asker(who)) {
        (Some(_), Some(asker)) => Guess::begin(call.api, &asker, inventory).map(Some),
        _ => Ok(None),
    }
}

fn told(guess: Option<Guess>, done: &Result<Committed, Problem>) {
    if let Some(guess) = guess {
        guess.told(done.as_ref().is_err_and(|problem| problem.code() == Code::AccessCodeUnknown));
    }
}

/// Into a hold and out of it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"add": [{"offer": "A-1-8"}], "remove": [{"offer": "A-1-5"}]}))]
pub(super) struct ChangeRequest {
    /// What comes in, at the prices of now.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 50)]
    add: Vec<Pick>,
    /// What goes out.
    #[serde(default)]
    #[schema(default = json!([]), max_items = 50)]
    remove: Vec<Pick>,
    /// As of a new hold, for what comes in.
    #[serde(default)]
    channel: Option<String>,
    #[serde(default)]
    code: Option<String>,
}

impl ChangeRequest {
    async fn change(self, call: &Call<'_>, inventory: InventoryId, who: &Who) -> Result<Change, Problem> {
        if self.add.is_empty() && self.remove.is_empty() {
            return Err(Problem::at(Code::InvalidField, "", "give `add`, `remove`, or both"));
        }
        picks::picked_by(&who.caller(), &self.add, "/add")?;
        picks::picked_by(&who.caller(), &self.remove, "/remove")?;
        let channel = clean(self.channel, "/channel")?;
        let code = given_code(call, inventory, self.code.as_deref()).await?;
        Ok(Change { add: self.add, remove: self.remove, access: Access { channel, code } })
    }
}

/// What is wanted, by whom, for whom: the same for a hold and for a purchase in one step.
pub(super) struct Claim {
    who: Who,
    inventory: InventoryId,
    body: Bytes,
    buyer: BuyerId,
    wanted: Wanted,
    access: Access,
    /// With a code.
    guess: Option<Guess>,
}

impl Claim {
    pub(super) async fn read(call: &Call<'_>, payload: Payload) -> Result<Self, Problem> {
        let inventory = call.inventory()?;
        if let Err(full) = call.api.inventories.has_room(inventory) {
            // Read, though not looked at: a connection with half a request in it would have to be closed.
            call.body(payload).await?;
            return Err(full.into());
        }
        let who = call.who().await?;
        let body = call.body(payload).await?;
        let mut request: HoldRequest = body::parse(&body)?;
        let buyer = who.acts_for(request.buyer.take())?;
        let access = Access {
            channel: clean(request.channel.take(), "/channel")?,
            code: given_code(call, inventory, request.code.take().as_deref()).await?,
        };
        let wanted = request.wanted(&who)?;
        let guess = guess(call, &who, inventory, &access)?;
        Ok(Self { who, inventory, body, buyer, wanted, access, guess })
    }

    /// Has it done, as what the call makes of it.
    pub(super) async fn commit(
        self,
        call: &Call<'_>,
        action: impl FnOnce(BuyerId, Wanted, Access) -> Action,
    ) -> Result<Committed, Problem> {
        let Self { who, inventory, body, buyer, wanted, access, guess } = self;
        let picks = wanted.picks().to_vec();
        let action = action(buyer.clone(), wanted, access);
        let done = commit_claim(call, &who, inventory, &body, &buyer, &picks, action).await;
        told(guess, &done);
        done
    }
}

/// Live holds, in the order of their end.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct HoldList<'a> {
    data: Vec<HoldAnswer<'a>>,
    has_more: bool,
}

/// Hold seats, places or pieces.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/holds", tag = "holds", operation_id = "hold",
    request_body = HoldRequest,
    responses((status = 201, description = "held until `expires_at`", body = HoldAnswer<'static>)))]
pub(super) async fn hold(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let claim = Claim::read(&call, payload).await?;
    let hold = |buyer, wanted, access| Action::Hold { buyer, wanted, access };
    let done = claim.commit(&call, hold).await?;
    call.done(StatusCode::CREATED, &done, done.source().hold_of(&done.record, done.now))
}

/// Runs a command that takes these picks for a buyer.
async fn commit_claim(
    call: &Call<'_>,
    who: &Who,
    inventory: InventoryId,
    body: &[u8],
    buyer: &BuyerId,
    picks: &[Pick],
    action: Action,
) -> Result<Committed, Problem> {
    let mut taken = None;
    let told = |failure| {
        taken = taken_units(&failure);
        refused::pointed(failure, Some("/offers"))
    };
    let done = call.commit_or(who, inventory, body, action, told).await;
    match (done, taken) {
        (Err(problem), Some(taken)) => {
            Err(own_words(call, inventory, buyer, problem, &taken, (picks, "/offers")).await)
        }
        (done, _) => done,
    }
}

/// My live holds; a secret key names the buyer.
#[utoipa::path(get, path = "/v1/inventories/{inventory}/holds", tag = "holds", operation_id = "list_holds",
    params(("buyer" = Option<String>, Query, description = "whose, for a secret key")),
    responses((status = 200, description = "live holds, in the order of their end", body = HoldList<'static>)))]
pub(super) async fn list(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let inventory = call.inventory()?;
    let query = Query::of(&req, &["buyer"])?;
    let buyer = query.buyer(&who)?;
    let channel = call.channel(inventory).await?;
    let mut holds = channel.holds_of(&buyer);
    holds.sort_by_key(|(id, held)| (held.expires_at, *id));
    // A later plan knows all units of an earlier one.
    let (plan, now) = (channel.plan(), channel.now());
    let data = holds.iter().map(|(id, held)| {
        let facts = HoldFacts {
            id: *id,
            buyer: &held.buyer,
            lines: &held.lines,
            adjacent: held.adjacent,
            step: held.step,
            expires_at: held.expires_at,
            group: held.group,
            state: "held",
        };
        Source { inventory, plan: &plan, epoch: held.epoch, seq: held.seq }.hold(facts, now)
    });
    Ok(json(StatusCode::OK, &HoldList { data: data.collect(), has_more: false }))
}

/// More time, within the inventory's limits.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/holds/{hold}/extend", tag = "holds",
    operation_id = "extend_hold",
    responses((status = 200, description = "the hold with its new end", body = HoldAnswer<'static>)))]
pub(super) async fn extend(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let (inventory, hold) = (call.inventory()?, call.hold()?);
    let body = call.body(payload).await?;
    let Nothing {} = body::parse_or_default(&body)?;
    let done = call.commit(&who, inventory, &body, Action::Extend { hold }).await?;
    call.done(StatusCode::OK, &done, done.source().hold_of(&done.record, done.now))
}

/// Pieces into a hold and out of it, all or nothing; its time stays as it is.
#[utoipa::path(post, path = "/v1/inventories/{inventory}/holds/{hold}/change", tag = "holds",
    operation_id = "change_hold", request_body = ChangeRequest,
    responses((status = 200, description = "the hold as it is now", body = HoldAnswer<'static>)))]
pub(super) async fn change(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let (inventory, hold) = (call.inventory()?, call.hold()?);
    let body = call.body(payload).await?;
    let change = body::parse::<ChangeRequest>(&body)?.change(&call, inventory, &who).await?;
    let (add, remove) = (change.add.clone(), change.remove.clone());
    let guess = guess(&call, &who, inventory, &change.access)?;
    let mut taken = None;
    let explained = |failure| {
        taken = taken_units(&failure);
        changed(failure, &add, &remove)
    };
    let done = call.commit_or(&who, inventory, &body, Action::Change { hold, change }, explained).await;
    told(guess, &done);
    let done = match (done, taken, who.caller()) {
        (Err(problem), Some(taken), Caller::Buyer(buyer)) => {
            return Err(own_words(&call, inventory, &buyer, problem, &taken, (&add, "/add")).await);
        }
        (done, ..) => done?,
    };
    call.done(StatusCode::OK, &done, done.source().hold_of(&done.record, done.now))
}

/// Give a hold back. Succeeds also when the hold is over already.
#[utoipa::path(delete, path = "/v1/inventories/{inventory}/holds/{hold}", tag = "holds",
    operation_id = "release_hold",
    responses((status = 204, description = "its units are free")))]
pub(super) async fn release(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let (inventory, hold) = (call.inventory()?, call.hold()?);
    call.no_body(payload).await?;
    call.run(&who, inventory, &[], Action::Release { hold }).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(body: &str) -> Result<Wanted, Code> {
        body::parse::<HoldRequest>(body.as_bytes())
            .and_then(|request| request.wanted(&Who::Buyer("ann".parse().unwrap())))
            .map_err(|problem| problem.code())
    }

    #[test]
    fn exactly_one_way_to_say_what_is_wanted() {
        assert!(matches!(wanted(r#"{"offers":[{"offer":"A"}]}"#), Ok(Wanted::Offers(_))));
        assert!(matches!(wanted(r#"{"best_available":{"quantity":2}}"#), Ok(Wanted::Best(_))));
        for body in [
            "{}",
            r#"{"offers":[]}"#,
            r#"{"offers":[{"offer":"A"}],"best_available":{"quantity":1}}"#,
            r#"{"offers":null,"best_available":null}"#,
        ] {
            assert_eq!(wanted(body).unwrap_err(), Code::InvalidField, "{body}");
        }
    }

    #[test]
    fn a_list_has_at_most_fifty_entries() {
        let list = |n: usize| format!("{{\"offers\":[{}]}}", vec![r#"{"offer":"A"}"#; n].join(","));
        assert!(wanted(&list(50)).is_ok());
        assert_eq!(wanted(&list(51)).unwrap_err(), Code::TooManyPieces);
    }
}
