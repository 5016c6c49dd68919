//! Random successors of a plan: what operators do to a hall, with now and then a mistake.

mod seats;
mod stock;

use std::collections::BTreeSet;

use super::document::{Bench, Document, Seat, Zone};
use crate::support::rng::Rng;

/// Nothing is added to more units than that.
const UNITS_MAX: usize = 650;

/// A document that somebody wants to put in force.
pub(crate) struct Draft {
    pub(crate) document: Document,
    /// The JSON, which may have what the document cannot: mistakes.
    pub(crate) json: serde_json::Value,
    /// The codes of its mistakes.
    pub(crate) defects: BTreeSet<&'static str>,
    pub(crate) edits: Vec<&'static str>,
}

/// A few changes at once. `tag` is new each time: fresh ids are made of it. `blocked` may be worth to close.
pub(crate) fn successor(before: &Document, tag: &str, blocked: &[String], rng: &mut Rng) -> Draft {
    let mut editor = Editor {
        document: before.clone(),
        tag: tag.to_owned(),
        made: 0,
        blocked: blocked.to_vec(),
        rng: rng.fork(),
    };
    editor.document.name = format!("Hall {tag}");
    let mut edits = Vec::new();
    let wanted = 1 + editor.rng.below(3);
    while edits.len() < wanted {
        let mut draw = editor.rng.below(EDITS.iter().map(|edit| edit.0).sum());
        let edit = EDITS.iter().find(|edit| match draw.checked_sub(edit.0) {
            Some(rest) => {
                draw = rest;
                false
            }
            None => true,
        });
        let &(_, name, edit) = edit.expect("the draw is below the sum");
        if edit(&mut editor).is_some() {
            edits.push(name);
        }
    }
    editor.tidy();
    let document = editor.document;
    let (mut json, mut defects) = (document.json(), BTreeSet::new());
    if rng.percent(6) {
        defects.extend(super::mistakes::make(&document, &mut json, tag, rng));
    }
    Draft { document, json, defects, edits }
}

type Edit = fn(&mut Editor) -> Option<()>;

pub(crate) const KINDS: usize = EDITS.len();

/// How often, and what. An edit that finds nothing to work on is drawn again.
const EDITS: &[(usize, &str, Edit)] = &[
    (8, "add a seat", Editor::add_seat),
    (3, "add a row", |editor| editor.add_bench(false)),
    (2, "add a table", |editor| editor.add_bench(true)),
    (2, "add an area", Editor::add_area),
    (2, "add an item", Editor::add_item),
    (2, "add an offer", Editor::add_offer),
    (6, "move a seat", Editor::move_seat),
    (6, "swap seats", Editor::swap_seats),
    (3, "place a seat", Editor::place_seat),
    (3, "gaps and wheelchairs", Editor::mark_seat),
    (4, "relabel a seat", Editor::relabel_seat),
    (2, "relabel a row", Editor::relabel_bench),
    (1, "rename a zone or section", Editor::rename),
    (2, "relabel an area or item", Editor::relabel_other),
    (10, "close seats", Editor::close_seats),
    (2, "close a row", Editor::close_bench),
    (2, "close an area", Editor::close_area),
    (2, "close an item", Editor::close_item),
    (2, "close an offer", Editor::close_offer),
    (7, "reopen", Editor::reopen),
    (6, "resize an area", Editor::resize_area),
    (6, "resize an item", Editor::resize_item),
    (3, "another category", Editor::recategorise),
    (3, "categories", Editor::change_categories),
    (2, "another bill", Editor::rebill),
    (1, "another section", Editor::another_section),
    (2, "whole or not", Editor::toggle_whole),
];

struct Editor {
    document: Document,
    tag: String,
    made: usize,
    blocked: Vec<String>,
    rng: Rng,
}

impl Editor {
    fn fresh(&mut self) -> String {
        self.made += 1;
        format!("{}-{}", self.tag, self.made)
    }

    fn label(&mut self) -> String {
        match self.rng.below(4) {
            0 => String::new(),
            1 => format!("{}", 1 + self.rng.below(20)),
            _ => format!("n{}", self.rng.below(1_000)),
        }
    }

    fn may_grow(&self) -> Option<()> {
        (self.document.units().len() < UNITS_MAX).then_some(())
    }

    fn zone(&mut self) -> &mut Zone {
        let zone = self.rng.below(self.document.zones.len());
        &mut self.document.zones[zone]
    }

    /// Zone and bench.
    fn pick_bench(&mut self) -> Option<(usize, usize)> {
        let zone = self.rng.below(self.document.zones.len());
        let benches = self.document.zones[zone].benches.len();
        (benches > 0).then(|| (zone, self.rng.below(benches)))
    }

    fn bench(&mut self, (zone, bench): (usize, usize)) -> &mut Bench {
        &mut self.document.zones[zone].benches[bench]
    }

    /// A bench and one of its seats; often a young one, which nobody may have bought yet.
    fn pick_seat(&mut self) -> Option<((usize, usize), usize)> {
        let is_young = |seat: &Seat| !seat.id.starts_with("stalls") && !seat.id.starts_with("circle");
        if self.rng.percent(30) {
            let zones = self.document.zones.iter().enumerate();
            let benches =
                zones.flat_map(|(z, zone)| (0..).zip(&zone.benches).map(move |(b, bench)| ((z, b), bench)));
            let seats =
                benches.flat_map(|(at, bench)| (0..).zip(&bench.seats).map(move |(s, seat)| (at, s, seat)));
            let mut young: Vec<_> =
                seats.filter(|(.., seat)| is_young(seat)).map(|(at, s, _)| (at, s)).collect();
            return self.rng.take(&mut young);
        }
        let at = self.pick_bench()?;
        let seats = self.bench(at).seats.len();
        (seats > 0).then(|| (at, self.rng.below(seats)))
    }

    fn seat(&mut self) -> Option<&mut Seat> {
        let (at, seat) = self.pick_seat()?;
        Some(&mut self.bench(at).seats[seat])
    }

    fn category(&mut self) -> String {
        let category = self.rng.below(self.document.categories.len());
        self.document.categories[category].id.clone()
    }

    fn section(&mut self, zone: usize) -> Option<String> {
        let sections = self.document.zones[zone].sections.len();
        let section = self.rng.below(sections + 1);
        self.document.zones[zone].sections.get(section).map(|(id, _)| id.clone())
    }

    /// Nothing refers to what is not there any more.
    fn tidy(&mut self) {
        let tag = format!("{}-", self.tag);
        let document = &mut self.document;
        let first = document.categories[0].id.clone();
        let known: BTreeSet<String> = document.categories.iter().map(|one| one.id.clone()).collect();
        let mend = |category: &mut Option<String>| {
            if category.as_ref().is_some_and(|id| !known.contains(id)) {
                *category = Some(first.clone());
            }
        };
        for zone in &mut document.zones {
            zone.benches.retain(|bench| !bench.seats.is_empty());
            for bench in &mut zone.benches {
                mend(&mut bench.whole);
                bench.seats.iter_mut().for_each(|seat| mend(&mut seat.category));
            }
            for area in &mut zone.areas {
                mend(&mut area.category);
                area.guests = area.guests.filter(|_| area.whole).map(|guests| guests.min(area.capacity));
            }
        }
        let units: BTreeSet<String> = document.units().into_iter().map(str::to_owned).collect();
        for offer in &mut document.offers {
            offer.units.retain(|(unit, _)| units.contains(unit));
        }
        document.offers.retain(|offer| !offer.units.is_empty());
        // What came and went at once was never there.
        document.cellar.retain(|closed| !closed.id().starts_with(&tag));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replans::document::hall;

    #[test]
    fn successors_are_sound_and_do_everything() {
        let (mut rng, mut seen, mut codes) = (Rng::new(1), BTreeSet::new(), BTreeSet::new());
        let mut document = hall();
        for n in 0..600 {
            let draft = successor(&document, &format!("t{n}"), &[], &mut rng);
            seen.extend(draft.edits.iter().copied());
            let read: fairhold::domain::PlanDocument = serde_json::from_value(draft.json.clone()).unwrap();
            let found = fairhold::domain::Plan::compile(read).err().unwrap_or_default();
            for code in found.into_iter().map(|defect| defect.code) {
                let Draft { defects, edits, .. } = &draft;
                assert!(defects.contains(code.as_str()), "{code}, but {defects:?} in {edits:?}");
            }
            if draft.defects.is_empty() {
                document = draft.document;
            }
            codes.extend(draft.defects);
        }
        assert_eq!(seen.len(), EDITS.len(), "{seen:?}");
        assert!(codes.len() >= 7, "{codes:?}");
        assert!(document.units().len() > 200);
    }
}
