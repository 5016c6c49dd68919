//! Whether a command is allowed, and what happens if it is. Nothing changes here; `apply` does that.
//!
//! Each command is a list of guards that return early, then the event.

use smallvec::{SmallVec, smallvec};
use uuid::Uuid;

use super::best;
use super::command::{BestWanted, Caller, Pick, Wanted};
use super::event::{Lines, Quantities};
use super::ledger::{End, Hold, Sale, pieces};
use super::lines::{add, are_adjacent, bill_units, fill_units, line, lines_of, split, there_is_enough};
use super::refusal::BuyerLimit;
use super::settings::PIECES_PER_HOLD_MAX;
use super::{
    Action, BlockId, BuyerId, Checkout, Command, Event, HoldId, Moment, Refusal, SaleId, SettingsPatch,
    State, Timestamp, UnitNo,
};
use super::{group, moves};

/// The events of one record; nearly always one. None: the command is already true, nothing to record.
pub type Events = SmallVec<[Event; 1]>;

/// What the command does to this state, or why it may not. An empty list means that it is so already.
pub fn decide(state: &State, command: &Command, moment: &Moment) -> Result<Events, Refusal> {
    let Moment { now, fresh } = *moment;
    let caller = &command.caller;
    let event = match &command.action {
        Action::Configure { patch, expected } => configure(state, patch, *expected)?,
        Action::Hold { buyer, wanted } => hold(state, buyer, wanted, now, fresh)?,
        Action::Extend { hold } => extend(state, caller, *hold, now)?,
        Action::Release { hold } => match release(state, caller, *hold, now)? {
            Some(event) => event,
            None => return Ok(Events::new()),
        },
        Action::Purchase { hold } => purchase(state, caller, *hold, now, fresh)?,
        Action::PurchaseNow { buyer, wanted } => purchase_now(state, caller, buyer, wanted, now, fresh)?,
        Action::Return { sale, pieces } => give_back(state, caller, *sale, pieces.as_deref())?,
        Action::Block { units, reason, channel } => {
            let units = blockable(state, units)?;
            Event::Blocked {
                block: BlockId::new(fresh),
                units,
                reason: reason.clone(),
                channel: channel.clone(),
            }
        }
        Action::Unblock { block } => {
            state.kept.ledger.blocks.get(block).ok_or(Refusal::BlockUnknown)?;
            Event::Unblocked { block: *block }
        }
        Action::Restock { unit, change } => restock(state, unit, *change)?,
        Action::Reassign { sale, to } => reassign(state, caller, *sale, to)?,
        Action::Move { moves } => moves::decide(state, caller, moves, now)?,
        Action::Part { group, step } => match group::decide(state, *group, step, moment)? {
            Some(event) => event,
            None => return Ok(Events::new()),
        },
        Action::Expire => match expire(state, now) {
            Some(event) => event,
            None => return Ok(Events::new()),
        },
    };
    Ok(smallvec![event])
}

fn configure(state: &State, patch: &SettingsPatch, expected: u64) -> Result<Event, Refusal> {
    let version = state.settings_version();
    if expected != version {
        return Err(Refusal::SettingsChanged { version });
    }
    match state.settings().patched(patch) {
        Ok(settings) => Ok(Event::Configured { settings }),
        Err(bad) => Err(Refusal::SettingInvalid { field: bad.field, must: bad.must }),
    }
}

pub(super) fn hold(
    state: &State,
    buyer: &BuyerId,
    wanted: &Wanted,
    now: Timestamp,
    fresh: Uuid,
) -> Result<Event, Refusal> {
    on_sale(state, now)?;
    within_limits(state, buyer, wanted_pieces(wanted)?, 1)?;
    let (lines, adjacent) = lines(state, wanted)?;
    let expires_at = now.plus_seconds(state.settings().hold_seconds);
    let hold = HoldId::new(fresh);
    Ok(Event::Held { hold, buyer: buyer.clone(), lines, adjacent, expires_at, group: None })
}

fn extend(state: &State, caller: &Caller, id: HoldId, now: Timestamp) -> Result<Event, Refusal> {
    let hold = live_hold(state, caller, id, now)?;
    let seconds = state.settings().hold_seconds;
    let cap = hold.started_at.plus_seconds(2 * seconds);
    let expires_at = now.plus_seconds(seconds).min(cap);
    if hold.extensions >= state.settings().extensions_max || expires_at <= hold.expires_at {
        return Err(Refusal::ExtensionLimit);
    }
    Ok(Event::Extended {
        hold: id,
        buyer: hold.buyer.clone(),
        lines: hold.lines.clone(),
        adjacent: hold.adjacent,
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
    let (buyer, lines) = (hold.buyer.clone(), hold.lines.clone());
    Ok(Event::Purchased { sale: SaleId::new(fresh), hold: Some(id), buyer, lines })
}

fn purchase_now(
    state: &State,
    caller: &Caller,
    buyer: &BuyerId,
    wanted: &Wanted,
    now: Timestamp,
    fresh: Uuid,
) -> Result<Event, Refusal> {
    may_check_out(state, caller)?;
    on_sale(state, now)?;
    within_limits(state, buyer, wanted_pieces(wanted)?, 0)?;
    let (lines, _) = lines(state, wanted)?;
    Ok(Event::Purchased { sale: SaleId::new(fresh), hold: None, buyer: buyer.clone(), lines })
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
    Ok(Event::Returned { sale: id, buyer: sale.buyer.clone(), lines })
}

fn blockable(state: &State, wanted: &[(String, u32)]) -> Result<Quantities, Refusal> {
    let mut units = Quantities::new();
    for (index, (id, quantity)) in wanted.iter().enumerate() {
        let unknown = || Refusal::UnitUnknown { id: id.clone(), index };
        add(&mut units, state.plan.unit_by_id(id).ok_or_else(unknown)?, u64::from(*quantity));
    }
    there_is_enough(state, &units)?;
    Ok(units)
}

fn restock(state: &State, id: &str, change: i64) -> Result<Event, Refusal> {
    let unknown = || Refusal::UnitUnknown { id: id.to_owned(), index: 0 };
    let unit = state.plan.unit_by_id(id).ok_or_else(unknown)?;
    if state.plan.is_seat(unit) {
        return Err(Refusal::UnitNotStocked { id: id.to_owned() });
    }
    let level = state.kept.stock.level(unit);
    let capacity = i64::from(level.capacity).saturating_add(change);
    let range = level.taken() as i64..=i64::from(super::plan::QUANTITY_MAX);
    if !range.contains(&capacity) {
        return Err(Refusal::NotEnough { units: vec![unit] });
    }
    Ok(Event::Restocked { unit, change, capacity: capacity as u32 })
}

fn reassign(state: &State, caller: &Caller, id: SaleId, to: &BuyerId) -> Result<Event, Refusal> {
    let sale = own_sale(state, caller, id)?;
    if sale.lines.is_empty() {
        return Err(Refusal::SaleReturned);
    }
    if *to != sale.buyer {
        pieces_per_buyer(state, to, pieces(&sale.lines))?;
    }
    Ok(Event::Reassigned { sale: id, from: sale.buyer.clone(), to: to.clone() })
}

fn expire(state: &State, now: Timestamp) -> Option<Event> {
    let due = state.kept.ledger.due.iter().take_while(|&&(at, _)| at <= now);
    let holds: Vec<HoldId> = due.map(|&(_, hold)| hold).collect();
    (!holds.is_empty()).then_some(Event::Expired { holds })
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

pub(super) fn on_sale(state: &State, now: Timestamp) -> Result<(), Refusal> {
    let (from, until) = (state.settings().on_sale_from, state.settings().on_sale_until);
    if from.is_some_and(|from| now < from) || until.is_some_and(|until| now >= until) {
        return Err(Refusal::NotOnSale { from, until });
    }
    Ok(())
}

fn wanted_pieces(wanted: &Wanted) -> Result<u32, Refusal> {
    let pieces: u64 = match wanted {
        Wanted::Offers(picks) => picks.iter().map(|pick| u64::from(pick.quantity.get())).sum(),
        Wanted::Best(best) => u64::from(best.quantity.get()),
    };
    match u32::try_from(pieces) {
        Ok(pieces) if pieces <= PIECES_PER_HOLD_MAX => Ok(pieces),
        _ => Err(Refusal::TooManyPieces { max: PIECES_PER_HOLD_MAX }),
    }
}

fn within_limits(state: &State, buyer: &BuyerId, pieces: u32, holds: u32) -> Result<(), Refusal> {
    let limit = |limit, max| Err(Refusal::BuyerLimit { limit, max });
    let settings = state.settings();
    if pieces > settings.pieces_per_hold {
        return limit(BuyerLimit::PiecesPerHold, settings.pieces_per_hold);
    }
    // A direct purchase makes no hold, so a limit lowered below the live ones does not stop it.
    if holds > 0 && state.account(buyer).live_holds + holds > settings.holds_per_buyer {
        return limit(BuyerLimit::LiveHolds, settings.holds_per_buyer);
    }
    pieces_per_buyer(state, buyer, pieces)
}

fn pieces_per_buyer(state: &State, buyer: &BuyerId, more: u32) -> Result<(), Refusal> {
    match state.settings().pieces_per_buyer {
        Some(max) if state.account(buyer).pieces() + u64::from(more) > u64::from(max) => {
            Err(Refusal::BuyerLimit { limit: BuyerLimit::PiecesPerBuyer, max })
        }
        _ => Ok(()),
    }
}

/// What is wanted as lines of offers and units, all of it available, and whether its seats are neighbours.
fn lines(state: &State, wanted: &Wanted) -> Result<(Lines, bool), Refusal> {
    match wanted {
        Wanted::Offers(picks) => picked_lines(state, picks),
        Wanted::Best(wanted) => best_lines(state, wanted),
    }
}

fn picked_lines(state: &State, picks: &[Pick]) -> Result<(Lines, bool), Refusal> {
    let mut lines = lines_of(state, picks)?;
    let total = fill_units(state, &lines);
    there_is_enough(state, &total)?;
    bill_units(state, &mut lines);
    Ok((lines, are_adjacent(state, &total)))
}

fn best_lines(state: &State, wanted: &BestWanted) -> Result<(Lines, bool), Refusal> {
    let category = match &wanted.category {
        None => None,
        Some(id) => {
            let unknown = || Refusal::CategoryUnknown { id: id.clone() };
            Some(state.plan.category_by_id(id).ok_or_else(unknown)?)
        }
    };
    let quantity = wanted.quantity.get();
    if let Some(area) = standing_room(state, category, quantity) {
        let area = area?;
        return Ok((smallvec![line(state, area, quantity, smallvec![(area, quantity)])], true));
    }
    match best::find(&state.seating, category, quantity, wanted.adjacent) {
        Some(found) => {
            let seat = |&seat| line(state, seat, 1, smallvec![(seat, 1)]);
            Ok((found.seats.iter().map(seat).collect(), found.adjacent))
        }
        None if wanted.adjacent && best::find(&state.seating, category, quantity, false).is_some() => {
            Err(Refusal::NoAdjacentBlock)
        }
        None => Err(Refusal::NotEnough { units: Vec::new() }),
    }
}

/// Where the category has no seats: its first area with room for all. None: it has seats.
fn standing_room(state: &State, category: Option<u32>, quantity: u32) -> Option<Result<UnitNo, Refusal>> {
    let plan = &state.plan;
    if state.seating.has_seats(category) {
        return None;
    }
    let areas = plan.seats()..plan.units().len() as UnitNo;
    let matches = |&unit: &UnitNo| {
        let area = plan.unit(unit);
        area.kind == super::UnitKind::Area
            && area.category.is_some()
            && (category.is_none() || area.category == category)
    };
    let fitting = areas.filter(matches).find(|&unit| state.available(unit) >= quantity);
    Some(fitting.ok_or(Refusal::NotEnough { units: Vec::new() }))
}
