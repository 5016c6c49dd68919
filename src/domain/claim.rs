//! What a hold or a direct purchase takes: picked offers, or the best that is there.

use smallvec::{SmallVec, smallvec};

use super::access::Reach;
use super::allotment::Draws;
use super::benches::Select;
use super::best::{self, Found, Place, Placed, Rules, Search, Wish};
use super::command::{BestWanted, Pick, Wanted};
use super::companions::Parts;
use super::event::{Lines, Quantities, Step};
use super::lines::{Sum, are_adjacent, bill_units, enough, line, lines_of};
use super::settings::SingleSeats;
use super::{Caller, OfferNo, Refusal, State, Timestamp, UnitKind, UnitNo, companions, singles};

/// Lines of offers and units, all of it available.
pub(super) struct Claim {
    pub(super) lines: Lines,
    /// Whether its seats are neighbours.
    pub(super) adjacent: bool,
    pub(super) step: Option<Step>,
    /// What of it comes out of allotments.
    pub(super) drawn: Draws,
}

/// What is wanted as lines of offers and units, all of it available.
pub(super) fn claim(
    reach: &Reach<'_>,
    caller: &Caller,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Claim, Refusal> {
    let mut claim = match wanted {
        Wanted::Offers(picks) => picked(reach, caller, picks, now)?,
        Wanted::Best(wanted) => best_available(reach, wanted, now)?,
    };
    claim.drawn = reach.draw(&claim.lines);
    Ok(claim)
}

fn picked(reach: &Reach<'_>, caller: &Caller, picks: &[Pick], now: Timestamp) -> Result<Claim, Refusal> {
    let state = reach.state;
    let mut lines = lines_of(state, picks)?;
    let total = Sum::billed(state, &lines).into_units();
    reach.sells(&total, now)?;
    enough(state, &total, |unit| reach.available(unit))?;
    let parts = Parts { taken: &total, given: &Quantities::new(), all: &total };
    companions::check(state, caller, &parts, now)?;
    singles::check(state, &total, now)?;
    bill_units(state, &mut lines);
    let adjacent = are_adjacent(state, &total);
    Ok(Claim { lines, adjacent, step: None, drawn: Draws::new() })
}

fn best_available(reach: &Reach<'_>, wanted: &BestWanted, now: Timestamp) -> Result<Claim, Refusal> {
    let state = reach.state;
    let mut wish = wish(state, wanted)?;
    let closed = reach.closed_categories(now);
    if let Some((_, window)) = closed.iter().find(|closed| wish.select == Select::Category(closed.0)) {
        window.check(now)?;
    }
    wish.closed = closed.iter().map(|closed| closed.0).collect();
    let seating = &*reach.seating();
    let released = state.settings().is_released(now);
    let rules = Rules { released, strict: singles::rule(state, now) == SingleSeats::Strict };
    let Search { found, is_exhausted, .. } = best::find(seating, &wish, rules);
    if let Some(found) = found {
        let Found { groups, step } = &found;
        let own = |unit| Some(line(state, state.plan.own_offer(unit)?, 1, smallvec![(unit, 1)]));
        let seats = groups.iter().cloned().flatten().map(|place| state.plan.unit_at(place));
        let lines = seats.filter_map(own).collect();
        return Ok(Claim { lines, adjacent: found.is_together(), step: Some(*step), drawn: Draws::new() });
    }
    // `together` is about seats: who asks where there are none means standing room.
    let stands = wish.accessible == 0 && (!wish.together || !best::has_seats(seating, &wish));
    let area = stands.then(|| roomiest(reach, &wish)).flatten();
    let quantity = wish.quantity;
    if let Some(Room { first: Some((area, offer)), .. }) = area {
        let lines = smallvec![line(state, offer, quantity, smallvec![(area, quantity)])];
        return Ok(Claim { lines, adjacent: true, step: Some(Step::Area), drawn: Draws::new() });
    }
    let longest = best::largest_block(seating, &wish, released);
    let largest_block = longest.max(area.map_or(0, |room| room.most));
    if is_exhausted {
        return Err(Refusal::SearchExhausted);
    }
    let apart = || {
        let apart = Wish { together: false, ..wish.clone() };
        best::find(seating, &apart, rules).found.is_some()
    };
    if wish.together && apart() {
        return Err(Refusal::NoAdjacentBlock { largest_block });
    }
    Err(Refusal::NotEnough { units: Vec::new(), largest_block: Some(largest_block) })
}

/// The request with its names resolved, or the first that means nothing here.
fn wish(state: &State, wanted: &BestWanted) -> Result<Wish, Refusal> {
    let plan = &state.plan;
    let quantity = wanted.quantity.get();
    let BestWanted { accessible, companions, .. } = *wanted;
    let is_sound = accessible.checked_add(companions).is_some_and(|seats| seats <= quantity)
        && (companions == 0 || accessible > 0);
    if !is_sound {
        return Err(Refusal::PartyInvalid);
    }
    let unknown_category = |id: &String| Refusal::CategoryUnknown { id: id.clone() };
    let category = wanted.category.as_ref();
    let category =
        category.map(|id| plan.category_by_id(id).ok_or_else(|| unknown_category(id))).transpose()?;
    Ok(Wish {
        quantity,
        select: state.seating.benches.select(category, wanted.price_max),
        place: place(state, wanted)?,
        accessible,
        companions,
        together: wanted.adjacent,
        closed: SmallVec::new(),
    })
}

fn place(state: &State, wanted: &BestWanted) -> Result<Place, Refusal> {
    let (plan, document) = (&state.plan, state.plan.document());
    let mut zones = None;
    if let Some(id) = &wanted.floor {
        if document.floors.iter().all(|floor| floor.id != *id) {
            return Err(Refusal::FloorUnknown { id: id.clone() });
        }
        let all = 0..document.zones.len() as u32;
        zones = Some(all.filter(|&zone| plan.floor_of(zone) == Some(id)).collect::<Vec<_>>());
    }
    if let Some(id) = &wanted.zone {
        let zone = document.zones.iter().position(|zone| zone.id == *id);
        let zone = zone.ok_or_else(|| Refusal::ZoneUnknown { id: id.clone() })? as u32;
        let is_elsewhere = zones.is_some_and(|zones| !zones.contains(&zone));
        zones = Some(if is_elsewhere { Vec::new() } else { vec![zone] });
    }
    let mut sections = None;
    if let Some(id) = &wanted.section {
        let all = (0..).zip(plan.sections()).filter(|(_, section)| *section.id == **id);
        let found: Vec<u32> = all.map(|(number, _)| number).collect();
        if found.is_empty() {
            return Err(Refusal::SectionUnknown { id: id.clone() });
        }
        sections = Some(found);
    }
    Ok(Place { zones, sections })
}

/// What areas have room for.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// The first with room for all.
    first: Option<(UnitNo, OfferNo)>,
    most: u32,
}

/// None: nothing of what is wanted is standing room.
fn roomiest(reach: &Reach<'_>, wish: &Wish) -> Option<Room> {
    let state = reach.state;
    let plan = &state.plan;
    let suits = |&unit: &UnitNo| {
        let area = plan.unit(unit);
        let at = Placed { zone: area.zone, section: area.section };
        let selected = |category| {
            state.seating.benches.selects(wish.select, category) && !wish.closed.contains(&category)
        };
        area.kind == UnitKind::Area
            && !area.whole
            && area.category.is_some_and(selected)
            && wish.place.admits(at)
    };
    let areas = plan.counted().units().iter().filter(|unit| suits(unit));
    let areas: SmallVec<[_; 8]> = areas.filter_map(|&area| Some((area, plan.own_offer(area)?))).collect();
    let most = areas.iter().map(|area| reach.available(area.0)).max()?;
    let first = areas.into_iter().find(|area| reach.available(area.0) >= wish.quantity);
    Some(Room { first, most })
}
