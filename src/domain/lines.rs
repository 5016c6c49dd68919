//! Picks, lines and units: what a claim consists of, and whether there is enough of it.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::command::Pick;
use super::event::{Line, Lines, Quantities};
use super::{OfferNo, PlaceNo, Refusal, State, UnitNo};

/// The most units that the offers of one claim take, counted offer by offer: 50 of the widest that a plan may have.
pub(super) const UNITS_PER_CLAIM_MAX: usize = 50 * super::plan::UNITS_PER_OFFER_MAX;

/// One line for each offer, without its units.
pub(super) fn lines_of(state: &State, picks: &[Pick]) -> Result<Lines, Refusal> {
    let mut lines = Lines::with_capacity(picks.len());
    let mut width = 0;
    for (index, pick) in picks.iter().enumerate() {
        let unknown = || Refusal::UnitUnknown { id: pick.offer.clone(), index };
        let offer = state.plan.offer_by_id(&pick.offer).ok_or_else(unknown)?;
        let (quantity, guests) = (pick.quantity.get(), state.plan.guests(offer));
        if let Some(guests) = guests.as_ref().filter(|guests| !guests.contains(&quantity)) {
            return Err(Refusal::QuantityRange { index, min: *guests.start(), max: *guests.end() });
        }
        // Two parties of guests do not become one.
        match lines.iter_mut().find(|line| line.offer == offer && guests.is_none()) {
            Some(line) => line.quantity += quantity,
            None => {
                lines.push(line(state, offer, quantity, Quantities::new()));
                width += state.plan.bill_len(offer);
            }
        }
    }
    // A plan from before bills had a limit may have one that is wider than this: it can be had by itself.
    if width > UNITS_PER_CLAIM_MAX && lines.len() > 1 {
        return Err(Refusal::TooManyUnits { max: UNITS_PER_CLAIM_MAX as u32 });
    }
    Ok(lines)
}

/// Only for lines of which there is enough: that bounds every sum by a capacity, so it fits.
pub(super) fn bill_units(state: &State, lines: &mut Lines) {
    for line in lines {
        state.plan.bill_of(line.offer, line.quantity, |unit, all| line.units.push((unit, all as u32)));
    }
}

/// Units and how many of each, in the order in which they first came. Saturating, since it is compared with what is there.
#[derive(Debug, Default)]
pub(super) struct Sum {
    units: Quantities,
    /// Where each of them stands, as soon as there are many.
    places: FxHashMap<UnitNo, usize>,
}

/// So many units are found faster by looking at each.
const FEW: usize = 16;

impl Sum {
    /// What lines need that have no units yet.
    pub(super) fn billed(state: &State, lines: &Lines) -> Self {
        let mut sum = Self::default();
        for line in lines {
            state.plan.bill_of(line.offer, line.quantity, |unit, all| sum.add(unit, all));
        }
        sum
    }

    pub(super) fn of_lines(lines: &Lines) -> Self {
        let mut sum = Self::default();
        sum.add_lines(lines);
        sum
    }

    pub(super) fn add_lines(&mut self, lines: &Lines) {
        let parts = lines.iter().flat_map(|line| &line.units);
        parts.for_each(|&(unit, quantity)| self.add(unit, u64::from(quantity)));
    }

    pub(super) fn add(&mut self, unit: UnitNo, quantity: u64) {
        let more = u32::try_from(quantity).unwrap_or(u32::MAX);
        if let Some(at) = self.place(unit) {
            let sum = &mut self.units[at].1;
            *sum = sum.saturating_add(more);
            return;
        }
        self.units.push((unit, more));
        let len = self.units.len();
        if len == FEW + 1 {
            self.places = self.units.iter().enumerate().map(|(at, part)| (part.0, at)).collect();
        } else if len > FEW {
            self.places.insert(unit, len - 1);
        }
    }

    fn place(&self, unit: UnitNo) -> Option<usize> {
        match self.units.len() {
            ..=FEW => self.units.iter().position(|part| part.0 == unit),
            _ => self.places.get(&unit).copied(),
        }
    }

    pub(super) fn of(&self, unit: UnitNo) -> u32 {
        self.place(unit).map_or(0, |at| self.units[at].1)
    }

    pub(super) fn units(&self) -> &Quantities {
        &self.units
    }

    pub(super) fn into_units(self) -> Quantities {
        self.units
    }
}

/// Taken seats are told apart from areas and items of which too little is left.
pub(super) fn enough(state: &State, total: &Quantities, left: impl Fn(UnitNo) -> u32) -> Result<(), Refusal> {
    let short: SmallVec<[UnitNo; 4]> =
        total.iter().filter(|&&(unit, quantity)| quantity > left(unit)).map(|part| part.0).collect();
    if short.is_empty() {
        return Ok(());
    }
    let taken = |unit: &UnitNo| state.plan.is_seat(*unit) && left(*unit) == 0;
    let units: Vec<UnitNo> = short.iter().copied().filter(taken).collect();
    if units.is_empty() {
        Err(Refusal::NotEnough { units: short.to_vec(), largest_block: None })
    } else {
        Err(Refusal::UnitTaken { units })
    }
}

/// Whether a hold's seats are neighbours; so are none and a single one.
pub(super) fn are_adjacent(state: &State, total: &Quantities) -> bool {
    let mut seats: SmallVec<[PlaceNo; 8]> =
        total.iter().filter_map(|part| state.plan.place_of(part.0)).collect();
    state.seating.are_adjacent(&mut seats)
}

/// The picked pieces as parts of these lines, and what is left of the lines.
pub(super) fn split(
    state: &State,
    lines: &Lines,
    picks: &[Pick],
    missing: impl Fn(&Pick) -> Refusal,
) -> Result<(Lines, Lines), Refusal> {
    let mut left = lines.clone();
    let mut parts = Lines::new();
    for (index, pick) in picks.iter().enumerate() {
        let unknown = || Refusal::UnitUnknown { id: pick.offer.clone(), index };
        // What the claim has can be spoken of also when it is no longer on offer.
        let is_there = |offer: &OfferNo| lines.iter().any(|line| line.offer == *offer);
        let closed = || state.plan.known_offer(&pick.offer).filter(is_there);
        let offer = state.plan.offer_by_id(&pick.offer).or_else(closed).ok_or_else(unknown)?;
        let mut wanted = pick.quantity.get();
        // The same offer may stand there at two prices.
        for line in left.iter_mut().filter(|line| line.offer == offer && line.quantity > 0) {
            let quantity = wanted.min(line.quantity);
            if quantity == 0 {
                break;
            }
            let is_part = quantity < line.quantity;
            // Guests who share something leave it together, also where the plan has made it another thing since.
            let is_shared = state.plan.is_shared(offer)
                || line.units.iter().any(|&(_, all)| !all.is_multiple_of(line.quantity));
            if is_part && is_shared {
                return Err(missing(pick));
            }
            let part = |&(unit, all): &(UnitNo, u32)| (unit, all / line.quantity * quantity);
            let units = if is_part { line.units.iter().map(part).collect() } else { line.units.clone() };
            let part = Line { offer, quantity, units, price: line.price };
            take_part(line, &part);
            parts.push(part);
            wanted -= quantity;
        }
        if wanted > 0 {
            return Err(missing(pick));
        }
    }
    left.retain(|line| line.quantity > 0);
    Ok((parts, left))
}

/// Whether the pieces of both lines are alike: a new plan may have given an offer another price or another bill.
pub(super) fn is_alike(line: &Line, other: &Line) -> bool {
    let times = |all: u32, pieces: u32| u64::from(all) * u64::from(pieces);
    line.offer == other.offer
        && line.price == other.price
        && line.units.len() == other.units.len()
        && line.units.iter().zip(&other.units).all(|(&(unit, all), &(of, part))| {
            unit == of && times(all, other.quantity) == times(part, line.quantity)
        })
}

/// Takes `part` out of a line that is alike.
pub(super) fn take_part(line: &mut Line, part: &Line) {
    line.quantity -= part.quantity;
    for ((_, left), (_, taken)) in line.units.iter_mut().zip(&part.units) {
        *left -= taken;
    }
}

pub(super) fn grow(line: &mut Line, more: &Line) {
    line.quantity += more.quantity;
    for ((_, have), (_, added)) in line.units.iter_mut().zip(&more.units) {
        *have += added;
    }
}

/// Puts more pieces into lines: into those that are alike, else as lines of their own.
pub(super) fn merge(lines: &mut Lines, more: &Lines) {
    for part in more {
        match lines.iter_mut().find(|line| is_alike(line, part)) {
            Some(line) => grow(line, part),
            None => lines.push(part.clone()),
        }
    }
}

pub(super) fn line(state: &State, offer: OfferNo, quantity: u32, units: Quantities) -> Line {
    Line { offer, quantity, units, price: state.plan.offer_price(offer) }
}
