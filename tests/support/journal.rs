//! One inventory's journal, read from the store and added up here, by code that shares nothing with the
//! server's own but the format of a record.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fairhold::domain::event::{Lines, Quantities};
use fairhold::domain::{Event, HoldId, InventoryId, Record, SaleId, UnitNo};
use fairhold::persistence::sqlite::SqliteStore;
use fairhold::persistence::{Store, codec};
use serde_json::Value;

use super::api::Api;
use super::board::{Board, Units};

/// Something that must never be.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) rule: &'static str,
    pub(crate) detail: String,
}

/// Opens the store beside whoever serves it.
pub(crate) async fn store(data: &Path) -> SqliteStore {
    SqliteStore::open(data).await.expect("the store opens")
}

#[derive(Debug, Clone, Copy, Default)]
struct Level {
    capacity: i64,
    held: i64,
    sold: i64,
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
        }
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::Held { hold, lines, .. } => {
                let pieces = pieces(lines);
                self.shift(&pieces, 1, 0);
                self.claim(*hold, pieces);
            }
            Event::Released { hold } => self.free(*hold),
            Event::Expired { holds } => holds.iter().for_each(|hold| self.free(*hold)),
            Event::Purchased { sale, hold, lines, .. } => {
                if let Some(hold) = hold {
                    self.free(*hold);
                }
                let pieces = pieces(lines);
                self.shift(&pieces, 0, 1);
                if self.sales.insert(*sale, pieces).is_some() {
                    self.found("fresh_id", format!("{sale} is made twice"));
                }
            }
            Event::Returned { sale, lines, .. } => {
                self.shift(&pieces(lines), 0, -1);
                if self.sales.remove(sale).is_none() {
                    self.found("owner", format!("{sale} comes back, but there is none"));
                }
            }
            Event::Restocked { unit, change, .. } => self.levels[*unit as usize].capacity += change,
            Event::Extended { hold, .. } if !self.holds.contains_key(hold) => {
                self.found("owner", format!("{hold} is extended, but there is none"));
            }
            _ => {}
        }
    }

    fn claim(&mut self, hold: HoldId, pieces: Pieces) {
        if self.holds.insert(hold, pieces).is_some() {
            self.found("fresh_id", format!("{hold} is made twice"));
        }
    }

    fn free(&mut self, hold: HoldId) {
        match self.holds.remove(&hold) {
            Some(pieces) => self.shift(&pieces, -1, 0),
            None => self.found("owner", format!("{hold} ends, but there is none")),
        }
    }

    fn shift(&mut self, pieces: &Pieces, held: i64, sold: i64) {
        for &(unit, quantity) in pieces {
            let level = &mut self.levels[unit as usize];
            level.held += held * quantity;
            level.sold += sold * quantity;
            let Level { capacity, held, sold } = *level;
            if held < 0 || sold < 0 || held + sold > capacity {
                let text = format!(
                    "seq {} unit {}: {held} held, {sold} sold of {capacity}",
                    self.seq,
                    self.unit_id(unit)
                );
                self.found("capacity", text);
            }
        }
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
        let seat = |level: &Level| match (level.sold, level.held) {
            (1.., _) => 2,
            (_, 1..) => 1,
            _ => 0,
        };
        let mut seats = vec![0; self.levels.len().div_ceil(4) * 4];
        let mut counts = BTreeMap::new();
        for (unit, level) in self.levels.iter().enumerate() {
            match self.is_seat[unit] {
                true => seats[unit] = seat(level),
                false => {
                    let left = level.capacity - level.held - level.sold;
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
