//! How much of every unit is held, sold and blocked. The one invariant that everything rests on is checked
//! here, at every change: `held + sold + blocked <= capacity`.

use serde::{Deserialize, Serialize};

use super::plan::{Change, Changed};
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
    /// One bit a unit: whether any of it was ever sold, returned since or not.
    ever_sold: Vec<u64>,
}

impl Stock {
    pub fn new(plan: &Plan) -> Self {
        let full = |unit: &super::plan::Unit| Level { capacity: unit.capacity, ..Level::default() };
        let mut stock = Self { levels: plan.units().iter().map(full).collect(), ever_sold: Vec::new() };
        stock.fit();
        stock
    }

    /// A bit for each unit.
    fn fit(&mut self) {
        self.ever_sold.resize(self.levels.len().div_ceil(u64::BITS as usize), 0);
    }

    /// The units of which something was sold at any time, by number.
    pub fn ever_sold(&self) -> impl Iterator<Item = UnitNo> {
        let words = (0..).step_by(u64::BITS as usize).zip(&self.ever_sold);
        words.flat_map(|(first, word)| {
            (0..u64::BITS).filter(move |bit| word >> bit & 1 == 1).map(move |bit| first + bit)
        })
    }

    /// What a new version of the plan makes of the stock. Pieces of a closed unit are in no block any more.
    pub fn follow(&mut self, changed: &Changed) -> Result<(), Overdrawn> {
        for &(unit, change) in changed {
            let overdrawn = Overdrawn { unit };
            match change {
                Change::Added(capacity) => {
                    self.levels.resize(unit as usize + 1, Level::default());
                    self.set_capacity(unit, capacity)?;
                }
                Change::Reopened(capacity) => self.set_capacity(unit, capacity)?,
                Change::Closed => {
                    let level = self.levels.get_mut(unit as usize).ok_or(overdrawn)?;
                    if level.held > 0 || level.sold > 0 {
                        return Err(overdrawn);
                    }
                    *level = Level::default();
                }
                Change::By(more) => {
                    let level = self.levels.get(unit as usize).ok_or(overdrawn)?;
                    let capacity = i64::from(level.capacity) + more;
                    self.set_capacity(unit, u32::try_from(capacity).map_err(|_below_zero| overdrawn)?)?;
                }
            }
        }
        self.fit();
        Ok(())
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
        if matches!(shift, Shift::Sell | Shift::SellHeld) {
            self.ever_sold[(unit / u64::BITS) as usize] |= 1 << (unit % u64::BITS);
        }
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
