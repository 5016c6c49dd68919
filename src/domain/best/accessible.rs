//! Seats for wheelchairs, with whoever comes along beside them, and the rest of the party near by.

use std::ops::Range;

use super::groups::{self, Party};
use super::view::{Sight, View, each_block};
use super::{Found, NOBODY_ALONE, Wish};
use crate::domain::PlaceNo;
use crate::domain::event::Step;
use crate::domain::seating::{is_set, leaves_single};

/// The most places that are tried for the first group.
const FIRSTS: usize = 32;

/// Seats beside each other of which so many are accessible and so many for companions.
#[derive(Debug, Clone, Copy)]
struct Shape {
    accessible: u32,
    companions: u32,
    others: u32,
}

impl Shape {
    fn len(self) -> u32 {
        self.accessible + self.companions + self.others
    }
}

/// A place for a shape; of several the lowest is the best.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// Companions who sit on ordinary seats.
    displaced: u32,
    cost: u64,
    first: PlaceNo,
    end: PlaceNo,
    leaves_single: bool,
}

impl Place {
    fn seats(&self) -> Range<PlaceNo> {
        self.first..self.end
    }
}

/// A party in several groups.
struct Spread {
    displaced: u32,
    cost: u64,
    groups: Vec<Range<PlaceNo>>,
}

pub(super) fn find(view: &mut View<'_>, wish: &Wish) -> Option<Found> {
    let Wish { accessible, companions, quantity, together, .. } = *wish;
    let others = quantity.checked_sub(accessible.checked_add(companions)?)?;
    let places = places(view, Shape { accessible, companions, others }, None);
    let none_left = places.iter().find(|place| !place.leaves_single);
    if let Some(place) = none_left.or(places.first()) {
        let step = if none_left.is_some() { Step::OneRow } else { Step::OneRowSingleLeft };
        return Some(Found { groups: vec![place.seats()], step });
    }
    if together {
        return None;
    }
    let whole = [Shape { accessible, companions, others: 0 }];
    // Each wheelchair with its share of the companions.
    let share = |n| companions / accessible + u32::from(n < companions % accessible);
    let single: Vec<Shape> =
        (0..accessible).map(|n| Shape { accessible: 1, companions: share(n), others: 0 }).collect();
    let ways: [(&[Shape], u32, bool, Step); 6] = [
        (&whole, NOBODY_ALONE, true, Step::Rows),
        (&single, NOBODY_ALONE, true, Step::Rows),
        (&whole, NOBODY_ALONE, false, Step::Sections),
        (&single, NOBODY_ALONE, false, Step::Sections),
        (&whole, 1, false, Step::Sections),
        (&single, 1, false, Step::Sections),
    ];
    ways.into_iter().find_map(|(shapes, least, in_one_part, step)| {
        let party = Party { quantity: others, least, clean: false };
        Some(Found { groups: spread(view, shapes, party, in_one_part)?, step })
    })
}

/// The shapes, then the rest of the party around the first of them: the cheapest way.
fn spread(
    view: &mut View<'_>,
    shapes: &[Shape],
    others: Party,
    in_one_part: bool,
) -> Option<Vec<Range<PlaceNo>>> {
    let mut best: Option<Spread> = None;
    view.effort.renew();
    for first in places(view, *shapes.first()?, None).into_iter().take(FIRSTS) {
        if view.effort.is_over() {
            break;
        }
        let part = view.bench(view.seating.benches.bench_of(first.first)).part;
        let part = in_one_part.then_some(part);
        if let Some(found) = beside(view, &first, &shapes[1..], others, part)
            && best.as_ref().is_none_or(|best| (found.displaced, found.cost) < (best.displaced, best.cost))
        {
            best = Some(found);
        }
        view.forget_picks();
    }
    best.map(|best| best.groups)
}

fn beside(
    view: &mut View<'_>,
    first: &Place,
    shapes: &[Shape],
    others: Party,
    part: Option<u32>,
) -> Option<Spread> {
    let (mut displaced, mut cost, mut groups) = (first.displaced, first.cost, vec![first.seats()]);
    view.pick(first.seats());
    for shape in shapes {
        if view.effort.is_over() {
            return None;
        }
        let near = |place: &Place| {
            let far = view.seating.benches.distance(&first.seats(), &place.seats());
            (place.displaced, place.cost + far * u64::from(shape.len()), place.first)
        };
        let next = places(view, *shape, part).into_iter().min_by_key(near)?;
        displaced += next.displaced;
        cost += near(&next).1;
        view.pick(next.seats());
        groups.push(next.seats());
    }
    let (more, rest) = groups::around(view, others, &first.seats(), part)?;
    groups.extend(rest);
    Some(Spread { displaced, cost: cost + more, groups })
}

/// All places for a shape, the best first.
fn places(view: &View<'_>, shape: Shape, part: Option<u32>) -> Vec<Place> {
    let mut found = Vec::new();
    for &number in &view.seating.benches.with_accessible {
        let is_there = part.is_none_or(|part| view.bench(number).part == part);
        if !is_there || !view.admits(number) || view.seating.longest[number as usize] < shape.len() {
            continue;
        }
        let sight = view.sight_of_all(number);
        view.effort.spend(u64::from(sight.bench.len));
        each_block(&sight.open, shape.len(), |seats| found.extend(place(view, &sight, shape, seats)));
    }
    found.sort_unstable();
    found
}

/// None: these seats do not have that shape.
fn place(view: &View<'_>, sight: &Sight<'_>, shape: Shape, seats: Range<u32>) -> Option<Place> {
    let benches = &view.seating.benches;
    let range = sight.bench.words();
    let (accessible, protected) = (&benches.accessible[range.clone()], &benches.protected[range]);
    view.effort.spend(u64::from(shape.len()));
    let count = |words: &[u64]| seats.clone().filter(|&at| is_set(words, at)).count() as u32;
    let for_wheelchairs = count(accessible);
    let for_companions = count(protected) - for_wheelchairs;
    let fits = match view.released {
        true => for_wheelchairs >= shape.accessible,
        // Nothing that is protected goes to somebody who did not ask for it.
        false => for_wheelchairs == shape.accessible && for_companions <= shape.companions,
    };
    let places = sight.places(&seats);
    fits.then(|| Place {
        displaced: shape.companions.saturating_sub(for_companions),
        cost: benches.cost_of(places.clone()),
        first: places.start,
        end: places.end,
        leaves_single: leaves_single(&sight.public, &seats),
    })
}
