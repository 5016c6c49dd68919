//! Neighbours in one row.

use std::ops::Range;

use super::view::{Sight, View};
use crate::domain::PlaceNo;
use crate::domain::seating::{leaves_single, runs};

/// The cheapest neighbours of all, and of those that leave no single seat.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) leaving_none: Option<Range<PlaceNo>>,
    pub(super) any: Option<Range<PlaceNo>>,
}

/// Cost and seats; of equal costs the lower number is the better.
type Best = Option<(u64, Range<PlaceNo>)>;

pub(super) fn find(view: &View<'_>, len: u32) -> Rows {
    let (mut leaving_none, mut any): (Best, Best) = (None, None);
    for (number, lowest) in view.benches(len) {
        let bound = u64::from(lowest) * u64::from(len);
        if leaving_none.as_ref().is_some_and(|(cost, _)| bound > *cost) {
            break;
        }
        search(view, &view.sight(number), len, &mut leaving_none, &mut any);
    }
    let seats = |best: Best| best.map(|(_, seats)| seats);
    Rows { leaving_none: seats(leaving_none), any: seats(any) }
}

fn search(view: &View<'_>, sight: &Sight<'_>, len: u32, leaving_none: &mut Best, any: &mut Best) {
    let cost = &view.seating.benches.cost[sight.bench.first as usize..];
    let cost = |offset: u32| u64::from(cost[offset as usize]);
    runs(&sight.open, |start, run| {
        if run < len {
            return;
        }
        let mut sum: u64 = (start..start + len).map(cost).sum();
        for first in start..=start + run - len {
            if first > start {
                sum = sum + cost(first + len - 1) - cost(first - 1);
            }
            let seats = first..first + len;
            if !is_better(leaving_none, sum, sight.bench.first + first) {
                continue;
            }
            // Once something leaves none, the rest does not matter.
            if !leaves_single(&sight.public, &seats) {
                *leaving_none = Some((sum, sight.places(&seats)));
            } else if is_better(any, sum, sight.bench.first + first) {
                *any = Some((sum, sight.places(&seats)));
            }
        }
    });
}

fn is_better(best: &Best, cost: u64, first: PlaceNo) -> bool {
    best.as_ref().is_none_or(|(lowest, seats)| (cost, first) < (*lowest, seats.start))
}
