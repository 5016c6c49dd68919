use serde_json::{Value, json};

use crate::domain::plan::Shape;
use crate::plans::{Format, ImportOptions, Imported, Report, read};

fn import(file: &Value, repair: bool) -> Result<Imported, Box<Report>> {
    let format = Format::Auto;
    read(file.to_string().as_bytes(), &ImportOptions { format, repair, ..Default::default() }, &mut |_, _| {})
}

fn listed(report: &Report) -> Vec<String> {
    report.defects.iter().map(|defect| format!("{} {}", defect.code, defect.pointer)).collect()
}

fn ids(imported: &Imported) -> Vec<&str> {
    imported.plan.units().iter().map(|unit| &*unit.id).collect()
}

fn seat(guid: &str, number: &str, x: f64) -> Value {
    json!({"seat_guid": guid, "seat_number": number, "position": {"x": x, "y": 0.5}, "category": "Stalls",
           "uuid": "0d5f8f0a", "radius": 10, "start_direction": null})
}

fn row(number: &str, seats: Vec<Value>) -> Value {
    json!({"row_number": number, "row_number_position": "both", "position": {"x": 100, "y": 10}, "seats": seats})
}

fn zone(id: &str, rows: Vec<Value>) -> Value {
    json!({"name": "Main floor", "zone_id": id, "position": {"x": 1000, "y": 1}, "rows": rows, "areas": []})
}

fn file(zones: Vec<Value>) -> Value {
    json!({"name": "Hall", "categories": [{"name": "Stalls", "color": "#4CAF50"}, {"name": "Gallery"}],
           "zones": zones, "size": {"width": 2000, "height": 1500}})
}

#[test]
fn positions_add_up_and_guids_stay() {
    let mut words = row("B", vec![seat("hall-B-1", "1", 0.0)]);
    words["row_label"] = json!("Row B");
    words["seat_label"] = json!("Seat %s");
    let rows = vec![row("A", vec![seat("hall-A-1", "1", 0.0), seat("hall-A-2", "2", 25.0)]), words];
    let imported = import(&file(vec![zone("hall", rows)]), false).unwrap();
    let document = imported.plan.document();
    assert_eq!(ids(&imported), ["hall-A-1", "hall-A-2", "hall-B-1"]);
    let second = imported.plan.unit(1);
    assert_eq!(second.at.map(|at| (at.x, at.y)), Some((1125.0, 11.5)));
    assert_eq!((&*second.label, &*imported.plan.unit(2).label), ("A-2", "Row B, Seat 1"));
    assert_eq!(document.focal_point, None);
    assert_eq!(document.zones[0].rows[1].label, "Row B");
    assert_eq!(imported.plan.categories()[0].id, "Stalls");
    let Report { seats, areas, units, defects, repaired, .. } = imported.report;
    assert_eq!((seats, areas, units, defects.len(), repaired.len()), (3, 0, 3, 0, 0));
}

#[test]
fn old_files_without_ids_labels_and_categories_are_no_defect() {
    let mut plain = seat("a", "1", 0.0);
    plain.as_object_mut().unwrap().remove("category");
    let old = json!({"position": {"x": 0, "y": 0}, "rows": [{"row_number": "1", "seats": [plain, seat("b", "2", 25.0)]}],
        "areas": [{"width": 30, "height": 20, "position": {"x": 5, "y": 6}, "text": "Stage", "color": "red"}]});
    let imported = import(&file(vec![old]), false).unwrap();
    let zone = &imported.plan.document().zones[0];
    assert_eq!((zone.id.as_str(), zone.name.as_str()), ("zone-1", ""));
    let Shape::Rectangle { x, y, width, height, style } = &zone.shapes[0] else {
        panic!("{:?}", zone.shapes)
    };
    assert_eq!((*x, *y, *width, *height, style.label.as_deref()), (5.0, 6.0, 30.0, 20.0, Some("Stage")));
    assert!(imported.plan.own_offer(0).is_none());
    assert_eq!((imported.report.offers, imported.report.not_for_sale), (1, 1));
}

#[test]
fn a_plan_of_which_nothing_can_be_bought_is_refused() {
    let mut free = seat("a", "1", 0.0);
    free["category"] = json!("");
    let plan = file(vec![zone("hall", vec![row("A", vec![free])])]);
    for repair in [false, true] {
        let refused = import(&plan, repair).unwrap_err();
        assert_eq!((listed(&refused), refused.offers), (vec!["nothing_for_sale ".to_owned()], 0));
    }
}

#[test]
fn a_repeated_guid_refuses_and_repair_gives_it_a_readable_one() {
    let block = |ids: [&str; 2]| row("A", vec![seat(ids[0], "1", 0.0), seat(ids[1], "2", 25.0)]);
    let hall = zone("hall", vec![block(["hall-A-1", "hall-A-2"]), block(["hall-A-1", "hall-A-2"])]);
    let side = zone("side", vec![block(["hall-A-1", "hall-A-1~2"]), block(["hall-A-1", "hall-A-1"])]);
    let plan = file(vec![hall, side]);
    let refused = import(&plan, false).unwrap_err();
    let expected = [
        "duplicate_id /zones/0/rows/1/seats/0/seat_guid",
        "duplicate_id /zones/0/rows/1/seats/1/seat_guid",
        "duplicate_id /zones/1/rows/0/seats/0/seat_guid",
        "duplicate_id /zones/1/rows/1/seats/0/seat_guid",
        "duplicate_id /zones/1/rows/1/seats/1/seat_guid",
    ];
    let ids_of = |report| {
        listed(report).into_iter().filter(|told| told.starts_with("duplicate_id")).collect::<Vec<_>>()
    };
    assert_eq!(ids_of(&refused), expected);
    assert_eq!((refused.seats, refused.repaired.len(), refused.read_alike), (8, 0, 8));
    assert!(listed(&refused).contains(&"label_repeated /zones/1/rows/1/seats/0".to_owned()));

    let repaired = import(&plan, true).unwrap();
    let expected = [
        ["hall-A-1", "hall-A-2", "hall-A-1~3", "hall-A-2~2"],
        ["side-A-1", "hall-A-1~2", "hall-A-1~4", "side-A-2"],
    ];
    assert_eq!(ids(&repaired), expected.concat());
    assert_eq!(listed(&repaired.report), listed(&refused));
    let first = &repaired.report.repaired[0];
    assert_eq!(first.pointer, "/zones/0/rows/1/seats/0/seat_guid");
    assert_eq!(first.detail, r#""hall-A-1" is now "hall-A-1~3""#);
    let rows = &repaired.plan.document().zones[0].rows;
    assert_eq!((rows[0].id.as_str(), rows[1].id.as_str(), rows[1].label.as_str()), ("A", "A~2", "A (2)"));
    assert_eq!(rows[1].seats[0].label, "A (2)-1");
}

#[test]
fn all_that_is_wrong_is_listed_and_what_is_safe_is_repaired() {
    let mut plan =
        file(vec![zone("hall", vec![row("A", vec![seat("a", "1", 0.0); 5])]), zone("hall", vec![])]);
    plan["size"]["width"] = json!(2000.5);
    plan["categories"][1] = json!({"name": "Stalls", "color": "url(x)"});
    plan["zones"][1]["position"] = Value::Null;
    plan["zones"][0]["rows"].as_array_mut().unwrap().push(row("B", vec![]));
    let seats = &mut plan["zones"][0]["rows"][0]["seats"];
    for n in 0..5 {
        seats[n]["seat_number"] = json!((n + 1).to_string());
    }
    seats[0]["seat_guid"] = json!("a\nb");
    seats[1]["seat_guid"] = json!("");
    seats[1]["position"] = json!({"x": "NaN", "y": 0});
    seats[2]["seat_guid"] = json!(7);
    seats[3]["category"] = json!("Balcony");
    seats[4]["seat_guid"] = json!("c");
    seats[4].as_object_mut().unwrap().remove("position");
    let expected = [
        "duplicate_id /categories/1/name",
        "bad_color /categories/1/color",
        "size_not_integer /size/width",
        "bad_text /zones/0/rows/0/seats/0/seat_guid",
        "id_missing /zones/0/rows/0/seats/1/seat_guid",
        "position_missing /zones/0/rows/0/seats/1/position",
        "wrong_type /zones/0/rows/0/seats/2/seat_guid",
        "category_unknown /zones/0/rows/0/seats/3/category",
        "position_missing /zones/0/rows/0/seats/4/position",
        "row_empty /zones/0/rows/1/seats",
        "duplicate_id /zones/1/zone_id",
        "position_missing /zones/1/position",
    ];
    let mut found = listed(&import(&plan, false).unwrap_err());
    found.sort_unstable();
    let mut expected = expected.map(str::to_owned).to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);

    let repaired = import(&plan, true).unwrap();
    assert_eq!(ids(&repaired), ["a b", "hall-A-2", "7", "a", "c"]);
    assert_eq!(repaired.report.repaired.len(), expected.len());
    let document = repaired.plan.document();
    assert_eq!(document.zones[1].id, "hall~2");
    assert_eq!((document.zones[0].rows.len(), document.size.map(|size| size.width)), (1, Some(2001.0)));
    assert!(document.categories.iter().any(|category| category.id == "Balcony" && category.price.is_none()));
}

#[test]
fn what_cannot_be_repaired_refuses_even_so() {
    let mut plan = file(vec![zone("hall", vec![row("A", vec![seat("a", "1", 0.0), seat("a", "2", 1.0)])])]);
    plan["zones"][0]["rows"][0]["seats"].as_array_mut().unwrap().push(json!("x"));
    let refused = import(&plan, true).unwrap_err();
    let expected = ["duplicate_id /zones/0/rows/0/seats/1/seat_guid", "wrong_type /zones/0/rows/0/seats/2"];
    assert_eq!(listed(&refused), expected);
    assert_eq!(refused.repaired.len(), 1);
}

#[test]
fn areas_become_drawings_in_their_place() {
    let at = json!({"x": 10, "y": 20});
    let mut plan = file(vec![zone("hall", vec![row("A", vec![seat("a", "1", 0.0)])])]);
    plan["zones"][0]["areas"] = json!([
        {"shape": "rectangle", "position": at, "rotation": 90, "color": "#fff", "border_color": "",
         "rectangle": {"width": 846.8843, "height": 40},
         "text": {"text": "Stage", "position": {"x": 5, "y": 0}, "color": "#333333", "size": 20}},
        {"shape": "circle", "position": at, "circle": {"radius": 4}, "text": {"text": "", "position": at}},
        {"shape": "ellipse", "position": at, "ellipse": {"radius": {"x": 3.5, "y": 2}}},
        {"shape": "polygon", "position": at, "rotation": 90,
         "polygon": {"points": [{"x": 0, "y": 0}, {"x": 8, "y": 0}, {"x": 0, "y": 8}]}},
        {"shape": "text", "position": at, "text": {"text": "Exit", "position": {"x": 1, "y": 1}}},
        {"shape": "star", "position": at},
        {"shape": "circle", "position": at, "circle": {"radius": 0}},
    ]);
    let expected = [
        "size_not_integer /zones/0/areas/0/rectangle/width",
        "shape_unknown /zones/0/areas/5/shape",
        "size_range /zones/0/areas/6/circle/radius",
    ];
    assert_eq!(listed(&import(&plan, false).unwrap_err()), expected);
    let repaired = import(&plan, true).unwrap();
    let shapes = &repaired.plan.document().zones[0].shapes;
    assert_eq!(shapes.len(), 6);
    let Shape::Rectangle { x, y, width, style, .. } = &shapes[0] else { panic!("{:?}", shapes[0]) };
    assert_eq!((*x, *y, *width, style.rotation), (1010.0, 21.0, 847.0, Some(90.0)));
    assert_eq!((style.color.as_deref(), &style.border_color), (Some("#fff"), &None));
    let Shape::Text { x, y, text, size, .. } = &shapes[1] else { panic!("{:?}", shapes[1]) };
    assert_eq!((x.round(), y.round(), text.as_str(), *size), (1010.0, 26.0, "Stage", Some(20.0)));
    let Shape::Polygon { points, style } = &shapes[4] else { panic!("{:?}", shapes[4]) };
    assert_eq!((points[1].x.round(), points[1].y.round(), style.rotation), (1010.0, 29.0, None));
}

#[test]
fn a_price_is_laid_over_a_category() {
    let plan = file(vec![zone("hall", vec![row("A", vec![seat("a", "1", 0.0)])])]).to_string();
    let prices = vec![("Stalls".to_owned(), 150_000)];
    let currency = Some("KRW".parse().unwrap());
    let options = ImportOptions { prices, currency, name: Some("Gala".to_owned()), ..Default::default() };
    let imported = read(plan.as_bytes(), &options, &mut |_, _| {}).unwrap();
    assert_eq!(imported.plan.offer_price(0), Some(150_000));
    assert_eq!(imported.plan.document().name, "Gala");
}

#[test]
fn every_pattern_is_filled_in() {
    let named = |row_label: &str, seat_label: Option<&str>| {
        let mut words = row("7", vec![seat("a", "1", 0.0), seat("b", "2", 25.0)]);
        words["row_label"] = json!(row_label);
        words["seat_label"] = json!(seat_label);
        let mut zone = zone("West", vec![words]);
        zone["name"] = json!("Block %s");
        let imported = import(&file(vec![zone]), false).unwrap();
        let printed = imported.plan.printed(1);
        [printed.zone, printed.row, printed.label].map(str::to_owned)
    };
    for (row_label, seat_label, row, label) in [
        ("Reihe %s", Some("Platz %s"), "Reihe 7", "Reihe 7, Platz 2"),
        ("Reihe %s", None, "Reihe 7", "Reihe 7, 2"),
        ("%s/%s", None, "7/7", "7/7, 2"),
        ("Balcony", Some("Seat"), "Balcony", "Balcony, Seat 2"),
        ("100%% %s", Some("%% %s"), "100% 7", "100% 7, % 2"),
        ("%s", None, "7", "7-2"),
    ] {
        assert_eq!(named(row_label, seat_label), ["Block West", row, label]);
    }
}

/// Which seats of a row follow an aisle.
fn gaps(seats: Vec<Value>, more: Value) -> Vec<bool> {
    let mut row = row("A", seats);
    more.as_object().unwrap().iter().for_each(|(key, value)| row[key] = value.clone());
    let imported = import(&file(vec![zone("hall", vec![row])]), false).unwrap();
    imported.plan.units().iter().map(|unit| unit.gap_before).collect()
}

#[test]
fn aisles_part_neighbours_by_place_and_by_what_the_file_says() {
    let seats = |at: &[f64]| {
        at.iter().enumerate().map(|(n, x)| seat(&n.to_string(), &(n + 1).to_string(), *x)).collect::<Vec<_>>()
    };
    let even = [0.0, 30.0, 60.0, 90.0, 120.0];
    assert_eq!(gaps(seats(&[0.0, 30.0, 60.0, 290.0, 320.0]), json!({})), [false, false, false, true, false]);
    assert_eq!(gaps(seats(&even), json!({})), [false; 5]);
    assert_eq!(gaps(seats(&even), json!({"segment_breaks": [3, "5"]})), [false, false, true, false, true]);
    let mut marked = seats(&even);
    marked[1]["aisle_after"] = json!(true);
    marked[4]["gap_before"] = json!(true);
    assert_eq!(gaps(marked, json!({})), [false, false, true, false, true]);
}

#[test]
fn what_pretix_has_no_field_for_is_taken_over_or_told() {
    let mut seats: Vec<Value> =
        (1..=6).map(|n| seat(&format!("s{n}"), &n.to_string(), 25.0 * f64::from(n))).collect();
    seats[0]["wheelchair"] = json!(true);
    seats[1]["x_units"] = json!(7);
    seats[2]["category"] = json!("Rollstuhlplätze");
    seats[3]["companion"] = json!(true);
    seats[4]["restricted_view"] = json!("yes");
    let mut row = row("A", seats);
    row["wheelchair_seats"] = json!([6]);
    row["live_fit"] = json!({"pins": [1]});
    let mut hall = zone("hall", vec![row]);
    hall["areas"] = json!([{"shape": "circle", "position": {"x": 1, "y": 1}, "circle": {"radius": 9}, "capacity": 248,
        "category": "Gallery", "name": "Standing %s"}]);
    let mut pit = zone("pit", vec![]);
    pit["standing"] = json!(12);
    pit["category"] = json!("Stalls");
    let mut plan = file(vec![hall, pit]);
    plan["categories"].as_array_mut().unwrap().push(json!({"name": "Rollstuhlplätze", "note": "ring"}));
    plan["author"] = json!("somebody");
    let imported = import(&plan, false).unwrap();
    let units = imported.plan.units();
    let marked: Vec<_> = units.iter().filter(|unit| unit.accessible).map(|unit| &*unit.id).collect();
    assert_eq!(marked, ["s1", "s3", "s6"]);
    assert!(units[3].companion && units[4].restricted_view);
    let areas: Vec<_> = units[6..].iter().map(|unit| (&*unit.label, unit.capacity, unit.category)).collect();
    assert_eq!(areas, [("Standing hall", 248, Some(1)), ("Main floor", 12, Some(0))]);
    assert!(imported.plan.document().zones[0].areas[0].shape.is_some());
    let told: Vec<_> =
        imported.report.left_out.iter().map(|one| format!("{} × {}", one.count, one.what)).collect();
    assert_eq!(
        told,
        ["1 × note of categories", "1 × live_fit of rows", "1 × x_units of seats", "1 × author of the plan"]
    );
}
