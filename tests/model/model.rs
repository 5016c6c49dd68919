//! The naive inventory: lists that are searched from end to end, and figures that are counted again each
//! time from who has what. No index, no cache, no bitmap: nothing here can be out of step.

use std::sync::Arc;

use fairhold::domain::allotment::AccessCode;
use fairhold::domain::command::KeyUse;
use fairhold::domain::event::{Line, Quantities, Step};
use fairhold::domain::keys::KeyLimits;
use fairhold::domain::ledger::{Account, End};
use fairhold::domain::moves::{Claim, Moved};
use fairhold::domain::{
    BlockId, BuyerId, Caller, Event, GroupId, HoldId, Plan, PlanDocument, Recall, Record, SaleId, Settings,
    Timestamp, UnitNo,
};

use crate::allotments::{Piece, pieces_of, without};
use crate::hall::Hall;
use crate::tickets::Ticket;

pub const DAY_MS: i64 = 86_400_000;

/// So many pieces of each offer. What that takes is always worked out from the bills.
pub type Basket = Vec<(Ticket, u32)>;

#[derive(Debug, Clone)]
pub struct Hold {
    pub id: HoldId,
    pub buyer: BuyerId,
    pub basket: Basket,
    pub adjacent: bool,
    pub step: Option<Step>,
    pub started: Timestamp,
    pub expires: Timestamp,
    pub extensions: u32,
    pub channel: Option<String>,
    /// What of it came out of allotments.
    pub drawn: Vec<Piece>,
    /// It is a part of this.
    pub group: Option<GroupId>,
}

#[derive(Debug, Clone)]
pub struct Sale {
    pub id: SaleId,
    pub buyer: BuyerId,
    /// What is left after returns.
    pub basket: Basket,
    pub drawn: Vec<Piece>,
}

#[derive(Debug, Clone)]
pub struct Block {
    pub id: BlockId,
    /// What is left in it.
    pub units: Vec<(UnitNo, u32)>,
    pub channel: Option<String>,
    pub code: Option<AccessCode>,
    pub release_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct Ended {
    pub at: Timestamp,
    pub id: HoldId,
    pub buyer: BuyerId,
    pub end: End,
}

#[derive(Debug, Clone)]
pub struct Key {
    pub at: Timestamp,
    pub used: KeyUse,
    pub seq: u64,
    /// Whose share it takes: of one that lasts who sent it, else for whom it was.
    pub owner: Caller,
    pub is_lasting: bool,
}

/// One unit's figures, freshly counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub capacity: u32,
    pub held: u32,
    pub sold: u32,
    pub blocked: u32,
}

impl Count {
    pub fn left(self) -> u64 {
        u64::from(self.capacity - self.held - self.sold - self.blocked)
    }
}

#[derive(Debug, Clone)]
pub struct Model {
    pub hall: Arc<Hall>,
    /// All that there were, the present one last.
    pub halls: Vec<Arc<Hall>>,
    pub plan: Arc<Plan>,
    pub plan_version: u32,
    /// Those that were in force before.
    pub documents: Vec<PlanDocument>,
    /// Of every area that there ever was: whether it is taken whole, and by how many guests at least.
    pub booths: Vec<(String, bool, Option<u32>)>,
    pub ever_sold: Vec<UnitNo>,
    pub seq: u64,
    pub at: Timestamp,
    pub settings: Settings,
    pub settings_seq: u64,
    pub is_cancelled: bool,
    pub capacity: Vec<u32>,
    pub holds: Vec<Hold>,
    pub sales: Vec<Sale>,
    /// The oldest first.
    pub blocks: Vec<Block>,
    pub ended: Vec<Ended>,
    pub keys: Vec<Key>,
    pub key_limits: KeyLimits,
}

impl Model {
    pub fn new(hall: Arc<Hall>, plan: Arc<Plan>) -> Self {
        let mut model = Self {
            halls: Vec::new(),
            plan,
            plan_version: 0,
            documents: Vec::new(),
            booths: Vec::new(),
            ever_sold: Vec::new(),
            seq: 0,
            at: Timestamp::default(),
            settings: Settings::default(),
            settings_seq: 0,
            is_cancelled: false,
            capacity: hall.units.iter().map(|unit| unit.stock).collect(),
            holds: Vec::new(),
            sales: Vec::new(),
            blocks: Vec::new(),
            ended: Vec::new(),
            keys: Vec::new(),
            key_limits: KeyLimits::default(),
            hall: hall.clone(),
        };
        model.enter(hall);
        model
    }

    pub(crate) fn enter(&mut self, hall: Arc<Hall>) {
        for zone in &self.plan.document().zones {
            for area in &zone.areas {
                if self.booths.iter().all(|known| known.0 != area.id) {
                    self.booths.push((area.id.clone(), area.whole, area.min_guests));
                }
            }
        }
        self.halls.push(hall.clone());
        self.hall = hall;
    }

    /// Every unit's figures, from all holds, sales and blocks.
    pub fn counts(&self) -> Vec<Count> {
        let fresh = |&capacity| Count { capacity, ..Count::default() };
        let mut counts: Vec<Count> = self.capacity.iter().map(fresh).collect();
        for hold in &self.holds {
            self.each_unit(&hold.basket, |unit, quantity| counts[unit].held += quantity);
        }
        for sale in &self.sales {
            self.each_unit(&sale.basket, |unit, quantity| counts[unit].sold += quantity);
        }
        for block in &self.blocks {
            block.units.iter().for_each(|&(unit, quantity)| counts[unit as usize].blocked += quantity);
        }
        counts
    }

    fn each_unit(&self, basket: &Basket, mut each: impl FnMut(usize, u32)) {
        for &(ticket, quantity) in basket {
            let bill = self.bill_of(ticket, quantity);
            bill.iter().for_each(|&(unit, all)| each(unit as usize, all as u32));
        }
    }

    /// A buyer's live holds, pieces held and pieces sold.
    pub fn account(&self, buyer: &BuyerId) -> Account {
        let mine = self.holds.iter().filter(|hold| hold.buyer == *buyer);
        let bought = self.sales.iter().filter(|sale| sale.buyer == *buyer);
        Account {
            live_holds: mine.clone().count() as u32,
            held: mine.map(|hold| pieces(&hold.basket)).sum(),
            sold: bought.map(|sale| pieces(&sale.basket)).sum(),
        }
    }

    pub fn next_due(&self) -> Option<Timestamp> {
        let alone = self.holds.iter().filter(|hold| hold.group.is_none());
        let released = self.blocks.iter().filter_map(|block| block.release_at);
        alone.map(|hold| hold.expires).chain(released).min()
    }

    pub fn recall(&self, key: Option<KeyUse>) -> Recall {
        let Some(key) = key else { return Recall::New };
        match self.known(key) {
            None => Recall::New,
            Some(known) if known.used.fingerprint != key.fingerprint => Recall::Mismatch,
            Some(known) => Recall::Done { seq: known.seq },
        }
    }

    /// The lines that an event shows for a basket.
    pub fn lines(&self, basket: &Basket) -> fairhold::domain::Lines {
        let line = |&(ticket, quantity): &(Ticket, u32)| {
            let bill = self.bill_of(ticket, quantity);
            let units: Quantities = bill.iter().map(|&(unit, all)| (unit, all as u32)).collect();
            Line { offer: ticket.offer, quantity, units, price: self.terms(ticket).price }
        };
        basket.iter().map(line).collect()
    }

    /// Takes in what happened. The record is one that was predicted, so nothing is checked.
    pub fn learn(&mut self, record: &Record) {
        self.seq += 1;
        self.at = record.at;
        record.events.iter().for_each(|event| self.happened(event));
        self.remember(record);
        self.ended.retain(|ended| record.at.since_ms(ended.at) < DAY_MS);
    }

    fn happened(&mut self, event: &Event) {
        match event {
            Event::Opened { plan_version, settings, .. } => {
                self.plan_version = *plan_version;
                self.settings = settings.clone();
                self.settings_seq = self.seq;
            }
            Event::Configured { settings, .. } => {
                self.settings = settings.clone();
                self.settings_seq = self.seq;
            }
            Event::Cancelled { holds, .. } => {
                self.is_cancelled = true;
                self.settings_seq = self.seq;
                holds.iter().for_each(|hold| self.end(*hold, End::Released));
            }
            Event::Held { .. }
            | Event::Extended { .. }
            | Event::Changed { .. }
            | Event::Released { .. }
            | Event::Expired { .. } => self.happened_to_holds(event),
            Event::Purchased { sale, hold, buyer, lines, drawn, .. } => {
                let drawn = pieces_of(drawn);
                match hold {
                    Some(hold) => self.end(*hold, End::Purchased),
                    None => self.take_out(&drawn),
                }
                self.ever_sold.extend(lines.iter().flat_map(|line| &line.units).map(|part| part.0));
                let basket = self.basket(lines);
                self.sales.push(Sale { id: *sale, buyer: buyer.clone(), basket, drawn });
            }
            Event::Returned { sale, lines, drawn, .. } => {
                self.returned(*sale, &self.basket(lines), &pieces_of(drawn));
            }
            Event::Reassigned { sale, to, .. } => {
                self.sales
                    .iter_mut()
                    .filter(|sold| sold.id == *sale)
                    .for_each(|sold| sold.buyer = to.clone());
            }
            Event::Moved { moves } => self.moved_all(moves),
            Event::Blocked { block, units, channel, code, release_at, .. } => self.blocks.push(Block {
                id: *block,
                units: units.to_vec(),
                channel: channel.clone(),
                code: *code,
                release_at: *release_at,
            }),
            Event::Unblocked { block } => self.blocks.retain(|there| there.id != *block),
            Event::Restocked { unit, change, .. } => {
                let capacity = &mut self.capacity[*unit as usize];
                *capacity = (i64::from(*capacity) + change) as u32;
            }
            Event::Replanned { plan } => self.replanned(plan),
        }
    }

    fn happened_to_holds(&mut self, event: &Event) {
        match event {
            Event::Held { hold, buyer, lines, adjacent, step, expires_at, channel, drawn, group } => {
                self.take_out(&pieces_of(drawn));
                self.holds.push(Hold {
                    id: *hold,
                    buyer: buyer.clone(),
                    basket: self.basket(lines),
                    adjacent: *adjacent,
                    step: *step,
                    started: self.at,
                    expires: *expires_at,
                    extensions: 0,
                    channel: channel.clone(),
                    drawn: pieces_of(drawn),
                    group: *group,
                })
            }
            Event::Extended { hold, expires_at, .. } => {
                for held in self.holds.iter_mut().filter(|held| held.id == *hold) {
                    held.expires = *expires_at;
                    held.extensions += 1;
                }
            }
            Event::Changed { hold, removed, added, adjacent, gave, took, .. } => {
                let (removed, added) = (self.basket(removed), self.basket(added));
                let (gave, took) = (pieces_of(gave), pieces_of(took));
                self.put_back(&gave);
                self.take_out(&took);
                for held in self.holds.iter_mut().filter(|held| held.id == *hold) {
                    held.basket = exchanged(&held.basket, &removed, &added);
                    held.drawn = [without(&held.drawn, &gave), took.clone()].concat();
                    held.adjacent = *adjacent;
                    held.step = None;
                }
            }
            Event::Released { hold } => self.end(*hold, End::Released),
            Event::Expired { holds } => holds.iter().for_each(|hold| self.end(*hold, End::Expired)),
            other => unreachable!("{other:?} is of no hold"),
        }
    }

    /// What nobody took goes back to where it was drawn from.
    fn moved_all(&mut self, moves: &[Moved]) {
        moves.iter().for_each(|moved| self.moved(moved));
        let gave: Vec<Piece> = moves.iter().flat_map(|moved| pieces_of(&moved.gave)).collect();
        let took: Vec<Piece> = moves.iter().flat_map(|moved| pieces_of(&moved.took)).collect();
        self.put_back(&without(&gave, &took));
    }

    /// What it has now is what it had, less what it gave up, and what it took.
    fn moved(&mut self, moved: &Moved) {
        let (from, to) = (self.basket(&moved.from), self.basket(&moved.to));
        let drawn = |had: &[Piece]| [without(had, &pieces_of(&moved.gave)), pieces_of(&moved.took)].concat();
        match moved.claim {
            Claim::Hold(id) => {
                for hold in self.holds.iter_mut().filter(|hold| hold.id == id) {
                    hold.adjacent = moved.adjacent;
                    hold.step = None;
                    hold.basket = exchanged(&hold.basket, &from, &to);
                    hold.drawn = drawn(&hold.drawn);
                }
            }
            Claim::Sale(id) => {
                self.ever_sold.extend(moved.to.iter().flat_map(|line| &line.units).map(|part| part.0));
                for sale in self.sales.iter_mut().filter(|sale| sale.id == id) {
                    sale.basket = exchanged(&sale.basket, &from, &to);
                    sale.drawn = drawn(&sale.drawn);
                }
            }
        }
    }

    fn end(&mut self, id: HoldId, end: End) {
        let at = self.at;
        for hold in self.holds.clone().into_iter().filter(|hold| hold.id == id) {
            if end != End::Purchased {
                self.put_back(&hold.drawn);
            }
            self.ended.push(Ended { at, id, buyer: hold.buyer, end });
        }
        self.holds.retain(|hold| hold.id != id);
    }

    fn returned(&mut self, id: SaleId, back: &Basket, drawn: &[Piece]) {
        self.put_back(drawn);
        for sale in self.sales.iter_mut().filter(|sale| sale.id == id) {
            for &(offer, quantity) in back {
                sale.basket.iter_mut().filter(|line| line.0 == offer).for_each(|line| line.1 -= quantity);
            }
            sale.basket.retain(|line| line.1 > 0);
            sale.drawn = without(&sale.drawn, drawn);
        }
    }
}

/// A basket without these pieces and with those.
pub fn exchanged(basket: &Basket, from: &Basket, to: &Basket) -> Basket {
    let mut all = basket.clone();
    for &(offer, quantity) in from {
        all.iter_mut().filter(|line| line.0 == offer).for_each(|line| line.1 -= quantity);
    }
    all.retain(|line| line.1 > 0);
    for &(offer, quantity) in to {
        match all.iter_mut().find(|line| line.0 == offer) {
            Some(line) => line.1 += quantity,
            None => all.push((offer, quantity)),
        }
    }
    all
}

pub fn pieces(basket: &Basket) -> u32 {
    basket.iter().map(|line| line.1).sum()
}
