//! Whether every answer to a change was right, and every board that somebody saw: the journal once more, with all
//! that was told and shown beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::best::{Wish, is_best, nothing_fits};
use super::ledger::{Entry, Ledger, Version, digest, plan_of};
use super::reading::Touch;

/// A plan that an operator sent, and what became of it.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) name: String,
    pub(crate) json: Arc<str>,
    pub(crate) defects: BTreeSet<&'static str>,
    pub(crate) edits: Vec<&'static str>,
    /// The version that it was made from.
    pub(crate) expected: u64,
    /// It was decided after a record of `from` .. and before the one behind `until`.
    pub(crate) from: u64,
    pub(crate) until: u64,
    pub(crate) end: End,
}

#[derive(Debug)]
pub(crate) enum End {
    Accepted(Value),
    /// Status and body.
    Refused(u16, Value),
    /// Nobody answered.
    Open,
}

/// A best-available call that found nothing.
#[derive(Debug)]
pub(crate) struct Missed {
    pub(crate) wish: Wish,
    pub(crate) from: u64,
    pub(crate) until: u64,
}

/// What somebody saw at a position.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) who: &'static str,
    pub(crate) epoch: u64,
    pub(crate) seq: u64,
    /// None: it was not said.
    pub(crate) version: Option<u64>,
    pub(crate) board: Option<u64>,
    /// Capacity, held, sold, blocked.
    pub(crate) figures: Option<[i64; 4]>,
}

/// All that was told and shown.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) changes: Vec<Change>,
    pub(crate) shown: Vec<Shown>,
    /// `GET …/plan` by version, as [`super::reading::shown`] has it.
    pub(crate) plans: BTreeMap<u64, String>,
    /// Best-available calls by the hold that they made.
    pub(crate) wishes: BTreeMap<String, Wish>,
    pub(crate) missed: Vec<Missed>,
}

#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) accepted: u64,
    /// What was done in them.
    pub(crate) edits: BTreeMap<&'static str, u64>,
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) open: u64,
    pub(crate) open_committed: u64,
    pub(crate) stranded: BTreeMap<&'static str, u64>,
    /// Refusals for which there was only one state to be decided on.
    pub(crate) exact: u64,
    pub(crate) boards: u64,
    pub(crate) best: u64,
    pub(crate) missed: u64,
    pub(crate) units: usize,
    pub(crate) closed: usize,
}

pub(crate) struct Judge<'a> {
    evidence: &'a Evidence,
    versions: &'a BTreeMap<u64, Version>,
    ledger: Ledger,
    figures: Figures,
    /// By the version that they are of: what refused changes touch.
    touched: BTreeMap<usize, (u64, Vec<(usize, Touch)>)>,
    /// Refusals that were right at some seq.
    right: BTreeSet<usize>,
    found: BTreeSet<usize>,
    made: BTreeSet<String>,
    findings: Vec<String>,
}

/// The findings and the figures.
pub(crate) fn judge(
    entries: &[Entry],
    versions: &BTreeMap<u64, Version>,
    evidence: &Evidence,
) -> (Vec<String>, Figures) {
    let mut judge = Judge {
        evidence,
        versions,
        ledger: Ledger::default(),
        figures: Figures::default(),
        touched: BTreeMap::new(),
        right: BTreeSet::new(),
        found: BTreeSet::new(),
        made: BTreeSet::new(),
        findings: Vec::new(),
    };
    let mut shown: Vec<&Shown> = evidence.shown.iter().collect();
    shown.sort_by_key(|shown| shown.seq);
    let mut shown = shown.into_iter().peekable();
    for (index, entry) in entries.iter().enumerate() {
        judge.before(entry);
        judge.ledger.apply(entry, versions);
        judge.refusals();
        judge.missed();
        let next = entries.get(index + 1).map(|next| next.epoch);
        let mut here = None;
        while let Some(shown) = shown.next_if(|shown| shown.seq == entry.seq) {
            let here = *here.get_or_insert_with(|| digest(&judge.ledger.board()));
            judge.board(shown, here, next);
        }
    }
    for late in shown {
        judge.findings.push(format!("{} saw {}:{}, where no record is", late.who, late.epoch, late.seq));
    }
    judge.end()
}

impl Judge<'_> {
    fn found(&mut self, what: impl std::fmt::Display) {
        self.findings.push(format!("seq {}: {what}", self.ledger.seq));
    }

    /// What must be true of a record before it is added.
    fn before(&mut self, entry: &Entry) {
        for event in &entry.events {
            if let Some(version) = plan_of(event).filter(|version| *version > 1) {
                self.accepted(entry, version);
            }
            let held = event["held"]["hold"].as_str();
            let Some(wish) = held.and_then(|hold| self.evidence.wishes.get(hold)) else { continue };
            self.figures.best += 1;
            if let Err(what) = is_best(&self.ledger, wish, &event["held"]) {
                self.found(what);
            }
        }
    }

    /// A new version: nobody is stranded, numbers stay, and it is what its sender was told.
    fn accepted(&mut self, entry: &Entry, version: u64) {
        let Some(Version { document, numbering }) = self.versions.get(&version) else { return };
        let before = self.ledger.layout.clone();
        let next = super::reading::Layout::read(document, Some(&before));
        let stranded = self.ledger.stranded(&super::reading::touched(&before, &next));
        if !stranded.is_empty() {
            self.found(format!("version {version} strands {stranded:?}"));
        }
        if version <= self.ledger.version {
            self.found(format!("version {version} follows {}", self.ledger.version));
        }
        let same = |unit: &super::reading::Unit| (unit.id.clone(), unit.kind);
        let kept = before.units.iter().map(same).eq(next.units.iter().take(before.units.len()).map(same));
        if !kept {
            self.found(format!("version {version} changes the kind of a unit"));
        }
        let own = |unit: &super::reading::Unit| (Value::from(unit.id.clone()), Value::from(unit.kind.name()));
        let numbering = numbering.as_ref().and_then(|numbering| numbering["units"].as_array());
        let stored = numbering.map(|units| {
            units.iter().map(|unit| (unit["id"].clone(), unit["kind"].clone())).collect::<Vec<_>>()
        });
        if stored != Some(next.units.iter().map(own).collect()) {
            self.found(format!("version {version} is stored with other numbers"));
        }
        if self.evidence.plans.get(&version).is_some_and(|shown| *shown != next.shown()) {
            self.found(format!("version {version} is shown with other units: {:?}", next.shown()));
        }
        let (was, is) = (|n: usize| before.units.get(n).map(|unit| unit.is_open), &next.units);
        let count = |became: (Option<bool>, bool)| {
            is.iter().enumerate().filter(|(n, unit)| (was(*n), unit.is_open) == became).count()
        };
        let counts = serde_json::json!({
            "units": is.len(), "added": count((None, true)), "closed": count((Some(true), false)),
            "reopened": count((Some(false), true)), "plan_version": version, "epoch": entry.epoch, "seq": entry.seq});
        self.was_told(&next.name, version, &counts);
    }

    fn was_told(&mut self, name: &str, version: u64, counts: &Value) {
        if !self.made.insert(name.to_owned()) {
            self.found(format!("version {version} was put in force before: {name}"));
        }
        let Some(change) = self.evidence.changes.iter().find(|change| change.name == name) else {
            return self.found(format!("nobody made version {version}: {name}"));
        };
        if change.expected != self.ledger.version || !change.defects.is_empty() {
            let Change { expected, defects, .. } = change;
            self.found(format!("version {version} was made from {expected}, with {defects:?}"));
        }
        match &change.end {
            End::Accepted(answer) => {
                let wrong =
                    counts.as_object().into_iter().flatten().any(|(key, value)| answer[key] != *value);
                if wrong {
                    self.found(format!("the answer is {answer}, and the truth {counts}"));
                }
                self.figures.accepted += 1;
                for &edit in &change.edits {
                    *self.figures.edits.entry(edit).or_default() += 1;
                }
            }
            End::Open => self.figures.open_committed += 1,
            End::Refused(status, body) => {
                self.found(format!("version {version} is in force and was refused: {status} {body}"));
            }
        }
    }

    /// Whether refusals are right as of now.
    fn refusals(&mut self) {
        let seq = self.ledger.seq;
        for (index, change) in self.evidence.changes.iter().enumerate() {
            if self.right.contains(&index) || !(change.from..=change.until).contains(&seq) {
                continue;
            }
            let End::Refused(status, body) = &change.end else { continue };
            self.found.insert(index);
            if self.is_right(index, change, *status, body) {
                self.right.insert(index);
            }
        }
    }

    fn is_right(&mut self, index: usize, change: &Change, status: u16, body: &Value) -> bool {
        let code = body["code"].as_str().unwrap_or_default();
        match (status, code) {
            (412, "precondition_failed") => self.ledger.version > change.expected,
            (422, "plan_invalid") => {
                let codes = body["errors"].as_array().into_iter().flatten();
                let codes: BTreeSet<&str> = codes.filter_map(|error| error["code"].as_str()).collect();
                !codes.is_empty() && codes == change.defects
            }
            (422, "setting_invalid") => self.is_current(change) && self.lacks_category(index, change),
            (409, "would_strand_holder") => {
                if !self.is_current(change) || self.lacks_category(index, change) {
                    return false;
                }
                let told = body["stranded"].as_array().into_iter().flatten();
                let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
                let mut told: Vec<_> = told.map(|one| (text(one, "unit"), text(one, "why"))).collect();
                told.sort_unstable();
                let truth = self.ledger.stranded(&self.touched[&index].1);
                let is_so = told.iter().map(|(unit, why)| (unit.as_str(), why.as_str()));
                !truth.is_empty() && is_so.eq(truth.iter().map(|(unit, why)| (unit.as_str(), *why)))
            }
            _ => false,
        }
    }

    fn is_current(&self, change: &Change) -> bool {
        change.defects.is_empty() && self.ledger.version == change.expected
    }

    /// The settings speak of category R. Reads the document once for each version that it is held against.
    fn lacks_category(&mut self, index: usize, change: &Change) -> bool {
        let version = self.ledger.version;
        if self.touched.get(&index).is_none_or(|(of, _)| *of != version) {
            let json: Value = serde_json::from_str(&change.json).expect("it is what was sent");
            self.touched.insert(index, (version, self.ledger.touched(&json)));
        }
        !change.json.contains(r#""id":"R""#)
    }

    fn missed(&mut self) {
        let seq = self.ledger.seq;
        for (index, missed) in self.evidence.missed.iter().enumerate() {
            // Numbers behind those of the changes.
            let key = self.evidence.changes.len() + index;
            if (missed.from..=missed.until).contains(&seq) && !self.right.contains(&key) {
                self.found.insert(key);
                if nothing_fits(&self.ledger, &missed.wish) {
                    self.right.insert(key);
                }
            }
        }
    }

    fn board(&mut self, shown: &Shown, here: u64, next_epoch: Option<u64>) {
        self.figures.boards += 1;
        let Shown { who, epoch, version, board, figures, .. } = shown;
        if *epoch < self.ledger.epoch || next_epoch.is_some_and(|next| next < *epoch) {
            self.found(format!("{who} saw epoch {epoch}, the record's is {}", self.ledger.epoch));
        }
        if version.is_some_and(|version| version != self.ledger.version) {
            self.found(format!("{who} saw version {version:?}, in force was {}", self.ledger.version));
        }
        if board.is_some_and(|board| board != here) {
            self.found(format!("{who} saw another board than the journal's"));
        }
        if figures.is_some_and(|figures| figures != self.ledger.figures()) {
            self.found(format!("{who} saw {figures:?}, true is {:?}", self.ledger.figures()));
        }
    }

    fn end(mut self) -> (Vec<String>, Figures) {
        for (index, change) in self.evidence.changes.iter().enumerate() {
            match &change.end {
                End::Accepted(answer) if !self.made.contains(&change.name) => {
                    self.findings.push(format!("it was never put in force: {answer}"));
                }
                End::Accepted(_) => {}
                End::Open => self.figures.open += 1,
                End::Refused(_, body) => {
                    let code = body["code"].as_str().unwrap_or("?").to_owned();
                    *self.figures.refused.entry(code).or_default() += 1;
                    self.figures.exact += u64::from(change.from == change.until);
                    for one in body["stranded"].as_array().into_iter().flatten() {
                        let why =
                            ["closed", "relabelled", "capacity"].into_iter().find(|why| one["why"] == *why);
                        *self.figures.stranded.entry(why.unwrap_or("?")).or_default() += 1;
                    }
                    if !self.right.contains(&index) {
                        let Change { name, defects, edits, expected, from, until, .. } = change;
                        let truth = self.touched.get(&index);
                        self.findings.push(format!(
                            "{name} ({edits:?}, {defects:?}) of version {expected} was refused between {from} and \
                             {until}: {body}; it touches {truth:?}"
                        ));
                    }
                }
            }
        }
        for (index, missed) in self.evidence.missed.iter().enumerate() {
            self.figures.missed += 1;
            if !self.right.contains(&(self.evidence.changes.len() + index)) {
                self.findings.push(format!("nothing was found, but there was: {missed:?}"));
            }
        }
        let units = &self.ledger.layout.units;
        self.figures.units = units.len();
        self.figures.closed = units.iter().filter(|unit| !unit.is_open).count();
        self.findings.append(&mut self.ledger.findings);
        (self.findings, self.figures)
    }
}
