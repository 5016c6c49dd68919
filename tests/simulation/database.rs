//! The database that all nodes share: a serial map with honest fencing. A statement that was sent runs on by
//! itself, whatever becomes of whoever sent it: it starts, locks its inventories' owners against take-overs,
//! and ends with a commit or without.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fairhold::domain::{InventoryId, Timestamp};
use fairhold::persistence::{Append, Fenced, NewInventory, StoredRecord, StoredSnapshot};

use crate::history::History;
use crate::knobs::Knobs;
use crate::rng::Rng;

/// What is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sabotage {
    None,
    /// The appender answers before it writes.
    AnswersFirst,
    /// The store asks nobody for their epoch.
    NoFence,
    /// A take-over does not wait for statements that still run.
    NoWait,
    /// The store has no time of its own: each server goes by its clock.
    NoClock,
    /// Something draws from a source that no seed repeats.
    Chance,
}

#[derive(Clone)]
pub(crate) struct Database(Arc<Mutex<Inner>>);

pub(crate) struct Inner {
    pub(crate) knobs: Knobs,
    pub(crate) rng: Rng,
    pub(crate) sabotage: Sabotage,
    pub(crate) history: History,
    pub(crate) inventories: BTreeMap<InventoryId, Row>,
    /// By node: cut off from the store, and standing still, until then.
    pub(crate) cut_until: Vec<Duration>,
    pub(crate) paused_until: Vec<Duration>,
    now: Duration,
    statements: Vec<Statement>,
    /// How statements ended whose senders have not asked yet.
    ended: BTreeMap<u64, Ended>,
    sent: u64,
}

pub(crate) struct Row {
    pub(crate) new: NewInventory,
    pub(crate) epoch: u64,
    pub(crate) records: Vec<Committed>,
    pub(crate) snapshots: BTreeMap<u64, StoredSnapshot>,
}

pub(crate) struct Committed {
    pub(crate) at: Timestamp,
    pub(crate) stored: StoredRecord,
    /// In simulated time.
    pub(crate) committed: Duration,
}

/// What a statement will do, whoever still waits for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    pub(crate) starts: Duration,
    pub(crate) ends: Duration,
    /// Nobody waits for its end.
    pub(crate) is_lost: bool,
    pub(crate) rolls_back: bool,
}

struct Statement {
    id: u64,
    course: Course,
    rows: Vec<Append>,
    /// Once it runs: who may not write.
    fenced: Option<Vec<Fenced>>,
}

/// How a statement ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    Committed(Vec<Fenced>),
    RolledBack,
    /// A record of this seq is there already.
    Duplicate,
}

impl Database {
    pub(crate) fn new(knobs: Knobs, rng: Rng, sabotage: Sabotage, history: History) -> Self {
        let never = vec![Duration::ZERO; knobs.nodes];
        Self(Arc::new(Mutex::new(Inner {
            knobs,
            rng,
            sabotage,
            history,
            inventories: BTreeMap::new(),
            cut_until: never.clone(),
            paused_until: never,
            now: Duration::ZERO,
            statements: Vec::new(),
            ended: BTreeMap::new(),
            sent: 0,
        })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }
}

impl Inner {
    pub(crate) fn create(&mut self, new: NewInventory) {
        let first = Append {
            inventory: new.id,
            epoch: 0,
            seq: 1,
            at: new.at,
            link: new.first_link(),
            body: new.first_record.clone(),
        };
        let mut row = Row { epoch: 0, records: Vec::new(), snapshots: BTreeMap::new(), new };
        row.insert(first, Duration::ZERO);
        self.inventories.insert(row.new.id, row);
    }

    pub(crate) fn send(&mut self, course: Course, rows: &[Append]) -> u64 {
        self.sent += 1;
        self.statements.push(Statement { id: self.sent, course, rows: rows.to_vec(), fenced: None });
        self.sent
    }

    /// Lets all statements start and end that do so by now, in the order of their time.
    pub(crate) fn settle(&mut self, now: Duration) {
        self.now = self.now.max(now);
        loop {
            let due = |statement: &Statement| match statement.fenced {
                None => statement.course.starts,
                Some(_) => statement.course.ends,
            };
            let next = (0..self.statements.len())
                .min_by_key(|&index| (due(&self.statements[index]), self.statements[index].id));
            let Some(index) = next.filter(|&index| due(&self.statements[index]) <= self.now) else {
                return;
            };
            if self.statements[index].fenced.is_none() {
                let fenced = self.fenced(&self.statements[index].rows);
                self.statements[index].fenced = Some(fenced);
            } else {
                let statement = self.statements.remove(index);
                let id = statement.id;
                let ended = self.end(statement);
                self.ended.insert(id, ended);
            }
        }
    }

    /// How a statement ended; None: it has not.
    pub(crate) fn ended(&mut self, id: u64, now: Duration) -> Option<Ended> {
        self.settle(now);
        self.ended.remove(&id)
    }

    /// A take-over. To be called when nothing locks the owner.
    pub(crate) fn raise(&mut self, inventory: InventoryId, now: Duration) -> Option<u64> {
        let row = self.inventories.get_mut(&inventory)?;
        row.epoch += 1;
        let epoch = row.epoch;
        self.history.line(now, &format!("db: {inventory} is taken over: epoch {epoch}"));
        Some(epoch)
    }

    fn fenced(&self, rows: &[Append]) -> Vec<Fenced> {
        let mut fenced = Vec::new();
        for row in rows {
            let owner = row.owner();
            let owns = self.inventories[&row.inventory].epoch == row.epoch;
            if !owns && self.sabotage != Sabotage::NoFence && !fenced.contains(&owner) {
                fenced.push(owner);
            }
        }
        fenced
    }

    fn end(&mut self, statement: Statement) -> Ended {
        let Statement { id, course, rows, fenced } = statement;
        let fenced = fenced.unwrap_or_default();
        if course.rolls_back {
            self.history.met("a statement rolled back");
            return Ended::RolledBack;
        }
        let mine = |row: &Append| !fenced.contains(&row.owner());
        let rows: Vec<Append> = rows.into_iter().filter(|row| mine(row)).collect();
        let is_there = |row: &Append| self.inventories[&row.inventory].has(row.seq);
        if rows.iter().any(is_there) {
            return Ended::Duplicate;
        }
        if course.is_lost && !rows.is_empty() {
            self.history.met("a commit after its sender had given up");
        }
        for row in rows {
            let stored = self.inventories.get_mut(&row.inventory).unwrap();
            let line = format!("db: {id} commits {} {}:{}", row.inventory, row.epoch, row.seq);
            self.history.line(self.now, &line);
            if stored.epoch != row.epoch {
                self.history.wrong(format!("{line}, but the owner's epoch is {}", stored.epoch));
            }
            stored.insert(row, self.now);
        }
        Ended::Committed(fenced)
    }

    /// When the statements end that lock this inventory's owner.
    pub(crate) fn locked_until(&self, inventory: InventoryId) -> Option<Duration> {
        if self.sabotage == Sabotage::NoWait {
            return None;
        }
        let locks = |statement: &&Statement| {
            let fenced = statement.fenced.as_ref();
            statement.rows.iter().any(|row| {
                row.inventory == inventory && fenced.is_some_and(|fenced| !fenced.contains(&row.owner()))
            })
        };
        self.statements.iter().filter(locks).map(|statement| statement.course.ends).max()
    }
}

impl Row {
    fn insert(&mut self, row: Append, committed: Duration) {
        let link = Some(row.link);
        let stored =
            StoredRecord { seq: row.seq, epoch: row.epoch, at: row.at, link, body: row.body.to_vec() };
        self.records.push(Committed { at: row.at, stored, committed });
        self.records.sort_by_key(|record| record.stored.seq);
    }

    fn has(&self, seq: u64) -> bool {
        self.records.binary_search_by_key(&seq, |record| record.stored.seq).is_ok()
    }

    pub(crate) fn stored(&self) -> impl Iterator<Item = &StoredRecord> {
        self.records.iter().map(|record| &record.stored)
    }
}
