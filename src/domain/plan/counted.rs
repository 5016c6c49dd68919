//! Areas and items: the units of which pieces are counted. Seats have a status instead.

use super::UnitKind;
use crate::domain::UnitNo;

const SEAT: u32 = u32::MAX;

/// The units that are no seats, each with its index among them. Compact: every frame asks here.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Ascending.
    units: Vec<UnitNo>,
    /// By unit: its index in `units`, or [`SEAT`].
    index: Vec<u32>,
}

impl Counted {
    /// Of all units' kinds, by number.
    pub fn new(kinds: impl Iterator<Item = UnitKind>) -> Self {
        let (mut units, mut index) = (Vec::new(), Vec::new());
        for (unit, kind) in (0..).zip(kinds) {
            if kind == UnitKind::Seat {
                index.push(SEAT);
            } else {
                index.push(units.len() as u32);
                units.push(unit);
            }
        }
        Self { units, index }
    }

    /// Areas and items, closed ones among them, in the order of their numbers.
    pub fn units(&self) -> &[UnitNo] {
        &self.units
    }

    /// Which of them it is; None: it is a seat.
    pub fn index_of(&self, unit: UnitNo) -> Option<usize> {
        Some(self.index[unit as usize]).filter(|&index| index != SEAT).map(|index| index as usize)
    }

    /// Seats and all others.
    pub fn all(&self) -> usize {
        self.index.len()
    }
}
