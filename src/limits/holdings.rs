//! What is held in one inventory without being paid for, by buyer and by client's address.
//!
//! The inventory's owner asks before it decides and tells what was decided, so this always says what its state says.
//! Loaded anew it knows from the state who holds what and since when, but no longer from which address, and none of
//! what was given up before: an address may then hold its share once more until those holds end.

mod ask;

use rustc_hash::FxHashMap;

use super::address::ClientAddress;
use super::asker::{Asker, Party};
use super::rules::HoldingRules;
use super::standing::{Standing, WINDOW_MS};
use crate::domain::ledger::pieces;
use crate::domain::moves::Claim;
use crate::domain::{BuyerId, Caller, Event, HoldId, Record, SaleId, State, Timestamp};

/// Holds that may be given up before there is a wait: to choose again is no offence, and an office is many people.
const FREE_OF_A_BUYER: u32 = 5;
const FREE_OF_AN_ADDRESS: u32 = 40;
/// Buyers and addresses of the young generation: when it is full, what holds nothing in the one before is forgotten.
const YOUNG_MAX: usize = 32_768;
/// Sales of the last hours that are to an address's credit. When there are more, a further one is to nobody's.
const CREDITED_MAX: usize = 32_768;
const CREDITED_MS: i64 = 4 * WINDOW_MS;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Holder {
    Buyer(BuyerId),
    Address(ClientAddress),
}

impl Holder {
    /// Holds that it may give up before it has to wait.
    fn free(&self) -> u32 {
        match self {
            Self::Buyer(_) => FREE_OF_A_BUYER,
            Self::Address(_) => FREE_OF_AN_ADDRESS,
        }
    }
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

impl Unpaid {
    /// A key's holds are its own business, and so are those of the operator's own addresses.
    fn is_blamed(&self) -> bool {
        !self.is_raised && self.address.is_some()
    }
}

#[derive(Debug)]
pub struct Holdings {
    rules: HoldingRules,
    /// Pieces that there are in all.
    capacity: u64,
    unpaid: FxHashMap<HoldId, Unpaid>,
    young: FxHashMap<Holder, Standing>,
    old: FxHashMap<Holder, Standing>,
    /// To whose credit a sale is, until it comes back.
    credited: FxHashMap<SaleId, (ClientAddress, Timestamp)>,
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
            credited: FxHashMap::default(),
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

    /// What came of it. `asker` is whoever asked for the record, if anybody did.
    pub fn learn(&mut self, record: &Record, state: &State, asker: Option<&Asker>) {
        let at = record.at;
        let buyer = asker.filter(|asker| matches!(asker.party, Party::Buyer(_)));
        for event in &record.events {
            match event {
                Event::Held { hold, buyer: whose, lines, expires_at, group, .. } => {
                    let unpaid = Unpaid {
                        buyer: whose.clone(),
                        address: buyer.map(|asker| asker.address),
                        pieces: pieces(lines).into(),
                        is_raised: asker.is_some_and(|asker| asker.is_raised),
                        is_tentative: group.is_some(),
                    };
                    self.begins(*hold, unpaid, at, *expires_at);
                }
                Event::Extended { hold, expires_at, .. } => self.lasts(*hold, *expires_at, at),
                Event::Changed { hold, lines, removed, expires_at, .. } => {
                    self.changes(*hold, pieces(lines).into(), buyer, at, *expires_at);
                    if !removed.is_empty() {
                        self.swaps(*hold, buyer, at);
                    }
                }
                Event::Moved { moves } => {
                    for moved in moves {
                        if let Claim::Hold(hold) = moved.claim {
                            self.swaps(hold, buyer, at);
                        }
                    }
                }
                Event::Released { hold } => self.ends(*hold, at, true),
                Event::Expired { holds } => holds.iter().for_each(|hold| self.ends(*hold, at, true)),
                Event::Cancelled { holds, .. } => holds.iter().for_each(|hold| self.ends(*hold, at, false)),
                Event::Purchased { hold: Some(hold), sale, .. } => {
                    // What a holder purchases by itself says nothing of money.
                    let is_confirmed = matches!(record.by, Caller::Key(_));
                    self.pays(*hold, is_confirmed.then_some(*sale), at);
                }
                Event::Returned { sale, lines, .. } => self.refunds(*sale, pieces(lines).into(), at),
                Event::Restocked { .. } | Event::Replanned { .. } => {
                    self.capacity = state.figures().capacity;
                }
                _ => {}
            }
        }
    }

    /// Whether somebody would be allowed more, if all of this were forgotten.
    pub fn matters(&self, now: Timestamp) -> bool {
        self.young.values().chain(self.old.values()).any(|standing| standing.matters(now))
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

    /// It has so many pieces now. Whoever lets it grow takes all of it upon his address: else what is held from one
    /// could be made much from another.
    fn changes(&mut self, hold: HoldId, now: u64, asker: Option<&Asker>, at: Timestamp, until: Timestamp) {
        let Some(unpaid) = self.unpaid.get_mut(&hold) else { return };
        let before = std::mem::replace(&mut unpaid.pieces, now);
        let new = asker.filter(|asker| now > before && unpaid.address != Some(asker.address));
        let left = new.and_then(|_| unpaid.address);
        if let Some(asker) = new {
            (unpaid.address, unpaid.is_raised) = (Some(asker.address), asker.is_raised);
        }
        let holders = holders(unpaid);
        if let Some(left) = left {
            self.standing(Holder::Address(left), at).leaves(before);
        }
        for holder in holders {
            let is_new = new.is_some() && matches!(holder, Holder::Address(_));
            let standing = self.standing(holder, at);
            if is_new {
                standing.begins(now, at, until);
            } else {
                standing.pieces = (standing.pieces + now).saturating_sub(before);
            }
        }
    }

    /// Its buyer has put pieces of it back.
    fn swaps(&mut self, hold: HoldId, asker: Option<&Asker>, at: Timestamp) {
        let Some(unpaid) = self.unpaid.get(&hold).filter(|unpaid| unpaid.is_blamed()) else { return };
        if asker.is_some() {
            for holder in holders(unpaid) {
                let free = holder.free();
                self.standing(holder, at).swaps(at, free);
            }
        }
    }

    fn pays(&mut self, hold: HoldId, confirmed: Option<SaleId>, at: Timestamp) {
        let Some(unpaid) = self.unpaid.remove(&hold) else { return };
        let sale = confirmed.filter(|_| self.has_room_for_credit(at)).zip(unpaid.address);
        if let Some((sale, address)) = sale {
            self.credited.insert(sale, (address, at));
        }
        let credit = if sale.is_some() { unpaid.pieces } else { 0 };
        for holder in holders(&unpaid) {
            self.standing(holder, at).pays(unpaid.pieces, credit, at);
        }
    }

    fn has_room_for_credit(&mut self, now: Timestamp) -> bool {
        if self.credited.len() >= CREDITED_MAX {
            self.credited.retain(|_, (_, at)| now.since_ms(*at) < CREDITED_MS);
        }
        self.credited.len() < CREDITED_MAX
    }

    /// What was paid back was not paid.
    fn refunds(&mut self, sale: SaleId, pieces: u64, at: Timestamp) {
        if let Some(&(address, _)) = self.credited.get(&sale) {
            self.standing(Holder::Address(address), at).is_refunded(pieces, at);
        }
    }

    fn ends(&mut self, hold: HoldId, at: Timestamp, is_own_fault: bool) {
        let Some(unpaid) = self.unpaid.remove(&hold) else { return };
        let is_blamed = is_own_fault && !unpaid.is_tentative && unpaid.is_blamed();
        for holder in holders(&unpaid) {
            let free = holder.free();
            let standing = self.standing(holder, at);
            if is_blamed {
                standing.gives_up(unpaid.pieces, at, free);
            } else {
                standing.passes(unpaid.pieces, at);
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

#[cfg(test)]
mod tests;
