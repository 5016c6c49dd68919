//! The rules of pieces that come into a hold and go out of it, and of companion seats.

use fairhold::domain::change::Change as Wish;
use fairhold::domain::refusal::BuyerLimit;
use fairhold::domain::{Caller, Event, HoldId, Refusal, Timestamp, UnitNo};

use crate::allotments::{Change, draws, take_last};
use crate::claims::Leaving;
use crate::model::{Basket, Model, exchanged, pieces};
use crate::rules::{Answer, need};

impl Model {
    /// What goes out goes first; what comes in keeps to the rules of a hold, as if all were picked now.
    pub(crate) fn change(&self, caller: &Caller, id: HoldId, wish: &Wish, now: Timestamp) -> Answer {
        let hold = self.live(caller, id, now)?;
        let removed = self.given(&hold.basket, &wish.remove)?;
        if wish.add.is_empty() && exchanged(&hold.basket, &removed, &Basket::new()).is_empty() {
            return Err(Refusal::HoldEmptied);
        }
        let mut way = self.way(caller, &wish.access)?;
        way.channel = way.channel.or(hold.channel.clone());
        if !wish.add.is_empty() {
            self.open(way.channel.as_ref(), now)?;
        }
        let more = wish.add.iter().map(|pick| u64::from(pick.quantity.get())).sum();
        self.room_after(caller, hold, more, pieces(&removed))?;
        let added = self.taken(&wish.add)?;
        self.sells_all(way.channel.as_ref(), &added, now)?;
        let gave = take_last(&mut hold.drawn.clone(), &self.units_in_turn(&removed));
        let mut freed: Vec<(UnitNo, u64)> = Vec::new();
        self.add_units(&removed, &mut freed);
        for piece in &gave {
            freed.iter_mut().filter(|part| part.0 == piece.1).for_each(|part| part.1 -= 1);
        }
        let mut needs = Vec::new();
        self.add_units(&added, &mut needs);
        self.suffices(&self.counts_for(&way), &needs, &freed)?;
        let (buyer, taken, given) = (&hold.buyer, &added, &removed);
        self.room_in_categories(&[Change { buyer, taken, given }])?;
        let all = exchanged(&hold.basket, &removed, &added);
        let places = |basket: &Basket| {
            let mut units = Vec::new();
            self.add_units(basket, &mut units);
            self.hall.places(units.into_iter().map(|part| part.0))
        };
        let has = places(&all);
        self.leaves_companions(caller, [&places(&added), &places(&removed), &has], now)?;
        self.leaves_nobody_alone(&has, self.without(hold), now)?;
        Ok(Some(Event::Changed {
            hold: hold.id,
            buyer: hold.buyer.clone(),
            removed: self.lines(&removed),
            added: self.lines(&added),
            lines: self.lines(&all),
            adjacent: self.hall.are_together(&has),
            expires_at: hold.expires,
            gave: draws(&gave),
            took: draws(&self.drawn(&way, &added)),
        }))
    }

    /// The house as if the hold had none of the seats that were on public sale, and these.
    fn without(&self, hold: &crate::model::Hold) -> Leaving {
        let mut counts = self.counts();
        let mut units = Vec::new();
        for (unit, all) in self.units_in_turn(&hold.basket) {
            need(&mut units, unit, all);
        }
        units.retain(|part| hold.drawn.iter().all(|piece| piece.1 != part.0));
        let seats = self.hall.places(units.iter().map(|part| part.0));
        for (unit, all) in units {
            counts[unit as usize].held -= all as u32;
        }
        Leaving { counts, seats }
    }

    /// A hold may grow to what a hold may have. One that has more already does not, but may become less.
    fn room_after(
        &self,
        caller: &Caller,
        hold: &crate::model::Hold,
        more: u64,
        less: u32,
    ) -> Result<(), Refusal> {
        let (most, hardest) = self.pieces_of_hold(caller);
        let before = u64::from(pieces(&hold.basket));
        let after = before - u64::from(less) + more;
        for (pieces, max) in [(more, hardest), (after, hardest.max(before))] {
            if pieces > max {
                return Err(Refusal::TooManyPieces { max: max as u32 });
            }
        }
        let limit = |limit, max| Err(Refusal::BuyerLimit { limit, max });
        if after > before && after > u64::from(most) {
            return limit(BuyerLimit::PiecesPerHold, most);
        }
        if after < before && after < u64::from(self.settings.pieces_per_hold_min) {
            return limit(BuyerLimit::PiecesPerHoldMin, self.settings.pieces_per_hold_min);
        }
        if after > before { self.room_for(&hold.buyer, after - before) } else { Ok(()) }
    }

    /// The most pieces of one hold: as is set for who asks, and whatever is set.
    pub(crate) fn pieces_of_hold(&self, caller: &Caller) -> (u32, u64) {
        match self.settings.pieces_per_hold_of_keys {
            Some(most) if matches!(caller, Caller::Key(_)) => (most, 1_000),
            _ => (self.settings.pieces_per_hold, 50),
        }
    }

    /// A companion seat whose place for a wheelchair is free goes only with it; not so for keys, and after the release.
    pub(crate) fn leaves_companions(
        &self,
        caller: &Caller,
        [taken, given, all]: [&[usize]; 3],
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if !matches!(caller, Caller::Buyer(_)) || self.is_released(now) {
            return Ok(());
        }
        let counts = self.counts();
        let free =
            |place: &usize| given.contains(place) || counts[self.hall.seats[*place] as usize].left() > 0;
        let is_companion =
            |place: usize| self.hall.seat(place).companion && !self.hall.seat(place).accessible;
        let mut kept = Vec::new();
        for &seat in all.iter().filter(|&&seat| is_companion(seat)) {
            let beside = self.wheelchairs_of(seat);
            let is_new = taken.contains(&seat) || beside.iter().any(|place| given.contains(place));
            if is_new && beside.iter().any(free) && !beside.iter().any(|place| all.contains(place)) {
                kept.push(self.hall.seats[seat]);
            }
        }
        if kept.is_empty() { Ok(()) } else { Err(Refusal::CompanionKept { units: kept }) }
    }

    /// To the left and to the right, past companion seats.
    fn wheelchairs_of(&self, seat: usize) -> Vec<usize> {
        let chairs = &self.hall.chairs;
        let mut found = Vec::new();
        for step in [-1, 1] {
            let mut place = seat as i64 + step;
            while (0..chairs.len() as i64).contains(&place)
                && chairs[place as usize].bench == chairs[seat].bench
            {
                let beside = self.hall.seat(place as usize);
                if beside.accessible {
                    found.push(place as usize);
                }
                if beside.accessible || !beside.companion {
                    break;
                }
                place += step;
            }
        }
        found
    }

    pub(crate) fn is_released(&self, now: Timestamp) -> bool {
        self.settings.release_accessible || self.settings.release_accessible_at.is_some_and(|at| at <= now)
    }
}
