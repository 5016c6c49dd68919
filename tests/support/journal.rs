//! One inventory's journal, read from the store and added up here, by code that shares nothing with the
//! server's own but the format of a record.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fairhold::domain::event::{Lines, Quantities};
use fairhold::domain::moves::{Claim, Moved};
use fairhold::domain::{BlockId, Event, HoldId, InventoryId, Record, SaleId, Timestamp, UnitNo};
use fairhold::persistence::sqlite::SqliteStore;
use fairhold::persistence::{Store, codec};
use serde_json::Value;

use super::api::Api;
use super::board::{Board, Units};

/// No answer waits longer for its commit.
const COMMITS_WITHIN_MS: i64 = 10_000;

/// Something that must never be.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) rule: &'static str,
    pub(crate) detail: String,
}

/// Opens the embedded store beside whoever serves it.
pub(crate) async fn store(data: &Path) -> SqliteStore {
    SqliteStore::open(data).await.expect("the store opens")
}

#[derive(Debug, Clone, Copy, Default)]
struct Level {
    capacity: i64,
    held: i64,
    sold: i64,
    blocked: i64,
}

type Pieces = Vec<(UnitNo, i64)>;

pub(crate) struct Journal {
    id: InventoryId,
    unit_ids: Vec<String>,
    is_seat: Vec<bool>,
    records: Vec<Record>,
    keys: BTreeSet<u128>,
    // As of `seq`:
    pub(crate) seq: u64,
    pub(crate) epoch: u64,
    levels: Vec<Level>,
    holds: BTreeMap<HoldId, Pieces>,
    sales: BTreeMap<SaleId, Pieces>,
    blocks: BTreeMap<BlockId, Pieces>,
    /// How things stood after each record, by its time.
    figures: Vec<(i64, [u64; 4])>,
    total: [i64; 4],
    pub(crate) findings: Vec<Finding>,
}

impl Journal {
    /// Nothing is read yet; the plan says what units there are.
    pub(crate) async fn of(api: &Api, inventory: &str) -> Self {
        let plan = api.get(&format!("/v1/inventories/{inventory}/plan")).await;
        let units = plan["units"].as_array().expect("a plan has units").clone();
        let level = |unit: &Value| Level {
            capacity: unit["capacity"].as_i64().expect("a capacity"),
            held: 0,
            sold: 0,
            blocked: 0,
        };
        Self {
            id: inventory.parse().expect("an inventory id"),
            unit_ids: units.iter().map(|unit| unit["id"].as_str().expect("an id").to_owned()).collect(),
            is_seat: units.iter().map(|unit| unit["kind"] == "seat").collect(),
            records: Vec::new(),
            keys: BTreeSet::new(),
            seq: 0,
            epoch: 0,
            levels: units.iter().map(level).collect(),
            holds: BTreeMap::new(),
            sales: BTreeMap::new(),
            blocks: BTreeMap::new(),
            figures: Vec::new(),
            total: [units.iter().filter_map(|unit| unit["capacity"].as_i64()).sum(), 0, 0, 0],
            findings: Vec::new(),
        }
    }

    fn found(&mut self, rule: &'static str, detail: impl Into<String>) {
        self.findings.push(Finding { rule, detail: format!("{}: {}", self.id, detail.into()) });
    }

    /// Reads on to the end.
    pub(crate) async fn read(&mut self, store: &dyn Store) {
        loop {
            let page = store.records(self.id, self.records.len() as u64, 1_000).await.expect("records");
            if page.is_empty() {
                return;
            }
            for stored in page {
                let record = codec::decode_record(&stored).expect("a record can be read");
                let last = self.records.last().map_or((0, 0), |last| (last.seq, last.epoch));
                if record.seq != last.0 + 1 {
                    self.found("gap", format!("{} follows {}", record.seq, last.0));
                    return;
                }
                if record.epoch < last.1 {
                    self.found("epoch", format!("{} follows {} at seq {}", record.epoch, last.1, record.seq));
                }
                if record.cause.key.is_some_and(|key| !self.keys.insert(key.hash)) {
                    self.found("twice", format!("seq {} uses a key that had its effect", record.seq));
                }
                self.records.push(record);
            }
        }
    }

    pub(crate) fn record(&self, seq: u64) -> Option<&Record> {
        self.records.get(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    pub(crate) fn last_seq(&self) -> u64 {
        self.records.len() as u64
    }

    pub(crate) fn unit_id(&self, unit: UnitNo) -> &str {
        &self.unit_ids[unit as usize]
    }

    /// Adds up all records to this one.
    pub(crate) fn advance(&mut self, seq: u64) {
        while self.seq < seq.min(self.last_seq()) {
            let record = self.records[self.seq as usize].clone();
            (self.seq, self.epoch) = (record.seq, record.epoch);
            record.events.iter().for_each(|event| self.add(event));
            self.figures.push((record.at.0, self.total.map(|pieces| u64::try_from(pieces).unwrap_or(0))));
        }
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::Held { hold, lines, .. } => {
                let pieces = pieces(lines);
                self.shift(&pieces, [1, 0, 0]);
                self.claim(*hold, pieces);
            }
            Event::Released { hold } => self.free(*hold),
            Event::Expired { holds } => holds.iter().for_each(|hold| self.free(*hold)),
            Event::Purchased { sale, hold, lines, .. } => {
                if let Some(hold) = hold {
                    self.free(*hold);
                }
                let pieces = pieces(lines);
                self.shift(&pieces, [0, 1, 0]);
                if self.sales.insert(*sale, pieces).is_some() {
                    self.found("fresh_id", format!("{sale} is made twice"));
                }
            }
            Event::Returned { sale, lines, .. } => {
                self.shift(&pieces(lines), [0, -1, 0]);
                if self.sales.remove(sale).is_none() {
                    self.found("owner", format!("{sale} comes back, but there is none"));
                }
            }
            Event::Restocked { unit, change, .. } => {
                self.levels[*unit as usize].capacity += change;
                self.total[0] += change;
            }
            Event::Blocked { block, units, .. } => {
                let pieces = units.iter().map(|&(unit, n)| (unit, i64::from(n))).collect();
                self.shift(&pieces, [0, 0, 1]);
                if self.blocks.insert(*block, pieces).is_some() {
                    self.found("fresh_id", format!("{block} is made twice"));
                }
            }
            Event::Unblocked { block } => match self.blocks.remove(block) {
                Some(pieces) => self.shift(&pieces, [0, 0, -1]),
                None => self.found("owner", format!("{block} is lifted, but there is none")),
            },
            Event::Changed { hold, removed, added, lines, .. } => {
                self.shift(&pieces(removed), [-1, 0, 0]);
                self.shift(&pieces(added), [1, 0, 0]);
                if self.holds.insert(*hold, pieces(lines)).is_none() {
                    self.found("owner", format!("{hold} changes, but there is none"));
                }
            }
            Event::Moved { moves } => self.moved(moves),
            Event::Extended { hold, .. } if !self.holds.contains_key(hold) => {
                self.found("owner", format!("{hold} is extended, but there is none"));
            }
            _ => {}
        }
    }

    /// All give up, then all take; what they have is the sum of both.
    fn moved(&mut self, moves: &[Moved]) {
        let sign = |moved: &Moved| if moved.is_hold() { [1, 0, 0] } else { [0, 1, 0] };
        moves.iter().for_each(|moved| self.shift(&pieces(&moved.from), sign(moved).map(|n| -n)));
        moves.iter().for_each(|moved| self.shift(&pieces(&moved.to), sign(moved)));
        for moved in moves {
            let now = pieces(&moved.lines);
            let before = match moved.claim {
                Claim::Hold(id) => self.holds.insert(id, now.clone()),
                Claim::Sale(id) => self.sales.insert(id, now.clone()),
            };
            let sum = |parts: &[Pieces]| {
                let mut sum = BTreeMap::<UnitNo, i64>::new();
                parts.iter().flatten().for_each(|&(unit, n)| *sum.entry(unit).or_default() += n);
                sum
            };
            let given = sum(&[now, pieces(&moved.from)]);
            if before.map(|before| sum(&[before, pieces(&moved.to)])) != Some(given) {
                self.found("owner", format!("{:?} moves what it does not have", moved.claim));
            }
        }
    }

    fn claim(&mut self, hold: HoldId, pieces: Pieces) {
        if self.holds.insert(hold, pieces).is_some() {
            self.found("fresh_id", format!("{hold} is made twice"));
        }
    }

    fn free(&mut self, hold: HoldId) {
        match self.holds.remove(&hold) {
            Some(pieces) => self.shift(&pieces, [-1, 0, 0]),
            None => self.found("owner", format!("{hold} ends, but there is none")),
        }
    }

    /// Adds so many times the pieces to held, sold and blocked.
    fn shift(&mut self, pieces: &Pieces, [held, sold, blocked]: [i64; 3]) {
        for &(unit, quantity) in pieces {
            for (total, times) in self.total[1..].iter_mut().zip([held, sold, blocked]) {
                *total += times * quantity;
            }
            let level = &mut self.levels[unit as usize];
            level.held += held * quantity;
            level.sold += sold * quantity;
            level.blocked += blocked * quantity;
            let level = *level;
            let Level { capacity, held, sold, blocked } = level;
            if held.min(sold).min(blocked) < 0 || held + sold + blocked > capacity {
                let unit = self.unit_id(unit);
                self.found("capacity", format!("seq {} unit {unit}: {level:?}", self.seq));
            }
        }
    }

    /// Whether capacity, held, sold and blocked pieces were these at this time, of the records that were added up. What
    /// was decided just before it may still have been on its way into the journal.
    pub(crate) fn stood(&self, at: Timestamp, figures: [u64; 4]) -> bool {
        let next = self.figures.iter().skip(1).map(|after| after.0).chain([i64::MAX]);
        let stood = |((since, stood), until): (&(i64, [u64; 4]), i64)| {
            *stood == figures && *since <= at.0 && until > at.0 - COMMITS_WITHIN_MS
        };
        self.figures.iter().zip(next).any(stood)
    }

    /// Numbers of the seats by their id.
    pub(crate) fn seats(&self) -> impl Iterator<Item = (&str, usize)> {
        let seats = self.unit_ids.iter().zip(&self.is_seat).enumerate().filter(|(_, (_, seat))| **seat);
        seats.map(|(number, (id, _))| (id.as_str(), number))
    }

    pub(crate) fn has_hold(&self, hold: &str) -> bool {
        hold.parse().is_ok_and(|hold| self.holds.contains_key(&hold))
    }

    /// Sold pieces by unit id.
    pub(crate) fn sold(&self) -> BTreeMap<&str, i64> {
        let sold = self.levels.iter().zip(&self.unit_ids).filter(|(level, _)| level.sold > 0);
        sold.map(|(level, id)| (id.as_str(), level.sold)).collect()
    }

    pub(crate) fn sales(&self) -> impl Iterator<Item = (SaleId, Vec<&str>)> {
        let names = |pieces: &Pieces| pieces.iter().map(|&(unit, _)| self.unit_id(unit)).collect();
        self.sales.iter().map(move |(sale, pieces)| (*sale, names(pieces)))
    }

    /// What a reader has to see at this seq.
    pub(crate) fn units(&self) -> Units {
        let seat = |level: &Level| match (level.blocked, level.sold, level.held) {
            (1.., _, _) => 3,
            (_, 1.., _) => 2,
            (_, _, 1..) => 1,
            _ => 0,
        };
        let mut seats = vec![0; self.levels.len().div_ceil(4) * 4];
        let mut counts = BTreeMap::new();
        for (unit, level) in self.levels.iter().enumerate() {
            match self.is_seat[unit] {
                true => seats[unit] = seat(level),
                false => {
                    let left = level.capacity - level.held - level.sold - level.blocked;
                    counts.insert(unit, u64::try_from(left).unwrap_or(0));
                }
            }
        }
        Units { seats, counts }
    }

    /// Whether what somebody was shown is what the journal says at that seq.
    pub(crate) fn compare(&mut self, who: &str, board: &Board) {
        for gap in &board.gaps {
            self.found("stream", format!("{who}: {gap}"));
        }
        let known = self.record(board.seq).map(|record| record.epoch);
        // An owner that wrote nothing yet shows its own epoch over its predecessor's last record.
        if known.is_none_or(|epoch| epoch > board.epoch) {
            self.found(
                "missing",
                format!("{who} saw {}:{}, the journal has {known:?} there", board.epoch, board.seq),
            );
            return;
        }
        // It was the owner then, and knew no more: whoever owned it before has written nothing since.
        let next = self.record(board.seq + 1).map(|record| record.epoch);
        if next.is_some_and(|epoch| epoch < board.epoch) {
            self.found(
                "fence",
                format!("{next:?} wrote behind {who}, who saw {}:{}", board.epoch, board.seq),
            );
        }
        if board.seq < self.seq {
            self.found("order", format!("{who} is at {}, others were at {} before", board.seq, self.seq));
            return;
        }
        self.advance(board.seq);
        if self.units() != board.units {
            self.found("view", format!("{who} differs from the journal at seq {}", board.seq));
        }
    }
}

fn pieces(lines: &Lines) -> Pieces {
    let each = |units: &Quantities| units.iter().map(|&(unit, n)| (unit, i64::from(n))).collect::<Vec<_>>();
    lines.iter().flat_map(|line| each(&line.units)).collect()
}
