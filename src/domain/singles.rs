//! Single seats: whether picked seats leave a free seat alone between taken ones, and whether that may be.
//!
//! Only seats that anybody could buy count. One that was alone before does not; one that is left because there was
//! no other choice is allowed (`docs/seating.md`).

use std::ops::Range;

use smallvec::SmallVec;

use super::best::{self, Place, Wish};
use super::seating::{is_set, run_around};
use super::settings::SingleSeats;
use super::{PlaceNo, Quantities, Refusal, State, UnitNo};

/// The rule as it is now: it ends when fewer seats are left than is set.
pub(super) fn rule(state: &State) -> SingleSeats {
    let settings = state.settings();
    let until = settings.single_seats_until_left;
    let is_over = || until > 0 && state.seating.left(settings.release_accessible) < until;
    if settings.single_seats == SingleSeats::Off || is_over() {
        return SingleSeats::Off;
    }
    settings.single_seats
}

/// Refuses picked units that would leave a single seat without need.
pub(super) fn check(state: &State, units: &Quantities) -> Result<(), Refusal> {
    let rule = rule(state);
    if rule == SingleSeats::Off {
        return Ok(());
    }
    let mut seats: Vec<PlaceNo> = units.iter().filter_map(|part| state.plan.place_of(part.0)).collect();
    seats.sort_unstable();
    let stretches = stretches(state, &seats);
    let avoidable = |stretch: &&Stretch| match rule {
        // As many seats at its end leave the rest together.
        SingleSeats::Lenient => stretch.seats.len() - stretch.taken.len() != 1,
        _ => true,
    };
    let left = stretches.iter().filter(avoidable).flat_map(Stretch::singles);
    let left: Vec<UnitNo> = left.map(|place| state.plan.unit_at(place)).collect();
    if left.is_empty() || (rule == SingleSeats::Strict && !has_other_choice(state, &seats)) {
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
        let is_free = |seat: PlaceNo| self.seats.contains(&seat) && !self.taken.contains(&seat);
        self.seats.clone().filter(move |&seat| {
            is_free(seat) && !is_free(seat + 1) && seat.checked_sub(1).is_none_or(|before| !is_free(before))
        })
    }
}

/// The stretches that lose seats, or whose neighbours do.
fn stretches(state: &State, seats: &[PlaceNo]) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for &seat in seats {
        if let Some(last) = found.last_mut().filter(|last| last.seats.contains(&seat)) {
            last.taken.push(seat);
            continue;
        }
        let number = state.seating.benches.bench_of(seat);
        let first = state.seating.benches.benches[number as usize].first;
        let words = state.seating.public(number, state.settings().release_accessible);
        // A protected seat, or one that is sold only with others, is no neighbour to anybody.
        if is_set(&words, seat - first) {
            let around = run_around(&words, seat - first);
            found.push(Stretch { seats: first + around.start..first + around.end, taken: vec![seat] });
        }
    }
    found
}

/// Whether the same party could sit elsewhere, on seats of the same categories, and leave none.
fn has_other_choice(state: &State, seats: &[PlaceNo]) -> bool {
    let benches = &state.seating.benches;
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
    let released = state.settings().release_accessible;
    categories
        .into_iter()
        .any(|category| best::leaves_none_somewhere(&state.seating, &wish(category), released))
}
