//! Single seats: whether picked seats leave a free seat alone between taken ones, and whether that may be.
//!
//! Only seats that anybody could buy count. One that was alone before does not; one that is left because there was
//! no other choice is allowed (`docs/seating.md`).

use std::ops::Range;

use smallvec::SmallVec;

use super::best::{self, Place, Wish};
use super::change::not_drawn;
use super::companions::places;
use super::ledger::Hold;
use super::seating::{Seating, is_set, run_around};
use super::settings::{PIECES_PER_HOLD_MAX, SingleSeats};
use super::{PlaceNo, Quantities, Refusal, State, Timestamp, UnitNo};

/// The rule as it is now: it ends when fewer seats are left than is set.
pub(super) fn rule(state: &State, now: Timestamp) -> SingleSeats {
    let settings = state.settings();
    let until = settings.single_seats_until_left;
    let is_over = || until > 0 && state.seating.left(settings.is_released(now)) < until;
    if settings.single_seats == SingleSeats::Off || is_over() {
        return SingleSeats::Off;
    }
    settings.single_seats
}

/// Refuses picked units that would leave a single seat without need.
pub(super) fn check(state: &State, units: &Quantities, now: Timestamp) -> Result<(), Refusal> {
    let rule = rule(state, now);
    if rule == SingleSeats::Off {
        return Ok(());
    }
    let hall = Hall { state, seating: &state.seating, released: state.settings().is_released(now) };
    refuse(&hall, rule, &places(state, units), &[])
}

/// The same for all that a hold would have, as if it were picked now; what it leaves alone already may stay.
pub(super) fn check_change(
    state: &State,
    hold: &Hold,
    units: &Quantities,
    now: Timestamp,
) -> Result<(), Refusal> {
    let rule = rule(state, now);
    let before = not_drawn(hold);
    let (had, has) = (places(state, &before), places(state, units));
    if rule == SingleSeats::Off || had == has {
        return Ok(());
    }
    let mut seating = state.seating.clone();
    had.iter().for_each(|&seat| seating.set_free(seat, true));
    let hall = Hall { state, seating: &seating, released: state.settings().is_released(now) };
    let known: Vec<PlaceNo> = hall.stretches(&had).iter().flat_map(Stretch::singles).collect();
    refuse(&hall, rule, &has, &known)
}

/// `known`: seats that are alone whatever happens; sorted.
fn refuse(hall: &Hall<'_>, rule: SingleSeats, seats: &[PlaceNo], known: &[PlaceNo]) -> Result<(), Refusal> {
    let stretches = hall.stretches(seats);
    let avoidable = |stretch: &&Stretch| match rule {
        // As many seats at its end leave the rest together.
        SingleSeats::Lenient => stretch.seats.len() - stretch.taken.len() != 1,
        _ => true,
    };
    let left = stretches.iter().filter(avoidable).flat_map(Stretch::singles);
    let left = left.filter(|place| known.binary_search(place).is_err());
    let left: Vec<UnitNo> = left.map(|place| hall.state.plan.unit_at(place)).collect();
    if left.is_empty() || (rule == SingleSeats::Strict && !hall.has_other_choice(seats)) {
        return Ok(());
    }
    Err(Refusal::WouldOrphanSeat { units: left })
}

/// A run of free seats that anybody could buy, and those of them that are picked, by their places.
struct Stretch {
    seats: Range<PlaceNo>,
    taken: Vec<PlaceNo>,
}

impl Stretch {
    /// The seats that would be left alone. A stretch of one that is not touched is none of these.
    fn singles(&self) -> impl Iterator<Item = PlaceNo> {
        let is_free = |seat: PlaceNo| self.seats.contains(&seat) && self.taken.binary_search(&seat).is_err();
        // Only a seat beside one that is taken can have become alone.
        let beside = self.taken.iter().flat_map(|&seat| [seat.checked_sub(1), Some(seat + 1)]).flatten();
        let alone = move |seat: &PlaceNo| {
            is_free(*seat) && !is_free(seat + 1) && seat.checked_sub(1).is_none_or(|before| !is_free(before))
        };
        let mut found: Vec<PlaceNo> = beside.filter(alone).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter()
    }
}

/// Where a party sits down.
struct Hall<'a> {
    state: &'a State,
    seating: &'a Seating,
    released: bool,
}

impl Hall<'_> {
    /// The stretches that lose seats, or whose neighbours do.
    fn stretches(&self, seats: &[PlaceNo]) -> Vec<Stretch> {
        let mut found: Vec<Stretch> = Vec::new();
        for &seat in seats {
            if let Some(last) = found.last_mut().filter(|last| last.seats.contains(&seat)) {
                last.taken.push(seat);
                continue;
            }
            let number = self.seating.benches.bench_of(seat);
            let first = self.seating.benches.benches[number as usize].first;
            let words = self.seating.public(number, self.released);
            // A protected seat, or one that is sold only with others, is no neighbour to anybody.
            if is_set(&words, seat - first) {
                let around = run_around(&words, seat - first);
                found.push(Stretch { seats: first + around.start..first + around.end, taken: vec![seat] });
            }
        }
        found
    }

    /// Whether the same party could sit elsewhere, on seats of the same categories, and leave none. Nobody looks
    /// for another place for more people than best available seats.
    fn has_other_choice(&self, seats: &[PlaceNo]) -> bool {
        if seats.len() > PIECES_PER_HOLD_MAX as usize {
            return false;
        }
        let benches = &self.seating.benches;
        let mut categories: Vec<u32> = seats.iter().filter_map(|&seat| benches.category_of(seat)).collect();
        categories.sort_unstable();
        categories.dedup();
        let wish = |category| Wish {
            quantity: seats.len() as u32,
            select: benches.select(Some(category), None),
            place: Place::default(),
            accessible: 0,
            companions: 0,
            together: false,
            closed: SmallVec::new(),
        };
        categories
            .into_iter()
            .any(|category| best::leaves_none_somewhere(self.seating, &wish(category), self.released))
    }
}
