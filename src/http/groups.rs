//! Groups: one claim on several inventories, all or nothing.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::body::{self, Nothing};
use super::call::{Answer, Call, json, mark_replayed};
use super::code::Code;
use super::picks;
use super::problem::Problem;
use super::refused;
use crate::actors::{Failure, GroupCall, GroupFailure, GroupShown, PartShown};
use crate::domain::answer::{HoldAnswer, SaleAnswer, Source, seconds_left};
use crate::domain::command::Pick;
use crate::domain::group::{GroupState, PARTS_MAX};
use crate::domain::time::Rfc3339;
use crate::domain::{BuyerId, Caller, GroupId, InventoryId, Money, Plan, Refusal};

/// What to hold: `holds`, or the same `offers` in each of `inventories`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"inventories": ["inv_01976f0a5c7e7d70a3f2b6f2c7b1d0aa",
    "inv_01976f0a5c7e7d70a3f2b6f2c7b1d0ab"], "offers": [{"offer": "A-1-7"}]}))]
pub(super) struct GroupRequest {
    /// Each inventory once, at most 100.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 100)]
    holds: Option<Vec<PartRequest>>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 100)]
    inventories: Option<Vec<InventoryId>>,
    #[serde(default)]
    #[schema(min_items = 1, max_items = 1000)]
    offers: Option<Vec<Pick>>,
    /// For whom; a secret key has to say it.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "customer-17")]
    buyer: Option<BuyerId>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PartRequest {
    #[schema(value_type = String)]
    inventory: InventoryId,
    /// Exactly these, all or none; at most 50 entries, for a secret key 1,000.
    #[schema(min_items = 1, max_items = 1000)]
    offers: Vec<Pick>,
}

/// The parts, and where the body names them.
#[derive(Debug)]
struct Wanted {
    parts: Vec<(InventoryId, Vec<Pick>)>,
    each_by_itself: bool,
}

impl GroupRequest {
    fn wanted(self, caller: &Caller) -> Result<Wanted, Problem> {
        let invalid = |pointer: String, detail: &str| Err(Problem::at(Code::InvalidField, pointer, detail));
        let wanted = match (self.holds, self.inventories, self.offers) {
            (Some(holds), None, None) => {
                let parts = holds.into_iter().map(|part| (part.inventory, part.offers)).collect();
                Wanted { parts, each_by_itself: true }
            }
            (None, Some(inventories), Some(offers)) => {
                let parts = inventories.into_iter().map(|inventory| (inventory, offers.clone())).collect();
                Wanted { parts, each_by_itself: false }
            }
            _ => return invalid(String::new(), "give either `holds`, or `inventories` and `offers`"),
        };
        let list = if wanted.each_by_itself { "/holds" } else { "/inventories" };
        if wanted.parts.is_empty() {
            return invalid(list.to_owned(), "is empty");
        }
        if wanted.parts.len() > PARTS_MAX {
            return invalid(list.to_owned(), "has more than 100 entries");
        }
        for (index, (inventory, offers)) in wanted.parts.iter().enumerate() {
            if wanted.parts[..index].iter().any(|(other, _)| other == inventory) {
                return invalid(wanted.inventory_at(index), "is named twice");
            }
            if offers.is_empty() {
                return invalid(format!("{}/offers", wanted.part_at(index)), "is empty");
            }
            picks::picked_by(caller, offers, &format!("{}/offers", wanted.part_at(index)))?;
        }
        Ok(wanted)
    }
}

impl Wanted {
    /// What stands before `/offers`.
    fn part_at(&self, index: usize) -> String {
        if self.each_by_itself { format!("/holds/{index}") } else { String::new() }
    }

    fn inventory_at(&self, index: usize) -> String {
        match self.each_by_itself {
            true => format!("/holds/{index}/inventory"),
            false => format!("/inventories/{index}"),
        }
    }

    fn problem(&self, failure: GroupFailure) -> Problem {
        let GroupFailure::Part { index, inventory, failure } = failure else {
            return problem(failure);
        };
        let (code, pointers) = match &failure {
            Failure::InventoryUnknown => (Code::InventoryUnknown, vec![self.inventory_at(index)]),
            Failure::Refused { refusal, plan } => {
                (refused::code(refusal), self.pointers(index, refusal, plan))
            }
            _ => return Problem::from(failure).inventory(inventory),
        };
        Problem::from(failure).inventory(inventory).errors(refused::at(code, pointers))
    }

    /// Where in the body stands what was refused.
    fn pointers(&self, index: usize, refusal: &Refusal, plan: &Plan) -> Vec<String> {
        let part = self.part_at(index);
        match refusal {
            Refusal::UnitTaken { units } | Refusal::NotEnough { units, .. } => {
                let offers = self.parts[index].1.iter().enumerate();
                let in_the_way = offers.filter(|(_, pick)| refused::takes(plan, pick, units));
                in_the_way.map(|(at, _)| format!("{part}/offers/{at}")).collect()
            }
            Refusal::UnitUnknown { index, .. } => vec![format!("{part}/offers/{index}/offer")],
            _ => vec![if self.each_by_itself { part } else { self.inventory_at(index) }],
        }
    }
}

/// What has no place in the body.
fn problem(failure: GroupFailure) -> Problem {
    match failure {
        GroupFailure::Part { inventory, failure, .. } => Problem::from(failure).inventory(inventory),
        GroupFailure::Unknown => Problem::new(Code::GroupUnknown),
        GroupFailure::Over(GroupState::Released) => Problem::new(Code::HoldReleased),
        GroupFailure::Over(GroupState::Sold) => Problem::new(Code::HoldPurchased),
        GroupFailure::Over(_) => Problem::new(Code::HoldExpired),
        GroupFailure::Mismatch => Problem::new(Code::IdempotencyMismatch),
        GroupFailure::Pending => Problem::new(Code::CommitPending),
        GroupFailure::GivenUp => Problem::new(Code::NotCommitted),
        GroupFailure::Store(cause) => cause.into(),
        GroupFailure::Overloaded => Problem::new(Code::Overloaded),
        GroupFailure::Panicked => Problem::fault(Code::Internal, "a group's work panicked"),
    }
}

/// A group as its buyer sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct GroupAnswer<'a> {
    #[schema(value_type = String, example = "grp_01976f0a5c7e7d70a3f2b6f2c7b1d0aa")]
    id: GroupId,
    /// `holding`, `held`, `purchasing`, `sold`, `released`, `expired`.
    state: &'static str,
    #[schema(value_type = String)]
    buyer: &'a BuyerId,
    /// In the order of the request.
    holds: Vec<HoldAnswer<'a>>,
    /// When it is sold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    sales: Vec<SaleAnswer<'a>>,
    /// Null when a price is unknown, or there is more than one currency.
    #[schema(required)]
    total: Option<Money>,
    /// Of all holds alike.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    expires_at: Option<Rfc3339>,
    expires_in_seconds: u32,
}

impl<'a> GroupAnswer<'a> {
    fn of(shown: &'a GroupShown, state: GroupState) -> Self {
        let holds: Vec<HoldAnswer> = shown.parts.iter().filter_map(|part| hold(shown, part, state)).collect();
        let sale = |part: &'a PartShown| {
            let record = part.sold.as_ref()?;
            Source::of(part.inventory, &part.plan, record).sale_of(record)
        };
        Self {
            id: shown.id,
            state: state.name(),
            buyer: &shown.buyer,
            sales: shown.parts.iter().filter_map(sale).collect(),
            total: sum(holds.iter().map(|hold| hold.total)),
            holds,
            expires_at: shown.expires_at.map(Rfc3339),
            expires_in_seconds: shown.expires_at.map_or(0, |end| seconds_left(end, shown.now)),
        }
    }
}

/// A part with the end of its group, whatever its own record says of the time before that was decided.
fn hold<'a>(shown: &'a GroupShown, part: &'a PartShown, state: GroupState) -> Option<HoldAnswer<'a>> {
    let record = part.held.as_ref()?;
    let mut hold = Source::of(part.inventory, &part.plan, record).hold_of(record, shown.now)?;
    let end = shown.expires_at?;
    (hold.expires_at, hold.expires_in_seconds) = (Rfc3339(end), seconds_left(end, shown.now));
    hold.state = if state == GroupState::Purchasing { "held" } else { state.name() };
    Some(hold)
}

fn sum(mut parts: impl Iterator<Item = Option<Money>>) -> Option<Money> {
    let first = parts.next()??;
    parts.try_fold(first, |sum, part| {
        let part = part.filter(|part| part.currency == sum.currency)?;
        Some(Money { amount: sum.amount.checked_add(part.amount)?, ..sum })
    })
}

/// Hold in several inventories at once: all or nothing.
#[utoipa::path(post, path = "/v1/groups", tag = "groups", operation_id = "hold_group",
    request_body = GroupRequest,
    responses((status = 201, description = "all held until `expires_at`", body = GroupAnswer<'static>)))]
pub(super) async fn hold_all(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let body = call.body(payload).await?;
    let caller = who.caller();
    let key = call.key_use(&caller, &body)?;
    let mut request: GroupRequest = body::parse(&body)?;
    let buyer = who.acts_for(request.buyer.take())?;
    let wanted = request.wanted(&caller)?;
    let asked = GroupCall { caller, key, buyer, parts: wanted.parts.clone(), asker: call.asker(&who) };
    let shown = match call.api.groups.hold(asked.clone()).await {
        Err(GroupFailure::Mismatch) => {
            let key = call.earlier_key_use(&asked.caller, &body)?;
            call.api.groups.hold(GroupCall { key, ..asked }).await
        }
        shown => shown,
    };
    let shown = shown.map_err(|failure| wanted.problem(failure))?;
    // A repeat is told what the first call was, whatever has become of it.
    Ok(answer(StatusCode::CREATED, &shown, GroupState::Held))
}

/// A group and what has become of it.
#[utoipa::path(get, path = "/v1/groups/{group}", tag = "groups", operation_id = "show_group",
    responses((status = 200, description = "the group", body = GroupAnswer<'static>)))]
pub(super) async fn show(req: HttpRequest) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let shown = call.api.groups.show(call.group()?, &who.caller()).await.map_err(problem)?;
    Ok(answer(StatusCode::OK, &shown, shown.state))
}

/// Give all of a group back. Succeeds also when it is over already.
#[utoipa::path(delete, path = "/v1/groups/{group}", tag = "groups", operation_id = "release_group",
    responses((status = 204, description = "all its units are free")))]
pub(super) async fn release(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    call.no_body(payload).await?;
    call.api.groups.release(call.group()?, who.caller(), call.asker(&who)).await.map_err(problem)?;
    Ok(HttpResponse::NoContent().finish())
}

/// Make all of a group's holds permanent. With the setting `checkout: key` in any of its inventories a secret
/// key has to do it, after payment.
#[utoipa::path(post, path = "/v1/groups/{group}/purchase", tag = "groups",
    operation_id = "purchase_group",
    responses((status = 201, description = "all sold", body = GroupAnswer<'static>)))]
pub(super) async fn purchase(req: HttpRequest, payload: Payload) -> Answer {
    let call = Call::of(&req);
    let who = call.who().await?;
    let group = call.group()?;
    let body = call.body(payload).await?;
    let Nothing {} = body::parse_or_default(&body)?;
    let caller = who.caller();
    let key = call.key_use(&caller, &body)?;
    let asker = call.asker(&who);
    let shown = match call.api.groups.purchase(group, caller.clone(), key, asker.clone()).await {
        Err(GroupFailure::Mismatch) => {
            let key = call.earlier_key_use(&caller, &body)?;
            call.api.groups.purchase(group, caller, key, asker).await
        }
        shown => shown,
    };
    let shown = shown.map_err(problem)?;
    Ok(answer(StatusCode::CREATED, &shown, GroupState::Sold))
}

fn answer(status: StatusCode, shown: &GroupShown, state: GroupState) -> HttpResponse {
    let mut response = json(status, &GroupAnswer::of(shown, state));
    if shown.replayed {
        mark_replayed(&mut response);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> (Code, String) {
        let wanted =
            body::parse::<GroupRequest>(body.as_bytes()).and_then(|request| request.wanted(&Caller::Clock));
        let problem = wanted.expect_err(body);
        let shown: serde_json::Value = serde_json::from_slice(&problem.render_body()).unwrap();
        (problem.code(), shown["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_group_names_each_inventory_once_and_at_most_a_hundred() {
        let id = |n: u128| InventoryId::new(uuid::Uuid::from_u128(n)).to_string();
        let part = |n: u128| format!(r#"{{"inventory":"{}","offers":[{{"offer":"A"}}]}}"#, id(n));
        let many = |n: u128| format!(r#"{{"holds":[{}]}}"#, (0..n).map(part).collect::<Vec<_>>().join(","));
        assert!(body::parse::<GroupRequest>(many(100).as_bytes()).unwrap().wanted(&Caller::Clock).is_ok());
        let (one, offers) = (id(1), r#"[{"offer":"A"}]"#);
        for (body, pointer) in [
            ("{}".to_owned(), ""),
            (r#"{"holds":[]}"#.to_owned(), "/holds"),
            (many(101), "/holds"),
            (format!(r#"{{"holds":[{},{}]}}"#, part(1), part(1)), "/holds/1/inventory"),
            (format!(r#"{{"holds":[{{"inventory":"{one}","offers":[]}}]}}"#), "/holds/0/offers"),
            (format!(r#"{{"inventories":["{one}","{one}"],"offers":{offers}}}"#), "/inventories/1"),
            (format!(r#"{{"inventories":["{one}"],"offers":[]}}"#), "/offers"),
            (format!(r#"{{"inventories":["{one}"]}}"#), ""),
            (r#"{"inventories":["x"],"offers":[]}"#.to_owned(), "/inventories/0"),
        ] {
            assert_eq!(refused(&body), (Code::InvalidField, pointer.to_owned()), "{body}");
        }
    }
}
