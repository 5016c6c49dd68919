//! The rules, as a reader would tell them: what each command must answer, given who has what.

use fairhold::domain::command::{Pick, Wanted};
use fairhold::domain::ledger::End;
use fairhold::domain::refusal::BuyerLimit;
use fairhold::domain::{
    Action, BlockId, BuyerId, Caller, Checkout, Command, Event, GroupId, HoldId, Moment, OfferNo, Refusal,
    SaleId, SettingsPatch, Timestamp, UnitNo,
};
use uuid::Uuid;

use crate::allotments::{Change, Way, draws, take_last};
use crate::claims::Claim;
use crate::model::{Basket, Count, Hold, Model, Sale, pieces};
use crate::settings;

/// Best available finds no more.
const PIECES_MAX: u64 = 50;
const STOCK_MAX: i64 = 1_000_000_000;

pub(crate) type Answer = Result<Option<Event>, Refusal>;

impl Model {
    /// What the command must do: events, nothing (it is so already), or a refusal.
    pub fn predict(&self, command: &Command, moment: &Moment) -> Result<Vec<Event>, Refusal> {
        if let Action::Expire = &command.action {
            let expired = self.expire(moment.now).into_iter();
            return Ok(expired.chain(self.released(moment.now)).collect());
        }
        let events: Vec<Event> = self.answer(command, moment)?.into_iter().collect();
        if self.can_remember(command, &events, moment.now) { Ok(events) } else { Err(Refusal::KeysFull) }
    }

    fn answer(&self, command: &Command, moment: &Moment) -> Answer {
        let Moment { now, fresh } = *moment;
        let caller = &command.caller;
        if self.is_cancelled && claims(&command.action) {
            return Err(Refusal::Cancelled);
        }
        match &command.action {
            Action::Cancel { .. } if self.is_cancelled => Ok(None),
            Action::Cancel { reason } => {
                let own = self.holds.iter().filter(|hold| hold.group.is_none());
                let mut own: Vec<(Timestamp, HoldId)> = own.map(|hold| (hold.expires, hold.id)).collect();
                own.sort_unstable();
                let holds = own.into_iter().map(|hold| hold.1).collect();
                Ok(Some(Event::Cancelled { reason: reason.clone(), holds }))
            }
            Action::Configure { patch, expected, .. } => self.configure(patch, *expected),
            Action::Hold { buyer, wanted, access } => {
                let way = self.way(caller, access)?;
                let claim = self.claim(caller, buyer, wanted, &way, now, true)?;
                let expires_at = Timestamp(now.0 + 1000 * i64::from(self.settings.hold_seconds));
                Ok(Some(self.held(HoldId::new(fresh), buyer, claim, way, expires_at, None)))
            }
            Action::Extend { hold } => self.extend(self.live(caller, *hold, now)?, now),
            Action::Change { hold, change } => self.change(caller, *hold, change, now),
            Action::Release { hold } => match self.live(caller, *hold, now) {
                Ok(hold) => Ok(Some(Event::Released { hold: hold.id })),
                // It is over, which is what was asked for.
                Err(Refusal::HoldExpired | Refusal::HoldReleased | Refusal::HoldPurchased) => Ok(None),
                Err(other) => Err(other),
            },
            Action::Purchase { hold } => {
                let hold = self.live(caller, *hold, now)?;
                self.checkout(caller)?;
                Ok(Some(self.sold(hold, fresh)))
            }
            Action::PurchaseNow { buyer, wanted, access } => {
                self.checkout(caller)?;
                let way = self.way(caller, access)?;
                let basket = self.claim(caller, buyer, wanted, &way, now, false)?.basket;
                let (lines, drawn) = (self.lines(&basket), draws(&self.drawn(&way, &basket)));
                let (sale, channel, buyer) = (SaleId::new(fresh), way.channel, buyer.clone());
                Ok(Some(Event::Purchased { sale, hold: None, buyer, lines, channel, drawn }))
            }
            Action::Return { sale, pieces } => self.give_back(self.own(caller, *sale)?, pieces.as_deref()),
            Action::Block { release_at: Some(at), .. } if *at <= now => Err(Refusal::ReleasePast),
            Action::Block { units, reason, channel, code, release_at } => {
                let units = self.blockable(units)?.into();
                let (block, reason, channel) = (BlockId::new(fresh), reason.clone(), channel.clone());
                let (code, release_at) = (*code, *release_at);
                Ok(Some(Event::Blocked { block, units, reason, channel, code, release_at }))
            }
            Action::Unblock { block } => {
                let known = self.blocks.iter().any(|there| there.id == *block);
                if known { Ok(Some(Event::Unblocked { block: *block })) } else { Err(Refusal::BlockUnknown) }
            }
            Action::Restock { unit, change } => self.restock(unit, *change),
            Action::Replan { expected, version, plan } => self.replan(*expected, *version, plan),
            Action::Reassign { sale, to } => self.reassign(self.own(caller, *sale)?, to),
            Action::Move { moves } => self.exchange(caller, moves, now),
            Action::Part { group, step } => self.part(caller, *group, step, now, fresh),
            Action::Expire => Ok(None),
        }
    }

    /// Settings change only for who knows the current version.
    fn configure(&self, patch: &SettingsPatch, expected: u64) -> Answer {
        if expected != self.settings_seq {
            return Err(Refusal::SettingsChanged { version: self.settings_seq });
        }
        let settings = settings::patched(&self.settings, patch);
        match settings::first_fault(&settings, &self.hall.categories) {
            None => Ok(Some(Event::Configured { settings, details: None })),
            Some((field, must)) => Err(Refusal::SettingInvalid { field, must }),
        }
    }

    /// All or nothing: the sale is open, the buyer is within the limits, and everything is there.
    pub(crate) fn claim(
        &self,
        caller: &Caller,
        buyer: &BuyerId,
        wanted: &Wanted,
        way: &Way,
        now: Timestamp,
        is_hold: bool,
    ) -> Result<Claim, Refusal> {
        self.open(way.channel.as_ref(), now)?;
        let count: u64 = match wanted {
            Wanted::Offers(picks) => picks.iter().map(|pick| u64::from(pick.quantity.get())).sum(),
            Wanted::Best(best) => best.quantity.get().into(),
        };
        let (most, hardest) = self.pieces_of_hold(caller);
        let hardest = if matches!(wanted, Wanted::Best(_)) { PIECES_MAX } else { hardest };
        if count > hardest {
            return Err(Refusal::TooManyPieces { max: hardest as u32 });
        }
        let limit = |limit, max| Err(Refusal::BuyerLimit { limit, max });
        if count > u64::from(most) {
            return limit(BuyerLimit::PiecesPerHold, most);
        }
        if count < u64::from(self.settings.pieces_per_hold_min) {
            return limit(BuyerLimit::PiecesPerHoldMin, self.settings.pieces_per_hold_min);
        }
        if is_hold && self.account(buyer).live_holds >= self.settings.holds_per_buyer {
            return limit(BuyerLimit::LiveHolds, self.settings.holds_per_buyer);
        }
        self.room_for(buyer, count)?;
        let claim = match wanted {
            Wanted::Offers(picks) => self.picked(caller, picks, way, now)?,
            Wanted::Best(wanted) => self.best(wanted, way, now)?,
        };
        self.room_in_categories(&[Change { buyer, taken: &claim.basket, given: &Basket::new() }])?;
        Ok(claim)
    }

    pub(crate) fn held(
        &self,
        hold: HoldId,
        buyer: &BuyerId,
        claim: Claim,
        way: Way,
        expires_at: Timestamp,
        group: Option<GroupId>,
    ) -> Event {
        let Claim { basket, adjacent, step } = claim;
        let drawn = draws(&self.drawn(&way, &basket));
        let (buyer, lines, channel) = (buyer.clone(), self.lines(&basket), way.channel);
        Event::Held { hold, buyer, lines, adjacent, step, expires_at, channel, drawn, group }
    }

    pub(crate) fn sold(&self, hold: &Hold, fresh: Uuid) -> Event {
        Event::Purchased {
            sale: SaleId::new(fresh),
            hold: Some(hold.id),
            buyer: hold.buyer.clone(),
            lines: self.lines(&hold.basket),
            channel: hold.channel.clone(),
            drawn: draws(&hold.drawn),
        }
    }

    /// What a buyer holds and owns counts, whoever sold it.
    pub(crate) fn room_for(&self, buyer: &BuyerId, more: u64) -> Result<(), Refusal> {
        let account = self.account(buyer);
        let after = u64::from(account.held) + u64::from(account.sold) + more;
        match self.settings.pieces_per_buyer {
            Some(max) if after > max.into() => {
                Err(Refusal::BuyerLimit { limit: BuyerLimit::PiecesPerBuyer, max })
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn together(&self, units: impl Iterator<Item = UnitNo>) -> bool {
        self.hall.are_together(&self.hall.places(units))
    }

    pub(crate) fn known_offer(&self, pick: &Pick, index: usize) -> Result<OfferNo, Refusal> {
        let unknown = Refusal::UnitUnknown { id: pick.offer.clone(), index };
        self.hall.offer(&pick.offer).ok_or(unknown)
    }

    /// `freed` is given up in the same step. If seats are gone, those are named; else everything of which too little is left.
    pub(crate) fn suffices(
        &self,
        counts: &[Count],
        needs: &[(UnitNo, u64)],
        freed: &[(UnitNo, u64)],
    ) -> Result<(), Refusal> {
        let given = |unit| freed.iter().filter(|part| part.0 == unit).map(|part| part.1).sum::<u64>();
        let left = |unit: UnitNo| counts[unit as usize].left() + given(unit);
        let short: Vec<UnitNo> =
            needs.iter().filter(|need| need.1 > left(need.0)).map(|need| need.0).collect();
        let gone = |&unit: &UnitNo| self.hall.is_seat(unit) && left(unit) == 0;
        let taken: Vec<UnitNo> = short.iter().copied().filter(gone).collect();
        match (short.is_empty(), taken.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => Err(Refusal::NotEnough { units: short, largest_block: None }),
            (false, false) => Err(Refusal::UnitTaken { units: taken }),
        }
    }

    /// The holder's hold if it lives, else how it ended. Others are told that it does not exist.
    pub(crate) fn live(&self, caller: &Caller, id: HoldId, now: Timestamp) -> Result<&Hold, Refusal> {
        if let Some(hold) = self.holds.iter().find(|hold| hold.id == id && is_theirs(caller, &hold.buyer)) {
            if let Some(group) = hold.group {
                return Err(Refusal::HoldInGroup { group });
            }
            return if now >= hold.expires { Err(Refusal::HoldExpired) } else { Ok(hold) };
        }
        match self.ended.iter().find(|over| over.id == id && is_theirs(caller, &over.buyer)) {
            None => Err(Refusal::HoldUnknown),
            Some(over) => Err(match over.end {
                End::Expired => Refusal::HoldExpired,
                End::Released => Refusal::HoldReleased,
                End::Purchased => Refusal::HoldPurchased,
            }),
        }
    }

    /// A hold starts anew from now, so often as is set, never beyond twice its time from its start.
    fn extend(&self, hold: &Hold, now: Timestamp) -> Answer {
        let time = 1000 * i64::from(self.settings.hold_seconds);
        let last = Timestamp(hold.started.0 + 2 * time);
        let expires_at = Timestamp(i64::min(now.0 + time, last.0));
        if hold.extensions >= self.settings.extensions_max || last.0 - hold.expires.0 < 1_000 {
            return Err(Refusal::ExtensionLimit);
        }
        if expires_at.0 - hold.expires.0 < 1_000 {
            return Err(Refusal::ExtensionEarly);
        }
        Ok(Some(Event::Extended {
            hold: hold.id,
            buyer: hold.buyer.clone(),
            lines: self.lines(&hold.basket),
            adjacent: hold.adjacent,
            step: hold.step,
            expires_at,
        }))
    }

    /// Only a key sells, unless the sale is open to all.
    fn checkout(&self, caller: &Caller) -> Result<(), Refusal> {
        let is_buyer = matches!(caller, Caller::Buyer(_));
        let refused = is_buyer && self.settings.checkout == Checkout::Key;
        if refused { Err(Refusal::PurchaseNeedsKey) } else { Ok(()) }
    }

    pub(crate) fn own(&self, caller: &Caller, id: SaleId) -> Result<&Sale, Refusal> {
        let mine = |sale: &&Sale| sale.id == id && is_theirs(caller, &sale.buyer);
        self.sales.iter().find(mine).ok_or(Refusal::SaleUnknown)
    }

    /// The same of what somebody has: that can be named for ever.
    pub(crate) fn own_offer(&self, has: &Basket, pick: &Pick, index: usize) -> Result<OfferNo, Refusal> {
        let once = self.hall.any_offer(&pick.offer);
        let own = once.filter(|&offer| has.iter().any(|line| line.0.offer == offer));
        own.map_or_else(|| self.known_offer(pick, index), Ok)
    }

    /// So many pieces out of what is left, the first lines first; guests who share something leave it together.
    pub(crate) fn leave(&self, left: &mut Basket, offer: OfferNo, quantity: u32) -> Option<Basket> {
        let (mut parts, mut wanted) = (Basket::new(), quantity);
        for line in left.iter_mut().filter(|line| line.0.offer == offer) {
            let some = wanted.min(line.1);
            if some > 0 && some < line.1 && self.terms(line.0).guests.is_some() {
                return None;
            }
            line.1 -= some;
            wanted -= some;
            parts.push((line.0, some));
        }
        parts.retain(|part| part.1 > 0);
        (wanted == 0).then_some(parts)
    }

    /// No more comes back than is left of the sale.
    fn give_back(&self, sale: &Sale, picks: Option<&[Pick]>) -> Answer {
        let mut left = sale.basket.clone();
        let mut back = Basket::new();
        if left.is_empty() {
            return Err(Refusal::SaleReturned);
        }
        for (index, pick) in picks.unwrap_or_default().iter().enumerate() {
            let offer = self.own_offer(&sale.basket, pick, index)?;
            let parts = self.leave(&mut left, offer, pick.quantity.get());
            back.extend(parts.ok_or(Refusal::SaleReturned)?);
        }
        if picks.is_none() {
            back.clone_from(&sale.basket);
        }
        if back.is_empty() {
            return Err(Refusal::SaleReturned);
        }
        let (buyer, lines) = (sale.buyer.clone(), self.lines(&back));
        let drawn = draws(&take_last(&mut sale.drawn.clone(), &self.units_in_turn(&back)));
        Ok(Some(Event::Returned { sale: sale.id, buyer, lines, drawn }))
    }

    /// Only what is free can be taken off sale.
    fn blockable(&self, wanted: &[(String, u32)]) -> Result<Vec<(UnitNo, u32)>, Refusal> {
        let mut needs = Vec::new();
        for (index, (id, quantity)) in wanted.iter().enumerate() {
            let unknown = Refusal::UnitUnknown { id: id.clone(), index };
            need(&mut needs, self.hall.unit(id).ok_or(unknown)?, u64::from(*quantity));
        }
        self.suffices(&self.counts(), &needs, &[])?;
        Ok(needs.into_iter().map(|(unit, quantity)| (unit, quantity as u32)).collect())
    }

    /// Stock grows and shrinks, never below what is taken; a seat is one seat, a booth one booth.
    fn restock(&self, id: &str, change: i64) -> Answer {
        let unknown = Refusal::UnitUnknown { id: id.to_owned(), index: 0 };
        let unit = self.hall.unit(id).ok_or(unknown)?;
        if self.hall.is_seat(unit) || self.hall.units[unit as usize].whole {
            return Err(Refusal::UnitNotStocked { id: id.to_owned() });
        }
        let count = self.counts()[unit as usize];
        let after = i128::from(count.capacity) + i128::from(change);
        let taken = i128::from(count.held) + i128::from(count.sold) + i128::from(count.blocked);
        if after < taken || after > STOCK_MAX.into() {
            return Err(Refusal::NotEnough { units: vec![unit], largest_block: None });
        }
        Ok(Some(Event::Restocked { unit, change, capacity: after as u32 }))
    }

    /// The new owner needs room for the pieces; the present one has them already.
    fn reassign(&self, sale: &Sale, to: &BuyerId) -> Answer {
        if sale.basket.is_empty() {
            return Err(Refusal::SaleReturned);
        }
        if sale.buyer != *to {
            self.room_for(to, pieces(&sale.basket).into())?;
            self.room_in_categories(&[Change { buyer: to, taken: &sale.basket, given: &Basket::new() }])?;
        }
        Ok(Some(Event::Reassigned { sale: sale.id, from: sale.buyer.clone(), to: to.clone() }))
    }

    /// Everything that is due, by the time it was due.
    fn expire(&self, now: Timestamp) -> Option<Event> {
        let due = self.holds.iter().filter(|hold| hold.group.is_none() && hold.expires <= now);
        let mut due: Vec<(Timestamp, HoldId)> = due.map(|hold| (hold.expires, hold.id)).collect();
        due.sort_unstable();
        let holds: Vec<HoldId> = due.into_iter().map(|due| due.1).collect();
        if holds.is_empty() { None } else { Some(Event::Expired { holds }) }
    }
}

/// What a cancelled sale refuses.
fn claims(action: &Action) -> bool {
    match action {
        Action::Part { step, .. } => step.name() == "part_hold",
        Action::Hold { .. } | Action::PurchaseNow { .. } | Action::Purchase { .. } => true,
        Action::Extend { .. } | Action::Change { .. } | Action::Move { .. } => true,
        _ => false,
    }
}

fn is_theirs(caller: &Caller, owner: &BuyerId) -> bool {
    match caller {
        Caller::Buyer(buyer) => buyer == owner,
        Caller::Key(_) | Caller::Clock => true,
    }
}

pub(crate) fn need(needs: &mut Vec<(UnitNo, u64)>, unit: UnitNo, quantity: u64) {
    match needs.iter_mut().find(|need| need.0 == unit) {
        Some(need) => need.1 += quantity,
        None => needs.push((unit, quantity)),
    }
}
