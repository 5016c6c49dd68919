mod large;
mod made_up;
mod round_trip;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

const OWN: &str = r##"{"name":"hall","currency":"KRW","size":{"width":10,"height":10},"focal_point":{"x":1,"y":2},
    "categories":[{"id":"R","name":"R","color":"#fff","price":1000}],"floors":[{"id":"1F","name":"first"}],
    "zones":[{"id":"z","name":"Zone","floor":"1F",
      "rows":[{"id":"A","label":"A","seats":[{"id":"A-1","label":"A-1","category":"R","x":1,"y":2},
        {"id":"A-2","label":"A-2","category":"R","gap_before":true,"accessible":true}]}],
      "tables":[{"id":"T","label":"T","seats":[{"id":"T-1"}],"shape":{"kind":"circle","x":1,"y":1,"radius":2}}],
      "areas":[{"id":"floor","label":"Floor","capacity":20,"category":"R"}],
      "shapes":[{"kind":"polygon","points":[{"x":0,"y":0},{"x":1,"y":0},{"x":1,"y":1}],"label":"Stage"}]}],
    "items":[{"id":"beans","label":"Beans","capacity":1000,"measure":"g"}],
    "offers":[{"id":"espresso","label":"Espresso","price":4000,"units":{"beans":18}}]}"##;
const PRETIX: &str = r##"{"name":"hall","categories":[{"name":"R","color":"#fff"}],"size":{"width":10,"height":10.5},
    "zones":[{"name":"Zone","zone_id":"z","position":{"x":1,"y":1},"rows":[{"row_number":"A","seat_label":"S %s",
      "position":{"x":1,"y":1},"seats":[{"seat_guid":"a","seat_number":"1","category":"R","position":{"x":0,"y":0}},
      {"seat_guid":"a","seat_number":"2","category":"Q","position":{"x":1,"y":0}}]}],
      "areas":[{"shape":"circle","position":{"x":1,"y":1},"circle":{"radius":2},"text":{"text":"bar","position":
      {"x":0,"y":0}}},{"shape":"polygon","polygon":{"points":[{"x":0,"y":0},{"x":1,"y":0},{"x":1,"y":1}]}}]}]}"##;
const SEATSIO: &str = r##"{"name":"hall","sectionScaleFactor":50,"zones":{"list":[{"key":1,"label":"N","focalPoint":{"x":1,"y":1}}]},
    "categories":{"list":[{"key":9,"label":"R","color":"#fff"},{"key":"s","label":"S","accessible":true}]},
    "subChart":{"width":10,"height":9,"sections":[{"label":"L","zone":1,"categoryKey":9,"topLeft":{"x":1,"y":1},
      "points":[{"x":1,"y":1},{"x":9,"y":1},{"x":9,"y":9}],"subChart":{"width":8,"rows":[{"label":"A","seats":[
      {"label":"1","x":1,"y":2},{"label":"2","displayLabel":"two","x":2,"y":2,"accessible":true}]}]}}],
      "tables":[{"label":"T","bookAsAWhole":true,"center":{"x":1,"y":1},"radius":2,
        "seats":[{"label":"1","categoryLabel":"S","x":3,"y":1}]}],
      "generalAdmissionAreas":[{"label":"GA","categoryKey":"s","capacity":7,"bookAsAWhole":true,
        "variableOccupancy":true,"minOccupancy":2,"center":{"x":1,"y":1},"radius1":2,"radius2":1}],
      "booths":[{"label":"B","categoryKey":9,"center":{"x":1,"y":1},"width":2,"height":2}],
      "shapes":[{"center":{"x":4,"y":4},"width":2,"height":1,"rotationAngle":30,"label":"Stage"}],
      "texts":[{"text":"Exit","center":{"x":1,"y":1}}]}}"##;

fn import(json: &str, repair: bool) -> Result<Imported, Box<Report>> {
    read(json.as_bytes(), &ImportOptions { repair, ..ImportOptions::default() }, &mut |_, _| {})
}

fn codes(report: &Report) -> Vec<&str> {
    report.defects.iter().map(|defect| defect.code.as_str()).collect()
}

#[test]
fn a_file_says_by_its_fields_what_it_is() {
    assert_eq!(import(OWN, false).unwrap().report.units, 5);
    assert_eq!(import(SEATSIO, false).unwrap().report.units, 5);
    assert_eq!(codes(&import("R:A1,R:A2", false).unwrap_err()), ["bad_text"], "a grid has no name");
    assert_eq!(codes(&import(PRETIX, false).unwrap_err()).len(), 3);
    assert_eq!(codes(&import(r#"{"venueType":"TABLES"}"#, true).unwrap_err()), ["format_unknown"]);
    assert_eq!(codes(&import("[1]", true).unwrap_err()), ["wrong_type"]);
    let forced = ImportOptions { format: Format::Pretix, ..ImportOptions::default() };
    let report = read(OWN.as_bytes(), &forced, &mut |_, _| {}).unwrap_err();
    assert!(codes(&report).contains(&"id_missing"));
}

#[test]
fn a_format_has_a_name() {
    for (name, format) in FORMATS {
        assert_eq!((format.to_string().as_str(), name.parse()), (name, Ok(format)));
    }
    assert_eq!("xml".parse::<Format>(), Err(BadFormat));
}

#[test]
fn progress_grows_to_the_size_of_the_file() {
    for json in [OWN, PRETIX, "{"] {
        let mut calls = Vec::new();
        let _ =
            read(json.as_bytes(), &ImportOptions::default(), &mut |done, total| calls.push((done, total)));
        assert!(calls.is_sorted() && calls.first() == Some(&(0, json.len() as u64)), "{calls:?}");
        assert_eq!(calls.last(), Some(&(json.len() as u64, json.len() as u64)));
    }
}

#[test]
fn our_own_format_is_repaired_where_that_is_safe() {
    let json = r#"{"name":"hall","items":[{"id":"A-1","capacity":1},{"id":"\u1112\u1161\u11ab","capacity":1}],
        "offers":[{"id":"one","label":"One\t","units":{"\u1112\u1161\u11ab":1}}],
        "zones":[{"id":"z","rows":[{"id":"A","seats":[]},{"id":"B","seats":[{"id":"A-1"},{"id":"A-1"}]}]},
                 {"id":"z","tables":[{"id":"T","seats":[]}]}]}"#;
    let refused = import(json, false).unwrap_err();
    let mut found = codes(&refused);
    found.sort_unstable();
    let same = ["duplicate_id"; 3];
    assert_eq!(found, [&["bad_text"; 2], &same[..], &["row_empty"; 2]].concat());
    assert!(refused.repaired.is_empty());

    let repaired = import(json, true).unwrap();
    let ids: Vec<_> = repaired.plan.units().iter().map(|unit| &*unit.id).collect();
    assert_eq!(ids, ["A-1", "A-1~2", "A-1~3", "한"]);
    assert_eq!(codes(&repaired.report), codes(&refused));
    let said: Vec<_> = repaired.report.repaired.iter().map(|one| one.pointer.as_str()).collect();
    let expected = [
        "/items/1/id",
        "/offers/0/label",
        "/offers/0/units/\u{1112}\u{1161}\u{11ab}",
        "/zones/0/rows/1/seats/1/id",
        "/items/0/id",
        "/zones/1/id",
        "/zones/0/rows/0/seats",
        "/zones/1/tables/0/seats",
    ];
    assert_eq!(said, expected);
}

#[test]
fn what_is_not_safe_to_repair_refuses_with_all_defects() {
    let json = r#"{"name":"hall","zones":[{"id":"z","rows":[{"id":"A","seats":[]}]}],
        "items":[{"id":"cap","capacity":1,"price":-1,"sellable":true},{"id":"cap","capacity":1}]}"#;
    let report = import(json, true).unwrap_err();
    assert_eq!(codes(&report), ["row_empty", "price_range", "duplicate_id", "currency_missing"]);
    assert_eq!(report.repaired.len(), 2);
    let empty = r#"{"name":"hall","zones":[{"id":"z","rows":[{"id":"A","seats":[]}]}]}"#;
    assert!(codes(&import(empty, true).unwrap_err()).contains(&"plan_empty"));
}

#[test]
fn a_report_is_one_json_object() {
    let json = serde_json::to_value(import(PRETIX, true).unwrap().report).unwrap();
    assert_eq!((&json["seats"], &json["areas"], &json["units"]), (&2.into(), &0.into(), &2.into()));
    assert_eq!(json["defects"].as_array().map(Vec::len), Some(3));
    assert_eq!(json["repaired"][0]["code"], "size_not_integer");
}

/// What may stand in the place of a value.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,3}".prop_map(Value::from),
        Just(Value::from("a\u{0}b")),
        Just(Value::from("x".repeat(300))),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from);
        let object = prop::collection::btree_map("id|name|seats|rows|x|kind", inner, 0..3);
        prop_oneof![list, object.prop_map(|fields| Value::Object(fields.into_iter().collect()))]
    })
}

/// Replaces the `n`-th value of the tree, or takes it out.
fn mutate(tree: &mut Value, n: &mut usize, new: &Option<Value>) {
    let mut each = |child: &mut Value| {
        match n.checked_sub(1) {
            None => return,
            Some(0) => *child = new.clone().unwrap_or_default(),
            Some(_) => {}
        }
        *n -= 1;
        if *n > 0 {
            mutate(child, n, new);
        }
    };
    match tree {
        Value::Array(elements) => elements.iter_mut().for_each(&mut each),
        Value::Object(fields) => fields.iter_mut().for_each(|(_, child)| each(child)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn reading_never_panics_and_never_refuses_without_a_reason(
        file in prop::sample::select(vec![OWN, PRETIX, SEATSIO]),
        changes in prop::collection::vec((1usize..110, proptest::option::of(value())), 0..4),
        cut in proptest::option::weighted(0.3, 0usize..2000),
        garbage in proptest::option::weighted(0.2, (0usize..1500, any::<u8>())),
        repair in any::<bool>(),
        format in prop::sample::select(FORMATS.map(|(_, format)| format).to_vec()),
    ) {
        let mut tree: Value = serde_json::from_str(file).unwrap();
        for (mut n, new) in changes {
            mutate(&mut tree, &mut n, &new);
        }
        let mut bytes = tree.to_string().into_bytes();
        if let Some((at, byte)) = garbage.filter(|(at, _)| *at < bytes.len()) {
            bytes[at] = byte;
        }
        bytes.truncate(cut.unwrap_or(usize::MAX));
        let options = ImportOptions { format, repair, ..ImportOptions::default() };
        match read(&bytes, &options, &mut |_, _| {}) {
            Ok(imported) => {
                prop_assert!(repair || imported.report.defects.is_empty());
                let again = Plan::compile(imported.plan.document().clone());
                prop_assert!(again.is_ok());
            }
            Err(report) => {
                prop_assert!(!report.defects.is_empty());
                prop_assert!(repair || report.repaired.is_empty());
            }
        }
        let report = read(&bytes, &options, &mut |_, _| {}).map(|imported| imported.report);
        to_text(&report.unwrap_or_else(|report| *report));
    }
}

const DOC: &str = include_str!("../../docs/plan-format.md");

#[test]
fn the_example_of_the_page_is_a_plan() {
    let example = DOC.split("```json example\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let imported = import(example, false).unwrap();
    let ids: Vec<_> = imported.plan.units().iter().map(|unit| &*unit.id).collect();
    assert_eq!(ids, ["A-1", "A-2", "A-3", "T1-1", "T1-2", "floor", "beans", "cup", "poster"]);
    assert_eq!(imported.plan.offer_price(imported.plan.offer_by_id("espresso").unwrap()), Some(3_500));
}

/// The codes that a source file gives to defects.
fn codes_of(source: &str) -> impl Iterator<Item = &str> {
    let calls = ["defect(", "cured(", "beyond_repair(", "unreadable(", "Defect::new(", "odd(", "=> (", "=> "];
    let after = calls.into_iter().flat_map(move |call| source.split(call).skip(1));
    let quoted = after.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    quoted.filter(|code| {
        code.contains('_') && code.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase())
    })
}

#[test]
fn the_page_lists_every_code_and_no_other() {
    let sources = [
        include_str!("../domain/plan/compile.rs"),
        include_str!("../domain/plan/compile/number.rs"),
        include_str!("../domain/plan/compile/offers.rs"),
        include_str!("../domain/plan/compile/sections.rs"),
        include_str!("../domain/plan/check.rs"),
        include_str!("../domain/plan/alike.rs"),
        include_str!("mod.rs"),
        include_str!("alike.rs"),
        include_str!("findings.rs"),
        include_str!("list/mod.rs"),
        include_str!("table.rs"),
        include_str!("native.rs"),
        include_str!("json.rs"),
        include_str!("lenient.rs"),
        include_str!("fields.rs"),
        include_str!("pricing.rs"),
        include_str!("pretix/mod.rs"),
        include_str!("pretix/seats.rs"),
        include_str!("pretix/areas.rs"),
        include_str!("seatsio/mod.rs"),
        include_str!("seatsio/areas.rs"),
        include_str!("seatsio/categories.rs"),
        include_str!("seatsio/drawings.rs"),
        include_str!("seatsio/seats.rs"),
        include_str!("seatsio/zones.rs"),
        include_str!("grid/mod.rs"),
    ];
    let used: std::collections::BTreeSet<_> = sources.into_iter().flat_map(codes_of).collect();
    let table = DOC.split("## Defects").nth(1).unwrap().lines();
    let listed: std::collections::BTreeSet<_> =
        table.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(listed, used);
}
