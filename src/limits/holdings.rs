//! What is held in one inventory without being paid for, by buyer and by client's address.
//!
//! The inventory's owner asks before it decides and tells what was decided, so this always says what its state says.
//! Loaded anew it knows from the state who holds what and since when, but no longer from which address, and none of
//! what was given up before: an address may then hold its share once more until those holds end.

use rustc_hash::FxHashMap;

use super::address::ClientAddress;
use super::asker::{Asker, Party, Reason, TurnedAway, Whose};
use super::rules::{HoldingRules, RAISED_BY};
use super::standing::{HOLDING_MS_MAX, Standing};
use crate::domain::change::Change;
use crate::domain::group::PartStep;
use crate::domain::ledger::pieces;
use crate::domain::{Action, BuyerId, Event, HoldId, Pick, Record, State, Timestamp, Wanted};
use crate::telemetry;

/// Holds that may be given up before there is a wait: to choose again is no offence, and an office is many people.
const FREE_OF_A_BUYER: u32 = 5;
const FREE_OF_AN_ADDRESS: u32 = 40;
/// Buyers and addresses of the young generation: when it is full, what holds nothing in the one before is forgotten.
const YOUNG_MAX: usize = 32_768;
/// Pieces of an address come free all the time.
const ADDRESS_WAIT_MS: i64 = 2_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Holder {
    Buyer(BuyerId),
    Address(ClientAddress),
}

/// A hold that is not paid for.
#[derive(Debug)]
struct Unpaid {
    buyer: BuyerId,
    /// None: by a secret key, or from a time that is not known any more.
    address: Option<ClientAddress>,
    pieces: u64,
    is_raised: bool,
    /// A part of a group of which nobody has decided yet whether it comes about.
    is_tentative: bool,
}

#[derive(Debug)]
pub struct Holdings {
    rules: HoldingRules,
    /// Pieces that there are in all.
    capacity: u64,
    unpaid: FxHashMap<HoldId, Unpaid>,
    young: FxHashMap<Holder, Standing>,
    old: FxHashMap<Holder, Standing>,
}

impl Holdings {
    /// As the state has them.
    pub fn of(state: &State, rules: HoldingRules) -> Self {
        let mut this = Self {
            rules,
            capacity: state.figures().capacity,
            unpaid: FxHashMap::default(),
            young: FxHashMap::default(),
            old: FxHashMap::default(),
        };
        for (id, hold) in state.holds() {
            let unpaid = Unpaid {
                buyer: hold.buyer.clone(),
                address: None,
                pieces: pieces(&hold.lines).into(),
                is_raised: false,
                is_tentative: false,
            };
            this.begins(id, unpaid, hold.started_at, hold.expires_at);
        }
        this
    }

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
            Action::Change { hold, change } => self.ask_larger(asker, *hold, change, state, now),
            _ => Ok(()),
        };
        if let Err(away) = &asked {
            telemetry::turned_away(away.reason.name(), away.whose.name());
        }
        asked
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
        let times = if asker.is_raised { RAISED_BY } else { 1 };
        let everybody = self.rules.pieces_per_address(self.capacity, settings.pieces_per_hold.into());
        let address = self.standing(Holder::Address(asker.address), now);
        let of_address = (everybody + address.earned(everybody)).saturating_mul(times);
        let held_by_address = address.pieces;
        let cooling = address.cools_for_ms(now).map(|ms| away(Reason::CoolingDown, Whose::Address, 0, ms));
        let buyer = self.standing(Holder::Buyer(buyer.clone()), now);
        if !asker.is_raised {
            let buyers = buyer.cools_for_ms(now).map(|ms| away(Reason::CoolingDown, Whose::Buyer, 0, ms));
            if let Some(cooling) = buyers.or(cooling) {
                return Err(cooling);
            }
        }
        // At once no more than one hold may have, however many holds it is.
        let of_buyer = u64::from(settings.pieces_per_hold).saturating_mul(times);
        if buyer.holds > 0 && buyer.pieces + more > of_buyer {
            let wait_ms = buyer.ends_after_ms(now);
            return Err(away(Reason::PiecesHeld, Whose::Buyer, of_buyer, wait_ms));
        }
        let until = now.plus_seconds(settings.hold_seconds);
        if let Some(too_long) = too_long(buyer, settings.hold_seconds, now, until).filter(|_| times == 1) {
            return Err(too_long);
        }
        if held_by_address + more > of_address {
            return Err(away(Reason::PiecesHeld, Whose::Address, of_address, ADDRESS_WAIT_MS));
        }
        Ok(())
    }

    /// A hold that grows takes as much of its holder's share as another hold would.
    fn ask_larger(
        &mut self,
        asker: &Asker,
        hold: HoldId,
        change: &Change,
        state: &State,
        now: Timestamp,
    ) -> Result<(), TurnedAway> {
        let count = |picks: &[Pick]| picks.iter().map(|pick| u64::from(pick.quantity.get())).sum::<u64>();
        let Some(hold) = state.hold(hold) else { return Ok(()) };
        let more = count(&change.add).saturating_sub(count(&change.remove));
        if more == 0 {
            return Ok(());
        }
        let each = u64::from(state.settings().pieces_per_hold);
        let times = if asker.is_raised { RAISED_BY } else { 1 };
        let everybody = self.rules.pieces_per_address(self.capacity, each);
        let address = self.standing(Holder::Address(asker.address), now);
        let of_address = (everybody + address.earned(everybody)).saturating_mul(times);
        if address.pieces + more > of_address {
            return Err(away(Reason::PiecesHeld, Whose::Address, of_address, ADDRESS_WAIT_MS));
        }
        let of_buyer = each.saturating_mul(times);
        let buyer = self.standing(Holder::Buyer(hold.buyer.clone()), now);
        if buyer.pieces + more > of_buyer {
            let wait_ms = buyer.ends_after_ms(now);
            return Err(away(Reason::PiecesHeld, Whose::Buyer, of_buyer, wait_ms));
        }
        Ok(())
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
        match too_long(buyer, seconds, now, until) {
            Some(too_long) if !asker.is_raised => Err(too_long),
            _ => Ok(()),
        }
    }

    /// What came of it. `asker` is whoever asked for the record, if anybody did.
    pub fn learn(&mut self, record: &Record, state: &State, asker: Option<&Asker>) {
        let at = record.at;
        for event in &record.events {
            match event {
                Event::Held { hold, buyer, lines, expires_at, group, .. } => {
                    let by_buyer = asker.filter(|asker| matches!(asker.party, Party::Buyer(_)));
                    let unpaid = Unpaid {
                        buyer: buyer.clone(),
                        address: by_buyer.map(|asker| asker.address),
                        pieces: pieces(lines).into(),
                        is_raised: asker.is_some_and(|asker| asker.is_raised),
                        is_tentative: group.is_some(),
                    };
                    self.begins(*hold, unpaid, at, *expires_at);
                }
                Event::Extended { hold, expires_at, .. } => self.lasts(*hold, *expires_at, at),
                Event::Changed { hold, lines, .. } => self.changes(*hold, pieces(lines).into(), at),
                Event::Released { hold } => self.ends(*hold, at),
                Event::Expired { holds } => holds.iter().for_each(|hold| self.ends(*hold, at)),
                Event::Purchased { hold: Some(hold), .. } => self.pays(*hold, at),
                Event::Restocked { .. } | Event::Replanned { .. } => {
                    self.capacity = state.figures().capacity;
                }
                _ => {}
            }
        }
    }

    fn begins(&mut self, hold: HoldId, unpaid: Unpaid, at: Timestamp, until: Timestamp) {
        for holder in holders(&unpaid) {
            self.standing(holder, at).begins(unpaid.pieces, at, until);
        }
        self.unpaid.insert(hold, unpaid);
    }

    fn lasts(&mut self, hold: HoldId, until: Timestamp, at: Timestamp) {
        let Some(unpaid) = self.unpaid.get_mut(&hold) else { return };
        unpaid.is_tentative = false;
        for holder in holders(unpaid) {
            self.standing(holder, at).lasts(until);
        }
    }

    fn changes(&mut self, hold: HoldId, pieces: u64, at: Timestamp) {
        let Some(unpaid) = self.unpaid.get_mut(&hold) else { return };
        let before = std::mem::replace(&mut unpaid.pieces, pieces);
        for holder in holders(unpaid) {
            let standing = self.standing(holder, at);
            standing.pieces = (standing.pieces + pieces).saturating_sub(before);
        }
    }

    fn pays(&mut self, hold: HoldId, at: Timestamp) {
        let Some(unpaid) = self.unpaid.remove(&hold) else { return };
        for holder in holders(&unpaid) {
            self.standing(holder, at).pays(unpaid.pieces, at);
        }
    }

    fn ends(&mut self, hold: HoldId, at: Timestamp) {
        let Some(unpaid) = self.unpaid.remove(&hold) else { return };
        for holder in holders(&unpaid) {
            let free = match holder {
                Holder::Buyer(_) => FREE_OF_A_BUYER,
                Holder::Address(_) => FREE_OF_AN_ADDRESS,
            };
            let standing = self.standing(holder, at);
            // A key's holds are its own business, and so are those of the operator's own addresses.
            if unpaid.is_tentative || unpaid.is_raised || unpaid.address.is_none() {
                standing.passes(unpaid.pieces, at);
            } else {
                standing.gives_up(unpaid.pieces, at, free);
            }
        }
    }

    fn standing(&mut self, holder: Holder, now: Timestamp) -> &mut Standing {
        if self.young.len() >= YOUNG_MAX {
            self.grow_old(now);
        }
        let old = &mut self.old;
        let known = |holder: &Holder| old.remove(holder).unwrap_or_else(|| Standing::since(now));
        self.young.entry(holder).or_insert_with_key(known)
    }

    /// The young become the old. Of those who were old already only who holds something stays.
    fn grow_old(&mut self, now: Timestamp) {
        let mut kept = std::mem::take(&mut self.old);
        kept.retain(|_, standing| standing.holds > 0);
        self.young.retain(|_, standing| !standing.is_forgotten(now));
        self.old = std::mem::take(&mut self.young);
        self.old.extend(kept);
    }
}

fn holders(unpaid: &Unpaid) -> impl Iterator<Item = Holder> + use<> {
    let address = unpaid.address.map(Holder::Address);
    [Some(Holder::Buyer(unpaid.buyer.clone())), address].into_iter().flatten()
}

fn away(reason: Reason, whose: Whose, max: u64, wait_ms: i64) -> TurnedAway {
    TurnedAway { reason, whose, max, wait_ms }
}

/// An inventory whose holds are longer than ten minutes means it: one of them is always allowed.
fn too_long(buyer: &Standing, hold_seconds: u32, now: Timestamp, until: Timestamp) -> Option<TurnedAway> {
    let max_ms = HOLDING_MS_MAX.max(1_000 * i64::from(hold_seconds));
    let wait_ms = buyer.holds_too_long_ms(now, until.0, max_ms)?;
    Some(away(Reason::HoldingTime, Whose::Buyer, max_ms.unsigned_abs() / 1_000, wait_ms))
}

fn wanted_pieces(wanted: &Wanted) -> u64 {
    match wanted {
        Wanted::Offers(picks) => picks.iter().map(|pick| u64::from(pick.quantity.get())).sum(),
        Wanted::Best(best) => best.quantity.get().into(),
    }
}

#[cfg(test)]
mod tests;
