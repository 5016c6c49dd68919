//! How much of every unit is held, sold and blocked. The one invariant that everything rests on is checked
//! here, at every change: `held + sold + blocked <= capacity`.

use serde::{Deserialize, Serialize};

use super::{Plan, UnitNo};

/// One unit's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Level {
    pub capacity: u32,
    pub held: u32,
    pub sold: u32,
    pub blocked: u32,
}

impl Level {
    pub fn taken(self) -> u64 {
        u64::from(self.held) + u64::from(self.sold) + u64::from(self.blocked)
    }

    pub fn available(self) -> u32 {
        u64::from(self.capacity).saturating_sub(self.taken()) as u32
    }

    fn is_sound(self) -> bool {
        self.taken() <= u64::from(self.capacity)
    }
}

/// A change would break the invariant: the history is not a valid one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdrawn {
    pub unit: UnitNo,
}

/// How pieces of a unit change their standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    Hold,
    Release,
    Sell,
    SellHeld,
    Return,
    Block,
    Unblock,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    levels: Vec<Level>,
}

impl Stock {
    pub fn new(plan: &Plan) -> Self {
        let full = |unit: &super::plan::Unit| Level { capacity: unit.capacity, ..Level::default() };
        Self { levels: plan.units().iter().map(full).collect() }
    }

    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    pub fn level(&self, unit: UnitNo) -> Level {
        self.levels[unit as usize]
    }

    pub fn available(&self, unit: UnitNo) -> u32 {
        self.level(unit).available()
    }

    pub fn shift(&mut self, unit: UnitNo, quantity: u32, shift: Shift) -> Result<(), Overdrawn> {
        let overdrawn = Overdrawn { unit };
        let level = self.levels.get_mut(unit as usize).ok_or(overdrawn)?;
        let next = shifted(*level, quantity, shift).filter(|next| next.is_sound()).ok_or(overdrawn)?;
        *level = next;
        Ok(())
    }

    pub fn set_capacity(&mut self, unit: UnitNo, capacity: u32) -> Result<(), Overdrawn> {
        let overdrawn = Overdrawn { unit };
        let level = self.levels.get_mut(unit as usize).ok_or(overdrawn)?;
        let next = Level { capacity, ..*level };
        if !next.is_sound() {
            return Err(overdrawn);
        }
        *level = next;
        Ok(())
    }
}

fn shifted(mut level: Level, quantity: u32, shift: Shift) -> Option<Level> {
    let Level { held, sold, blocked, .. } = &mut level;
    let (from, to) = match shift {
        Shift::Hold => (None, Some(held)),
        Shift::Release => (Some(held), None),
        Shift::Sell => (None, Some(sold)),
        Shift::SellHeld => (Some(held), Some(sold)),
        Shift::Return => (Some(sold), None),
        Shift::Block => (None, Some(blocked)),
        Shift::Unblock => (Some(blocked), None),
    };
    if let Some(from) = from {
        *from = from.checked_sub(quantity)?;
    }
    if let Some(to) = to {
        *to = to.checked_add(quantity)?;
    }
    Some(level)
}
