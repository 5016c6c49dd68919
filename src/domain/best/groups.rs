//! A party that does not fit into one row, in groups near to each other.
//!
//! The groups are chosen one after another, each as large as it can be so that all others still find a run of free
//! seats of their own. What a choice costs is the sum of its seats' costs and, for each seat of every group but the
//! first, how far its group is from the first. Every group is the cheapest of its size; for the first one all of the
//! [`FIRSTS`] places that cost least by themselves are tried, and the cheapest choice wins.

use std::ops::Range;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::view::View;
use crate::domain::PlaceNo;
use crate::domain::benches::Benches;
use crate::domain::seating::{run_around, runs};
use crate::domain::settings::PIECES_PER_HOLD_MAX;

/// The most places that are tried for the first group of a part of the house.
const FIRSTS: usize = 32;

// Sets of sizes are the bits of one word.
const _: () = assert!(PIECES_PER_HOLD_MAX < u64::BITS);

/// Who shall be seated, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Party {
    pub(super) quantity: u32,
    /// The fewest in one group.
    pub(super) least: u32,
    /// No group leaves a single seat beside it, and no two share a run of free seats.
    pub(super) clean: bool,
}

type Groups = Vec<Range<PlaceNo>>;

/// Inside one section, or one zone where it has none.
pub(super) fn in_one_part(view: &View<'_>, party: Party) -> Option<Groups> {
    let mut best: Option<(u64, Groups)> = None;
    for scope in parts(view, party) {
        scope.improve(&mut best);
    }
    best.map(|(_, groups)| groups)
}

pub(super) fn fits_one_part(view: &View<'_>, party: Party) -> bool {
    parts(view, party).iter().any(|scope| scope.reaches(party.quantity, &[]))
}

/// Wherever there are seats.
pub(super) fn anywhere(view: &View<'_>, party: Party) -> Option<Groups> {
    let mut best = None;
    Scope::new(view, party, collect(view, party)).improve(&mut best);
    best.map(|(_, groups)| groups)
}

/// The rest of a party whose first group has its seats: the groups and what they cost. In that group's part, or
/// anywhere.
pub(super) fn around(
    view: &View<'_>,
    party: Party,
    first: &Range<PlaceNo>,
    part: Option<u32>,
) -> Option<(u64, Groups)> {
    let mut runs = collect(view, party);
    runs.retain(|run| part.is_none_or(|part| run.part == part));
    Scope::new(view, party, runs).complete(SmallVec::new(), party.quantity, first)
}

/// Open seats beside each other.
#[derive(Debug, Clone)]
struct Run {
    part: u32,
    seats: Range<PlaceNo>,
    /// The free seats around them, whatever their category.
    public: Range<PlaceNo>,
    /// The lowest cost of a seat.
    lowest: u32,
    /// The sizes of groups that it can take, as bits.
    sizes: u64,
    /// Of several runs on one stretch, one takes a group: the number of the stretch in its scope.
    stretch: usize,
}

impl Run {
    /// All places of a group of this size.
    fn blocks(&self, size: u32, clean: bool) -> impl Iterator<Item = Range<PlaceNo>> {
        let public = self.public.clone();
        let leaves_none =
            move |seats: &Range<PlaceNo>| seats.start - public.start != 1 && public.end - seats.end != 1;
        let firsts = self.seats.start..(self.seats.end + 1).saturating_sub(size);
        firsts.map(move |first| first..first + size).filter(move |seats| !clean || leaves_none(seats))
    }
}

/// Every run of the house that could take a group.
fn collect(view: &View<'_>, party: Party) -> Vec<Run> {
    let mut found = Vec::new();
    for (number, _) in view.benches(party.least) {
        let sight = view.sight(number);
        runs(&sight.open, |start, len| {
            if len < party.least {
                return;
            }
            let seats = sight.places(&(start..start + len));
            let costs = &view.seating.benches.cost[seats.start as usize..seats.end as usize];
            let mut run = Run {
                part: sight.bench.part,
                public: sight.places(&run_around(&sight.public, start)),
                lowest: costs.iter().copied().min().unwrap_or(0),
                seats,
                sizes: 0,
                stretch: 0,
            };
            let fits = |size: &u32| run.blocks(*size, party.clean).next().is_some();
            run.sizes = (party.least..=len.min(party.quantity)).filter(fits).map(|size| 1 << size).sum();
            found.push(run);
        });
    }
    found
}

/// The runs of each part, the part with the most wanted seat first.
fn parts<'a>(view: &View<'a>, party: Party) -> Vec<Scope<'a>> {
    let mut by_part: Vec<Vec<Run>> = vec![Vec::new(); view.seating.benches.parts as usize];
    for run in collect(view, party) {
        by_part[run.part as usize].push(run);
    }
    by_part.retain(|runs| !runs.is_empty());
    let mut scopes: Vec<_> = by_part.into_iter().map(|runs| Scope::new(view, party, runs)).collect();
    scopes.sort_by_key(Scope::lowest);
    scopes
}

/// The runs that a party may be spread over.
struct Scope<'a> {
    benches: &'a Benches,
    party: Party,
    /// Ascending by their lowest cost.
    runs: Vec<Run>,
    /// By stretch: the sizes of groups that one of its runs can take.
    stretches: Vec<u64>,
}

/// Stretches that have a group already.
type Taken = SmallVec<[usize; 8]>;

impl<'a> Scope<'a> {
    fn new(view: &View<'a>, party: Party, mut runs: Vec<Run>) -> Self {
        runs.sort_by_key(|run| (run.lowest, run.seats.start));
        let mut stretches = Vec::with_capacity(runs.len());
        let mut known = FxHashMap::default();
        for run in &mut runs {
            let start = if party.clean { run.public.start } else { run.seats.start };
            run.stretch = *known.entry(start).or_insert(stretches.len());
            if run.stretch == stretches.len() {
                stretches.push(0);
            }
            stretches[run.stretch] |= run.sizes;
        }
        Self { benches: &view.seating.benches, party, runs, stretches }
    }

    fn lowest(&self) -> u32 {
        self.runs.first().map_or(u32::MAX, |run| run.lowest)
    }

    /// Replaces the best choice so far if there is a better one here.
    fn improve(&self, best: &mut Option<(u64, Groups)>) {
        let lowest = u64::from(self.lowest());
        for (cost, stretch, first) in self.firsts() {
            let rest = self.party.quantity - first.len() as u32;
            if best.as_ref().is_some_and(|(least, _)| cost + lowest * u64::from(rest) > *least) {
                return;
            }
            let Some((more, others)) = self.complete(SmallVec::from_slice(&[stretch]), rest, &first) else {
                continue;
            };
            let is_better =
                |(least, groups): &(u64, Groups)| (cost + more, first.start) < (*least, groups[0].start);
            if best.as_ref().is_none_or(is_better) {
                *best = Some((cost + more, std::iter::once(first).chain(others).collect()));
            }
        }
    }

    /// The cheapest places for the largest group that can be the first: cost, stretch and seats.
    fn firsts(&self) -> Vec<(u64, usize, Range<PlaceNo>)> {
        if !self.reaches(self.party.quantity, &[]) {
            return Vec::new();
        }
        for size in self.sizes(self.party.quantity) {
            let rest = self.party.quantity - size;
            let mut found = Vec::new();
            for run in self.with_size(size, &[]) {
                let places = run.blocks(size, self.party.clean);
                found.extend(places.map(|seats| (self.benches.cost_of(seats.clone()), run.stretch, seats)));
            }
            found.sort_unstable_by_key(|(cost, _, seats)| (*cost, seats.start));
            let mut allowed = vec![None; self.stretches.len()];
            let fits = |place: &(u64, usize, _)| {
                *allowed[place.1].get_or_insert_with(|| self.reaches(rest, &[place.1]))
            };
            let firsts: Vec<_> = found.into_iter().filter(fits).take(FIRSTS).collect();
            if !firsts.is_empty() {
                return firsts;
            }
        }
        Vec::new()
    }

    /// Seats for `rest` more people, near to the first group: the groups and what they cost.
    fn complete(&self, mut taken: Taken, mut rest: u32, first: &Range<PlaceNo>) -> Option<(u64, Groups)> {
        let (mut sum, mut groups) = (0, Vec::new());
        while rest > 0 {
            let (cost, stretch, seats) =
                self.sizes(rest).find_map(|size| self.nearest(size, rest - size, &taken, first))?;
            sum += cost;
            rest -= seats.len() as u32;
            taken.push(stretch);
            groups.push(seats);
        }
        Some((sum, groups))
    }

    /// The cheapest place of a group of this size, such that `rest` others can still be seated.
    fn nearest(
        &self,
        size: u32,
        rest: u32,
        taken: &[usize],
        first: &Range<PlaceNo>,
    ) -> Option<(u64, usize, Range<PlaceNo>)> {
        let mut best: Option<(u64, usize, Range<PlaceNo>)> = None;
        for run in self.with_size(size, taken) {
            let bound = u64::from(run.lowest) * u64::from(size);
            if best.as_ref().is_some_and(|(cost, ..)| bound > *cost) {
                break;
            }
            let mut allowed = None;
            for seats in run.blocks(size, self.party.clean) {
                let far = self.benches.distance(first, &seats) * u64::from(size);
                let cost = self.benches.cost_of(seats.clone()) + far;
                let is_better =
                    best.as_ref().is_none_or(|(least, _, there)| (cost, seats.start) < (*least, there.start));
                if !is_better {
                    continue;
                }
                let with_this = || self.reaches(rest, &[taken, &[run.stretch]].concat());
                if !*allowed.get_or_insert_with(with_this) {
                    break;
                }
                best = Some((cost, run.stretch, seats));
            }
        }
        best
    }

    /// Sizes of the next group, the largest first, that leave none or enough for another group.
    fn sizes(&self, rest: u32) -> impl Iterator<Item = u32> {
        let least = self.party.least;
        (least..=rest).rev().filter(move |&size| size == rest || rest - size >= least)
    }

    fn with_size(&self, size: u32, taken: &[usize]) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |run| run.sizes >> size & 1 == 1 && !taken.contains(&run.stretch))
    }

    /// Whether so many can be seated in groups, each on a stretch of its own that is not taken.
    fn reaches(&self, people: u32, taken: &[usize]) -> bool {
        let mut sums = 1u64;
        for (stretch, sizes) in self.stretches.iter().enumerate() {
            if sums >> people & 1 == 1 {
                return true;
            }
            if taken.contains(&stretch) {
                continue;
            }
            let before = sums;
            for size in (self.party.least..=people).filter(|size| sizes >> size & 1 == 1) {
                sums |= before << size;
            }
        }
        sums >> people & 1 == 1
    }
}
