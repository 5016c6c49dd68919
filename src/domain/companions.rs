//! Companion seats: whoever needs the place for a wheelchair beside one finds it free. Nobody picks it alone while
//! that place is free, unless a secret key does, or the places are released to everybody (`docs/seating.md`).

use super::event::Quantities;
use super::{Caller, PlaceNo, Refusal, State, Timestamp, UnitNo};

/// What a claim takes, what it gives up in the same step, and all that it has then.
pub(super) struct Parts<'a> {
    pub(super) taken: &'a Quantities,
    pub(super) given: &'a Quantities,
    pub(super) all: &'a Quantities,
}

/// Refuses companion seats of a free wheelchair place that the claim does not have: those that it takes, and those
/// that it keeps without their place.
pub(super) fn check(
    state: &State,
    caller: &Caller,
    parts: &Parts<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !matches!(caller, Caller::Buyer(_)) || state.settings().is_released(now) {
        return Ok(());
    }
    let is_companion = |seat: &PlaceNo| {
        let unit = state.plan.unit(state.plan.unit_at(*seat));
        unit.companion && !unit.accessible
    };
    let all = places(state, parts.all);
    if !all.iter().any(is_companion) {
        return Ok(());
    }
    let (taken, given) = (places(state, parts.taken), places(state, parts.given));
    let has = |places: &[PlaceNo], seat: &PlaceNo| places.binary_search(seat).is_ok();
    let is_free = |place: &PlaceNo| state.available(state.plan.unit_at(*place)) > 0 || has(&given, place);
    let is_kept = |seat: &&PlaceNo| {
        let beside = wheelchairs_of(state, **seat);
        let is_new = has(&taken, seat) || beside.iter().any(|place| has(&given, place));
        is_new && beside.iter().any(is_free) && !beside.iter().any(|place| has(&all, place))
    };
    let kept = all.iter().filter(|seat| is_companion(seat)).filter(is_kept);
    let units: Vec<UnitNo> = kept.map(|&seat| state.plan.unit_at(seat)).collect();
    if units.is_empty() { Ok(()) } else { Err(Refusal::CompanionKept { units }) }
}

/// The seats among these units, in order.
pub(super) fn places(state: &State, units: &Quantities) -> Vec<PlaceNo> {
    let mut seats: Vec<PlaceNo> = units.iter().filter_map(|part| state.plan.place_of(part.0)).collect();
    seats.sort_unstable();
    seats
}

/// The places for wheelchairs beside a companion seat: the next ones on its bench, past other companion seats only.
fn wheelchairs_of(state: &State, seat: PlaceNo) -> Vec<PlaceNo> {
    let benches = &state.seating.benches;
    let bench = &benches.benches[benches.bench_of(seat) as usize];
    let unit = |place: PlaceNo| state.plan.unit(state.plan.unit_at(place));
    let next = |mut places: Box<dyn Iterator<Item = PlaceNo>>| {
        let end = places.find(|&place| unit(place).accessible || !unit(place).companion);
        end.filter(|&place| unit(place).accessible)
    };
    let before = next(Box::new((bench.first..seat).rev()));
    let behind = next(Box::new(seat + 1..bench.first + bench.len));
    before.into_iter().chain(behind).collect()
}
