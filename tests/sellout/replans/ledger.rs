//! The journal added up from the bytes of its records and the stored plans: how things stand after each record.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use fairhold::domain::InventoryId;
use fairhold::persistence::Store;
use serde_json::Value;

use super::reading::{Kind, Layout, Touch, touched};
use crate::support::board::Units;

pub(crate) const QUANTITY_MAX: i64 = 1_000_000_000;

/// A record as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) seq: u64,
    pub(crate) epoch: u64,
    pub(crate) events: Vec<Value>,
}

/// A version as it is stored: its document, and what the server believes of its numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Version {
    pub(crate) document: Value,
    pub(crate) numbering: Option<Value>,
}

/// All records, and all versions that they put in force.
pub(crate) async fn read(store: &dyn Store, inventory: &str) -> (Vec<Entry>, BTreeMap<u64, Version>) {
    let id: InventoryId = inventory.parse().expect("an inventory id");
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let page = store.records(id, entries.len() as u64, 1_000).await.expect("records");
        if page.is_empty() {
            break;
        }
        for stored in page {
            let body: Value = serde_json::from_slice(&stored.body).expect("a record is JSON");
            let events = body["events"].as_array().expect("a record has events").clone();
            entries.push(Entry { seq: stored.seq, epoch: stored.epoch, events });
        }
    }
    let mut versions = BTreeMap::new();
    for version in entries.iter().flat_map(|entry| &entry.events).filter_map(plan_of) {
        let stored = store.plan(id, version as u32).await.expect("the store answers");
        let stored = stored.unwrap_or_else(|| panic!("version {version} is not in the store"));
        let json = |bytes: &[u8]| serde_json::from_slice(bytes).expect("it is JSON");
        let numbering = stored.numbering.as_deref().map(json);
        versions.insert(version, Version { document: json(&stored.document), numbering });
    }
    (entries, versions)
}

/// The version that an event puts in force.
pub(crate) fn plan_of(event: &Value) -> Option<u64> {
    ["opened", "replanned"].into_iter().find_map(|name| event[name]["plan_version"].as_u64())
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) capacity: i64,
    pub(crate) held: i64,
    pub(crate) sold: i64,
    pub(crate) blocked: i64,
    pub(crate) was_sold: bool,
}

impl Level {
    pub(crate) fn taken(self) -> i64 {
        self.held + self.sold + self.blocked
    }
}

/// Unit numbers and pieces.
pub(crate) type Pieces = Vec<(usize, i64)>;

/// Which of held, sold and blocked.
#[derive(Debug, Clone, Copy)]
enum As {
    Held,
    Sold,
    Blocked,
}

/// How things stand after record `seq`.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) seq: u64,
    pub(crate) epoch: u64,
    pub(crate) version: u64,
    pub(crate) layout: Layout,
    pub(crate) levels: Vec<Level>,
    pub(crate) holds: BTreeMap<String, Pieces>,
    pub(crate) sales: BTreeMap<String, Pieces>,
    blocks: BTreeMap<String, Pieces>,
    pub(crate) findings: Vec<String>,
}

impl Ledger {
    pub(crate) fn found(&mut self, what: impl std::fmt::Display) {
        self.findings.push(format!("seq {}: {what}", self.seq));
    }

    pub(crate) fn apply(&mut self, entry: &Entry, versions: &BTreeMap<u64, Version>) {
        if entry.seq != self.seq + 1 || entry.epoch < self.epoch {
            self.found(format!("{}:{} follows {}:{}", entry.epoch, entry.seq, self.epoch, self.seq));
        }
        (self.seq, self.epoch) = (entry.seq, entry.epoch);
        for event in &entry.events {
            let Some((name, body)) = event.as_object().and_then(|event| event.iter().next()) else {
                continue;
            };
            if let Some(version) = plan_of(event) {
                self.replan(version, &versions[&version].document);
                continue;
            }
            self.happens(name, body);
        }
    }

    fn happens(&mut self, name: &str, body: &Value) {
        let id = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        match name {
            "held" => self.claim(As::Held, id("hold"), lines(&body["lines"])),
            "extended" => self.same(As::Held, &id("hold"), &lines(&body["lines"]), body),
            "released" => self.give_up(As::Held, &id("hold")),
            "expired" => {
                for hold in body["holds"].as_array().into_iter().flatten() {
                    self.give_up(As::Held, hold.as_str().unwrap_or_default());
                }
            }
            "purchased" => {
                let pieces = lines(&body["lines"]);
                if let Some(hold) = body["hold"].as_str() {
                    self.same(As::Held, hold, &pieces, body);
                    self.give_up(As::Held, hold);
                }
                self.claim(As::Sold, id("sale"), pieces);
            }
            "returned" => self.returned(id("sale"), &lines(&body["lines"]), body),
            "moved" => self.moved(&body["moves"]),
            "blocked" => self.claim(As::Blocked, id("block"), pairs(&body["units"])),
            "unblocked" => self.give_up(As::Blocked, &id("block")),
            "restocked" => self.restocked(body),
            "configured" => {}
            _ => self.found(format!("nobody does that here: {name}")),
        }
    }

    fn book(&mut self, what: As) -> &mut BTreeMap<String, Pieces> {
        match what {
            As::Held => &mut self.holds,
            As::Sold => &mut self.sales,
            As::Blocked => &mut self.blocks,
        }
    }

    /// An event speaks of all that somebody has.
    fn same(&mut self, what: As, id: &str, pieces: &Pieces, body: &Value) {
        if self.book(what).get(id).map(|has| sum(&[has])) != Some(sum(&[pieces])) {
            self.found(format!("{id} has something else: {body}"));
        }
    }

    fn claim(&mut self, what: As, id: String, pieces: Pieces) {
        self.shift(what, &pieces, 1);
        if self.book(what).insert(id.clone(), pieces).is_some() {
            self.found(format!("{id} is made twice"));
        }
    }

    fn give_up(&mut self, what: As, id: &str) {
        match self.book(what).remove(id) {
            Some(pieces) => self.shift(what, &pieces, -1),
            None => self.found(format!("{id} ends, but there is none")),
        }
    }

    /// All of a sale, or a part.
    fn returned(&mut self, sale: String, back: &Pieces, body: &Value) {
        self.shift(As::Sold, back, -1);
        let Some(has) = self.sales.remove(&sale) else {
            return self.found(format!("{sale} comes back, but there is none: {body}"));
        };
        let mut left = sum(&[&has]);
        back.iter().for_each(|&(unit, n)| *left.entry(unit).or_default() -= n);
        if left.values().any(|&n| n < 0) {
            self.found(format!("of {sale} comes back more than there is: {body}"));
        }
        let left: Pieces = left.into_iter().filter(|&(_, n)| n > 0).collect();
        if !left.is_empty() {
            self.sales.insert(sale, left);
        }
    }

    /// All give up, then all take.
    fn moved(&mut self, moves: &Value) {
        let moves = moves.as_array().cloned().unwrap_or_default();
        let claim = |moved: &Value| match moved["claim"]["hold"].as_str() {
            Some(hold) => (As::Held, hold.to_owned()),
            None => (As::Sold, moved["claim"]["sale"].as_str().unwrap_or_default().to_owned()),
        };
        for moved in &moves {
            let (what, id) = claim(moved);
            let (before, from) = (self.book(what).get(&id).cloned(), lines(&moved["from"]));
            self.shift(what, &from, -1);
            let expected = before.map(|before| sum(&[&before, &lines(&moved["to"])]));
            if expected != Some(sum(&[&lines(&moved["lines"]), &from])) {
                self.found(format!("{id} moves what it does not have: {moved}"));
            }
        }
        for moved in &moves {
            let (what, id) = claim(moved);
            self.shift(what, &lines(&moved["to"]), 1);
            self.book(what).insert(id, lines(&moved["lines"]));
        }
    }

    fn restocked(&mut self, body: &Value) {
        let number = |key: &str| body[key].as_i64().unwrap_or(-1);
        let Some(level) = self.levels.get_mut(number("unit") as usize) else {
            return self.found(format!("no unit has this number: {body}"));
        };
        level.capacity += number("change");
        let level = *level;
        if level.capacity != number("capacity") {
            self.found(format!("{level:?} after {body}"));
        }
        self.sound(number("unit") as usize);
    }

    fn shift(&mut self, what: As, pieces: &Pieces, sign: i64) {
        for &(unit, quantity) in pieces {
            let Some(level) = self.levels.get_mut(unit) else {
                self.found(format!("no unit has the number {unit}"));
                continue;
            };
            let pieces = match what {
                As::Held => &mut level.held,
                As::Sold => &mut level.sold,
                As::Blocked => &mut level.blocked,
            };
            *pieces += sign * quantity;
            level.was_sold |= matches!(what, As::Sold);
            self.sound(unit);
        }
    }

    /// Never more than there is, and nothing of what is closed.
    fn sound(&mut self, unit: usize) {
        let level = self.levels[unit];
        let least = level.held.min(level.sold).min(level.blocked);
        if least < 0 || level.taken() > level.capacity {
            let unit = self.layout.units[unit].clone();
            self.found(format!("{level:?} of {unit:?}"));
        }
    }

    /// Another version in force. Whether that was right is checked apart.
    fn replan(&mut self, version: u64, document: &Value) {
        let before = (self.version > 0).then_some(&self.layout);
        let next = Layout::read(document, before);
        for (number, unit) in next.units.iter().enumerate() {
            let was_open = self.layout.units.get(number).map(|before| (before.is_open, before.capacity));
            if number == self.levels.len() {
                self.levels.push(Level::default());
            }
            let level = &mut self.levels[number];
            match was_open {
                Some((true, before)) if unit.is_open => level.capacity += unit.capacity - before,
                Some((true, _)) => {
                    (level.capacity, level.blocked) = (0, 0);
                    self.blocks.values_mut().for_each(|units| units.retain(|(part, _)| *part != number));
                }
                _ => level.capacity = unit.capacity,
            }
        }
        (self.layout, self.version) = (next, version);
        (0..self.levels.len()).for_each(|unit| self.sound(unit));
    }

    /// What a next version would take from somebody, by unit id, as of now.
    pub(crate) fn stranded(&self, touched: &[(usize, Touch)]) -> Vec<(String, &'static str)> {
        let why = |&(unit, touch): &(usize, Touch)| {
            let level = self.levels.get(unit)?;
            let (is_so, why) = match touch {
                Touch::Closed => (level.held + level.sold > 0, "closed"),
                Touch::Relabelled => (level.was_sold, "relabelled"),
                Touch::Capacity(more) => {
                    let range = level.taken()..=QUANTITY_MAX;
                    (!range.contains(&(level.capacity + more)), "capacity")
                }
            };
            is_so.then(|| (self.layout.units[unit].id.clone(), why))
        };
        let mut stranded: Vec<_> = touched.iter().filter_map(why).collect();
        stranded.sort_unstable();
        stranded
    }

    /// The same for a document.
    pub(crate) fn touched(&self, document: &Value) -> Vec<(usize, Touch)> {
        touched(&self.layout, &Layout::read(document, Some(&self.layout)))
    }

    /// What a reader has to see now.
    pub(crate) fn board(&self) -> Units {
        let mut seats = vec![0; self.levels.len().div_ceil(4) * 4];
        let mut counts = BTreeMap::new();
        for (number, (unit, level)) in self.layout.units.iter().zip(&self.levels).enumerate() {
            match unit.kind {
                Kind::Seat if !unit.is_open || level.blocked > 0 => seats[number] = 3,
                Kind::Seat if level.sold > 0 => seats[number] = 2,
                Kind::Seat => seats[number] = u8::from(level.held > 0),
                Kind::Area | Kind::Item => {
                    let left = u64::try_from(level.capacity - level.taken());
                    counts.insert(number, left.unwrap_or(u64::MAX));
                }
            }
        }
        Units { seats, counts }
    }

    /// Capacity, held, sold and blocked pieces of all units.
    pub(crate) fn figures(&self) -> [i64; 4] {
        let add = |sum: [i64; 4], level: &Level| {
            let Level { capacity, held, sold, blocked, .. } = *level;
            [sum[0] + capacity, sum[1] + held, sum[2] + sold, sum[3] + blocked]
        };
        self.levels.iter().fold([0; 4], add)
    }
}

/// Boards are compared by this: there are too many to keep.
pub(crate) fn digest(units: &Units) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&units.seats, &units.counts).hash(&mut hasher);
    hasher.finish()
}

fn pairs(units: &Value) -> Pieces {
    let pair = |pair: &Value| Some((usize::try_from(pair[0].as_u64()?).ok()?, pair[1].as_i64()?));
    units.as_array().into_iter().flatten().filter_map(pair).collect()
}

pub(crate) fn lines(lines: &Value) -> Pieces {
    lines.as_array().into_iter().flatten().flat_map(|line| pairs(&line["units"])).collect()
}

fn sum(parts: &[&Pieces]) -> BTreeMap<usize, i64> {
    let mut sum = BTreeMap::new();
    parts.iter().copied().flatten().for_each(|&(unit, n)| *sum.entry(unit).or_default() += n);
    sum
}
