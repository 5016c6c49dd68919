//! By which way a claim comes in, and what it can reach: what is on public sale, and with it the allotments of its
//! channel or code.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::allotment::{AccessCode, Block, Blocks, Draw, Draws};
use super::event::{Lines, Quantities};
use super::seating::Seating;
use super::settings::{Settings, Window};
use super::{BlockId, Caller, Refusal, State, Timestamp, UnitNo};

/// The way a claim comes in; neither: public sale.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Only a secret key says that it is a channel.
    pub channel: Option<String>,
    /// Whoever knows it.
    pub code: Option<AccessCode>,
}

impl Access {
    /// The allotments that this way opens; none on public sale.
    pub fn opens<'a>(
        &self,
        caller: &Caller,
        blocks: &'a Blocks,
        settings: &Settings,
    ) -> Result<Opened<'a>, Refusal> {
        let Self { channel, code } = self;
        if channel.is_some() && code.is_none() && matches!(caller, Caller::Buyer(_)) {
            return Err(Refusal::ChannelNeedsKey);
        }
        let opens = |block: &Block| {
            code.is_none_or(|code| block.code == Some(code))
                && (channel.is_none() || block.channel == *channel)
        };
        if channel.is_none() && code.is_none() {
            return Ok(Opened::new());
        }
        let opened: Opened<'_> = blocks.iter().filter(|(_, block)| opens(block)).collect();
        match (channel, code) {
            _ if !opened.is_empty() => Ok(opened),
            (_, Some(_)) => Err(Refusal::CodeUnknown),
            // A channel without an allotment is one by its time of sale alone.
            (Some(name), None) if settings.channels.contains_key(name) => Ok(opened),
            (name, None) => Err(Refusal::ChannelUnknown { name: name.clone().unwrap_or_default() }),
        }
    }
}

pub type Opened<'a> = SmallVec<[(BlockId, &'a Block); 2]>;

/// What a claim can reach now.
pub(super) struct Reach<'a> {
    pub(super) state: &'a State,
    /// None: public sale.
    pub(super) channel: Option<&'a str>,
    allotments: Opened<'a>,
}

impl<'a> Reach<'a> {
    /// Only what is on public sale, by the times of this channel.
    pub(super) fn public(state: &'a State, channel: Option<&'a str>) -> Self {
        Self { state, channel, allotments: Opened::new() }
    }

    pub(super) fn of(state: &'a State, caller: &Caller, access: &'a Access) -> Result<Self, Refusal> {
        let allotments = access.opens(caller, state.all_blocks(), state.settings())?;
        let by_code = allotments.first().and_then(|(_, block)| block.channel.as_deref());
        Ok(Self { state, channel: access.channel.as_deref().or(by_code), allotments })
    }

    /// Pieces of a unit that this claim could have.
    pub(super) fn available(&self, unit: UnitNo) -> u32 {
        self.state.available(unit).saturating_add(self.allotted(unit))
    }

    fn allotted(&self, unit: UnitNo) -> u32 {
        self.allotments.iter().filter_map(|(_, block)| block.units.get(&unit)).sum()
    }

    /// Where the units of these lines come from: allotments first, the oldest before the others.
    pub(super) fn draw(&self, lines: &Lines) -> Draws {
        let mut draws = Draws::new();
        if self.allotments.is_empty() {
            return draws;
        }
        let mut drawn: FxHashMap<(BlockId, UnitNo), u32> = FxHashMap::default();
        for &(unit, quantity) in lines.iter().flat_map(|line| &line.units) {
            let mut wanted = quantity;
            for &(block, allotment) in &self.allotments {
                let drawn = drawn.entry((block, unit)).or_default();
                let part = wanted.min(allotment.units.get(&unit).copied().unwrap_or(0) - *drawn);
                if part > 0 {
                    wanted -= part;
                    *drawn += part;
                    draws.push(Draw { block, unit, quantity: part });
                }
            }
        }
        draws
    }

    /// The free seats as this claim sees them.
    pub(super) fn seating(&self) -> Cow<'a, Seating> {
        let mut seating = Cow::Borrowed(&self.state.seating);
        let units = self.allotments.iter().flat_map(|(_, block)| block.units.keys());
        for place in units.filter_map(|&unit| self.state.plan.place_of(unit)) {
            seating.to_mut().set_free(place, true);
        }
        seating
    }

    /// Whether this way is open now. A channel with a window of its own keeps to that alone.
    pub(super) fn is_open(&self, now: Timestamp) -> Result<(), Refusal> {
        self.own_window().unwrap_or_else(|| self.state.public_window()).check(now)
    }

    /// The categories that this way does not sell now.
    pub(super) fn closed_categories(&self, now: Timestamp) -> SmallVec<[(u32, Window); 2]> {
        if self.own_window().is_some() {
            return SmallVec::new();
        }
        let rules = self.state.settings().categories.iter();
        let windows =
            rules.filter_map(|(id, rule)| Some((self.state.plan.category_by_id(id)?, rule.window())));
        windows.filter(|(_, window)| window.check(now).is_err()).collect()
    }

    /// Whether all of these units are on sale this way now.
    pub(super) fn sells(&self, units: &Quantities, now: Timestamp) -> Result<(), Refusal> {
        let closed = self.closed_categories(now);
        let of =
            |unit: UnitNo| closed.iter().find(|closed| Some(closed.0) == self.state.plan.unit(unit).category);
        units.iter().find_map(|&(unit, _)| of(unit)).map_or(Ok(()), |(_, window)| window.check(now))
    }

    fn own_window(&self) -> Option<Window> {
        self.channel.and_then(|channel| self.state.settings().channels.get(channel)).copied()
    }
}
