//! What a hold takes: picked offers, or the best that is there.

use fairhold::domain::Refusal;
use fairhold::domain::command::{BestWanted, Pick};
use fairhold::domain::event::Step;
use fairhold::domain::settings::SingleSeats;
use fairhold::domain::{Caller, OfferNo, Timestamp, UnitNo};

use crate::allotments::Way;
use crate::hall::{Kind, Unit};
use crate::model::{Basket, Count, Model};
use crate::rules::need;
use crate::seats::{Ask, House, Seats};
use crate::tickets::Ticket;
use crate::wheelchairs::{self, Company};

const STEPS: [Step; 5] = [Step::OneRow, Step::OneRowSingleLeft, Step::Rows, Step::Sections, Step::Area];

/// Before somebody sits down: what is free, and the seats that they leave for it.
pub struct Leaving {
    pub counts: Vec<Count>,
    pub seats: Vec<usize>,
}

pub struct Claim {
    pub basket: Basket,
    pub adjacent: bool,
    pub step: Option<Step>,
}

impl Model {
    /// The same offer picked twice is one line, but two parties stay two; different offers may need the same units.
    pub fn picked(
        &self,
        caller: &Caller,
        picks: &[Pick],
        way: &Way,
        now: Timestamp,
    ) -> Result<Claim, Refusal> {
        let mut basket = Basket::new();
        for (index, pick) in picks.iter().enumerate() {
            let offer = self.known_offer(pick, index)?;
            let quantity = pick.quantity.get();
            let guests = self.hall.guests(offer);
            self.guests_fit(offer, quantity, index)?;
            match basket.iter_mut().find(|line| line.0.offer == offer && guests.is_none()) {
                Some(line) => line.1 += quantity,
                None => basket.push((self.ticket(offer), quantity)),
            }
        }
        let mut needs: Vec<(UnitNo, u64)> = Vec::new();
        for &(ticket, quantity) in &basket {
            for (unit, all) in self.bill_of(ticket, quantity) {
                need(&mut needs, unit, all);
            }
        }
        self.sells_all(way.channel.as_ref(), &basket, now)?;
        self.suffices(&self.counts_for(way), &needs, &[])?;
        let places = self.hall.places(needs.iter().map(|need| need.0));
        self.leaves_companions(caller, [&places, &[], &places], now)?;
        self.leaves_nobody_alone(&places, Leaving { counts: self.counts(), seats: Vec::new() }, now)?;
        let adjacent = self.hall.are_together(&places);
        Ok(Claim { basket, adjacent, step: None })
    }

    pub(crate) fn guests_fit(&self, offer: OfferNo, quantity: u32, index: usize) -> Result<(), Refusal> {
        match self.hall.guests(offer).filter(|&(min, max)| quantity < min || quantity > max) {
            Some((min, max)) => Err(Refusal::QuantityRange { index, min, max }),
            None => Ok(()),
        }
    }

    /// What anybody could buy: seats on offer, the protected ones once they are released.
    fn public(&self, counts: &[Count], now: Timestamp) -> Vec<bool> {
        let released = self.is_released(now);
        let is_public = |unit: &Unit| unit.on_offer && (released || !(unit.accessible || unit.companion));
        self.free(counts, is_public)
    }

    /// By place: whether there is a free seat of this kind.
    fn free(&self, counts: &[Count], suits: impl Fn(&Unit) -> bool) -> Vec<bool> {
        let is_free = |(place, &seat): (usize, &UnitNo)| {
            suits(self.hall.seat(place)) && counts[seat as usize].left() > 0
        };
        self.hall.seats.iter().enumerate().map(is_free).collect()
    }

    fn house(&self, counts: &[Count], now: Timestamp, suits: impl Fn(&Unit) -> bool) -> House<'_> {
        let public = self.public(counts, now);
        let open = public.iter().enumerate();
        let open = open.map(|(place, public)| *public && suits(self.hall.seat(place))).collect();
        House { chairs: &self.hall.chairs, public, open }
    }

    /// The single-seat rule, unless it is off or the end of the sale has come.
    fn single_seats(&self, counts: &[Count], now: Timestamp) -> SingleSeats {
        let left = self.public(counts, now).iter().filter(|public| **public).count();
        let is_over = left < self.settings.single_seats_until_left as usize;
        if is_over { SingleSeats::Off } else { self.settings.single_seats }
    }

    /// Of a hold that changes only what it did not leave alone before.
    pub(crate) fn leaves_nobody_alone(
        &self,
        picked: &[usize],
        Leaving { counts, seats }: Leaving,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let rule = self.single_seats(&self.counts(), now);
        let public = self.public(&counts, now);
        let chairs = &self.hall.chairs;
        let taken = |seat: usize| picked.contains(&seat);
        let is_bound = |a: usize, b: usize| a.max(b) < chairs.len() && chairs[a].bench == chairs[b].bench;
        let alone = |seat: usize, free: &dyn Fn(usize) -> bool| {
            free(seat)
                && !(is_bound(seat, seat + 1) && free(seat + 1))
                && !(seat > 0 && is_bound(seat, seat - 1) && free(seat - 1))
        };
        let before = |seat: usize| public[seat];
        let after = |seat: usize| public[seat] && !taken(seat);
        // The stretch of free seats around it, and how many of them are left.
        let rest = |seat: usize| {
            let mut from = seat;
            while from > 0 && is_bound(from - 1, from) && before(from - 1) {
                from -= 1;
            }
            let all = (from..chairs.len()).take_while(|&other| is_bound(seat, other) && before(other));
            all.filter(|&other| after(other)).count()
        };
        let without_these = |seat: usize| public[seat] && !seats.contains(&seat);
        let is_known = |seat: usize| !seats.is_empty() && alone(seat, &without_these);
        let new =
            (0..chairs.len()).filter(|&seat| alone(seat, &after) && !alone(seat, &before) && !is_known(seat));
        let blamed: Vec<usize> = match rule {
            SingleSeats::Off => Vec::new(),
            SingleSeats::Lenient => new.filter(|&seat| rest(seat) > 1).collect(),
            SingleSeats::Strict => {
                let of = |category: usize| {
                    let house = self.house(&counts, now, |unit| unit.category == Some(category));
                    picked.len() <= 50 && house.has_clean_choice(picked.len(), false)
                };
                let categories = picked.iter().map(|&seat| self.hall.seat(seat)).filter(|unit| unit.on_offer);
                let mut categories = categories.filter_map(|unit| unit.category);
                let new: Vec<usize> = new.collect();
                if !new.is_empty() && categories.any(of) { new } else { Vec::new() }
            }
        };
        let units: Vec<UnitNo> = blamed.into_iter().map(|place| self.hall.seats[place]).collect();
        if units.is_empty() { Ok(()) } else { Err(Refusal::WouldOrphanSeat { units }) }
    }

    pub fn best(&self, wanted: &BestWanted, way: &Way, now: Timestamp) -> Result<Claim, Refusal> {
        let asked = self.suits(wanted)?;
        let sells = |category| self.sells(way.channel.as_ref(), category, now);
        let named = |&category: &usize| wanted.category.as_ref() == Some(&self.hall.categories[category]);
        let cheap = |&category: &usize| !self.is_dear(wanted, category);
        if let Some(category) = (0..self.hall.categories.len()).find(named).filter(cheap) {
            sells(category)?;
        }
        let suits = |unit: &Unit| asked(unit) && unit.category.is_none_or(|category| sells(category).is_ok());
        let counts = self.counts_for(way);
        let house = self.house(&counts, now, suits);
        let quantity = wanted.quantity.get() as usize;
        let strict = self.single_seats(&self.counts(), now) == SingleSeats::Strict;
        let longest = house.longest() as u32;
        let find = |together| match wanted.accessible {
            0 => house.best(Ask { quantity, together, strict }),
            accessible => {
                let mut everybody = house.clone();
                let released = self.is_released(now);
                everybody.open = self.free(&counts, |unit| unit.on_offer && suits(unit));
                let (accessible, companions) = (accessible as usize, wanted.companions as usize);
                let company = Company { quantity, accessible, companions, together, released };
                wheelchairs::best(&self.hall, &everybody, &house, company)
            }
        };
        if let Some((groups, step)) = find(wanted.adjacent) {
            let adjacent = groups.len() == 1;
            let step = STEPS.into_iter().find(|known| known.name() == step);
            let seats = groups.into_iter().flat_map(Seats::into_iter).map(|place| self.hall.seat(place));
            return Ok(Claim {
                basket: seats.map(|seat| (self.own_ticket(seat), 1)).collect(),
                adjacent,
                step,
            });
        }
        let has_seats =
            self.hall.units.iter().any(|unit| unit.kind == Kind::Seat && unit.on_offer && asked(unit));
        let mut most = longest;
        if wanted.accessible == 0 && !(wanted.adjacent && has_seats) {
            let is_area = |unit: &Unit| {
                unit.kind == Kind::Area && !unit.whole && unit.category.is_some() && suits(unit)
            };
            let areas = (0..counts.len()).filter(|&n| is_area(&self.hall.units[n]));
            let rooms: Vec<(usize, u64)> = areas.map(|n| (n, counts[n].left())).collect();
            if let Some((area, _)) = rooms.iter().find(|(_, left)| *left >= quantity as u64) {
                let basket = vec![(self.own_ticket(&self.hall.units[*area]), quantity as u32)];
                return Ok(Claim { basket, adjacent: true, step: Some(Step::Area) });
            }
            most = rooms.iter().map(|(_, left)| *left as u32).fold(longest, u32::max);
        }
        if wanted.adjacent && find(false).is_some() {
            return Err(Refusal::NoAdjacentBlock { largest_block: most });
        }
        Err(Refusal::NotEnough { units: Vec::new(), largest_block: Some(most) })
    }

    fn own_ticket(&self, unit: &Unit) -> Ticket {
        self.ticket(self.hall.offer(&unit.id).expect("it is on offer"))
    }

    /// Which units a request is about; or what in it means nothing.
    fn suits<'a>(&'a self, wanted: &'a BestWanted) -> Result<impl Fn(&Unit) -> bool + 'a, Refusal> {
        let BestWanted { accessible, companions, .. } = *wanted;
        if accessible + companions > wanted.quantity.get() || (companions > 0 && accessible == 0) {
            return Err(Refusal::PartyInvalid);
        }
        let category = wanted.category.as_ref().map(|id| {
            let known = self.hall.categories.iter().position(|known| known == id);
            known.ok_or_else(|| Refusal::CategoryUnknown { id: id.clone() })
        });
        let category = category.transpose()?;
        let unknown =
            |id: &Option<String>, known: &[&str]| id.clone().filter(|id| !known.contains(&id.as_str()));
        let zones: Vec<&str> = self.hall.zones.iter().map(|zone| &*zone.0).collect();
        if let Some(id) = unknown(&wanted.floor, &["ground", "balcony"]) {
            return Err(Refusal::FloorUnknown { id });
        }
        if let Some(id) = unknown(&wanted.zone, &zones) {
            return Err(Refusal::ZoneUnknown { id });
        }
        if let Some(id) = unknown(&wanted.section, self.sections()) {
            return Err(Refusal::SectionUnknown { id });
        }
        Ok(move |unit: &Unit| {
            let zone = unit.zone.map(|zone| &self.hall.zones[zone]);
            category.is_none_or(|category| unit.category == Some(category))
                && match unit.category {
                    Some(category) => !self.is_dear(wanted, category),
                    None => wanted.price_max.is_none(),
                }
                && wanted.zone.as_ref().is_none_or(|id| zone.is_some_and(|zone| zone.0 == *id))
                && wanted.floor.as_ref().is_none_or(|id| zone.is_some_and(|zone| zone.1.as_ref() == Some(id)))
                && wanted.section.as_ref().is_none_or(|id| unit.section.as_ref() == Some(id))
        })
    }

    /// Too dear, or nobody knows.
    fn is_dear(&self, wanted: &BestWanted, category: usize) -> bool {
        let price = self.hall.prices[category];
        wanted.price_max.is_some_and(|max| price.is_none_or(|price| price > max))
    }

    /// Every zone has the same two, the one where all stand has none.
    fn sections(&self) -> &'static [&'static str] {
        let has_rows = self.hall.zones.iter().any(|zone| zone.0 != "standing");
        if has_rows { &["left", "right"] } else { &[] }
    }
}
