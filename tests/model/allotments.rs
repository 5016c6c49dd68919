//! What is kept for channels and codes: who may have it, what is taken out of it and what goes back into it. And
//! the times of sale that channels and categories have of their own.

use std::iter::repeat_n;

use fairhold::domain::allotment::{Draw, Draws};
use fairhold::domain::refusal::BuyerLimit;
use fairhold::domain::settings::{CategoryRule, Window};
use fairhold::domain::{Access, BlockId, BuyerId, Caller, Event, Refusal, Timestamp, UnitNo};

use crate::model::{Basket, Block, Count, Model};
use crate::tickets::Ticket;

/// One piece of a unit that came out of an allotment.
pub type Piece = (BlockId, UnitNo);

/// How somebody comes to buy: the channel whose times of sale hold, and the allotments that open, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct Way {
    pub channel: Option<String>,
    pub opened: Vec<BlockId>,
}

/// What one buyer would take and give up.
pub struct Change<'a> {
    pub buyer: &'a BuyerId,
    pub taken: &'a Basket,
    pub given: &'a Basket,
}

pub fn draws(pieces: &[Piece]) -> Draws {
    pieces.iter().map(|&(block, unit)| Draw { block, unit, quantity: 1 }).collect()
}

pub fn pieces_of(draws: &[Draw]) -> Vec<Piece> {
    draws.iter().flat_map(|draw| repeat_n((draw.block, draw.unit), draw.quantity as usize)).collect()
}

/// The event with all that was drawn piece by piece: how pieces are bundled means nothing.
pub fn one_by_one(mut event: Event) -> Event {
    let flatten = |drawn: &mut Draws| {
        assert!(drawn.iter().all(|draw| draw.quantity > 0), "a draw of nothing: {drawn:?}");
        *drawn = draws(&pieces_of(drawn));
    };
    match &mut event {
        Event::Held { drawn, .. } | Event::Purchased { drawn, .. } | Event::Returned { drawn, .. } => {
            flatten(drawn);
        }
        Event::Changed { gave, took, .. } => {
            flatten(gave);
            flatten(took);
        }
        Event::Moved { moves } => {
            for moved in moves {
                flatten(&mut moved.gave);
                flatten(&mut moved.took);
            }
        }
        _ => {}
    }
    event
}

/// So many pieces of these units, as far as there are any: the one that was drawn last goes first.
pub fn take_last(pieces: &mut Vec<Piece>, units: &[(UnitNo, u64)]) -> Vec<Piece> {
    let mut taken = Vec::new();
    for &(unit, all) in units {
        for _ in 0..all {
            let Some(at) = pieces.iter().rposition(|piece| piece.1 == unit) else { break };
            taken.push(pieces.remove(at));
        }
    }
    taken
}

/// The list without these pieces.
pub fn without(pieces: &[Piece], gone: &[Piece]) -> Vec<Piece> {
    let mut left = pieces.to_vec();
    for piece in gone {
        let at = left.iter().rposition(|there| there == piece).expect("only what is there goes");
        left.remove(at);
    }
    left
}

fn within(from: Option<Timestamp>, until: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    let early = from.is_some_and(|from| now < from);
    let late = until.is_some_and(|until| until <= now);
    if early || late { Err(Refusal::NotOnSale { from, until }) } else { Ok(()) }
}

impl Model {
    /// A buyer has to know a code, a key may say who it is. There must be something behind it.
    pub(crate) fn way(&self, caller: &Caller, access: &Access) -> Result<Way, Refusal> {
        let Access { channel, code } = access;
        if channel.is_none() && code.is_none() {
            return Ok(Way::default());
        }
        if matches!(caller, Caller::Buyer(_)) && code.is_none() {
            return Err(Refusal::ChannelNeedsKey);
        }
        let mut opened: Vec<&Block> = self.blocks.iter().collect();
        if channel.is_some() {
            opened.retain(|block| block.channel == *channel);
        }
        if code.is_some() {
            opened.retain(|block| block.code == *code);
        }
        if opened.is_empty() && code.is_some() {
            return Err(Refusal::CodeUnknown);
        }
        if let Some(name) = channel
            && opened.is_empty()
            && self.own_time(Some(name)).is_none()
        {
            return Err(Refusal::ChannelUnknown { name: name.clone() });
        }
        let behind_code = opened.first().and_then(|block| block.channel.clone());
        let opened = opened.iter().map(|block| block.id).collect();
        Ok(Way { channel: channel.clone().or(behind_code), opened })
    }

    fn opened(&self, way: &Way) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| way.opened.contains(&block.id))
    }

    /// What is kept for who comes this way is as good as free.
    pub(crate) fn counts_for(&self, way: &Way) -> Vec<Count> {
        let mut counts = self.counts();
        for &(unit, quantity) in self.opened(way).flat_map(|block| &block.units) {
            counts[unit as usize].blocked -= quantity;
        }
        counts
    }

    /// Which pieces of a basket come out of allotments: as many as can, the oldest allotment before the others.
    pub(crate) fn drawn(&self, way: &Way, basket: &Basket) -> Vec<Piece> {
        let mut kept: Vec<Piece> = Vec::new();
        for block in self.opened(way) {
            let pieces = |&(unit, quantity): &(UnitNo, u32)| repeat_n((block.id, unit), quantity as usize);
            kept.extend(block.units.iter().flat_map(pieces));
        }
        let mut drawn = Vec::new();
        for (unit, all) in self.units_in_turn(basket) {
            for _ in 0..all {
                let Some(at) = kept.iter().position(|piece| piece.1 == unit) else { break };
                drawn.push(kept.remove(at));
            }
        }
        drawn
    }

    /// What a basket takes, line by line.
    pub(crate) fn units_in_turn(&self, basket: &Basket) -> Vec<(UnitNo, u64)> {
        basket.iter().flat_map(|&(ticket, quantity)| self.bill_of(ticket, quantity)).collect()
    }

    /// Out of their allotments, since somebody has them now.
    pub(crate) fn take_out(&mut self, pieces: &[Piece]) {
        for &(id, unit) in pieces {
            for block in self.blocks.iter_mut().filter(|block| block.id == id) {
                block.units.iter_mut().filter(|part| part.0 == unit).for_each(|part| part.1 -= 1);
                block.units.retain(|part| part.1 > 0);
            }
        }
    }

    /// Back to where they came from; where that has gone they are on public sale.
    pub(crate) fn put_back(&mut self, pieces: &[Piece]) {
        for &(id, unit) in pieces {
            for block in self.blocks.iter_mut().filter(|block| block.id == id) {
                match block.units.iter_mut().find(|part| part.0 == unit) {
                    Some(part) => part.1 += 1,
                    None => block.units.push((unit, 1)),
                }
            }
        }
    }

    /// Whether all that is kept there is still kept.
    pub(crate) fn is_kept(&self, piece: &Piece) -> bool {
        self.blocks.iter().any(|block| block.id == piece.0)
    }

    /// Allotments whose time is over, by that time; those of the same time by age.
    pub(crate) fn released(&self, now: Timestamp) -> Vec<Event> {
        let due = self.blocks.iter().filter_map(|block| Some((block.release_at?, block.id)));
        let mut due: Vec<(Timestamp, BlockId)> = due.filter(|due| due.0 <= now).collect();
        due.sort_by_key(|due| due.0);
        due.into_iter().map(|due| Event::Unblocked { block: due.1 }).collect()
    }

    fn own_time(&self, channel: Option<&String>) -> Option<Window> {
        self.settings.channels.iter().find(|known| Some(known.0) == channel).map(|known| *known.1)
    }

    /// A channel that has times of its own keeps to them and to no others.
    pub(crate) fn open(&self, channel: Option<&String>, now: Timestamp) -> Result<(), Refusal> {
        match self.own_time(channel) {
            None => within(self.settings.on_sale_from, self.settings.on_sale_until, now),
            Some(Window { on_sale_from, on_sale_until }) => {
                within(on_sale_from.map(|from| from.0), on_sale_until.map(|until| until.0), now)
            }
        }
    }

    fn rule(&self, category: usize) -> CategoryRule {
        let id = &self.hall.categories[category];
        let rule = self.settings.categories.iter().find(|rule| rule.0 == id);
        rule.map(|rule| *rule.1).unwrap_or_default()
    }

    /// Whether a category can be bought this way now.
    pub(crate) fn sells(
        &self,
        channel: Option<&String>,
        category: usize,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let CategoryRule { on_sale_from, on_sale_until, .. } = self.rule(category);
        match self.own_time(channel) {
            Some(_) => Ok(()),
            None => within(on_sale_from.map(|from| from.0), on_sale_until.map(|until| until.0), now),
        }
    }

    /// Whether all units of a basket can; the first that cannot says when.
    pub(crate) fn sells_all(
        &self,
        channel: Option<&String>,
        basket: &Basket,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let units = self.units_in_turn(basket).into_iter();
        let mut categories = units.filter_map(|(unit, _)| self.hall.units[unit as usize].category);
        categories.try_for_each(|category| self.sells(channel, category, now))
    }

    /// Pieces that have to do with a category.
    fn pieces_in(&self, category: usize, basket: &Basket) -> u64 {
        let is_of_it = |line: &&(Ticket, u32)| {
            let bill = &self.terms(line.0).bill;
            bill.iter().any(|&(unit, _)| self.hall.units[unit as usize].category == Some(category))
        };
        basket.iter().filter(is_of_it).map(|line| u64::from(line.1)).sum()
    }

    /// Nobody gets more of a category than is allowed. Who had more before keeps it.
    pub(crate) fn room_in_categories(&self, changes: &[Change<'_>]) -> Result<(), Refusal> {
        for Change { buyer, .. } in changes {
            let own = || changes.iter().filter(|change| change.buyer == *buyer);
            for id in self.settings.categories.keys() {
                let category = self.hall.categories.iter().position(|known| known == id);
                let category = category.expect("rules are of categories that there are");
                let Some(max) = self.rule(category).pieces_per_buyer else { continue };
                let more: u64 = own().map(|change| self.pieces_in(category, change.taken)).sum();
                let less: u64 = own().map(|change| self.pieces_in(category, change.given)).sum();
                let held = self.holds.iter().filter(|hold| hold.buyer == **buyer).map(|hold| &hold.basket);
                let sold = self.sales.iter().filter(|sale| sale.buyer == **buyer).map(|sale| &sale.basket);
                let has: u64 = held.chain(sold).map(|basket| self.pieces_in(category, basket)).sum();
                if more > less && has + more - less > u64::from(max) {
                    let limit = BuyerLimit::PiecesPerCategory { category: category as u32 };
                    return Err(Refusal::BuyerLimit { limit, max });
                }
            }
        }
        Ok(())
    }

    /// What is remarkable about what is going to happen; asked before it is learned.
    pub fn outcomes(&self, events: &[Event], is_due: bool) -> Vec<&'static str> {
        let mut seen: Vec<&str> = events.iter().flat_map(|event| self.remarkable(event)).collect();
        if is_due && matches!(events.last(), Some(Event::Unblocked { .. })) {
            seen.push("released by its time");
            if matches!(events.first(), Some(Event::Expired { .. })) {
                seen.push("expired and released in one record");
            }
        }
        seen
    }

    fn remarkable(&self, event: &Event) -> Vec<&'static str> {
        let mut seen = Vec::new();
        let mut back = |pieces: &[Piece], where_to: &'static str| {
            if pieces.iter().any(|piece| self.is_kept(piece)) {
                seen.push(where_to);
            }
            if pieces.iter().any(|piece| !self.is_kept(piece)) {
                seen.push("back on public sale");
            }
        };
        let of_hold = |id| self.holds.iter().filter(move |hold| hold.id == id).flat_map(|hold| &hold.drawn);
        match event {
            Event::Released { hold } => {
                back(&of_hold(*hold).copied().collect::<Vec<_>>(), "put back: released")
            }
            Event::Expired { holds } => {
                let drawn: Vec<Piece> = holds.iter().flat_map(|hold| of_hold(*hold)).copied().collect();
                back(&drawn, "put back: expired");
            }
            Event::Returned { sale, drawn, .. } => {
                back(&pieces_of(drawn), "put back: returned");
                let sale = self.sales.iter().find(|known| known.id == *sale);
                if !drawn.is_empty() && sale.is_some_and(|sale| sale.drawn.len() > drawn.len()) {
                    seen.push("put back: a part of it");
                }
            }
            Event::Changed { gave, took, .. } => {
                back(&pieces_of(gave), "put back: changed");
                if !took.is_empty() {
                    seen.push("drawn: changed");
                }
            }
            Event::Moved { moves } => {
                let pieces = |of: fn(&fairhold::domain::moves::Moved) -> &Draws| -> Vec<Piece> {
                    moves.iter().flat_map(|moved| pieces_of(of(moved))).collect()
                };
                let (gave, took) = (pieces(|moved| &moved.gave), pieces(|moved| &moved.took));
                back(&without(&gave, &took), "put back: moved");
                if !took.is_empty() {
                    seen.push("handed on");
                }
            }
            Event::Replanned { plan } => seen.extend(self.turns(plan)),
            Event::Held { lines, drawn, .. } | Event::Purchased { hold: None, lines, drawn, .. }
                if !drawn.is_empty() =>
            {
                seen.push(if matches!(event, Event::Held { .. }) { "drawn: held" } else { "drawn: sold" });
                let all: u32 = lines.iter().flat_map(|line| &line.units).map(|part| part.1).sum();
                if pieces_of(drawn).len() < all as usize {
                    seen.push("drawn: a part of it");
                }
                if drawn.iter().any(|draw| draw.block != drawn[0].block) {
                    seen.push("drawn: out of several");
                }
                if matches!(event, Event::Held { step: Some(_), .. }) {
                    seen.push("drawn: best available");
                }
            }
            _ => {}
        }
        seen
    }
}
