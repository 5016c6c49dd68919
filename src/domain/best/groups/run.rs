//! Runs of open seats, and the groups that each could take.

use std::ops::Range;

use super::{Party, View};
use crate::domain::PlaceNo;
use crate::domain::seating::{run_around, runs};

/// Open seats beside each other.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) part: u32,
    pub(super) seats: Range<PlaceNo>,
    /// The free seats around them, whatever their category.
    pub(super) public: Range<PlaceNo>,
    /// The lowest cost of a seat.
    pub(super) lowest: u32,
    /// The sizes of groups that it can take, as bits.
    pub(super) sizes: u64,
    /// Of several runs on one stretch, one takes a group: the number of the stretch in its scope.
    pub(super) stretch: usize,
}

impl Run {
    /// All places of a group of this size.
    pub(super) fn blocks(&self, size: u32, clean: bool) -> impl Iterator<Item = Range<PlaceNo>> {
        let public = self.public.clone();
        let leaves_none =
            move |seats: &Range<PlaceNo>| seats.start - public.start != 1 && public.end - seats.end != 1;
        let firsts = self.seats.start..(self.seats.end + 1).saturating_sub(size);
        firsts.map(move |first| first..first + size).filter(move |seats| !clean || leaves_none(seats))
    }
}

/// Every run of the house that could take a group.
pub(super) fn collect(view: &View<'_>, party: Party) -> Vec<Run> {
    let mut found = Vec::new();
    for (number, _) in view.benches(party.least) {
        let sight = view.sight(number);
        view.effort.spend(1);
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
