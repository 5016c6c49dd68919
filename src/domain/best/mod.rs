//! Best available: which seats a party gets, decided inside the same step as its hold.
//!
//! The steps, in this order (`docs/seating.md` has the definitions):
//! 1. neighbours in one row that leave no single seat, nearest the focal point;
//! 2. the same, single seats allowed;
//! 3. groups in several rows of one section, nobody alone;
//! 4. groups anywhere; alone only who cannot be with others;
//! 5. standing room in one area, which is the caller's business.
//!
//! Ties go to the lower place, so the answer is the same on every replay.

mod accessible;
mod effort;
mod groups;
mod row;
mod view;

use std::ops::Range;

use smallvec::SmallVec;

use super::PlaceNo;
use super::benches::Select;
use super::event::Step;
use super::seating::Seating;
use groups::Party;
use view::View;
pub(super) use view::{Place, Placed};

/// The fewest people who sit together when a party is parted.
const NOBODY_ALONE: u32 = 2;

/// What somebody wants, with all names resolved.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) quantity: u32,
    pub(super) select: Select,
    pub(super) place: Place,
    /// So many of the quantity are accessible seats …
    pub(super) accessible: u32,
    /// … and so many sit beside them.
    pub(super) companions: u32,
    /// In one row or not at all.
    pub(super) together: bool,
    /// Categories that are not on sale now.
    pub(super) closed: SmallVec<[u32; 2]>,
}

/// What the inventory's settings say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Accessible and companion seats are like all others.
    pub(super) released: bool,
    /// A party is parted rather than that a single seat is left.
    pub(super) strict: bool,
}

/// The seats found, group by group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) groups: Vec<Range<PlaceNo>>,
    pub(super) step: Step,
}

impl Found {
    pub(super) fn is_together(&self) -> bool {
        self.groups.len() == 1
    }
}

/// What a search has found, and what it has cost.
#[derive(Debug)]
pub(super) struct Search {
    /// None: there are no seats for this wish.
    pub(super) found: Option<Found>,
    /// That was given up: there may be some.
    pub(super) is_exhausted: bool,
    #[cfg(test)]
    pub(super) steps: u64,
}

/// The best seats that are free.
pub(super) fn find(seating: &Seating, wish: &Wish, rules: Rules) -> Search {
    let mut view = View::new(seating, wish, rules.released);
    let found =
        if wish.accessible > 0 { accessible::find(&mut view, wish) } else { seats(&view, wish, rules) };
    let is_exhausted = found.is_none() && view.effort.was_over();
    Search {
        found,
        is_exhausted,
        #[cfg(test)]
        steps: view.effort.spent(),
    }
}

fn seats(view: &View<'_>, wish: &Wish, rules: Rules) -> Option<Found> {
    let party = |least, clean| Party { quantity: wish.quantity, least, clean };
    let row = row::find(view, wish.quantity);
    let found = |groups, step| Some(Found { groups, step });
    if let Some(seats) = row.leaving_none {
        return found(vec![seats], Step::OneRow);
    }
    if rules.strict
        && !wish.together
        && let Some(groups) = groups::in_one_part(view, party(NOBODY_ALONE, true))
    {
        return found(groups, Step::Rows);
    }
    if let Some(seats) = row.any {
        return found(vec![seats], Step::OneRowSingleLeft);
    }
    if wish.together {
        return None;
    }
    if let Some(groups) = groups::in_one_part(view, party(NOBODY_ALONE, false)) {
        return found(groups, Step::Rows);
    }
    // Where single seats matter, a choice that leaves none goes before one that does.
    for least in [NOBODY_ALONE, 1] {
        for clean in [true, false] {
            if (rules.strict || !clean)
                && let Some(groups) = groups::anywhere(view, party(least, clean))
            {
                return found(groups, Step::Sections);
            }
        }
    }
    None
}

/// Whether a party could be seated, in one row or in groups of one section, without leaving a single seat.
pub(super) fn leaves_none_somewhere(seating: &Seating, wish: &Wish, released: bool) -> bool {
    let view = View::new(seating, wish, released);
    row::find(&view, wish.quantity).leaving_none.is_some()
        || (!wish.together
            && groups::fits_one_part(
                &view,
                Party { quantity: wish.quantity, least: NOBODY_ALONE, clean: true },
            ))
}

/// Whether there are such seats at all, free or not.
pub(super) fn has_seats(seating: &Seating, wish: &Wish) -> bool {
    View::new(seating, wish, true).benches(0).next().is_some()
}

/// The most neighbours among the seats that the wish could choose from; protected ones are not counted.
pub(super) fn largest_block(seating: &Seating, wish: &Wish, released: bool) -> u32 {
    View::new(seating, wish, released).longest()
}
