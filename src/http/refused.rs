//! From refusals and failures to problems.

use std::sync::Arc;
use std::time::Duration;

use super::code::Code;
use super::problem::{FieldError, OnSale, Problem};
use crate::actors::Failure;
use crate::domain::replan::Why;
use crate::domain::{Pick, Plan, Refusal, Timestamp, UnitNo};
use crate::persistence::StoreError;

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { refusal, plan } => refused(&refusal, &plan),
            Failure::InventoryUnknown => Problem::new(Code::InventoryUnknown),
            Failure::Overloaded => Problem::new(Code::Overloaded),
            Failure::CommitPending => Problem::new(Code::CommitPending),
            Failure::NotCommitted => Problem::new(Code::NotCommitted),
            Failure::Unavailable { retry_after_seconds } => {
                Problem::new(Code::Unavailable).retry_after_seconds(retry_after_seconds)
            }
            Failure::TurnedAway(away) => away.into(),
            Failure::Panicked => Problem::fault(Code::Internal, failure),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Problem::fault(Code::Unavailable, error)
    }
}

/// Nobody waits longer for the store.
const STORE_WAIT_MAX: Duration = Duration::from_secs(5);

/// What the store answers to a question, or that it does not.
pub(super) async fn asked<T>(question: impl Future<Output = Result<T, StoreError>>) -> Result<T, Problem> {
    match tokio::time::timeout(STORE_WAIT_MAX, question).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Problem::fault(Code::Unavailable, "the store does not answer")),
    }
}

/// The same for a change: it runs to its end, also when its caller has hung up or is told to ask again.
pub(super) async fn changed<T: 'static>(
    change: impl Future<Output = Result<T, StoreError>> + 'static,
) -> Result<T, Problem> {
    let change = actix_web::rt::spawn(change);
    match tokio::time::timeout(STORE_WAIT_MAX, change).await {
        Ok(Ok(changed)) => Ok(changed?),
        Ok(Err(panicked)) => Err(Problem::fault(Code::Internal, panicked)),
        Err(_) => Err(Problem::fault(Code::CommitPending, "the store does not answer")),
    }
}

/// Keys leave one by one, a day after they came.
const KEYS_FULL_SECONDS: u32 = 60;

fn refused(refusal: &Refusal, plan: &Plan) -> Problem {
    let problem = Problem::new(code(refusal));
    match refusal {
        Refusal::UnitTaken { units }
        | Refusal::WouldOrphanSeat { units }
        | Refusal::CompanionKept { units } => problem.units(names(plan, units)),
        Refusal::NotEnough { units, largest_block } => {
            problem.units(names(plan, units)).largest_block(*largest_block)
        }
        Refusal::WouldStrand { stranded } => {
            let told = |&(unit, why): &(UnitNo, Why)| (plan.unit(unit).id.clone(), why.name());
            problem.stranded(stranded.iter().map(told).collect())
        }
        Refusal::NoAdjacentBlock { largest_block } => problem.largest_block(Some(*largest_block)),
        Refusal::BuyerLimit { limit, max } => problem.limit(limit.name(), u64::from(*max)),
        Refusal::TooManyPieces { max } => problem.limit("pieces_per_hold", u64::from(*max)),
        Refusal::TooManyBlocks { max } => problem.limit("blocks", u64::from(*max)),
        Refusal::TooManyUnits { max } => problem.limit("units", u64::from(*max)),
        Refusal::KeysFull => problem.retry_after_seconds(KEYS_FULL_SECONDS),
        Refusal::NotOnSale { from, until } => {
            let time = |at: &Option<Timestamp>| at.map(Timestamp::rfc3339);
            problem.on_sale(OnSale { from: time(from), until: time(until) })
        }
        _ => problem,
    }
}

/// A refusal that speaks of a part of the body, told with a pointer to that part. `list` is where the ids
/// stand in this call's body, such as `/offers`; None: the body has one id, at `/unit`.
pub(super) fn pointed(failure: Failure, list: Option<&'static str>) -> Problem {
    let Failure::Refused { refusal, plan } = &failure else {
        return failure.into();
    };
    let at =
        |pointer: String, id: &str, what: &str| Problem::at(code(refusal), pointer, format!("{what} {id:?}"));
    let best =
        |what: &str, id: &str| at(format!("/best_available/{what}"), id, &format!("the plan has no {what}"));
    match refusal {
        Refusal::UnitUnknown { id, index } => match list {
            Some(list) => at(entry(list, *index), id, "the plan has no"),
            None => at("/unit".to_owned(), id, "the plan has no"),
        },
        Refusal::QuantityRange { index, min, max } => {
            let detail = format!("is shared by {min} to {max} guests: the quantity is their number");
            let list = list.unwrap_or("/offers");
            Problem::at(code(refusal), format!("{list}/{index}/quantity"), detail)
        }
        Refusal::UnitNotStocked { id } => at("/unit".to_owned(), id, "there is no stock to change:"),
        Refusal::CategoryUnknown { id } => best("category", id),
        Refusal::ChannelUnknown { name } => {
            at("/channel".to_owned(), name, "nothing is kept for the channel")
        }
        Refusal::CodeUnknown => Problem::at(code(refusal), "/code", "opens nothing here"),
        Refusal::SectionUnknown { id } => best("section", id),
        Refusal::ZoneUnknown { id } => best("zone", id),
        Refusal::FloorUnknown { id } => best("floor", id),
        Refusal::PartyInvalid => Problem::at(
            code(refusal),
            "/best_available/accessible",
            "accessible seats and their companions are a part of the quantity; companions come with somebody",
        ),
        Refusal::ReleasePast => Problem::at(code(refusal), "/release_at", "must lie in the future"),
        Refusal::SettingInvalid { field, must } => {
            Problem::at(Code::SettingInvalid, format!("/{field}"), *must)
        }
        _ => refused(refusal, plan),
    }
}

fn entry(list: &str, index: usize) -> String {
    match list {
        "/offers" | "/add" => format!("{list}/{index}/offer"),
        _ => format!("{list}/{index}/0"),
    }
}

/// Whether what was picked needs one of these units.
pub(super) fn takes(plan: &Plan, pick: &Pick, units: &[UnitNo]) -> bool {
    let mut is_one_of_them = false;
    if let Some(offer) = plan.offer_by_id(&pick.offer) {
        plan.bill(offer, |unit, _| is_one_of_them |= units.contains(&unit));
    }
    is_one_of_them
}

/// The same error at each of these places.
pub(super) fn at(code: Code, pointers: Vec<String>) -> Vec<FieldError> {
    let kind = code.kind();
    let error = |pointer| FieldError { pointer, code: kind.code.into(), detail: kind.title.to_owned() };
    pointers.into_iter().map(error).collect()
}

fn names(plan: &Plan, units: &[UnitNo]) -> Vec<Arc<str>> {
    units.iter().map(|&unit| plan.unit(unit).id.clone()).collect()
}

pub(super) fn code(refusal: &Refusal) -> Code {
    match refusal {
        Refusal::UnitTaken { .. } => Code::UnitTaken,
        Refusal::NotEnough { .. } => Code::NotEnough,
        Refusal::NoAdjacentBlock { .. } => Code::NoAdjacentBlock,
        Refusal::WouldOrphanSeat { .. } => Code::WouldOrphanSeat,
        Refusal::CompanionKept { .. } => Code::CompanionKept,
        Refusal::SearchExhausted => Code::SearchExhausted,
        Refusal::PartyInvalid | Refusal::ReleasePast => Code::InvalidField,
        Refusal::BuyerLimit { .. } => Code::BuyerLimit,
        Refusal::TooManyPieces { .. } => Code::TooManyPieces,
        Refusal::TooManyUnits { .. } => Code::TooManyUnits,
        Refusal::Cancelled => Code::Cancelled,
        Refusal::NotOnSale { .. } => Code::NotOnSale,
        Refusal::HoldExpired => Code::HoldExpired,
        Refusal::HoldReleased => Code::HoldReleased,
        Refusal::HoldPurchased => Code::HoldPurchased,
        Refusal::HoldUnknown => Code::HoldUnknown,
        Refusal::ExtensionLimit => Code::ExtensionLimit,
        Refusal::ExtensionEarly => Code::ExtensionEarly,
        Refusal::HoldEmptied => Code::HoldEmptied,
        Refusal::HoldInGroup { .. } => Code::HoldInGroup,
        Refusal::NotInClaim { .. } => Code::NotInClaim,
        Refusal::MoveInvalid => Code::MoveInvalid,
        Refusal::UnitUnknown { .. } => Code::UnitUnknown,
        Refusal::CategoryUnknown { .. } => Code::CategoryUnknown,
        Refusal::ChannelNeedsKey => Code::ChannelNeedsKey,
        Refusal::ChannelUnknown { .. } => Code::ChannelUnknown,
        Refusal::CodeUnknown => Code::AccessCodeUnknown,
        Refusal::SectionUnknown { .. } => Code::SectionUnknown,
        Refusal::ZoneUnknown { .. } => Code::ZoneUnknown,
        Refusal::FloorUnknown { .. } => Code::FloorUnknown,
        Refusal::QuantityRange { .. } => Code::QuantityRange,
        Refusal::UnitNotStocked { .. } => Code::UnitNotStocked,
        Refusal::PurchaseNeedsKey => Code::PurchaseNeedsKey,
        Refusal::SaleUnknown => Code::SaleUnknown,
        Refusal::SaleReturned => Code::SaleReturned,
        Refusal::BlockUnknown => Code::BlockUnknown,
        Refusal::TooManyBlocks { .. } => Code::TooManyBlocks,
        Refusal::KeysFull => Code::KeysFull,
        Refusal::SettingsChanged { .. } | Refusal::PlanChanged { .. } => Code::PreconditionFailed,
        Refusal::WouldStrand { .. } => Code::WouldStrandHolder,
        Refusal::SettingInvalid { .. } => Code::SettingInvalid,
        Refusal::IdempotencyMismatch => Code::IdempotencyMismatch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::refusal::BuyerLimit;

    #[test]
    fn a_refusal_keeps_its_code_on_its_way_out() {
        let id = || "x".to_owned();
        for refusal in [
            Refusal::UnitTaken { units: vec![] },
            Refusal::NotEnough { units: vec![], largest_block: None },
            Refusal::NoAdjacentBlock { largest_block: 1 },
            Refusal::WouldOrphanSeat { units: vec![] },
            Refusal::CompanionKept { units: vec![] },
            Refusal::SearchExhausted,
            Refusal::PartyInvalid,
            Refusal::ReleasePast,
            Refusal::KeysFull,
            Refusal::TooManyUnits { max: 10_000 },
            Refusal::ExtensionEarly,
            Refusal::HoldEmptied,
            Refusal::BuyerLimit { limit: BuyerLimit::LiveHolds, max: 4 },
            Refusal::TooManyPieces { max: 50 },
            Refusal::Cancelled,
            Refusal::NotOnSale { from: None, until: None },
            Refusal::HoldExpired,
            Refusal::HoldReleased,
            Refusal::HoldPurchased,
            Refusal::HoldUnknown,
            Refusal::ExtensionLimit,
            Refusal::HoldInGroup { group: crate::domain::GroupId::new(uuid::Uuid::nil()) },
            Refusal::NotInClaim { offer: id() },
            Refusal::MoveInvalid,
            Refusal::UnitUnknown { id: id(), index: 0 },
            Refusal::CategoryUnknown { id: id() },
            Refusal::ChannelNeedsKey,
            Refusal::ChannelUnknown { name: id() },
            Refusal::CodeUnknown,
            Refusal::SectionUnknown { id: id() },
            Refusal::ZoneUnknown { id: id() },
            Refusal::FloorUnknown { id: id() },
            Refusal::QuantityRange { index: 0, min: 2, max: 8 },
            Refusal::UnitNotStocked { id: id() },
            Refusal::PurchaseNeedsKey,
            Refusal::SaleUnknown,
            Refusal::SaleReturned,
            Refusal::BlockUnknown,
            Refusal::TooManyBlocks { max: 2_000 },
            Refusal::WouldStrand { stranded: vec![] },
            Refusal::SettingInvalid { field: "x", must: "y" },
            Refusal::IdempotencyMismatch,
        ] {
            assert_eq!(code(&refusal).kind().code, refusal.code());
        }
        assert_eq!(code(&Refusal::SettingsChanged { version: 1 }), Code::PreconditionFailed);
        assert_eq!(code(&Refusal::PlanChanged { version: 1 }), Code::PreconditionFailed);
    }
}
