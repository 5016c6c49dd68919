//! Plans: how units are numbered, and each defect with the place it points to.

use super::super::plan::{Category, PRICE_MAX, PlanDocument, QUANTITY_MAX, Row, Seat, UNITS_MAX, Zone};
use super::*;

/// Codes and pointers of all that is wrong.
fn defects(document: PlanDocument) -> Vec<(String, String)> {
    let defects = Plan::compile(document).err().unwrap_or_default();
    defects.into_iter().map(|defect| (defect.code, defect.pointer)).collect()
}

/// The theatre with one thing replaced, and the single defect that this makes.
#[track_caller]
fn defect(pointer: &str, value: Value, code: &str, at: &str) {
    let mut document = theatre();
    document["items"] = json!([{"id": "cup", "capacity": 5}, {"id": "tea", "capacity": 5, "sellable": true}]);
    document["offers"] = json!([{"id": "set", "units": {"cup": 1, "A-1": 1}}]);
    document["floors"] = json!([{"id": "ground"}]);
    document["zones"][0]["sections"] = json!([{"id": "left"}]);
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(list) => list.push(value),
        object => object[field] = value,
    }
    let found = defects(serde_json::from_value(document).unwrap());
    assert_eq!(found, [(code.to_owned(), at.to_owned())]);
}

#[test]
fn seats_come_first_then_areas_then_items() {
    let mut document = theatre();
    document["items"] = json!([{"id": "cup", "capacity": 5}]);
    document["offers"] = json!([{"id": "set", "units": {"cup": 1}}]);
    document["zones"][0]["tables"] = json!([{"id": "T", "seats": [{"id": "T-1", "category": "R"}]}]);
    let second = json!({"id": "balcony", "rows": [row("C", "R")]});
    document["zones"].as_array_mut().unwrap().push(second);
    let plan = Plan::compile(serde_json::from_value(document).unwrap()).unwrap();
    let number = |id| plan.unit_by_id(id).unwrap();
    assert_eq!(["A-1", "B-6", "T-1", "C-1", "floor", "cup"].map(number), [0, 11, 12, 13, 14, 15]);
    assert_eq!(plan.places().len(), 14);
    assert_eq!(plan.offer_by_id("set"), Some(16));
    assert_eq!(plan.offer_by_id("cup"), None, "an item is an offer only if the plan says so");
}

#[test]
fn a_plan_sells_something() {
    let empty = PlanDocument { name: "Empty".to_owned(), ..PlanDocument::default() };
    assert_eq!(defects(empty), [("plan_empty".to_owned(), String::new())]);
}

#[test]
fn a_plan_has_at_most_so_many_units() {
    let seat = |n| Seat { id: format!("{n}"), category: Some("R".to_owned()), ..Seat::default() };
    let seats = |count| PlanDocument {
        name: "Large".to_owned(),
        categories: vec![Category { id: "R".to_owned(), name: "R".to_owned(), ..Category::default() }],
        zones: vec![Zone {
            id: "z".to_owned(),
            rows: vec![Row { id: "r".to_owned(), seats: (0..count).map(seat).collect(), ..Row::default() }],
            ..Zone::default()
        }],
        ..PlanDocument::default()
    };
    assert_eq!(defects(seats(UNITS_MAX)), []);
    assert_eq!(defects(seats(UNITS_MAX + 1)), [("too_many_units".to_owned(), String::new())]);
}

#[test]
fn ids_are_there_clean_and_given_once() {
    defect("/items/-", json!({"id": ""}), "id_missing", "/items/2/id");
    defect("/items/-", json!({"id": "A-1"}), "duplicate_id", "/items/2/id");
    defect("/items/-", json!({"id": "a\u{0}b"}), "bad_text", "/items/2/id");
    defect("/items/-", json!({"id": "\u{1112}\u{1161}\u{11ab}"}), "bad_text", "/items/2/id");
    defect("/items/-", json!({"id": "x".repeat(201)}), "bad_text", "/items/2/id");
    defect("/categories/-", json!({"id": "R", "name": "R"}), "duplicate_id", "/categories/3/id");
    defect("/floors/-", json!({"id": "ground"}), "duplicate_id", "/floors/1/id");
    defect("/zones/0/sections/-", json!({"id": "left"}), "duplicate_id", "/zones/0/sections/1/id");
    defect("/zones/0/sections/-", json!({"id": ""}), "id_missing", "/zones/0/sections/1/id");
    defect("/zones/-", json!({"id": "stalls"}), "duplicate_id", "/zones/1/id");
    defect("/offers/-", json!({"id": "set", "units": {"cup": 1}}), "duplicate_id", "/offers/1/id");
    defect("/offers/-", json!({"id": "tea", "units": {"cup": 1}}), "offer_clash", "/offers/1/id");
    defect("/name", json!(""), "bad_text", "/name");
    defect("/categories/0/name", json!("a\nb"), "bad_text", "/categories/0/name");
}

#[test]
fn labels_are_clean_where_they_are_given() {
    for field in ["name", "entrance"] {
        let at = format!("/zones/0/sections/0/{field}");
        defect(&at, json!("a\nb"), "bad_text", &at);
    }
    for at in ["/zones/0/rows/0", "/zones/0/rows/1/seats/2", "/zones/0/areas/0", "/items/1", "/offers/0"] {
        let label = format!("{at}/label");
        defect(&label, json!("a\u{0}b"), "bad_text", &label);
    }
}

#[test]
fn what_is_referred_to_exists() {
    defect("/zones/0/floor", json!("attic"), "floor_unknown", "/zones/0/floor");
    for at in ["/zones/0/rows/1/section", "/zones/0/areas/0/section"] {
        defect(at, json!("right"), "section_unknown", at);
    }
    let table = json!([{"id": "T", "section": "right", "seats": [{"id": "T-1"}]}]);
    defect("/zones/0/tables", table, "section_unknown", "/zones/0/tables/0/section");
    let seat = "/zones/0/rows/1/seats/2";
    defect(&format!("{seat}/category"), json!("X"), "category_unknown", &format!("{seat}/category"));
    defect("/offers/0/units/a~b", json!(1), "unit_unknown", "/offers/0/units/a~0b");
}

#[test]
fn a_whole_table_is_an_offer_with_an_id_of_its_own() {
    let tables = |change: Value| {
        let mut table = json!({"id": "T", "whole": true, "category": "R", "seats": [{"id": "T-1"}]});
        change.as_object().unwrap().iter().for_each(|(key, value)| table[key] = value.clone());
        json!([table])
    };
    let (list, id) = ("/zones/0/tables", "/zones/0/tables/0/id");
    defect(list, tables(json!({"id": "A-1"})), "offer_clash", id);
    defect(list, tables(json!({"id": "set"})), "duplicate_id", id);
    defect(list, tables(json!({"category": "X"})), "category_unknown", "/zones/0/tables/0/category");
    defect(list, tables(json!({"whole": false})), "whole_missing", "/zones/0/tables/0/category");
}

#[test]
fn guests_are_counted_only_where_an_area_is_taken_as_a_whole() {
    let at = "/zones/0/areas/1/min_guests";
    let booth = |whole, min| json!({"id": "booth", "capacity": 6, "whole": whole, "min_guests": min});
    defect("/zones/0/areas/-", booth(false, 2), "whole_missing", at);
    defect("/zones/0/areas/-", booth(true, 0), "quantity_range", at);
    defect("/zones/0/areas/-", booth(true, 7), "quantity_range", at);
}

#[test]
fn zones_have_sections_floors_and_places_to_look_at() {
    let mut document = theatre();
    document["focal_point"] = json!({"x": 1, "y": 2});
    document["floors"] = json!([{"id": "1F"}]);
    let seats = json!([{"id": "C-1"}, {"id": "C-2", "companion": true, "restricted_view": true}]);
    document["zones"].as_array_mut().unwrap().push(json!({
        "id": "balcony", "floor": "1F", "focal_point": {"x": 5, "y": 6},
        "sections": [{"id": "left"}, {"id": "right", "name": "Right", "entrance": "Door 3"}],
        "rows": [{"id": "C", "section": "right", "seats": seats}],
        "areas": [{"id": "bar", "section": "left", "capacity": 9}],
    }));
    let plan = Plan::compile(serde_json::from_value(document).unwrap()).unwrap();
    let unit = |id| plan.unit(plan.unit_by_id(id).unwrap());
    assert_eq!(["A-1", "C-1", "bar"].map(|id| unit(id).section), [None, Some(1), Some(0)]);
    let right = &plan.sections()[1];
    assert_eq!((&*right.name, right.entrance.as_deref(), right.zone), ("Right", Some("Door 3"), 1));
    assert!(unit("C-2").companion && unit("C-2").restricted_view && !unit("C-1").companion);
    assert_eq!((plan.floor_of(0), plan.floor_of(1)), (None, Some("1F")));
    let x = |zone| plan.focal_point(zone).map(|point| point.x);
    assert_eq!([None, Some(0), Some(1)].map(x), [Some(1.0), Some(1.0), Some(5.0)]);
}

#[test]
fn rows_and_bills_are_not_empty() {
    defect("/zones/0/rows/-", json!({"id": "C"}), "row_empty", "/zones/0/rows/2/seats");
    defect("/zones/0/tables", json!([{"id": "T"}]), "row_empty", "/zones/0/tables/0/seats");
    defect("/offers/-", json!({"id": "air"}), "bill_empty", "/offers/1/units");
}

#[test]
fn numbers_stay_in_their_range() {
    let over = QUANTITY_MAX + 1;
    defect("/zones/0/areas/0/capacity", json!(0), "capacity_range", "/zones/0/areas/0/capacity");
    defect("/items/0/capacity", json!(over), "capacity_range", "/items/0/capacity");
    defect("/offers/0/units/cup", json!(0), "quantity_range", "/offers/0/units/cup");
    defect("/offers/0/units/cup", json!(over), "quantity_range", "/offers/0/units/cup");
    defect("/categories/0/price", json!(-1), "price_range", "/categories/0/price");
    defect("/offers/0/price", json!(PRICE_MAX + 1), "price_range", "/offers/0/price");
}

#[test]
fn prices_have_a_currency_and_a_use() {
    defect("/currency", json!(null), "currency_missing", "/currency");
    defect("/items/0/price", json!(100), "price_unused", "/items/0/price");
}

#[test]
fn positions_are_whole_and_finite() {
    let seat = "/zones/0/rows/0/seats/0";
    defect(&format!("{seat}/x"), json!(1.0), "position_half", seat);
    let mut document: PlanDocument = serde_json::from_value(theatre()).unwrap();
    document.zones[0].rows[0].seats[0].x = Some(f64::NAN);
    document.zones[0].rows[0].seats[0].y = Some(0.0);
    document.focal_point = Some(super::super::plan::Point { x: f64::INFINITY, y: 0.0 });
    document.zones[0].focal_point = document.focal_point;
    let expected = [seat, "/zones/0/focal_point", "/focal_point"]
        .map(|at| ("position_not_finite".to_owned(), at.to_owned()));
    assert_eq!(defects(document), expected);
}

#[test]
fn all_defects_are_told_at_once() {
    let document = json!({
        "name": "Bad", "zones": [{"id": "z", "rows": [row("A", "RR")]}],
        "items": [{"id": "cup", "capacity": 1}, {"id": "cup", "capacity": 1}],
    });
    let found = defects(serde_json::from_value(document).unwrap());
    assert_eq!(found.len(), 3, "{found:?}");
}
