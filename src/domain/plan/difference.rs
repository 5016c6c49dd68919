//! What a new version of a plan changes of the stock: the one reading of it, for decisions, states and views.

use super::Plan;
use crate::domain::UnitNo;

/// What becomes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new, with so much stock.
    Added(u32),
    Closed,
    /// It was closed, and is there again with so much stock.
    Reopened(u32),
    /// The document's capacity grew or shrank; what was restocked stays.
    By(i64),
}

/// Ascending by unit; those of which nothing changes are left out.
pub type Changed = Vec<(UnitNo, Change)>;

pub fn difference(from: &Plan, to: &Plan) -> Changed {
    let change = |(number, unit): (UnitNo, &super::Unit)| {
        let before = from.units().get(number as usize);
        let change = match before.map(|before| (before.is_closed(), before.capacity)) {
            None if unit.is_closed() => return None,
            None => Change::Added(unit.capacity),
            Some((true, _)) if unit.is_closed() => return None,
            Some((true, _)) => Change::Reopened(unit.capacity),
            Some((false, _)) if unit.is_closed() => Change::Closed,
            Some((false, before)) if before == unit.capacity => return None,
            Some((false, before)) => Change::By(i64::from(unit.capacity) - i64::from(before)),
        };
        Some((number, change))
    };
    (0..).zip(to.units()).filter_map(change).collect()
}
