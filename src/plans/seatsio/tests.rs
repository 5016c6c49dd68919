use serde_json::{Value, json};

use crate::domain::Plan;
use crate::domain::plan::{PlanDocument, Shape};
use crate::plans::{Format, ImportOptions, Imported, Report, read};

/// Seats 20 apart from 0 on, of category 1.
fn seats(labels: &[&str]) -> Vec<Value> {
    let seat = |(n, label): (usize, &&str)| json!({"label": label, "x": 20 * n, "y": 5, "categoryKey": 1});
    labels.iter().enumerate().map(seat).collect()
}

fn row(label: &str, labels: &[&str]) -> Value {
    json!({"label": label, "seats": seats(labels), "uuid": "u1", "curve": 0, "objectType": "row"})
}

/// A chart with one category by number and one by text, and these parts.
fn chart(parts: Value) -> Value {
    json!({
        "name": "Club", "version": 19, "venueType": "MIXED",
        "categories": {"list": [
            {"key": 1, "label": "Front", "color": "#87A9CD", "accessible": false},
            {"key": "back", "label": "Back", "color": "rgba(255, 0, 0, 0.5)", "accessible": true},
        ], "maxCategoryKey": 2},
        "subChart": parts,
    })
}

fn import(chart: &Value, repair: bool) -> Result<Imported, Box<Report>> {
    let options = ImportOptions { repair, ..ImportOptions::default() };
    read(chart.to_string().as_bytes(), &options, &mut |_, _| {})
}

fn plan(parts: Value) -> Plan {
    import(&chart(parts), false).unwrap().plan
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.units().iter().map(|unit| &*unit.id).collect()
}

/// Code and pointer of each defect.
fn defects(chart: &Value) -> Vec<String> {
    let report = import(chart, false).unwrap_err();
    report.defects.into_iter().map(|defect| format!("{} {}", defect.code, defect.pointer)).collect()
}

fn document(plan: &Plan) -> &PlanDocument {
    plan.document()
}

#[test]
fn rows_without_sections_are_row_and_seat() {
    let plan = plan(json!({
        "width": 200, "height": 100, "focalPoint": {"x": 50, "y": 1},
        "rows": [row("A", &["1", "2"]), row("B", &["1"])],
    }));
    assert_eq!(ids(&plan), ["A-1", "A-2", "B-1"]);
    let seat = plan.unit(1);
    assert_eq!((&*seat.label, seat.at.map(|at| (at.x, at.y))), ("A-2", Some((20.0, 5.0))));
    assert_eq!(plan.categories()[seat.category.unwrap() as usize].name, "Front");
    assert_eq!((plan.rows()[1].id.as_ref(), plan.rows()[1].label.as_ref()), ("B", "B"));
    assert_eq!(plan.focal_point(None).map(|at| at.x), Some(50.0));
    let size = document(&plan).size.unwrap();
    assert_eq!((size.width, size.height), (200.0, 100.0));
    assert_eq!(document(&plan).zones[0].id, "main");
}

#[test]
fn people_read_the_labels_that_the_chart_shows_them() {
    let mut first = row("A", &["1", "2"]);
    first["displayLabel"] = json!("Row 1");
    first["seats"][1]["displayedLabel"] = json!("two");
    let plan = plan(json!({"rows": [first]}));
    assert_eq!(ids(&plan), ["A-1", "A-2"]);
    assert_eq!((&*plan.unit(0).label, &*plan.unit(1).label), ("Row 1-1", "Row 1-two"));
    assert_eq!(&*plan.rows()[0].label, "Row 1");
}

fn in_sections() -> Value {
    let section = |label: &str, x: f64| {
        json!({
            "label": label, "categoryKey": "back", "entrance": format!("Door {label}"),
            "topLeft": {"x": x, "y": 100},
            "points": [{"x": x, "y": 100}, {"x": x + 50.0, "y": 100}, {"x": x + 50.0, "y": 140}],
            "subChart": {"width": 50, "height": 40, "rows": [
                {"label": "A", "seats": [{"label": "7", "x": 10, "y": 4, "categoryKey": null, "categoryLabel": null}]},
            ], "generalAdmissionAreas": [{"label": "Bar", "capacity": 9}]},
        })
    };
    json!({"rows": [], "sections": [section("MT3", 200.0), section("MT4", 300.0)]})
}

#[test]
fn sections_stand_in_front_of_ids_and_move_what_is_in_them() {
    let plan = plan(in_sections());
    assert_eq!(ids(&plan), ["MT3-A-7", "MT4-A-7", "MT3-Bar", "MT4-Bar"]);
    let at = |n: u32| plan.unit(n).at.map(|at| (at.x, at.y));
    assert_eq!((at(0), at(1)), (Some((210.0, 104.0)), Some((310.0, 104.0))));
    let section = &plan.sections()[plan.unit(1).section.unwrap() as usize];
    assert_eq!((&*section.id, section.entrance.as_deref()), ("MT4", Some("Door MT4")));
    assert_eq!(plan.categories()[plan.unit(0).category.unwrap() as usize].id, "back", "that of the section");
    assert!(plan.unit(0).accessible, "all of its category are");
    let shapes = &document(&plan).zones[0].shapes;
    assert!(matches!(&shapes[1], Shape::Polygon { style, .. } if style.label.as_deref() == Some("MT4")));
}

/// The section's chart is drawn twice as large as its outline in the chart of the house.
#[test]
fn a_section_that_is_drawn_larger_is_scaled_to_its_outline() {
    for factor in [50, 200] {
        let mut chart = chart(in_sections());
        chart["sectionScaleFactor"] = json!(factor);
        for section in chart["subChart"]["sections"].as_array_mut().unwrap() {
            section["subChart"]["width"] = json!(100);
        }
        let plan = import(&chart, false).unwrap().plan;
        assert_eq!(plan.unit(0).at.map(|at| (at.x, at.y)), Some((205.0, 102.0)), "{factor}");
    }
}

#[test]
fn seats_say_who_they_are_for() {
    let mut first = row("A", &["1", "2", "3"]);
    first["seats"][0]["accessible"] = json!(true);
    first["seats"][1]["companionSeat"] = json!(true);
    first["seats"][2]["restrictedView"] = json!(true);
    let plan = plan(json!({"rows": [first]}));
    let marks = |n: u32| (plan.unit(n).accessible, plan.unit(n).companion, plan.unit(n).restricted_view);
    assert_eq!([0, 1, 2].map(marks), [(true, false, false), (false, true, false), (false, false, true)]);
}

#[test]
fn where_a_seat_was_taken_out_there_is_a_gap() {
    let mut first = row("A", &["1", "2", "3", "5", "6"]);
    for n in [3, 4] {
        first["seats"][n]["x"] = json!(20 * (n + 1));
    }
    let plan = plan(json!({"rows": [first]}));
    let gaps: Vec<bool> = plan.units().iter().map(|unit| unit.gap_before).collect();
    assert_eq!(gaps, [false, false, false, true, false]);
}

#[test]
fn tables_are_sold_by_seat_or_as_a_whole_or_to_so_many_guests() {
    let table = |label: &str, more: Value| {
        let mut table = json!({"label": label, "seats": seats(&["1", "2", "3"]), "type": "round",
            "center": {"x": 30, "y": 40}, "radius": 12, "openSpaces": 0, "rotationAngle": 0});
        more.as_object().unwrap().iter().for_each(|(key, value)| table[key] = value.clone());
        table
    };
    let plan = plan(json!({"tables": [
        table("T1", json!({})),
        table("T2", json!({"bookAsAWhole": true})),
        table("T3", json!({"bookAsAWhole": true, "variableOccupancy": true, "minOccupancy": 2, "categoryKey": 1})),
        {"label": "T4", "capacity": 8, "categoryKey": 1, "center": {"x": 90, "y": 40}, "width": 20, "height": 10},
    ]}));
    assert_eq!(ids(&plan), ["T1-1", "T1-2", "T1-3", "T2-1", "T2-2", "T2-3", "T3", "T4"]);
    assert!(plan.own_offer(0).is_some() && plan.own_offer(3).is_none());
    let mut bill = Vec::new();
    plan.bill(plan.offer_by_id("T2").unwrap(), |unit, quantity| bill.push((unit, quantity)));
    assert_eq!(bill, [(3, 1), (4, 1), (5, 1)]);
    assert_eq!(plan.guests(6), Some(2..=3));
    assert_eq!((plan.unit(7).capacity, plan.unit(7).whole), (8, false));
    let tables = &document(&plan).zones[0].tables;
    assert!(matches!(tables[0].shape, Some(Shape::Circle { x: 30.0, y: 40.0, radius: 12.0, .. })));
    let shape = document(&plan).zones[0].areas[1].shape.as_ref();
    assert!(matches!(shape, Some(Shape::Rectangle { x: 80.0, y: 35.0, width: 20.0, height: 10.0, .. })));
}

#[test]
fn areas_are_standing_room_or_booths() {
    let area = |label: &str, more: Value| {
        let mut area = json!({"label": label, "categoryKey": 1, "capacity": 100, "type": "circle",
            "center": {"x": 50, "y": 60}, "radius1": 30, "radius2": 20, "rotationAngle": 0});
        more.as_object().unwrap().iter().for_each(|(key, value)| area[key] = value.clone());
        area
    };
    let plan = plan(json!({
        "generalAdmissionAreas": [
            area("GA1", json!({"bookAsAWhole": false, "variableOccupancy": true, "minOccupancy": 1})),
            area("GA2", json!({"bookAsAWhole": true, "variableOccupancy": false})),
            area("GA3", json!({"bookAsAWhole": true, "variableOccupancy": true, "minOccupancy": 4})),
        ],
        "booths": [{"label": "B1", "categoryLabel": "Back", "center": {"x": 5, "y": 5}, "width": 8, "height": 8}],
    }));
    assert_eq!(ids(&plan), ["GA1", "GA2", "GA3", "B1"]);
    let facts = |n: u32| (plan.unit(n).capacity, plan.unit(n).whole, plan.guests(n));
    assert_eq!(facts(0), (100, false, None));
    assert_eq!(facts(1), (100, true, None));
    assert_eq!(facts(2), (100, true, Some(4..=100)));
    assert_eq!(facts(3), (1, true, None));
    assert_eq!(plan.unit(3).category, Some(1), "known by its label alone");
    assert_eq!(plan.unit(0).at.map(|at| (at.x, at.y)), Some((50.0, 60.0)));
    let shape = document(&plan).zones[0].areas[0].shape.as_ref();
    assert!(matches!(shape, Some(Shape::Ellipse { radius_x: 30.0, radius_y: 20.0, .. })));
}

#[test]
fn zones_look_where_they_say() {
    let mut house = chart(in_sections());
    house["venueType"] = json!("ZONES");
    let look = json!({"x": 9, "y": 9});
    house["zones"] = json!({"list": [
        {"key": 1, "label": "North", "focalPoint": look}, {"key": "s", "label": "South"}, {"key": "e", "label": "Empty"},
    ]});
    house["subChart"]["sections"][0]["zone"] = json!(1);
    house["subChart"]["sections"][1]["zone"] = json!("South");
    house["subChart"]["focalPoint"] = json!({"x": 1, "y": 1});
    let plan = import(&house, false).unwrap().plan;
    let zones: Vec<_> = document(&plan).zones.iter().map(|zone| (&*zone.id, &*zone.name)).collect();
    assert_eq!(zones, [("1", "North"), ("s", "South")]);
    let x = |unit: u32| plan.focal_point(plan.unit(unit).zone).map(|at| at.x);
    assert_eq!((x(0), x(1)), (Some(9.0), Some(1.0)));
    house["subChart"]["sections"][1]["zone"] = json!("West");
    assert_eq!(defects(&house), ["zone_unknown /subChart/sections/1/zone"]);
}

#[test]
fn floors_have_zones_of_their_own() {
    let floor = |name: &str, x: u32| json!({"name": name, "focalPoint": {"x": x, "y": 0}, "rows": [row(name, &["1"])]});
    let mut house = chart(json!(null));
    house["venueType"] = json!("WITH_SECTIONS_AND_FLOORS");
    house["subChartFloors"] = json!([floor("1", 5), {"displayName": "Balcony", "subChart": floor("B", 7)}]);
    let plan = import(&house, false).unwrap().plan;
    let zones: Vec<_> = document(&plan).zones.iter().map(|zone| (&*zone.id, zone.floor.as_deref())).collect();
    assert_eq!(zones, [("main-1", Some("1")), ("main-2", Some("2"))]);
    assert_eq!(document(&plan).floors[1].name, "Balcony");
    assert_eq!(ids(&plan), ["1-1", "B-1"]);
    let x = |unit: u32| plan.focal_point(plan.unit(unit).zone).map(|at| at.x);
    assert_eq!((x(0), x(1)), (Some(5.0), Some(7.0)));
}

#[test]
fn drawings_are_drawn_where_they_can_be() {
    let plan = plan(json!({
        "rows": [row("A", &["1"])],
        "shapes": [
            {"type": "rectangle", "center": {"x": 50, "y": 50}, "width": 20, "height": 10, "rotationAngle": 90,
             "label": "Stage", "fillColor": "rgb(1, 2, 3)", "strokeColor": "#fff"},
            {"type": "polygon", "points": [{"x": 0, "y": 0}, {"x": 1, "y": 0}, {"x": 1, "y": 1}]},
            {"type": "swirl", "twist": 3},
        ],
        "texts": [{"text": "Exit", "center": {"x": 1, "y": 2}, "fontSize": 14, "textColor": "black"}],
        "icons": [{"icon": "bar", "center": {"x": 1, "y": 2}}, {"icon": "bar", "label": "Bar", "center": {"x": 3, "y": 4}}],
        "imageObjects": [{"url": "x"}],
    }));
    let shapes = &document(&plan).zones[0].shapes;
    assert_eq!(shapes.len(), 4);
    let Shape::Rectangle { x, y, style, .. } = &shapes[0] else { panic!("{:?}", shapes[0]) };
    assert!((x - 55.0).abs() < 1e-9 && (y - 40.0).abs() < 1e-9, "its corner, turned around its middle");
    assert_eq!((style.color.as_deref(), style.rotation), (Some("#010203"), Some(90.0)));
    assert!(matches!(&shapes[2], Shape::Text { text, size: Some(14.0), .. } if text == "Exit"));
    assert!(matches!(&shapes[3], Shape::Text { text, .. } if text == "Bar"));
}

fn flawed() -> Value {
    let mut first = row("A", &["1", "1", "?", "4"]);
    first["seats"][3]["categoryKey"] = json!(null);
    first["seats"][0]["categoryKey"] = json!(77);
    let mut second = row("B", &["1"]);
    second["label"] = json!(null);
    let area = json!({"label": "A-1", "categoryKey": 1, "capacity": 5});
    chart(json!({"rows": [first, second, row("C", &[])], "generalAdmissionAreas": [area]}))
}

#[test]
fn every_error_of_a_chart_is_told_with_its_place() {
    let expected = [
        "category_unknown /subChart/rows/0/seats/0/categoryKey",
        "duplicate_id /subChart/rows/0/seats/1/label",
        "id_missing /subChart/rows/0/seats/2/label",
        "category_missing /subChart/rows/0/seats/3",
        "id_missing /subChart/rows/1/label",
        "row_empty /subChart/rows/2/seats",
        "duplicate_id /subChart/generalAdmissionAreas/0/label",
        "label_repeated /subChart/rows/0/seats/1",
    ];
    assert_eq!(defects(&flawed()), expected);
}

#[test]
fn a_flawed_chart_is_repaired_and_says_how() {
    let Imported { plan, report } = import(&flawed(), true).unwrap();
    assert_eq!(ids(&plan), ["A-1", "A-1~2", "A-seat~3", "A-4", "row~2-1", "A-1~3"]);
    assert_eq!(
        (&*plan.unit(1).label, &*plan.unit(5).label),
        ("A-1 (2)", "A-1"),
        "people still read what is on it"
    );
    assert!(plan.own_offer(3).is_none(), "without a category it is not for sale");
    assert_eq!(plan.categories()[2].id, "77");
    assert_eq!(report.repaired.len(), report.defects.len());
}

#[test]
fn wrong_types_are_told_with_their_place() {
    let mut first = row("A", &["1", "2"]);
    first["seats"][0]["x"] = json!("left");
    first["seats"][1]["accessible"] = json!("yes");
    let mut house = chart(json!({"rows": [first, 7, {"label": 5, "seats": {}}], "tables": "none",
        "shapes": [{"center": 3, "width": [], "height": 1}],
        "generalAdmissionAreas": [{"label": "GA", "categoryKey": 1, "capacity": 0.5}, {"label": "GB", "categoryKey": {}}]}));
    house["categories"]["list"][1]["color"] = json!("url(x)");
    let expected = [
        "bad_color /categories/list/1/color",
        "wrong_type /subChart/tables",
        "wrong_type /subChart/rows/1",
        "position_missing /subChart/rows/0/seats/0",
        "wrong_type /subChart/rows/0/seats/1/accessible",
        "wrong_type /subChart/rows/2/label",
        "wrong_type /subChart/rows/2/seats",
        "row_empty /subChart/rows/2/seats",
        "capacity_range /subChart/generalAdmissionAreas/0/capacity",
        "wrong_type /subChart/generalAdmissionAreas/1/categoryKey",
        "category_missing /subChart/generalAdmissionAreas/1",
        "capacity_range /subChart/generalAdmissionAreas/1/capacity",
        "wrong_type /subChart/shapes/0/center",
        "wrong_type /subChart/shapes/0/width",
    ];
    assert_eq!(defects(&house), expected);
}

#[test]
fn a_file_that_is_no_chart_is_refused_as_such() {
    let options = ImportOptions { format: Format::Seatsio, ..ImportOptions::default() };
    let codes = |file: &str| {
        let report = read(file.as_bytes(), &options, &mut |_, _| {}).unwrap_err();
        report.defects.into_iter().map(|defect| defect.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("{\"name\":"), ["json_malformed"]);
    assert_eq!(codes("[]"), ["wrong_type"]);
    assert_eq!(codes("{\"subChart\":{},\"subChart\":{}}"), ["duplicate_field"]);
    assert_eq!(codes("{\"name\":\"Hall\"}"), ["plan_empty"]);
}

#[test]
fn what_a_chart_says_that_nobody_reads_is_told() {
    let mut first = row("A", &["1", "2"]);
    first["seats"][0]["semiAmbulatorySeat"] = json!(true);
    first["seats"][1]["semiAmbulatorySeat"] = json!(false);
    first["seats"][1]["entrance"] = json!("Gate 2");
    let house =
        chart(json!({"rows": [first], "imageObjects": [{"url": "x"}, {"url": "y"}], "parkingLots": [1],
        "backgroundImage": {"opacity": 1}}));
    let report = import(&house, false).unwrap().report;
    let told: Vec<_> = report.left_out.iter().map(|one| format!("{} × {}", one.count, one.what)).collect();
    let expected = [
        "1 × backgroundImage of charts",
        "2 × imageObjects of charts",
        "1 × parkingLots of charts",
        "1 × entrance of seats",
        "1 × semiAmbulatorySeat of seats",
    ];
    assert_eq!(told, expected);
}
