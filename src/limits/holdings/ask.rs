//! Whether more may be held, or for longer.

use super::{Holder, Holdings};
use crate::domain::change::Change;
use crate::domain::group::PartStep;
use crate::domain::moves::Claim;
use crate::domain::{Action, BuyerId, HoldId, Pick, State, Timestamp, Wanted};
use crate::limits::asker::{Asker, Party, Reason, TurnedAway, Whose};
use crate::limits::rules::RAISED_BY;
use crate::limits::standing::{HOLDING_MS_MAX, Standing};
use crate::telemetry;

/// Pieces of an address come free all the time.
const ADDRESS_WAIT_MS: i64 = 2_000;

/// What an address may have in this inventory, and has.
struct OfAddress {
    pieces: u64,
    max: u64,
    cooling: Option<TurnedAway>,
}

impl OfAddress {
    fn ask(&self, more: u64) -> Result<(), TurnedAway> {
        if self.pieces + more > self.max {
            return Err(away(Reason::PiecesHeld, Whose::Address, self.max, ADDRESS_WAIT_MS));
        }
        Ok(())
    }
}

impl Holdings {
    /// Whether the asker may do this on top of what it holds.
    pub fn ask(
        &mut self,
        asker: &Asker,
        action: &Action,
        state: &State,
        now: Timestamp,
    ) -> Result<(), TurnedAway> {
        // A key answers for its own buyers; what they may have is the inventory's settings.
        if !matches!(asker.party, Party::Buyer(_)) {
            return Ok(());
        }
        let asked = match action {
            Action::Hold { buyer, wanted, .. }
            | Action::Part { step: PartStep::Hold { buyer, wanted }, .. } => {
                self.ask_hold(asker, buyer, wanted_pieces(wanted), state, now)
            }
            Action::Extend { hold } => self.ask_longer(asker, *hold, state, now),
            Action::Change { hold, change } => self.ask_change(asker, *hold, change, state, now),
            Action::Move { moves } => moves.iter().try_for_each(|moving| match moving.claim {
                Claim::Hold(hold) => self.ask_other(asker, hold, state, now),
                Claim::Sale(_) => Ok(()),
            }),
            _ => Ok(()),
        };
        if let Err(away) = &asked {
            telemetry::turned_away(away.reason.name(), away.whose.name());
        }
        asked
    }

    fn of_address(&mut self, asker: &Asker, state: &State, now: Timestamp) -> OfAddress {
        let each = state.settings().pieces_per_hold.into();
        let everybody = self.rules.pieces_per_address(self.capacity, each);
        let address = self.standing(Holder::Address(asker.address), now);
        OfAddress {
            pieces: address.pieces,
            max: (everybody + address.earned(everybody)).saturating_mul(times(asker)),
            cooling: cooling(asker, address, Whose::Address, now),
        }
    }

    fn ask_hold(
        &mut self,
        asker: &Asker,
        buyer: &BuyerId,
        more: u64,
        state: &State,
        now: Timestamp,
    ) -> Result<(), TurnedAway> {
        let settings = state.settings();
        let address = self.of_address(asker, state, now);
        let buyer = self.standing(Holder::Buyer(buyer.clone()), now);
        if let Some(cooling) = cooling(asker, buyer, Whose::Buyer, now).or(address.cooling) {
            return Err(cooling);
        }
        // At once no more than one hold may have, however many holds it is.
        if buyer.holds > 0 {
            has_room(asker, buyer, more, state, now)?;
        }
        let until = now.plus_seconds(settings.hold_seconds);
        if let Some(too_long) = too_long(asker, buyer, settings.hold_seconds, now, until) {
            return Err(too_long);
        }
        address.ask(more)
    }

    /// A hold that grows takes as much of its holder's share as another hold would. To give back is always allowed.
    fn ask_change(
        &mut self,
        asker: &Asker,
        id: HoldId,
        change: &Change,
        state: &State,
        now: Timestamp,
    ) -> Result<(), TurnedAway> {
        let Some(hold) = state.hold(id).filter(|_| !change.add.is_empty()) else { return Ok(()) };
        self.ask_other(asker, id, state, now)?;
        let more = count(&change.add).saturating_sub(count(&change.remove));
        if more == 0 {
            return Ok(());
        }
        has_room(asker, self.standing(Holder::Buyer(hold.buyer.clone()), now), more, state, now)?;
        let elsewhere = self.unpaid.get(&id).filter(|unpaid| unpaid.address != Some(asker.address));
        let moves_here = elsewhere.map_or(0, |unpaid| unpaid.pieces);
        self.of_address(asker, state, now).ask(more + moves_here)
    }

    /// Something else into a hold that is there: after a habit of it there is a wait, as before another hold.
    fn ask_other(
        &mut self,
        asker: &Asker,
        hold: HoldId,
        state: &State,
        now: Timestamp,
    ) -> Result<(), TurnedAway> {
        let Some(hold) = state.hold(hold) else { return Ok(()) };
        let address = self.of_address(asker, state, now);
        let buyer = self.standing(Holder::Buyer(hold.buyer.clone()), now);
        cooling(asker, buyer, Whose::Buyer, now).or(address.cooling).map_or(Ok(()), Err)
    }

    fn ask_longer(
        &mut self,
        asker: &Asker,
        hold: HoldId,
        state: &State,
        now: Timestamp,
    ) -> Result<(), TurnedAway> {
        let Some(hold) = state.hold(hold) else { return Ok(()) };
        let seconds = state.settings().hold_seconds;
        let until = now.plus_seconds(seconds).min(hold.started_at.plus_seconds(2 * seconds));
        let buyer = self.standing(Holder::Buyer(hold.buyer.clone()), now);
        too_long(asker, buyer, seconds, now, until).map_or(Ok(()), Err)
    }
}

fn times(asker: &Asker) -> u64 {
    if asker.is_raised { RAISED_BY } else { 1 }
}

fn away(reason: Reason, whose: Whose, max: u64, wait_ms: i64) -> TurnedAway {
    TurnedAway { reason, whose, max, wait_ms }
}

fn cooling(asker: &Asker, standing: &Standing, whose: Whose, now: Timestamp) -> Option<TurnedAway> {
    let wait_ms = standing.cools_for_ms(now).filter(|_| !asker.is_raised)?;
    Some(away(Reason::CoolingDown, whose, 0, wait_ms))
}

fn has_room(
    asker: &Asker,
    buyer: &Standing,
    more: u64,
    state: &State,
    now: Timestamp,
) -> Result<(), TurnedAway> {
    let max = u64::from(state.settings().pieces_per_hold).saturating_mul(times(asker));
    if buyer.pieces + more > max {
        return Err(away(Reason::PiecesHeld, Whose::Buyer, max, buyer.ends_after_ms(now)));
    }
    Ok(())
}

/// An inventory whose holds are longer than ten minutes means it: one of them is always allowed.
fn too_long(
    asker: &Asker,
    buyer: &Standing,
    hold_seconds: u32,
    now: Timestamp,
    until: Timestamp,
) -> Option<TurnedAway> {
    let max_ms = HOLDING_MS_MAX.max(1_000 * i64::from(hold_seconds));
    let wait_ms = buyer.holds_too_long_ms(now, until.0, max_ms).filter(|_| !asker.is_raised)?;
    Some(away(Reason::HoldingTime, Whose::Buyer, max_ms.unsigned_abs() / 1_000, wait_ms))
}

fn count(picks: &[Pick]) -> u64 {
    picks.iter().map(|pick| u64::from(pick.quantity.get())).sum()
}

fn wanted_pieces(wanted: &Wanted) -> u64 {
    match wanted {
        Wanted::Offers(picks) => count(picks),
        Wanted::Best(best) => best.quantity.get().into(),
    }
}
