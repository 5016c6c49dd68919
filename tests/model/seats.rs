//! Best available, by trying every place where the seats could be.
//!
//! The rule: seats of the category (any on offer, without one) that are neighbours, with the lowest sum of
//! costs; of equals the one with the lowest number. Where that is not there and apart will do: the largest
//! block that is there, the cheapest of that size, then the same for the rest.

use fairhold::domain::UnitNo;

use crate::hall::Hall;
use crate::model::Count;

/// Which seats are free and of the category.
pub fn open(hall: &Hall, counts: &[Count], category: Option<usize>) -> Vec<bool> {
    let wanted = |n: usize| match category {
        Some(category) => hall.units[n].category == Some(category),
        None => hall.units[n].on_offer,
    };
    (0..counts.len()).map(|n| hall.is_seat(n as UnitNo) && counts[n].left() > 0 && wanted(n)).collect()
}

/// The cheapest block of `len` open neighbours: its first seat.
pub fn block(hall: &Hall, open: &[bool], len: usize) -> Option<usize> {
    let fits = |first: &usize| {
        let last = first + len - 1;
        (*first..=last).all(|n| open[n])
            && (*first..last).all(|n| hall.are_neighbours(n as UnitNo, n as UnitNo + 1))
    };
    let cost = |first: &usize| hall.units[*first..first + len].iter().map(|unit| unit.cost).sum::<u64>();
    // Of equals, min_by_key gives the first.
    (0..(open.len() + 1).saturating_sub(len)).filter(fits).min_by_key(cost)
}

/// The best `quantity` open seats and whether they are together; none if there are not so many.
pub fn best(hall: &Hall, mut open: Vec<bool>, quantity: usize) -> Option<(Vec<UnitNo>, bool)> {
    if open.iter().filter(|open| **open).count() < quantity {
        return None;
    }
    let mut seats = Vec::new();
    let mut blocks = 0;
    let mut largest = quantity;
    while seats.len() < quantity {
        // A size that was not there before is not there now.
        let sizes = (1..=largest.min(quantity - seats.len())).rev();
        let (first, len) =
            sizes.into_iter().find_map(|len| Some((block(hall, &open, len)?, len))).expect("enough are open");
        seats.extend(first as UnitNo..(first + len) as UnitNo);
        open[first..first + len].fill(false);
        largest = len;
        blocks += 1;
    }
    Some((seats, blocks == 1))
}
