//! What clients and readers remember, as one history for each seat.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use crate::client::{End, Op, What};
use crate::linear::{Claim, Event, Op as Deed, linearizable};
use crate::support::journal::Finding;
use crate::watch::Seen;

/// The town's hold time: before that no hold expires by itself.
const HOLD: Duration = Duration::from_secs(30);
/// Snapshots that are taken into the histories: each is one read of every seat.
const READS_MAX: usize = 400;

/// How much is believed of those who only looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// One server: what it shows and what it refuses is as of now.
    Now,
    /// Several: one that was fenced without knowing may show and refuse what is over, until it next writes.
    MayBeOld,
}

type Holding = (Claim, Vec<String>);

pub(crate) struct Histories {
    start: Instant,
    claims: Claim,
    holds: HashMap<String, Holding>,
    sales: HashMap<String, Holding>,
    blocks: HashMap<String, Vec<String>>,
    seats: BTreeMap<String, Vec<Event>>,
}

impl Histories {
    /// Of the seats of one inventory; `seats` by their number.
    pub(crate) fn of(ops: &[&Op], seen: &[&Seen], seats: &[&str], reads: Reads) -> Self {
        let started = ops.iter().map(|op| op.asked).chain(seen.iter().filter_map(|seen| Some(seen.read?.0)));
        let mut this = Self {
            start: started.min().unwrap_or_else(Instant::now),
            claims: 0,
            holds: HashMap::new(),
            sales: HashMap::new(),
            blocks: HashMap::new(),
            seats: seats.iter().map(|seat| ((*seat).to_owned(), Vec::new())).collect(),
        };
        ops.iter().for_each(|op| this.learn(op));
        ops.iter().for_each(|op| this.add(op));
        if reads == Reads::Now {
            ops.iter().for_each(|op| this.add_refusal(op));
            let read: Vec<&&Seen> = seen.iter().filter(|seen| seen.read.is_some()).collect();
            let every = read.len().div_ceil(READS_MAX).max(1);
            read.into_iter().step_by(every).for_each(|seen| this.add_read(seen, seats));
        }
        this
    }

    fn at(&self, time: Instant) -> u64 {
        (time - self.start).as_nanos() as u64
    }

    fn claim(&mut self) -> Claim {
        self.claims += 1;
        self.claims
    }

    /// Who was told that something is his.
    fn learn(&mut self, op: &Op) {
        let Some(ack) = op.ack() else { return };
        let units: Vec<String> = ack.units.iter().map(|(unit, _)| unit.clone()).collect();
        match &op.what {
            What::Hold => {
                let claim = self.claim();
                self.holds.insert(ack.id.clone(), (claim, units));
            }
            What::Buy | What::Purchase(_) => {
                let claim = self.claim();
                self.sales.insert(ack.id.clone(), (claim, units));
            }
            What::Block => drop(self.blocks.insert(ack.id.clone(), units)),
            What::Extend(_) | What::Release(_) | What::Return(_) | What::Unblock(_) => {}
        }
    }

    fn add(&mut self, op: &Op) {
        let ack = op.ack();
        // Refused in the end; but an attempt that nobody answered may arrive after all.
        let unknown = ack.is_none() && (op.attempts > 1 || matches!(op.end, End::Open(_)));
        if ack.is_none() && !unknown {
            return;
        }
        let called = self.at(op.asked);
        let answered = ack.map(|_| self.at(op.answered));
        let sale = ack.and_then(|ack| Some(self.sales.get(&ack.id)?.0));
        let held = |hold: &String| self.holds.get(hold).cloned();
        let (units, deed) = match &op.what {
            What::Hold => {
                let Some((claim, units)) = ack.and_then(|ack| held(&ack.id)) else { return };
                let due = Event { called: self.at(op.asked + HOLD), answered: None, op: Deed::Expire(claim) };
                self.note(&units, due);
                (units, Deed::Hold(claim))
            }
            What::Buy => {
                let bought = ack.and_then(|ack| self.sales.get(&ack.id).cloned());
                let Some((claim, units)) = bought else { return };
                (units, Deed::Buy(claim))
            }
            What::Extend(hold) => match held(hold) {
                Some((claim, units)) if ack.is_some() => (units, Deed::Extend(claim)),
                _ => return,
            },
            What::Release(hold) => {
                let Some((claim, units)) = held(hold) else { return };
                (units, Deed::Release(claim))
            }
            What::Purchase(of) => {
                let Some((hold, units)) = held(of) else { return };
                let sale = sale.unwrap_or_else(|| self.claim());
                (units, Deed::Purchase { hold, sale })
            }
            What::Return(sale) => {
                let Some((claim, units)) = self.sales.get(sale).cloned() else { return };
                (units, Deed::Return(claim))
            }
            What::Block => {
                let Some(units) = ack.and_then(|ack| self.blocks.get(&ack.id).cloned()) else { return };
                (units, Deed::Block)
            }
            What::Unblock(block) => {
                let Some(units) = self.blocks.get(block).cloned() else { return };
                (units, Deed::Unblock)
            }
        };
        self.note(&units, Event { called, answered, op: deed });
    }

    fn add_refusal(&mut self, op: &Op) {
        let End::Refused { code, units } = &op.end else { return };
        if code == "unit_taken" {
            let (called, answered) = (self.at(op.tried), Some(self.at(op.answered)));
            self.note(units, Event { called, answered, op: Deed::Taken });
        }
    }

    fn add_read(&mut self, seen: &Seen, seats: &[&str]) {
        let Some((asked, answered)) = seen.read else { return };
        let (called, answered) = (self.at(asked), Some(self.at(answered)));
        for (seat, status) in seats.iter().zip(&seen.board.units.seats) {
            if let Some(events) = self.seats.get_mut(*seat) {
                events.push(Event { called, answered, op: Deed::Read(*status) });
            }
        }
    }

    fn note(&mut self, units: &[String], event: Event) {
        for unit in units {
            if let Some(events) = self.seats.get_mut(unit) {
                events.push(event);
            }
        }
    }

    /// How many operations on seats there are.
    pub(crate) fn len(&self) -> usize {
        self.seats.values().map(Vec::len).sum()
    }

    /// Seats whose history no single seat can have.
    pub(crate) fn check(&self) -> Vec<Finding> {
        let stuck = |(seat, events): (&String, &Vec<Event>)| {
            let stuck = linearizable(events).err()?;
            Some(Finding { rule: "linearizable", detail: format!("seat {seat}: {stuck:?}") })
        };
        self.seats.iter().filter_map(stuck).collect()
    }
}
