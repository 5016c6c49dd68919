//! Whether the judge sees what is wrong: small journals by hand, with one thing in them that must not be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::best::Wish;
use super::document::{Document, hall};
use super::ledger::{Entry, Ledger, Version, digest};
use super::reading::Layout;
use super::verdicts::{Change, End, Evidence, Missed, Shown, judge};
use super::watchers::Eyes;

/// A journal that grows by an event at a time, and what was told of it.
struct Story {
    entries: Vec<Entry>,
    versions: BTreeMap<u64, Version>,
    evidence: Evidence,
    document: Document,
    layout: Layout,
}

impl Story {
    fn begin() -> Self {
        let document = hall();
        let layout = Layout::read(&document.json(), None);
        let versions = BTreeMap::from([(1, Version { document: document.json(), numbering: None })]);
        let evidence = Evidence::default();
        let mut this = Self { entries: Vec::new(), versions, evidence, document, layout };
        this.event(json!({"opened": {"plan_version": 1}}));
        this
    }

    fn event(&mut self, event: Value) {
        let seq = self.entries.len() as u64 + 1;
        self.entries.push(Entry { seq, epoch: 1, events: vec![event] });
    }

    fn unit(&self, id: &str) -> usize {
        self.layout.number(id).expect("it is in the hall")
    }

    fn held(&mut self, hold: &str, units: &[&str]) {
        let units: Vec<Value> = units.iter().map(|id| json!([self.unit(id), 1])).collect();
        self.event(json!({"held": {"hold": hold, "lines": [{"units": units}], "step": "one_row"}}));
    }

    /// Sold and given back at once.
    fn was_sold(&mut self, unit: &str) {
        let body = json!({"sale": unit, "hold": null, "lines": [{"units": [[self.unit(unit), 1]]}]});
        self.event(json!({"purchased": body}));
        self.event(json!({"returned": body}));
    }

    /// The next version; its sender was told the truth.
    fn replanned(&mut self, change: impl FnOnce(&mut Document)) {
        let version = self.versions.len() as u64 + 1;
        let before = self.layout.clone();
        change(&mut self.document);
        self.document.name = format!("version {version}");
        self.layout = Layout::read(&self.document.json(), Some(&before));
        let unit = |unit: &super::reading::Unit| json!({"id": unit.id, "kind": unit.kind.name()});
        let numbering = json!({"units": self.layout.units.iter().map(unit).collect::<Vec<_>>()});
        let stored = Version { document: self.document.json(), numbering: Some(numbering) };
        self.versions.insert(version, stored);
        self.event(json!({"replanned": {"plan_version": version}}));
        let is_open = |layout: &Layout, n: usize| layout.units.get(n).is_some_and(|unit| unit.is_open);
        let closed = (0..before.units.len()).filter(|&n| is_open(&before, n) && !is_open(&self.layout, n));
        let (units, seq) = (self.layout.units.len(), self.entries.len());
        let answer = json!({"plan_version": version, "epoch": 1, "seq": seq, "units": units,
            "added": units - before.units.len(), "closed": closed.count(), "reopened": 0});
        self.sent(version - 1, End::Accepted(answer), &self.document.clone());
    }

    fn sent(&mut self, expected: u64, end: End, document: &Document) {
        let (defects, edits, now) = (BTreeSet::new(), Vec::new(), self.entries.len() as u64);
        let (name, json) = (document.name.clone(), document.json().to_string().into());
        let change = Change { name, json, defects, edits, expected, from: now, until: now, end };
        self.evidence.changes.push(change);
    }

    /// A plan that was not taken, with these reasons.
    fn refused(
        &mut self,
        status: u16,
        code: &str,
        stranded: &[(&str, &str)],
        change: impl FnOnce(&mut Document),
    ) {
        let mut document = self.document.clone();
        change(&mut document);
        document.name = format!("refused {}", self.evidence.changes.len());
        let stranded: Vec<Value> =
            stranded.iter().map(|(unit, why)| json!({"unit": unit, "why": why})).collect();
        let end = End::Refused(status, json!({"code": code, "stranded": stranded}));
        self.sent(self.versions.len() as u64, end, &document);
    }

    fn shown(&mut self, version: u64, spoil: impl FnOnce(&mut crate::support::board::Units)) {
        let mut ledger = Ledger::default();
        self.entries.iter().for_each(|entry| ledger.apply(entry, &self.versions));
        let mut board = ledger.board();
        spoil(&mut board);
        let (board, figures) = (Some(digest(&board)), Some(ledger.figures()));
        let seq = self.entries.len() as u64;
        self.evidence.shown.push(Shown { who: "me", epoch: 1, seq, version: Some(version), board, figures });
    }

    /// The one finding, or none.
    #[track_caller]
    fn finds(&self, expected: &[&str]) {
        let (findings, _) = judge(&self.entries, &self.versions, &self.evidence);
        let is_so = findings.len() == expected.len()
            && findings.iter().zip(expected).all(|(finding, part)| finding.contains(part));
        assert!(is_so, "{findings:#?}");
    }
}

fn close(document: &mut Document, id: &str) {
    for bench in document.zones.iter_mut().flat_map(|zone| &mut zone.benches) {
        bench.seats.retain(|seat| seat.id != id);
    }
}

fn relabel(document: &mut Document, id: &str) {
    let benches = document.zones.iter_mut().flat_map(|zone| &mut zone.benches);
    let seat = benches.flat_map(|bench| &mut bench.seats).find(|seat| seat.id == id);
    seat.expect("it is there").label = "another".to_owned();
}

#[test]
fn a_sound_story_has_no_findings() {
    let mut story = Story::begin();
    story.held("h", &["stalls-0-4"]);
    story.shown(1, |_| {});
    story.was_sold("stalls-1-1");
    story.event(
        json!({"blocked": {"block": "b", "units": [[story.unit("stalls-2-2"), 1], [story.unit("cup"), 5]]}}),
    );
    story.replanned(|document| {
        close(document, "stalls-2-2");
        relabel(document, "stalls-0-4");
        document.items[0].capacity -= 80;
    });
    story.shown(2, |_| {});
    story.event(json!({"unblocked": {"block": "b"}}));
    story.event(json!({"restocked": {"unit": story.unit("cup"), "change": 4, "capacity": 14}}));
    story.refused(
        409,
        "would_strand_holder",
        &[("stalls-0-4", "closed"), ("stalls-1-1", "relabelled")],
        |document| {
            close(document, "stalls-0-4");
            relabel(document, "stalls-1-1");
        },
    );
    story.shown(2, |_| {});
    story.finds(&[]);
}

#[test]
fn closing_what_is_held_is_found() {
    let mut story = Story::begin();
    story.held("h", &["stalls-0-4"]);
    story.replanned(|document| close(document, "stalls-0-4"));
    story.finds(&["version 2 strands [(\"stalls-0-4\", \"closed\")]", "capacity: 0, held: 1"]);
}

#[test]
fn relabelling_what_was_once_sold_is_found() {
    let mut story = Story::begin();
    story.was_sold("stalls-0-4");
    story.replanned(|document| relabel(document, "stalls-0-4"));
    story.finds(&["strands [(\"stalls-0-4\", \"relabelled\")]"]);
    let mut story = Story::begin();
    story.was_sold("stalls-0-4");
    story.replanned(|document| close(document, "stalls-0-4"));
    story.replanned(|document| {
        let mut again = hall().zones.swap_remove(0).benches.swap_remove(1);
        again.seats.truncate(1);
        again.id = "elsewhere".to_owned();
        again.seats[0].id = "stalls-0-4".to_owned();
        document.zones[0].benches.push(again);
    });
    story.finds(&["strands [(\"stalls-0-4\", \"relabelled\")]", "the answer is"]);
}

#[test]
fn a_capacity_below_what_is_taken_is_found() {
    let mut story = Story::begin();
    story.held("h", &["cup"]);
    story.replanned(|document| document.items[0].capacity = 0);
    story.finds(&["strands [(\"cup\", \"capacity\")]", "capacity: 0, held: 1"]);
}

#[test]
fn wrong_refusals_are_found() {
    let mut story = Story::begin();
    story.held("h", &["stalls-0-4", "stalls-0-5"]);
    let both = |document: &mut Document| {
        close(document, "stalls-0-4");
        close(document, "stalls-0-5");
    };
    story.refused(409, "would_strand_holder", &[("stalls-0-4", "closed"), ("stalls-0-5", "closed")], both);
    story.finds(&[]);
    story.refused(409, "would_strand_holder", &[("stalls-0-4", "closed")], both);
    story.refused(409, "would_strand_holder", &[("stalls-7-4", "closed")], |document| {
        close(document, "stalls-7-4")
    });
    story.refused(412, "precondition_failed", &[], |_| {});
    story.refused(422, "plan_invalid", &[], |_| {});
    story.refused(422, "setting_invalid", &[], |_| {});
    let refused = |n: usize| format!("refused {n} ");
    let refused = [1, 2, 3, 4, 5].map(refused);
    story.finds(&refused.each_ref().map(String::as_str));
}

#[test]
fn boards_that_differ_are_found() {
    let mut story = Story::begin();
    story.held("h", &["stalls-0-4"]);
    story.shown(1, |board| board.seats[4] = 0);
    story.shown(2, |_| {});
    story.finds(&["me saw another board", "me saw version Some(2)"]);
    let mut story = Story::begin();
    story.replanned(|document| document.items[0].capacity += 1);
    let cup = story.unit("cup");
    story.shown(2, |board| *board.counts.entry(cup).or_default() = 90);
    story.finds(&["me saw another board"]);
}

#[test]
fn other_numbers_answers_and_makers_are_found() {
    let mut story = Story::begin();
    story.replanned(|document| close(document, "stalls-0-4"));
    let numbering = story.versions.get_mut(&2).and_then(|version| version.numbering.as_mut()).unwrap();
    numbering["units"].as_array_mut().unwrap().swap(0, 1);
    story.finds(&["version 2 is stored with other numbers"]);
    let mut story = Story::begin();
    story.replanned(|document| close(document, "stalls-0-4"));
    let End::Accepted(answer) = &mut story.evidence.changes[0].end else { unreachable!() };
    answer["closed"] = json!(0);
    story.finds(&["the answer is"]);
    let mut story = Story::begin();
    story.replanned(|document| close(document, "stalls-0-4"));
    story.evidence.changes.clear();
    story.finds(&["nobody made version 2"]);
    let mut story = Story::begin();
    let document = hall();
    story.sent(1, End::Accepted(json!({})), &document);
    story.finds(&["it was never put in force"]);
}

#[test]
fn a_worse_seat_and_a_seat_that_was_overlooked_are_found() {
    let wish = Wish { quantity: 2, together: true, category: None };
    let layout = Layout::read(&hall().json(), None);
    let mut ledger = Ledger::default();
    let story = Story::begin();
    ledger.apply(&story.entries[0], &story.versions);
    let (best, _) = super::best::best_units(&ledger, &wish).unwrap();
    let ids: Vec<&str> = best.iter().map(|&unit| layout.units[unit].id.as_str()).collect();
    for (units, expected) in [(&ids[..], &[][..]), (&["circle-5-4", "circle-5-5"], &["best is"])] {
        let mut story = Story::begin();
        story.held("h", units);
        story.evidence.wishes.insert("h".to_owned(), wish.clone());
        story.finds(expected);
    }
    let mut story = Story::begin();
    story.evidence.missed.push(Missed { wish, from: 1, until: 1 });
    story.finds(&["nothing was found, but there was"]);
}

#[test]
fn a_viewer_needs_to_hear_of_a_plan_before_it_sees_it() {
    let snapshot = |seq: u64, version: u64| json!({"type": "snapshot", "epoch": 1, "seq": seq, "plan_version": version, "seats": "", "counts": []});
    let plan = |version: u64| json!({"type": "plan", "plan_version": version});
    let delta = |from: u64| json!({"type": "delta", "epoch": 1, "from": from, "to": from + 1, "seats": [], "counts": []});
    let watch = |frames: &[Value]| {
        let mut eyes = Eyes::default();
        eyes.connected();
        frames.iter().for_each(|frame| match frame.is_null() {
            true => eyes.connected(),
            false => eyes.take(frame),
        });
        eyes.findings.len()
    };
    assert_eq!(watch(&[snapshot(1, 1), delta(1), plan(2), snapshot(3, 2), delta(3)]), 0);
    assert_eq!(watch(&[snapshot(1, 1), plan(2), plan(3), snapshot(3, 3)]), 0, "two at once");
    assert_eq!(watch(&[snapshot(1, 1), Value::Null, snapshot(3, 2)]), 0, "it came anew");
    assert_eq!(watch(&[snapshot(1, 1), snapshot(3, 2)]), 1, "nobody said so");
    assert_eq!(watch(&[snapshot(1, 1), plan(2), delta(1)]), 1, "between the two");
    assert_eq!(watch(&[snapshot(1, 1), plan(2), snapshot(1, 1)]), 1, "the old one");
    assert_eq!(watch(&[snapshot(1, 1), snapshot(3, 2), plan(2)]), 2, "too late");
}
