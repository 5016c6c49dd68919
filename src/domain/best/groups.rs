//! A party that does not fit into one row, in groups near to each other.
//!
//! The groups are chosen one after another, each as large as it can be so that all others still find a run of free
//! seats of their own. What a choice costs is the sum of its seats' costs and, for each seat of every group but the
//! first, how far its group is from the first. Every group is the cheapest of its size; for the first one all of the
//! [`FIRSTS`] places that cost least by themselves are tried, as far as the search may cost so much, and the cheapest
//! choice wins.

mod run;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use self::run::{Run, collect};
use super::view::View;
use crate::domain::PlaceNo;
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
    view.effort.renew();
    for scope in parts(view, party) {
        if view.effort.is_over() {
            break;
        }
        scope.improve(&mut best);
    }
    best.map(|(_, groups)| groups)
}

pub(super) fn fits_one_part(view: &View<'_>, party: Party) -> bool {
    view.effort.renew();
    parts(view, party)
        .iter()
        .any(|scope| !view.effort.is_over() && scope.reaches(party.quantity, &scope.none_taken()))
}

/// Wherever there are seats.
pub(super) fn anywhere(view: &View<'_>, party: Party) -> Option<Groups> {
    let mut best = None;
    view.effort.renew();
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
    let scope = Scope::new(view, party, runs);
    scope.complete(scope.none_taken(), party.quantity, first)
}

/// The runs of each part, the part with the most wanted seat first.
fn parts<'v, 'a>(view: &'v View<'a>, party: Party) -> Vec<Scope<'v, 'a>> {
    let mut by_part: Vec<Vec<Run>> = vec![Vec::new(); view.seating.benches.parts as usize];
    for run in collect(view, party) {
        by_part[run.part as usize].push(run);
    }
    by_part.retain(|runs| !runs.is_empty());
    let mut scopes: Vec<_> = by_part.into_iter().map(|runs| Scope::new(view, party, runs)).collect();
    scopes.sort_by_key(Scope::lowest);
    scopes
}

/// Stretches that can take groups of the same sizes.
#[derive(Debug)]
struct Class {
    sizes: u64,
    stretches: u32,
    /// Indices of their runs, ascending by their lowest cost.
    runs: Vec<usize>,
}

/// The runs that a party may be spread over.
struct Scope<'v, 'a> {
    view: &'v View<'a>,
    party: Party,
    /// Ascending by their lowest cost.
    runs: Vec<Run>,
    classes: Vec<Class>,
    /// By stretch: its class.
    class_of: Vec<usize>,
}

/// Stretches that have a group already.
#[derive(Debug, Clone)]
struct Taken {
    stretches: SmallVec<[usize; 8]>,
    /// How many of each class.
    of_class: SmallVec<[u32; 16]>,
}

/// A place of a group; of several the lowest is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    cost: u64,
    start: PlaceNo,
    stretch: usize,
}

/// The best places in runs of one class, one for each run and the cheapest first, looked for as they are needed.
#[derive(Debug, Default)]
struct Nearest {
    /// So many runs were looked at.
    seen: usize,
    found: BinaryHeap<Reverse<Place>>,
}

impl<'v, 'a> Scope<'v, 'a> {
    fn new(view: &'v View<'a>, party: Party, mut runs: Vec<Run>) -> Self {
        runs.sort_by_key(|run| (run.lowest, run.seats.start));
        let mut stretches: Vec<u64> = Vec::with_capacity(runs.len());
        let mut known = FxHashMap::default();
        for run in &mut runs {
            let start = if party.clean { run.public.start } else { run.seats.start };
            run.stretch = *known.entry(start).or_insert(stretches.len());
            if run.stretch == stretches.len() {
                stretches.push(0);
            }
            stretches[run.stretch] |= run.sizes;
        }
        let mut classes: Vec<Class> = Vec::new();
        let mut by_sizes: FxHashMap<u64, usize> = FxHashMap::default();
        let class_of = stretches.into_iter().map(|sizes| {
            let class = *by_sizes.entry(sizes).or_insert(classes.len());
            if class == classes.len() {
                classes.push(Class { sizes, stretches: 0, runs: Vec::new() });
            }
            classes[class].stretches += 1;
            class
        });
        let class_of: Vec<usize> = class_of.collect();
        for (number, run) in runs.iter().enumerate() {
            classes[class_of[run.stretch]].runs.push(number);
        }
        view.effort.spend(runs.len() as u64);
        Self { view, party, runs, classes, class_of }
    }

    fn lowest(&self) -> u32 {
        self.runs.first().map_or(u32::MAX, |run| run.lowest)
    }

    /// Where every size up to a run's length will do: such a party is always seated, if there are seats enough.
    fn is_easy(&self) -> bool {
        self.party.least == 1 && !self.party.clean
    }

    /// Replaces the best choice so far if there is a better one here.
    fn improve(&self, best: &mut Option<(u64, Groups)>) {
        let lowest = u64::from(self.lowest());
        for first in self.firsts() {
            let size = first.1;
            let Place { cost, start, stretch } = first.0;
            let rest = self.party.quantity - size;
            if best.as_ref().is_some_and(|(least, _)| cost + lowest * u64::from(rest) > *least) {
                return;
            }
            if self.view.effort.is_over() && (best.is_some() || !self.is_easy()) {
                return;
            }
            let seats = start..start + size;
            let Some((more, others)) = self.complete(self.none_taken().with(self, stretch), rest, &seats)
            else {
                continue;
            };
            let is_better =
                |(least, groups): &(u64, Groups)| (cost + more, start) < (*least, groups[0].start);
            if best.as_ref().is_none_or(is_better) {
                *best = Some((cost + more, std::iter::once(seats).chain(others).collect()));
            }
        }
    }

    /// The cheapest places for the largest group that can be the first, and its size.
    fn firsts(&self) -> Vec<(Place, u32)> {
        let none = self.none_taken();
        if !self.reaches(self.party.quantity, &none) {
            return Vec::new();
        }
        for size in self.sizes(self.party.quantity) {
            let rest = self.party.quantity - size;
            let is_open = |class: &usize| self.reaches(rest, &none.clone().with_class(*class));
            let open: Vec<usize> = self.with_size(size).filter(is_open).collect();
            if open.is_empty() {
                continue;
            }
            let mut found: BinaryHeap<Place> = BinaryHeap::new();
            for run in self.runs.iter().filter(|run| run.sizes >> size & 1 == 1) {
                let is_full = found.len() == FIRSTS;
                let bound = u64::from(run.lowest) * u64::from(size);
                if is_full && found.peek().is_some_and(|worst| bound > worst.cost) {
                    break;
                }
                self.view.effort.spend(1);
                if !open.contains(&self.class_of[run.stretch]) {
                    continue;
                }
                for seats in run.blocks(size, self.party.clean) {
                    self.view.effort.spend(u64::from(size));
                    let cost = self.view.seating.benches.cost_of(seats.clone());
                    found.push(Place { cost, start: seats.start, stretch: run.stretch });
                    if found.len() > FIRSTS {
                        found.pop();
                    }
                }
            }
            return found.into_sorted_vec().into_iter().map(|place| (place, size)).collect();
        }
        Vec::new()
    }

    /// Seats for `rest` more people, near to the first group: the groups and what they cost.
    fn complete(&self, mut taken: Taken, mut rest: u32, first: &Range<PlaceNo>) -> Option<(u64, Groups)> {
        let (mut sum, mut groups) = (0, Vec::new());
        let mut near: FxHashMap<(u32, usize), Nearest> = FxHashMap::default();
        while rest > 0 {
            if self.view.effort.is_over() && !self.is_easy() {
                return None;
            }
            let place = |size| Some((self.nearest(size, rest - size, &taken, first, &mut near)?, size));
            let (place, size) = self.sizes(rest).find_map(place)?;
            sum += place.cost;
            rest -= size;
            taken = taken.with(self, place.stretch);
            groups.push(place.start..place.start + size);
        }
        Some((sum, groups))
    }

    /// The cheapest place of a group of this size, such that `rest` others can still be seated.
    fn nearest(
        &self,
        size: u32,
        rest: u32,
        taken: &Taken,
        first: &Range<PlaceNo>,
        near: &mut FxHashMap<(u32, usize), Nearest>,
    ) -> Option<Place> {
        let mut best: SmallVec<[(Place, usize); 8]> = SmallVec::new();
        for class in self.with_size(size) {
            let nearest = near.entry((size, class)).or_default();
            best.extend(self.next_of(nearest, size, class, taken, first).map(|place| (place, class)));
        }
        best.sort_unstable();
        let can_be = |&&(_, class): &&(Place, usize)| self.reaches(rest, &taken.clone().with_class(class));
        best.iter().find(can_be).map(|&(place, _)| place)
    }

    /// The cheapest place in a class on a stretch that is not taken. What is further from the best seats than a place
    /// is dear altogether need not be looked at.
    fn next_of(
        &self,
        nearest: &mut Nearest,
        size: u32,
        class: usize,
        taken: &Taken,
        first: &Range<PlaceNo>,
    ) -> Option<Place> {
        let (benches, runs) = (&self.view.seating.benches, &self.classes[class].runs);
        loop {
            while let Some(run) = runs.get(nearest.seen).map(|&number| &self.runs[number]) {
                let bound = u64::from(run.lowest) * u64::from(size);
                if nearest.found.peek().is_some_and(|Reverse(place)| bound > place.cost) {
                    break;
                }
                nearest.seen += 1;
                let place = |seats: Range<PlaceNo>| {
                    self.view.effort.spend(u64::from(size));
                    let far = benches.distance(first, &seats) * u64::from(size);
                    let cost = benches.cost_of(seats.clone()) + far;
                    Place { cost, start: seats.start, stretch: run.stretch }
                };
                self.view.effort.spend(1);
                if run.sizes >> size & 1 == 1 {
                    nearest.found.extend(run.blocks(size, self.party.clean).map(place).min().map(Reverse));
                }
            }
            let Reverse(place) = *nearest.found.peek()?;
            if !taken.stretches.contains(&place.stretch) {
                return Some(place);
            }
            nearest.found.pop();
        }
    }

    /// Sizes of the next group that there are, the largest first, that leave none or enough for another group.
    fn sizes(&self, rest: u32) -> impl Iterator<Item = u32> {
        let least = self.party.least;
        let there = self.classes.iter().fold(0, |all, class| all | class.sizes);
        let fits = move |size: &u32| there >> size & 1 == 1 && (*size == rest || rest - size >= least);
        (least..=rest).rev().filter(fits)
    }

    /// The classes with a run for this size.
    fn with_size(&self, size: u32) -> impl Iterator<Item = usize> {
        (0..self.classes.len()).filter(move |&class| self.classes[class].sizes >> size & 1 == 1)
    }

    fn none_taken(&self) -> Taken {
        Taken { stretches: SmallVec::new(), of_class: SmallVec::from_elem(0, self.classes.len()) }
    }

    /// Whether so many can be seated in groups, each on a stretch of its own that is not taken.
    fn reaches(&self, people: u32, taken: &Taken) -> bool {
        let left = |(class, taken): (&Class, &u32)| class.stretches.saturating_sub(*taken);
        if self.is_easy() {
            self.view.effort.spend(self.classes.len() as u64);
            let most =
                |of: (&Class, &u32)| u64::from(left(of)) * u64::from(of.0.sizes.checked_ilog2().unwrap_or(0));
            return self.classes.iter().zip(&taken.of_class).map(most).sum::<u64>() >= u64::from(people);
        }
        let within = u64::MAX >> (u64::BITS - 1 - people);
        let mut sums = 1u64;
        for of in self.classes.iter().zip(&taken.of_class) {
            let sizes = of.0.sizes & within;
            for _ in 0..left(of) {
                if sums >> people & 1 == 1 {
                    return true;
                }
                let before = sums;
                for size in (self.party.least..=people).filter(|size| sizes >> size & 1 == 1) {
                    sums |= before << size & within;
                }
                self.view.effort.spend(1 + u64::from(sizes.count_ones()));
                // One more of the same adds nothing either.
                if sums == before {
                    break;
                }
            }
        }
        sums >> people & 1 == 1
    }
}

impl Taken {
    fn with(mut self, scope: &Scope<'_, '_>, stretch: usize) -> Self {
        self.stretches.push(stretch);
        self.with_class(scope.class_of[stretch])
    }

    fn with_class(mut self, class: usize) -> Self {
        self.of_class[class] += 1;
        self
    }
}
