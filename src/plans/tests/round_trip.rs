//! A plan that is written and read again is the same plan: exactly in our own format, in what it carries in
//! that of pretix.

use std::collections::BTreeMap;

use super::*;
use crate::domain::UnitKind;
use crate::domain::plan::{Category, Seat};

const MADE_UP: u64 = 1_000;

fn options(repair: bool) -> ImportOptions {
    ImportOptions { repair, file_name: Some("hall".to_owned()), ..ImportOptions::default() }
}

#[track_caller]
fn read_again(text: &str) -> PlanDocument {
    let imported = read(text.as_bytes(), &options(false), &mut |_, _| {});
    imported.unwrap_or_else(|report| panic!("{}", to_text(&report))).plan.document().clone()
}

fn written(document: &PlanDocument, format: Format) -> Exported {
    export(document, format).unwrap().unwrap()
}

#[track_caller]
fn check(document: &PlanDocument) {
    let exported = written(document, Format::Fairhold);
    assert!(exported.left_out.is_empty());
    assert_eq!(read_again(&exported.text), *document);
    check_pretix(document);
}

/// Ids, rows, categories, positions and labels are those that were written, but for what was told to be lost.
#[track_caller]
fn check_pretix(document: &PlanDocument) {
    let exported = written(document, Format::Pretix);
    let lost: BTreeMap<_, _> = exported.left_out.iter().collect();
    // Without sections some seats read alike there.
    let again = read(exported.text.as_bytes(), &options(true), &mut |_, _| {});
    let Imported { plan, report } = again.unwrap_or_else(|report| panic!("{}", to_text(&report)));
    let only_labels = report.defects.iter().all(|defect| defect.code == "label_repeated");
    assert!(only_labels, "{}", to_text(&report));
    let again = plan.document().clone();
    // Seats that had no position have one there, so that some rows are in another order.
    let (mut before, mut after) = (seats(document), seats(&again));
    before.sort_by_key(|placed| &placed.seat.id);
    after.sort_by_key(|placed| &placed.seat.id);
    assert_eq!(before.len(), after.len());
    let (mut labels, mut positions) = (0, 0);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((before.zone, before.row, &before.seat.id), (after.zone, after.row, &after.seat.id));
        assert_eq!(color(document, before), color(&again, after));
        labels += usize::from(before.label() != after.label());
        positions += usize::from(before.at() != after.at());
    }
    let told = |what: &str| lost.get(what).copied().unwrap_or(0);
    let others = told("labels of seats that are not row and number") + report.repaired.len();
    assert!(labels <= others || report.read_alike > 0, "{labels} labels are others");
    assert_eq!(positions, told("seats without a position: they have one made up"));
    let named = told("ids of categories, which are known by their names");
    let renamed = again.categories.iter().filter(|category| !has_id(document, category)).count();
    assert_eq!((again.categories.len(), renamed), (document.categories.len(), named));
    // What was told apart reads as rows with a label do there.
    let told_apart = report.read_alike > 0;
    let again = if told_apart { read_again(&written(&again, Format::Pretix).text) } else { again };
    let text = written(&again, Format::Pretix).text;
    assert_eq!(read_again(&text), again, "from then on it is the same plan");
}

fn has_id(document: &PlanDocument, category: &Category) -> bool {
    document.categories.iter().any(|other| other.id == category.id)
}

struct Placed<'a> {
    zone: &'a str,
    row: &'a str,
    category: Option<&'a String>,
    seat: &'a Seat,
}

impl Placed<'_> {
    fn label(&self) -> &str {
        if self.seat.label.is_empty() { &self.seat.id } else { &self.seat.label }
    }

    fn at(&self) -> Option<(f64, f64)> {
        self.seat.x.zip(self.seat.y)
    }
}

fn seats(document: &PlanDocument) -> Vec<Placed<'_>> {
    let mut placed = Vec::new();
    for zone in &document.zones {
        let rows = zone.rows.iter().map(|row| (&row.id, &row.seats, None));
        let tables = zone.tables.iter().map(|table| (&table.id, &table.seats, table.category.as_ref()));
        for (row, seats, of_all) in rows.chain(tables) {
            placed.extend(seats.iter().map(|seat| {
                let category = of_all.or(seat.category.as_ref());
                Placed { zone: &zone.id, row, category, seat }
            }));
        }
    }
    placed
}

/// The place of a seat's category in the list, which is the same for both, and its colour.
fn color<'a>(document: &'a PlanDocument, placed: &Placed<'_>) -> Option<(usize, Option<&'a String>)> {
    let number = document.categories.iter().position(|category| Some(&category.id) == placed.category)?;
    Some((number, document.categories[number].color.as_ref()))
}

#[test]
fn a_thousand_plans_come_back_as_they_were() {
    for seed in 0..MADE_UP {
        let document = made_up::plan(seed);
        let compiled = Plan::compile_stored(document.clone());
        assert!(compiled.is_ok(), "seed {seed}: {:?}", compiled.err());
        // Its labels repeat and its seats stand anywhere: what is settled once stays so.
        let text = written(&document, Format::Fairhold).text;
        let settled = read(text.as_bytes(), &options(true), &mut |_, _| {});
        check(settled.unwrap_or_else(|report| panic!("seed {seed}: {}", to_text(&report))).plan.document());
    }
}

#[test]
fn a_plan_of_every_format_comes_back_as_it_was() {
    for file in [OWN, PRETIX, SEATSIO, "R:A1,R:A2,,S:A3+\n\nR:B1\n"] {
        check(read(file.as_bytes(), &options(true), &mut |_, _| {}).unwrap().plan.document());
    }
}

#[test]
fn what_pretix_has_no_place_for_is_told() {
    let document = read_again(OWN);
    let exported = written(&document, Format::Pretix);
    let told: Vec<_> = exported.left_out.iter().collect();
    let expected = [
        ("areas as something to sell", 1),
        ("currency", 1),
        ("floors", 1),
        ("focal points", 1),
        ("gaps between seats", 1),
        ("items", 1),
        ("marks of accessible seats", 1),
        ("offers", 1),
        ("prices of categories", 1),
        ("seats without a position: they have one made up", 2),
        ("tables as tables: they are rows there", 1),
    ];
    assert_eq!(told, expected);
    assert!(written(&read_again(&exported.text), Format::Pretix).left_out.is_empty());
}

/// What the charts that seats.io gives to everybody hold: seats, rows, sections, areas and their places, defects.
const KNOWN: [(&str, [usize; 5], &[&str]); 4] = [
    ("sampleChart.seatsio.json", [32, 4, 0, 2, 200], &[]),
    ("sampleChartWithSections.seatsio.json", [71, 13, 2, 0, 0], &[]),
    ("sampleChartWithTables.seatsio.json", [12, 2, 0, 0, 0], &[]),
    (
        "sampleChartWithErrors.seatsio.json",
        [32, 4, 0, 2, 200],
        &[
            "duplicate_id /subChart/rows/0/seats/1/label",
            "id_missing /subChart/rows/0/seats/2/label",
            "category_missing /subChart/rows/0/seats/3",
            "label_repeated /subChart/rows/0/seats/1",
        ],
    ),
];

/// Of these nothing can be sold, whatever is repaired.
const REFUSED: [(&str, &str); 2] = [
    ("blank.audience1st.csv", "format_unknown"),
    ("tables-v17-seats-without-category.seatsio.json", "nothing_for_sale"),
];

fn held(plan: &Plan) -> [usize; 5] {
    let areas = || plan.units().iter().filter(|unit| unit.kind == UnitKind::Area);
    let places: u32 = areas().map(|unit| unit.capacity).sum();
    [plan.places().len(), plan.rows().len(), plan.sections().len(), areas().count(), places as usize]
}

/// Real plans are not ours to keep here: `FAIRHOLD_PLAN_SAMPLES` names a directory of them.
#[test]
fn real_plans_come_back_as_they_were() {
    let Ok(samples) = std::env::var("FAIRHOLD_PLAN_SAMPLES") else { return };
    for entry in std::fs::read_dir(samples).unwrap() {
        let path = entry.unwrap().path();
        let (file, name) = (std::fs::read(&path).unwrap(), path.file_name().unwrap().to_string_lossy());
        let imported = read(&file, &options(true), &mut |_, _| {});
        if let Some((_, code)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
            assert!(codes(&imported.unwrap_err()).contains(code), "{name}");
            continue;
        }
        let Imported { plan, report } =
            imported.unwrap_or_else(|report| panic!("{name}: {}", to_text(&report)));
        println!("{name}: {:?}, {} defects", held(&plan), report.defects.len());
        check(plan.document());
        if let Some((_, holds, expected)) = KNOWN.iter().find(|(known, ..)| *known == name) {
            let found: Vec<_> =
                report.defects.iter().map(|defect| format!("{} {}", defect.code, defect.pointer)).collect();
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            assert_eq!((held(&plan), found), (*holds, expected.to_vec()), "{name}");
            assert_eq!(read(&file, &options(false), &mut |_, _| {}).is_err(), !expected.is_empty());
        }
    }
}
