//! What a map shows of every unit: the status of a seat, what is left of the others.

use crate::domain::stock::Level;
use crate::domain::{Plan, UnitNo};

/// A seat's status on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::realtime) enum Status {
    Free = 0,
    Held = 1,
    Sold = 2,
    Blocked = 3,
}

/// Statuses of seats and what is available of areas and items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::realtime) struct Board {
    /// Two bits a unit, least significant first.
    pub(in crate::realtime) statuses: Vec<u8>,
    /// Of areas and items, in the order of their numbers.
    pub(in crate::realtime) available: Vec<u32>,
}

impl Board {
    pub(super) fn new(plan: &Plan) -> Self {
        let counted = plan.counted();
        Self { statuses: vec![0; counted.all().div_ceil(4)], available: vec![0; counted.units().len()] }
    }

    pub(in crate::realtime) fn status(&self, unit: UnitNo) -> u8 {
        (self.statuses[unit as usize / 4] >> (unit % 4 * 2)) & 0b11
    }

    pub(in crate::realtime) fn set_status(&mut self, unit: UnitNo, status: u8) {
        let byte = &mut self.statuses[unit as usize / 4];
        let shift = unit % 4 * 2;
        *byte = (*byte & !(0b11 << shift)) | (status << shift);
    }

    pub(super) fn add(&mut self, index: usize, change: i64) {
        let available = &mut self.available[index];
        *available = u32::try_from(i64::from(*available) + change).unwrap_or(0);
    }
}

pub(super) fn seat_status(level: &Level) -> Status {
    match (level.blocked, level.sold, level.held) {
        // Closed: no plan gives a seat no capacity.
        _ if level.capacity == 0 => Status::Blocked,
        (1.., _, _) => Status::Blocked,
        (_, 1.., _) => Status::Sold,
        (_, _, 1..) => Status::Held,
        _ => Status::Free,
    }
}
