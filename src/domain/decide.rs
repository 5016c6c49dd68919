//! Whether a command is allowed, and what happens if it is. Nothing changes here; `apply` does that.
//!
//! Each command is a list of guards that return early, then the event.

use smallvec::{SmallVec, smallvec};
use uuid::Uuid;

use super::access::Reach;
use super::allotment::{BLOCKS_MAX, take_draws};
use super::caller::Caller;
use super::claim::{Claim, claim};
use super::command::{Pick, Wanted};
use super::event::Quantities;
use super::ledger::{End, Hold, Sale};
use super::lines::{Sum, enough, split};
use super::settings::BadSetting;
use super::{
    Action, BlockId, BuyerId, Checkout, Command, Details, Event, HoldId, Listing, Moment, Refusal, SaleId,
    SettingsPatch, State, Timestamp, change, details, group, keys, limits, moves, replan,
};

/// The events of one record; nearly always one. None: the command is already true, nothing to record.
pub type Events = SmallVec<[Event; 1]>;

/// What the command does to this state, or why it may not. An empty list means that it is so already.
pub fn decide(state: &State, command: &Command, moment: &Moment) -> Result<Events, Refusal> {
    let events = decided(state, command, moment)?;
    // A part follows its group's row, which has decided already.
    let may_wait = command.cause.key.is_some() && !matches!(command.action, Action::Part { .. });
    if may_wait && keys::are_lasting(&events) && !state.has_room_for_key(&command.caller, moment.now) {
        return Err(Refusal::KeysFull);
    }
    Ok(events)
}

fn decided(state: &State, command: &Command, moment: &Moment) -> Result<Events, Refusal> {
    let Moment { now, fresh } = *moment;
    let caller = &command.caller;
    let event = match &command.action {
        action if action.is_claim() && state.cancelled().is_some() => return Err(Refusal::Cancelled),
        Action::Configure { patch, expected, known } => configure(state, patch, *expected, known.as_ref())?,
        Action::Cancel { .. } if state.cancelled().is_some() => return Ok(Events::new()),
        Action::Cancel { reason } => Event::Cancelled { reason: reason.clone(), holds: own_holds(state) },
        Action::Hold { buyer, wanted, access } => {
            let reach = Reach::of(state, caller, access)?;
            hold(&reach, caller, buyer, wanted, moment)?
        }
        Action::Extend { hold } => extend(state, caller, *hold, now)?,
        Action::Change { hold, change } => change::decide(state, caller, *hold, change, now)?,
        Action::Release { hold } => match release(state, caller, *hold, now)? {
            Some(event) => event,
            None => return Ok(Events::new()),
        },
        Action::Purchase { hold } => purchase(state, caller, *hold, now, fresh)?,
        Action::PurchaseNow { buyer, wanted, access } => {
            may_check_out(state, caller)?;
            let reach = Reach::of(state, caller, access)?;
            purchase_now(&reach, caller, buyer, wanted, moment)?
        }
        Action::Return { sale, pieces } => give_back(state, caller, *sale, pieces.as_deref())?,
        Action::Block { units, reason, channel, code, release_at } => {
            if release_at.is_some_and(|at| at <= now) {
                return Err(Refusal::ReleasePast);
            }
            if !state.all_blocks().has_room() {
                return Err(Refusal::TooManyBlocks { max: BLOCKS_MAX as u32 });
            }
            let units = blockable(state, units)?;
            Event::Blocked {
                block: BlockId::new(fresh),
                units,
                reason: reason.clone(),
                channel: channel.clone(),
                code: *code,
                release_at: *release_at,
            }
        }
        Action::Unblock { block } => {
            state.kept.ledger.blocks.get(*block).ok_or(Refusal::BlockUnknown)?;
            Event::Unblocked { block: *block }
        }
        Action::Restock { unit, change } => restock(state, unit, *change)?,
        Action::Replan { expected, version, plan } => replan::decide(state, *expected, *version, plan)?,
        Action::Reassign { sale, to } => reassign(state, caller, *sale, to)?,
        Action::Move { moves } => moves::decide(state, caller, moves, now)?,
        Action::Part { group, step } => match group::decide(state, caller, *group, step, moment)? {
            Some(event) => event,
            None => return Ok(Events::new()),
        },
        Action::Expire => return Ok(expire(state, now)),
    };
    Ok(smallvec![event])
}

fn configure(
    state: &State,
    patch: &SettingsPatch,
    expected: u64,
    known: Option<&Details>,
) -> Result<Event, Refusal> {
    let version = state.settings_version();
    if expected != version {
        return Err(Refusal::SettingsChanged { version });
    }
    let invalid = |bad: BadSetting| Refusal::SettingInvalid { field: bad.field, must: bad.must };
    let settings = state.settings().patched(patch).map_err(invalid)?;
    settings.fit(&state.plan).map_err(invalid)?;
    let before = state.details().or(known).cloned().unwrap_or_default();
    let details = patch.details(&before).transpose().map_err(invalid)?;
    details::check_window(&settings, details.as_ref().unwrap_or(&before)).map_err(invalid)?;
    let becomes_draft =
        |details: &Details| details.listing == Listing::Draft && before.listing != Listing::Draft;
    if details.as_ref().is_some_and(becomes_draft) && state.is_claimed() {
        let must = "must not become `draft`: somebody holds or owns something of it";
        return Err(Refusal::SettingInvalid { field: "listing", must });
    }
    Ok(Event::Configured { settings, details })
}

/// All live holds that are no part of a group, in the order of their end.
fn own_holds(state: &State) -> Vec<HoldId> {
    state.kept.ledger.due.iter().map(|&(_, hold)| hold).collect()
}

pub(super) fn hold(
    reach: &Reach<'_>,
    caller: &Caller,
    buyer: &BuyerId,
    wanted: &Wanted,
    moment: &Moment,
) -> Result<Event, Refusal> {
    let Claim { lines, adjacent, step, drawn } = claimed(reach, caller, buyer, wanted, moment.now, 1)?;
    Ok(Event::Held {
        hold: HoldId::new(moment.fresh),
        buyer: buyer.clone(),
        lines,
        adjacent,
        step,
        expires_at: moment.now.plus_seconds(reach.state.settings().hold_seconds),
        channel: reach.channel.map(str::to_owned),
        drawn,
        group: None,
    })
}

/// What this buyer may have of what is wanted, and so many more holds.
fn claimed(
    reach: &Reach<'_>,
    caller: &Caller,
    buyer: &BuyerId,
    wanted: &Wanted,
    now: Timestamp,
    holds: u32,
) -> Result<Claim, Refusal> {
    reach.is_open(now)?;
    limits::check(reach.state, caller, buyer, wanted, holds)?;
    let claim = claim(reach, caller, wanted, now)?;
    limits::of_categories(reach.state, buyer, claim.lines.iter(), [].iter())?;
    Ok(claim)
}

/// An extension that gains less, or less than a tenth of the hold time, is none, and is not counted.
const EXTENSION_LEAST_MS: i64 = 1_000;

fn extend(state: &State, caller: &Caller, id: HoldId, now: Timestamp) -> Result<Event, Refusal> {
    let hold = live_hold(state, caller, id, now)?;
    let seconds = state.settings().hold_seconds;
    let cap = hold.started_at.plus_seconds(2 * seconds);
    let expires_at = now.plus_seconds(seconds).min(cap);
    let least_ms = EXTENSION_LEAST_MS.min(i64::from(seconds) * 100);
    let gains_ms = |until: Timestamp| until.since_ms(hold.expires_at);
    if hold.extensions >= state.settings().extensions_max || gains_ms(cap) < least_ms {
        return Err(Refusal::ExtensionLimit);
    }
    if gains_ms(expires_at) < least_ms {
        return Err(Refusal::ExtensionEarly);
    }
    Ok(Event::Extended {
        hold: id,
        buyer: hold.buyer.clone(),
        lines: hold.lines.clone(),
        adjacent: hold.adjacent,
        step: hold.step,
        expires_at,
    })
}

/// None: the hold is over already, which is what the caller wanted.
fn release(state: &State, caller: &Caller, id: HoldId, now: Timestamp) -> Result<Option<Event>, Refusal> {
    match live_hold(state, caller, id, now) {
        Ok(_) => Ok(Some(Event::Released { hold: id })),
        Err(Refusal::HoldExpired | Refusal::HoldReleased | Refusal::HoldPurchased) => Ok(None),
        Err(other) => Err(other),
    }
}

fn purchase(
    state: &State,
    caller: &Caller,
    id: HoldId,
    now: Timestamp,
    fresh: Uuid,
) -> Result<Event, Refusal> {
    let hold = live_hold(state, caller, id, now)?;
    may_check_out(state, caller)?;
    Ok(purchased(id, hold, fresh))
}

/// What becomes of a hold when it is paid for.
pub(super) fn purchased(id: HoldId, hold: &Hold, fresh: Uuid) -> Event {
    Event::Purchased {
        sale: SaleId::new(fresh),
        hold: Some(id),
        buyer: hold.buyer.clone(),
        lines: hold.lines.clone(),
        channel: hold.channel.clone(),
        drawn: hold.drawn.clone(),
    }
}

fn purchase_now(
    reach: &Reach<'_>,
    caller: &Caller,
    buyer: &BuyerId,
    wanted: &Wanted,
    moment: &Moment,
) -> Result<Event, Refusal> {
    let Claim { lines, drawn, .. } = claimed(reach, caller, buyer, wanted, moment.now, 0)?;
    Ok(Event::Purchased {
        sale: SaleId::new(moment.fresh),
        hold: None,
        buyer: buyer.clone(),
        lines,
        channel: reach.channel.map(str::to_owned),
        drawn,
    })
}

fn give_back(state: &State, caller: &Caller, id: SaleId, picks: Option<&[Pick]>) -> Result<Event, Refusal> {
    let sale = own_sale(state, caller, id)?;
    if sale.lines.is_empty() {
        return Err(Refusal::SaleReturned);
    }
    let lines = match picks {
        None => sale.lines.clone(),
        Some(picks) => {
            let (back, _) = split(state, &sale.lines, picks, |_| Refusal::SaleReturned)?;
            if back.is_empty() {
                return Err(Refusal::SaleReturned);
            }
            back
        }
    };
    let mut left = sale.drawn.clone();
    let drawn = lines.iter().flat_map(|line| take_draws(&mut left, &line.units)).collect();
    Ok(Event::Returned { sale: id, buyer: sale.buyer.clone(), lines, drawn })
}

fn blockable(state: &State, wanted: &[(String, u32)]) -> Result<Quantities, Refusal> {
    let mut units = Sum::default();
    for (index, (id, quantity)) in wanted.iter().enumerate() {
        let unknown = || Refusal::UnitUnknown { id: id.clone(), index };
        units.add(state.plan.unit_by_id(id).ok_or_else(unknown)?, u64::from(*quantity));
    }
    enough(state, units.units(), |unit| state.available(unit))?;
    Ok(units.into_units())
}

fn restock(state: &State, id: &str, change: i64) -> Result<Event, Refusal> {
    let unknown = || Refusal::UnitUnknown { id: id.to_owned(), index: 0 };
    let unit = state.plan.unit_by_id(id).ok_or_else(unknown)?;
    if state.plan.is_seat(unit) || state.plan.unit(unit).whole {
        return Err(Refusal::UnitNotStocked { id: id.to_owned() });
    }
    let level = state.kept.stock.level(unit);
    let capacity = i64::from(level.capacity).saturating_add(change);
    let range = level.taken() as i64..=i64::from(super::plan::QUANTITY_MAX);
    if !range.contains(&capacity) {
        return Err(Refusal::NotEnough { units: vec![unit], largest_block: None });
    }
    Ok(Event::Restocked { unit, change, capacity: capacity as u32 })
}

fn reassign(state: &State, caller: &Caller, id: SaleId, to: &BuyerId) -> Result<Event, Refusal> {
    let sale = own_sale(state, caller, id)?;
    if sale.lines.is_empty() {
        return Err(Refusal::SaleReturned);
    }
    if *to != sale.buyer {
        limits::check_more(state, to, &sale.lines)?;
    }
    Ok(Event::Reassigned { sale: id, from: sale.buyer.clone(), to: to.clone() })
}

/// All holds that are due in one event, then the allotments that go on public sale.
fn expire(state: &State, now: Timestamp) -> Events {
    let due = state.kept.ledger.due.iter().take_while(|&&(at, _)| at <= now);
    let holds: Vec<HoldId> = due.map(|&(_, hold)| hold).collect();
    let expired = (!holds.is_empty()).then_some(Event::Expired { holds });
    let released = state.kept.ledger.blocks.due(now).map(|block| Event::Unblocked { block });
    expired.into_iter().chain(released).collect()
}

/// The caller's live hold, or what became of it. Somebody else's does not exist.
pub(super) fn live_hold<'a>(
    state: &'a State,
    caller: &Caller,
    id: HoldId,
    now: Timestamp,
) -> Result<&'a Hold, Refusal> {
    if let Some(hold) = state.hold(id).filter(|hold| caller.may_touch(&hold.buyer)) {
        if let Some(group) = hold.group {
            return Err(Refusal::HoldInGroup { group });
        }
        return if now < hold.expires_at { Ok(hold) } else { Err(Refusal::HoldExpired) };
    }
    match state.kept.ledger.ended.get(id).filter(|(_, buyer)| caller.may_touch(buyer)) {
        Some((End::Expired, _)) => Err(Refusal::HoldExpired),
        Some((End::Released, _)) => Err(Refusal::HoldReleased),
        Some((End::Purchased, _)) => Err(Refusal::HoldPurchased),
        None => Err(Refusal::HoldUnknown),
    }
}

pub(super) fn own_sale<'a>(state: &'a State, caller: &Caller, id: SaleId) -> Result<&'a Sale, Refusal> {
    state.sale(id).filter(|sale| caller.may_touch(&sale.buyer)).ok_or(Refusal::SaleUnknown)
}

fn may_check_out(state: &State, caller: &Caller) -> Result<(), Refusal> {
    match (state.settings().checkout, caller) {
        (Checkout::Key, Caller::Buyer(_)) => Err(Refusal::PurchaseNeedsKey),
        _ => Ok(()),
    }
}
