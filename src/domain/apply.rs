//! What an event does to the state. A valid history is never refused; an impossible one is reported, and the
//! state must not be used any more.

use super::allotment::{Draws, take_draws};
use super::event::{Lines, Quantities};
use super::ledger::{End, Hold, Sale, pieces};
use super::lines::{grow, is_alike, take_part};
use super::stock::{Overdrawn, Shift};
use super::{
    BlockId, BuyerId, Cancelled, Details, Event, HoldId, Record, SaleId, Settings, State, Timestamp, UnitNo,
};

/// The record cannot follow this state: a broken journal, or a defect of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    #[error("record {got} follows record {after}")]
    Gap { after: u64, got: u64 },
    #[error("epoch {got} follows epoch {after}")]
    Epoch { after: u64, got: u64 },
    #[error("the journal goes back in time")]
    Time,
    #[error("unit {0} would be over its capacity or below zero")]
    Overdrawn(UnitNo),
    #[error("{0} is not there")]
    Missing(&'static str),
    #[error("{0} is there already")]
    Twice(&'static str),
    #[error("the account of a buyer would fall below zero")]
    Account,
}

impl From<Overdrawn> for Impossible {
    fn from(overdrawn: Overdrawn) -> Self {
        Self::Overdrawn(overdrawn.unit)
    }
}

type Applied = Result<(), Impossible>;

impl State {
    /// Applies the next record.
    pub fn apply(&mut self, record: &Record) -> Applied {
        if record.seq != self.kept.seq + 1 {
            return Err(Impossible::Gap { after: self.kept.seq, got: record.seq });
        }
        if record.epoch < self.kept.epoch {
            return Err(Impossible::Epoch { after: self.kept.epoch, got: record.epoch });
        }
        if record.at < self.kept.at {
            return Err(Impossible::Time);
        }
        self.kept.seq = record.seq;
        self.kept.epoch = record.epoch;
        self.kept.at = record.at;
        for event in &record.events {
            self.apply_event(event)?;
        }
        let ledger = &mut self.kept.ledger;
        ledger.keys.learn(record, self.limits);
        ledger.ended.forget(record.at);
        Ok(())
    }

    fn apply_event(&mut self, event: &Event) -> Applied {
        match event {
            Event::Opened { plan_version, settings, details } => {
                self.kept.plan_version = *plan_version;
                self.configured(settings, details.as_ref());
                Ok(())
            }
            Event::Configured { settings, details } => {
                self.configured(settings, details.as_ref());
                Ok(())
            }
            Event::Cancelled { reason, holds } => {
                self.kept.cancelled = Some(Cancelled { at: self.kept.at, reason: reason.clone() });
                self.kept.settings_seq = self.kept.seq;
                holds.iter().try_for_each(|&hold| self.ended(hold, End::Released))
            }
            Event::Held { hold, buyer, lines, adjacent, step, expires_at, channel, drawn, group } => {
                let made = Hold {
                    buyer: buyer.clone(),
                    lines: lines.clone(),
                    adjacent: *adjacent,
                    step: *step,
                    started_at: self.kept.at,
                    expires_at: *expires_at,
                    extensions: 0,
                    channel: channel.clone(),
                    drawn: drawn.clone(),
                    group: *group,
                };
                self.held(*hold, made)
            }
            Event::Extended { hold, expires_at, .. } => self.extended(*hold, *expires_at),
            Event::Changed { hold, .. } => self.changed(*hold, event),
            Event::Released { hold } => self.ended(*hold, End::Released),
            Event::Expired { holds } => holds.iter().try_for_each(|&hold| self.ended(hold, End::Expired)),
            Event::Purchased { sale, hold, buyer, lines, drawn, .. } => {
                let (buyer, lines, drawn) = (buyer.clone(), lines.clone(), drawn.clone());
                let sold = Sale { buyer, lines, drawn, sold_at: self.kept.at, back: None };
                self.purchased(*sale, *hold, sold)
            }
            Event::Returned { sale, lines, drawn, .. } => self.returned(*sale, lines, drawn),
            Event::Reassigned { sale, to, .. } => self.reassigned(*sale, to),
            Event::Moved { moves } => self.moved(moves),
            Event::Blocked { units, .. } => {
                self.kept.ledger.blocks.learn(event);
                self.shift_units(units, Shift::Block)
            }
            Event::Unblocked { block } => self.unblocked(*block),
            Event::Restocked { unit, capacity, .. } => Ok(self.kept.stock.set_capacity(*unit, *capacity)?),
            Event::Replanned { plan } => self.replanned(plan),
        }
    }

    fn configured(&mut self, settings: &Settings, details: Option<&Details>) {
        self.kept.settings = settings.clone();
        if let Some(details) = details {
            self.kept.details = Some(details.clone());
        }
        self.kept.settings_seq = self.kept.seq;
        self.by_category.adapt(&self.plan, settings, &self.kept.ledger);
    }

    fn held(&mut self, id: HoldId, hold: Hold) -> Applied {
        self.draw(&hold.drawn)?;
        self.shift_lines(&hold.lines, Shift::Hold)?;
        self.by_category.add(&self.plan, &hold.buyer, &hold.lines);
        let count = pieces(&hold.lines);
        let ledger = &mut self.kept.ledger;
        let booked = ledger.book(&hold.buyer, |account| {
            account.live_holds += 1;
            account.held += count;
            Some(())
        });
        booked.ok_or(Impossible::Account)?;
        ledger.due_of(hold.group).insert((hold.expires_at, id));
        if let Some(group) = hold.group
            && ledger.parts.insert(group, id).is_some()
        {
            return Err(Impossible::Twice("the part of the group"));
        }
        ledger.holds.insert(id, Box::new(hold));
        Ok(())
    }

    fn extended(&mut self, id: HoldId, expires_at: Timestamp) -> Applied {
        let ledger = &mut self.kept.ledger;
        let hold = ledger.holds.get_mut(&id).ok_or(Impossible::Missing("the hold"))?;
        let (before, group) = (hold.expires_at, hold.group);
        hold.expires_at = expires_at;
        hold.extensions += 1;
        let due = ledger.due_of(group);
        due.remove(&(before, id));
        due.insert((expires_at, id));
        Ok(())
    }

    /// Takes a hold out of the books and remembers how it ended; its units are the caller's business.
    fn close_hold(&mut self, id: HoldId, end: End) -> Result<Hold, Impossible> {
        let at = self.kept.at;
        let ledger = &mut self.kept.ledger;
        let hold = ledger.holds.remove(&id).ok_or(Impossible::Missing("the hold"))?;
        ledger.due_of(hold.group).remove(&(hold.expires_at, id));
        if let Some(group) = hold.group {
            ledger.parts.remove(&group);
        }
        ledger.ended.add(at, id, end, hold.buyer.clone());
        let count = pieces(&hold.lines);
        let booked = ledger.book(&hold.buyer, |account| {
            account.live_holds = account.live_holds.checked_sub(1)?;
            account.held = account.held.checked_sub(count)?;
            if end == End::Purchased {
                account.sold += count;
            }
            Some(())
        });
        booked.ok_or(Impossible::Account)?;
        Ok(*hold)
    }

    fn ended(&mut self, id: HoldId, end: End) -> Applied {
        let hold = self.close_hold(id, end)?;
        self.by_category.remove(&self.plan, &hold.buyer, &hold.lines);
        self.shift_lines(&hold.lines, Shift::Release)?;
        self.put_back(&hold.drawn)
    }

    fn purchased(&mut self, id: SaleId, hold: Option<HoldId>, sale: Sale) -> Applied {
        match hold {
            Some(hold) => {
                let closed = self.close_hold(hold, End::Purchased)?;
                self.shift_lines(&closed.lines, Shift::SellHeld)?;
            }
            None => {
                self.draw(&sale.drawn)?;
                self.shift_lines(&sale.lines, Shift::Sell)?;
                self.by_category.add(&self.plan, &sale.buyer, &sale.lines);
                self.book_sold(&sale.buyer, i64::from(pieces(&sale.lines)))?;
            }
        }
        self.kept.ledger.sales.insert(id, Box::new(sale));
        Ok(())
    }

    fn returned(&mut self, id: SaleId, lines: &Lines, drawn: &Draws) -> Applied {
        self.shift_lines(lines, Shift::Return)?;
        self.put_back(drawn)?;
        let at = self.kept.at;
        let sale = self.kept.ledger.sales.get_mut(&id).ok_or(Impossible::Missing("the sale"))?;
        for part in lines {
            let fits = |line: &&mut super::Line| is_alike(line, part) && line.quantity >= part.quantity;
            let line = sale.lines.iter_mut().find(fits).ok_or(Impossible::Missing("the line of the sale"))?;
            take_part(line, part);
        }
        sale.lines.retain(|line| line.quantity > 0);
        for line in lines {
            take_draws(&mut sale.drawn, &line.units);
        }
        let back = sale.back.get_or_insert_default();
        back.at = at;
        for part in lines {
            match back.lines.iter_mut().find(|line| is_alike(line, part)) {
                Some(line) => grow(line, part),
                None => back.lines.push(part.clone()),
            }
        }
        let buyer = sale.buyer.clone();
        self.by_category.remove(&self.plan, &buyer, lines);
        self.book_sold(&buyer, -i64::from(pieces(lines)))
    }

    fn reassigned(&mut self, id: SaleId, to: &BuyerId) -> Applied {
        let sale = self.kept.ledger.sales.get_mut(&id).ok_or(Impossible::Missing("the sale"))?;
        let from = std::mem::replace(&mut sale.buyer, to.clone());
        let count = i64::from(pieces(&sale.lines));
        self.by_category.remove(&self.plan, &from, &sale.lines);
        self.by_category.add(&self.plan, to, &sale.lines);
        self.book_sold(&from, -count)?;
        self.book_sold(to, count)
    }

    fn book_sold(&mut self, buyer: &BuyerId, change: i64) -> Applied {
        let booked = self.kept.ledger.book(buyer, |account| {
            account.sold = u32::try_from(i64::from(account.sold) + change).ok()?;
            Some(())
        });
        booked.ok_or(Impossible::Account)
    }

    fn unblocked(&mut self, id: BlockId) -> Applied {
        let block = self.kept.ledger.blocks.remove(id).ok_or(Impossible::Missing("the block"))?;
        self.shift_units(&block.units.into_iter().collect(), Shift::Unblock)
    }

    /// Pieces leave their allotments, to be claimed in the same step.
    pub(super) fn draw(&mut self, draws: &Draws) -> Applied {
        let drawn = self.kept.ledger.blocks.draw(draws).ok_or(Impossible::Missing("what is drawn"))?;
        self.shift_units(&drawn, Shift::Unblock)
    }

    /// Pieces that came free go back to where they were drawn from, if that is still there.
    pub(super) fn put_back(&mut self, draws: &Draws) -> Applied {
        let back = self.kept.ledger.blocks.put_back(draws);
        self.shift_units(&back, Shift::Block)
    }

    pub(super) fn shift_lines(&mut self, lines: &Lines, shift: Shift) -> Applied {
        lines.iter().try_for_each(|line| self.shift_units(&line.units, shift))
    }

    fn shift_units(&mut self, units: &Quantities, shift: Shift) -> Applied {
        for &(unit, quantity) in units {
            self.kept.stock.shift(unit, quantity, shift)?;
            if let Some(place) = self.plan.place_of(unit) {
                self.seating.set_free(place, self.kept.stock.available(unit) > 0);
            }
        }
        Ok(())
    }
}
