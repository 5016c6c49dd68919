//! Blocks: units off sale. One that is kept for a channel or for whoever knows a code is an allotment: claims that
//! come that way draw from it, and what they give up goes back to it for as long as it is there.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::event::{Event, Quantities};
use super::ids::hex;
use super::{BlockId, Timestamp, UnitNo};

/// The most blocks of an inventory: whoever gives a code has it compared with that of each.
pub const BLOCKS_MAX: usize = 2_000;

/// A code as it is kept: the first half of a SHA-256, never the code itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessCode(#[serde(with = "hex")] pub u128);

/// Pieces of a unit that a claim took out of an allotment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    pub block: BlockId,
    pub unit: UnitNo,
    pub quantity: u32,
}

/// Mostly none.
pub type Draws = Vec<Draw>;

/// Units off sale.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What is left in it.
    pub units: BTreeMap<UnitNo, u32>,
    pub reason: Option<String>,
    pub channel: Option<String>,
    pub code: Option<AccessCode>,
    /// When it goes on sale to everybody.
    pub release_at: Option<Timestamp>,
}

/// All blocks of an inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocks {
    by_id: BTreeMap<BlockId, Block>,
    releases: BTreeSet<(Timestamp, BlockId)>,
}

impl Blocks {
    pub fn get(&self, id: BlockId) -> Option<&Block> {
        self.by_id.get(&id)
    }

    /// Whether there can be one more. Those of an earlier release may be more than that.
    pub fn has_room(&self) -> bool {
        self.by_id.len() < BLOCKS_MAX
    }

    /// In the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = (BlockId, &Block)> {
        self.by_id.iter().map(|(id, block)| (*id, block))
    }

    /// Takes in the block that an event made.
    pub fn learn(&mut self, event: &Event) {
        let Event::Blocked { block, units, reason, channel, code, release_at } = event else { return };
        self.releases.extend(release_at.map(|at| (at, *block)));
        let made = Block {
            units: units.iter().copied().collect(),
            reason: reason.clone(),
            channel: channel.clone(),
            code: *code,
            release_at: *release_at,
        };
        self.by_id.insert(*block, made);
    }

    pub fn remove(&mut self, id: BlockId) -> Option<Block> {
        let block = self.by_id.remove(&id)?;
        if let Some(at) = block.release_at {
            self.releases.remove(&(at, id));
        }
        Some(block)
    }

    /// When the next one goes on sale to everybody.
    pub fn next_release(&self) -> Option<Timestamp> {
        self.releases.first().map(|&(at, _)| at)
    }

    /// Those that are due, in the order of their time.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = BlockId> {
        self.releases.iter().take_while(move |&&(at, _)| at <= now).map(|&(_, id)| id)
    }

    /// Takes pieces out. None: they are not in it, and nothing can be said of the rest.
    pub fn draw(&mut self, draws: &[Draw]) -> Option<Quantities> {
        let mut drawn = Quantities::new();
        for draw in draws {
            let units = &mut self.by_id.get_mut(&draw.block)?.units;
            let left = units.get_mut(&draw.unit)?;
            *left = left.checked_sub(draw.quantity)?;
            if *left == 0 {
                units.remove(&draw.unit);
            }
            drawn.push((draw.unit, draw.quantity));
        }
        Some(drawn)
    }

    /// Takes out all pieces of units that are gone; says which these were. The blocks stay.
    pub fn forget(&mut self, is_gone: impl Fn(UnitNo) -> bool) -> Quantities {
        let mut gone = Quantities::new();
        for block in self.by_id.values_mut() {
            gone.extend(block.units.extract_if(.., |unit, _| is_gone(*unit)));
        }
        gone
    }

    /// Puts pieces back where they were drawn from, as far as that is still there; says which these are.
    pub fn put_back(&mut self, draws: &[Draw]) -> Quantities {
        let mut back = Quantities::new();
        for draw in draws {
            if let Some(block) = self.by_id.get_mut(&draw.block) {
                *block.units.entry(draw.unit).or_default() += draw.quantity;
                back.push((draw.unit, draw.quantity));
            }
        }
        back
    }
}

/// What of these units was drawn, taken out of `draws`: the pieces drawn last go first.
pub fn take_draws(draws: &mut Draws, units: &Quantities) -> Draws {
    let mut taken = Draws::new();
    if draws.is_empty() {
        return taken;
    }
    let mut of_unit: FxHashMap<UnitNo, SmallVec<[usize; 2]>> = FxHashMap::default();
    for (at, draw) in draws.iter().enumerate() {
        of_unit.entry(draw.unit).or_default().push(at);
    }
    for (unit, quantity) in units {
        let mut wanted = *quantity;
        for &at in of_unit.get(unit).into_iter().flatten().rev() {
            let draw = &mut draws[at];
            let part = wanted.min(draw.quantity);
            if part > 0 {
                draw.quantity -= part;
                wanted -= part;
                taken.push(Draw { quantity: part, ..*draw });
            }
        }
    }
    draws.retain(|draw| draw.quantity > 0);
    taken
}
