//! Places that read alike: two tickets that say the same of two seats.
//!
//! What is printed is the zone, the section, the row and the label. Where that repeats, rows and seats are told apart
//! by a number behind their label: `A (2)`. Nothing that was in a label goes away.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Settled;
use super::findings::{Findings, quote};
use crate::domain::plan::alike::{
    Again, Bench, Printed, SectionNames, Spot, bench, id, or, pointer, printed, repeated, spots, words,
};
use crate::domain::plan::{PlanDocument, Zone};
use crate::domain::text::TEXT_LEN_MAX;

/// Where a unit stands in its file, by its id; of those that are not in it, the document knows.
pub(super) type Places = FxHashMap<String, Box<str>>;

/// The same without the label.
type Around = (String, String);

/// Tells of all that reads alike, and tells it apart. How many there are that share what is printed.
pub(super) fn tell_apart(
    document: &mut PlanDocument,
    (places, settled): (&Places, &Settled),
    findings: &mut Findings,
) -> u32 {
    let sections = SectionNames::of(document);
    let (shared, again) = repeated(document, &sections);
    if again.is_empty() {
        return 0;
    }
    let before: Vec<(Spot, String)> =
        again.iter().map(|again| (again.spot, words(printed(document, &sections, again.spot)))).collect();
    rename_rows(document, &sections, &again);
    let left = repeated(document, &sections).1;
    rename_seats(document, &sections, &left);
    for (again, (spot, was)) in again.iter().zip(before) {
        let place = |spot| match places.get(id(document, spot)) {
            Some(place) => place.to_string(),
            None => settled.as_listed(pointer(document, spot)),
        };
        let wrong = format!(
            "a ticket says {} of {} places, also of {}",
            quote(&was),
            again.count,
            place(again.first)
        );
        let done = format!("is now {}", quote(&words(printed(document, &sections, spot))));
        findings.cured("label_repeated", place(spot), wrong, done);
    }
    shared
}

/// Rows that have seats like those of another row are called differently, and their seats with them.
fn rename_rows(document: &mut PlanDocument, sections: &SectionNames, again: &[Again]) {
    let around = |zone: &Zone, z, bench: &Bench<'_>| {
        (or(&zone.name, &zone.id).to_owned(), sections.get(z, bench.section).to_owned())
    };
    let mut fresh: FxHashMap<Around, Fresh> = FxHashMap::default();
    for (z, b) in benches(document) {
        let zone = &document.zones[z];
        if let Some(bench) = bench(zone, b) {
            fresh.entry(around(zone, z, &bench)).or_default().taken.insert(bench.label.to_owned());
        }
    }
    let mut done = FxHashSet::default();
    for &Again { spot: (z, b, _), first, .. } in again {
        let zone = &mut document.zones[z];
        let Some(row) = bench(zone, b).filter(|row| !row.label.is_empty() && (first.0, first.1) != (z, b))
        else {
            continue;
        };
        if !done.insert((z, b)) {
            continue;
        }
        let was = row.label.to_owned();
        let now = fresh.entry(around(zone, z, &row)).or_default().label(&was);
        let (label, seats) = match b.checked_sub(zone.rows.len()) {
            None => {
                let row = &mut zone.rows[b];
                (&mut row.label, &mut row.seats)
            }
            Some(t) => {
                let table = &mut zone.tables[t];
                (&mut table.label, &mut table.seats)
            }
        };
        seats.iter_mut().for_each(|seat| follow(&mut seat.label, &was, &now));
        *label = now;
    }
}

fn benches(document: &PlanDocument) -> Vec<(usize, usize)> {
    let zones = document.zones.iter().enumerate();
    zones.flat_map(|(z, zone)| (0..zone.rows.len() + zone.tables.len()).map(move |b| (z, b))).collect()
}

/// A seat that is called after its row, such as `A-7` or `Row A, Seat 7`, goes on to be.
fn follow(label: &mut String, was: &str, now: &str) {
    let Some(rest) = label.strip_prefix(was) else { return };
    let is_row = rest.chars().next().is_some_and(|next| !next.is_alphanumeric());
    if is_row && now.chars().count() + rest.chars().count() <= TEXT_LEN_MAX {
        *label = format!("{now}{rest}");
    }
}

/// What reads alike within its row, or has none.
fn rename_seats(document: &mut PlanDocument, sections: &SectionNames, again: &[Again]) {
    if again.is_empty() {
        return;
    }
    let around = |(zone, section, row, _): Printed<'_>| [zone, section, row].join("\n");
    let mut fresh: FxHashMap<String, Fresh> = FxHashMap::default();
    for spot in spots(document) {
        let printed = printed(document, sections, spot);
        fresh.entry(around(printed)).or_default().taken.insert(printed.3.to_owned());
    }
    for &Again { spot: (z, b, s), .. } in again {
        let before = printed(document, sections, (z, b, s));
        let now = fresh.entry(around(before)).or_default().label(before.3);
        let zone = &mut document.zones[z];
        let label = match b.checked_sub(zone.rows.len()) {
            None => &mut zone.rows[b].seats[s].label,
            Some(t) if t < zone.tables.len() => &mut zone.tables[t].seats[s].label,
            Some(_) => &mut zone.areas[s].label,
        };
        *label = now;
    }
}

/// Labels that nobody beside has.
#[derive(Default)]
struct Fresh {
    taken: FxHashSet<String>,
    /// By label: the next number to try.
    next: FxHashMap<String, u32>,
}

impl Fresh {
    /// `label (2)`, or with the next number that is free.
    fn label(&mut self, label: &str) -> String {
        let next = self.next.entry(label.to_owned()).or_insert(2);
        loop {
            let end = format!(" ({next})");
            *next += 1;
            let room = TEXT_LEN_MAX - end.chars().count();
            let fresh: String = label.chars().take(room).chain(end.chars()).collect();
            if self.taken.insert(fresh.clone()) {
                return fresh;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::plan::{Area, Row, Seat, Section};

    fn seats(labels: &[&str]) -> Vec<Seat> {
        labels.iter().map(|label| Seat { label: (*label).to_owned(), ..Seat::default() }).collect()
    }

    fn row(label: &str, section: Option<&str>, labels: &[&str]) -> Row {
        let section = section.map(str::to_owned);
        Row { label: label.to_owned(), section, seats: seats(labels), ..Row::default() }
    }

    fn zone(id: &str, name: &str, rows: Vec<Row>) -> Zone {
        Zone { id: id.to_owned(), name: name.to_owned(), rows, ..Zone::default() }
    }

    fn told(zones: Vec<Zone>) -> (u32, Vec<String>, usize) {
        let mut document = PlanDocument { zones, ..PlanDocument::default() };
        for (n, seat) in document
            .zones
            .iter_mut()
            .flat_map(|zone| &mut zone.rows)
            .flat_map(|row| &mut row.seats)
            .enumerate()
        {
            seat.id = format!("seat {n}");
        }
        let mut findings = Findings::default();
        let shared = tell_apart(&mut document, (&Places::default(), &Settled::default()), &mut findings);
        let sections = SectionNames::of(&document);
        assert_eq!(repeated(&document, &sections).0, 0, "what was told apart is");
        let all = spots(&document).map(|spot| words(printed(&document, &sections, spot))).collect();
        let mut report = crate::plans::Report::default();
        findings.write(&mut report, true);
        (shared, all, report.defects.len())
    }

    #[test]
    fn rows_that_repeat_are_told_apart_with_their_seats() {
        let rows = || {
            vec![row("A", None, &["A-1", "A-2"]), row("A", None, &["A-1", "A-2"]), row("B", None, &["B-1"])]
        };
        let (shared, all, defects) = told(vec![zone("g", "Ground", rows())]);
        assert_eq!((shared, defects), (4, 2));
        let expected = [
            "Ground, A, A-1",
            "Ground, A, A-2",
            "Ground, A (2), A (2)-1",
            "Ground, A (2), A (2)-2",
            "Ground, B, B-1",
        ];
        assert_eq!(all, expected);
        let (shared, all, _) =
            told(vec![zone("g", "Hall", rows()), zone("h", "Hall", vec![row("A", None, &["A-1"])])]);
        assert_eq!((shared, all.last().unwrap().as_str()), (5, "Hall, A (3), A (3)-1"), "zones of one name");
        assert_eq!(
            told(vec![
                zone("g", "", vec![row("A", None, &["1"])]),
                zone("h", "", vec![row("A", None, &["1"])])
            ])
            .0,
            0
        );
    }

    #[test]
    fn seats_that_repeat_in_their_row_are_told_apart() {
        let (shared, all, _) =
            told(vec![zone("g", "", vec![row("A", None, &["1", "1", "1 (2)"]), row("", None, &["1", "1"])])]);
        assert_eq!(shared, 4);
        assert_eq!(all, ["g, A, 1", "g, A, 1 (3)", "g, A, 1 (2)", "g, 1", "g, 1 (2)"]);
    }

    #[test]
    fn sections_tell_seats_apart_and_areas_are_places_too() {
        let section = |id: &str| Section { id: id.to_owned(), ..Section::default() };
        let rows = vec![row("A", Some("L"), &["1"]), row("A", Some("R"), &["1"])];
        let area = |id: &str| Area { id: id.to_owned(), label: "Standing".to_owned(), ..Area::default() };
        let hall = Zone {
            sections: vec![section("L"), section("R")],
            areas: vec![area("a"), area("b")],
            ..zone("g", "", rows)
        };
        let (shared, all, _) = told(vec![hall]);
        assert_eq!((shared, all.last().unwrap().as_str()), (2, "g, Standing (2)"));
    }

    #[test]
    fn a_label_that_is_as_long_as_one_may_be_is_cut_to_be_told_apart() {
        let long = "x".repeat(TEXT_LEN_MAX);
        let (_, all, _) = told(vec![zone("g", "", vec![row("", None, &[&long, &long])])]);
        assert!(all[1].ends_with("x (2)") && all[1].chars().count() == TEXT_LEN_MAX + 3);
    }
}
