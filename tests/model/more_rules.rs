//! The rules of moves and of parts of groups.

use fairhold::domain::command::Pick;
use fairhold::domain::group::PartStep;
use fairhold::domain::moves::{Claim, Moved, Moving};
use fairhold::domain::{Caller, Event, GroupId, HoldId, Refusal, Timestamp, UnitNo};
use uuid::Uuid;

use crate::allotments::{Change, Piece, Way, draws, take_last};
use crate::model::{Basket, Model, exchanged};
use crate::rules::{Answer, need};

/// No move has more pieces.
const PIECES_MAX: u64 = 50;
const PART_MS: i64 = 15_000;

impl Model {
    /// Each claim once, each gives what it has and takes as many pieces; what is given up may be taken.
    pub(crate) fn exchange(&self, caller: &Caller, moves: &[Moving], now: Timestamp) -> Answer {
        let mut plans: Vec<(&Moving, Basket, Basket)> = Vec::new();
        for wish in moves {
            if plans.iter().any(|(other, _, _)| other.claim == wish.claim) {
                return Err(Refusal::MoveInvalid);
            }
            let has = self.basket_of(caller, wish.claim, now)?;
            let count = |picks: &[Pick]| picks.iter().map(|pick| u64::from(pick.quantity.get())).sum::<u64>();
            if count(&wish.from) != count(&wish.to) || !(1..=PIECES_MAX).contains(&count(&wish.to)) {
                return Err(Refusal::MoveInvalid);
            }
            let given = self.given(has, &wish.from)?;
            let taken = self.taken(&wish.to)?;
            if let Claim::Hold(hold) = wish.claim {
                let hold = self.live(caller, hold, now)?;
                self.sells_all(hold.channel.as_ref(), &taken, now)?;
            }
            plans.push((wish, given, taken));
        }
        if plans.is_empty() {
            return Err(Refusal::MoveInvalid);
        }
        let (mut needs, mut freed) = (Vec::new(), Vec::new());
        for (_, from, to) in &plans {
            self.add_units(from, &mut freed);
            self.add_units(to, &mut needs);
        }
        self.suffices(&self.counts(), &needs, &freed)?;
        let moved = plans.iter().map(|(wish, from, to)| self.outcome(caller, wish, from, to, now));
        let mut moved: Vec<Moved> = moved.collect::<Result<_, _>>()?;
        self.hand_on(&plans, &mut moved);
        let changes = moved.iter().zip(&plans);
        let changes = changes.map(|(moved, (_, given, taken))| Change { buyer: &moved.buyer, taken, given });
        self.room_in_categories(&changes.collect::<Vec<_>>())?;
        Ok(Some(Event::Moved { moves: moved }))
    }

    /// Who takes what another gives up takes it as what it was: on public sale, or out of an allotment.
    fn hand_on(&self, plans: &[(&Moving, Basket, Basket)], moved: &mut [Moved]) {
        let mut given: Vec<Piece> = Vec::new();
        for ((wish, from, _), moved) in plans.iter().zip(&mut *moved) {
            let gave = take_last(&mut self.drawn_by(wish.claim), &self.units_in_turn(from));
            moved.gave = draws(&gave);
            given.extend(gave);
        }
        for ((_, _, to), moved) in plans.iter().zip(moved) {
            moved.took = draws(&take_last(&mut given, &self.units_in_turn(to)));
        }
    }

    fn drawn_by(&self, claim: Claim) -> Vec<Piece> {
        let held = self.holds.iter().filter(|hold| claim == Claim::Hold(hold.id)).map(|hold| &hold.drawn);
        let sold = self.sales.iter().filter(|sale| claim == Claim::Sale(sale.id)).map(|sale| &sale.drawn);
        held.chain(sold).flatten().copied().collect()
    }

    fn basket_of(&self, caller: &Caller, claim: Claim, now: Timestamp) -> Result<&Basket, Refusal> {
        match claim {
            Claim::Sale(sale) => Ok(&self.own(caller, sale)?.basket),
            Claim::Hold(hold) => {
                let hold = self.live(caller, hold, now)?;
                self.open(hold.channel.as_ref(), now)?;
                Ok(&hold.basket)
            }
        }
    }

    /// Entry by entry, no more than there is.
    pub(crate) fn given(&self, has: &Basket, picks: &[Pick]) -> Result<Basket, Refusal> {
        let mut left = has.clone();
        let mut given = Basket::new();
        for (index, pick) in picks.iter().enumerate() {
            let offer = self.own_offer(has, pick, index)?;
            let parts = self.leave(&mut left, offer, pick.quantity.get());
            given.extend(parts.ok_or_else(|| Refusal::NotInClaim { offer: pick.offer.clone() })?);
        }
        Ok(given)
    }

    pub(crate) fn taken(&self, picks: &[Pick]) -> Result<Basket, Refusal> {
        let mut taken = Basket::new();
        for (index, pick) in picks.iter().enumerate() {
            let (offer, quantity) = (self.known_offer(pick, index)?, pick.quantity.get());
            self.guests_fit(offer, quantity, index)?;
            match taken.iter_mut().find(|line| line.0.offer == offer && self.hall.guests(offer).is_none()) {
                Some(line) => line.1 += quantity,
                None => taken.push((self.ticket(offer), quantity)),
            }
        }
        Ok(taken)
    }

    pub(crate) fn add_units(&self, basket: &Basket, sum: &mut Vec<(UnitNo, u64)>) {
        for &(ticket, quantity) in basket {
            for (unit, all) in self.bill_of(ticket, quantity) {
                need(sum, unit, all);
            }
        }
    }

    fn outcome(
        &self,
        caller: &Caller,
        wish: &Moving,
        from: &Basket,
        to: &Basket,
        now: Timestamp,
    ) -> Result<Moved, Refusal> {
        let all = exchanged(self.basket_of(caller, wish.claim, now)?, from, to);
        let mut units = Vec::new();
        self.add_units(&all, &mut units);
        let (buyer, expires_at) = match wish.claim {
            Claim::Sale(sale) => (&self.own(caller, sale)?.buyer, None),
            Claim::Hold(hold) => {
                let hold = self.live(caller, hold, now)?;
                (&hold.buyer, Some(hold.expires))
            }
        };
        Ok(Moved {
            claim: wish.claim,
            buyer: buyer.clone(),
            from: self.lines(from),
            to: self.lines(to),
            lines: self.lines(&all),
            adjacent: self.together(units.into_iter().map(|part| part.0)),
            expires_at,
            gave: Vec::new(),
            took: Vec::new(),
        })
    }

    /// A part is a hold that only its group ends.
    pub(crate) fn part(
        &self,
        caller: &Caller,
        group: GroupId,
        step: &PartStep,
        now: Timestamp,
        fresh: Uuid,
    ) -> Answer {
        let there = self.holds.iter().find(|hold| hold.group == Some(group));
        Ok(match (step, there) {
            (PartStep::Hold { buyer, wanted }, None) => {
                let way = Way::default();
                let claim = self.claim(caller, buyer, wanted, &way, now, true)?;
                let expires_at = now.plus_ms(PART_MS);
                Some(self.held(HoldId::new(fresh), buyer, claim, way, expires_at, Some(group)))
            }
            (PartStep::Hold { .. }, Some(_)) | (_, None) => None,
            (PartStep::Keep { until }, Some(hold)) => (*until > hold.expires).then(|| Event::Extended {
                hold: hold.id,
                buyer: hold.buyer.clone(),
                lines: self.lines(&hold.basket),
                adjacent: hold.adjacent,
                step: hold.step,
                expires_at: *until,
            }),
            (PartStep::Release, Some(hold)) => Some(Event::Released { hold: hold.id }),
            (PartStep::Expire, Some(hold)) => Some(Event::Expired { holds: vec![hold.id] }),
            (PartStep::Purchase, Some(hold)) => Some(self.sold(hold, fresh)),
        })
    }
}
