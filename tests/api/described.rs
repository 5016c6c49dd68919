//! The answers that are rich enough to have everything in them. Every [`Request::send`] holds its answer
//! against the description; here it is made sure that the rare parts come up at all.

use serde_json::{Value, json};

use crate::helpers::*;
use crate::schema;

/// A hall with every kind of thing that a plan can have.
fn everything() -> Value {
    let style = |kind: &str, mut shape: Value| {
        for (name, value) in
            [("kind", json!(kind)), ("color", json!("#112233")), ("border_color", json!("#445566"))]
        {
            shape[name] = value;
        }
        (shape["rotation"], shape["label"]) = (json!(12.5), json!("Stage"));
        shape
    };
    let point = |x: f64| json!({"x": x, "y": 2.5});
    let shapes = json!([
        style("rectangle", json!({"x": 0, "y": 0, "width": 10, "height": 4})),
        style("circle", json!({"x": 0, "y": 0, "radius": 10})),
        style("ellipse", json!({"x": 0, "y": 0, "radius_x": 10, "radius_y": 4})),
        style("polygon", json!({"points": [point(0.0), point(1.0), {"x": 1, "y": 7}]})),
        {"kind": "text", "x": 1, "y": 2, "text": "Exit", "color": "#000000", "size": 12, "rotation": 90},
        {"kind": "circle", "x": 0, "y": 0, "radius": 10},
    ]);
    let seat = |id: &str| json!({"id": id, "label": id, "category": "R", "x": 1, "y": 2});
    let mut marked = seat("A-1");
    for mark in ["accessible", "restricted_view"] {
        marked[mark] = json!(true);
    }
    let mut companion = seat("A-2");
    for mark in ["companion", "gap_before"] {
        companion[mark] = json!(true);
    }
    json!({
        "name": "Everything", "currency": "KRW", "size": {"width": 100, "height": 80}, "focal_point": point(50.0),
        "categories": [{"id": "R", "name": "Regular", "color": "#aabbcc", "price": 150_000}, {"id": "N", "name": "No price"}],
        "floors": [{"id": "1", "name": "Ground"}],
        "zones": [
            {"id": "A", "name": "Stalls", "floor": "1", "focal_point": point(20.0), "shapes": shapes,
             "sections": [{"id": "left", "name": "Left", "entrance": "Gate 2"}, {"id": "right", "name": ""}],
             "rows": [{"id": "1", "label": "1", "section": "left", "seats": [marked, companion, {"id": "A-3", "label": "3"}]}],
             "tables": [
                {"id": "T1", "label": "Table 1", "whole": true, "category": "R", "seats": [seat("T1-1"), seat("T1-2")]},
                {"id": "T2", "label": "Table 2", "seats": [seat("T2-1"), {"id": "T2-2", "category": "N"}]}],
             "areas": [
                {"id": "floor", "label": "Floor", "section": "right", "capacity": 100, "category": "N", "x": 1, "y": 1},
                {"id": "booth", "label": "Booth", "capacity": 8, "category": "R", "whole": true, "min_guests": 2}]},
            {"id": "B", "name": "Balcony"}],
        "items": [{"id": "beans", "label": "Beans", "capacity": 100, "measure": "g"},
                  {"id": "mug", "label": "Mug", "capacity": 3, "sellable": true, "price": 9_000}],
        "offers": [{"id": "latte", "label": "Latte", "price": 5_000, "units": {"beans": 18}},
                   {"id": "gift", "label": "Gift", "units": {"mug": 1}}],
    })
}

#[tokio::test]
async fn a_plan_with_every_kind_of_thing_is_as_described() {
    let app = spawn_app().await;
    let settings = json!({"on_sale_from": "2026-05-01T10:00:00.000Z", "pieces_per_buyer": 9,
        "categories": {"R": {"pieces_per_buyer": 2}, "N": {"on_sale_until": "2026-06-01T10:00:00.000Z"}},
        "channels": {"partner": {"on_sale_from": "2026-04-01T10:00:00.000Z"}}});
    let id = app.create(json!({"plan": everything(), "settings": settings})).await;
    let at = |rest: &str| format!("/v1/inventories/{id}{rest}");
    let plan = app.get(&at("/plan")).send().await.ok(200).body;
    let seen = |list: &str, field: &str| {
        plan[list].as_array().unwrap().iter().filter(|entry| !entry[field].is_null()).count()
    };
    for (list, fields) in [
        ("units", &["zone", "section", "row", "category", "x", "gap_before", "accessible", "companion"][..]),
        ("units", &["restricted_view", "whole", "min_guests", "price"]),
        ("zones", &["floor", "focal_point"]),
        ("rows", &["section"]),
        ("categories", &["color", "price"]),
        ("offers", &["price"]),
        ("floors", &["name"]),
    ] {
        for field in fields {
            assert!(seen(list, field) > 0, "no {list} with {field}");
        }
    }
    assert_eq!(plan["zones"][0]["shapes"].as_array().unwrap().len(), 6);
    let unpriced = plan["units"].as_array().unwrap().iter().find(|unit| unit["id"] == "floor").unwrap();
    assert_eq!((&unpriced["offer"], &unpriced["price"]), (&json!(true), &Value::Null));
    assert!(unpriced.as_object().unwrap().contains_key("price"), "an offer always says its price");
    for rest in ["", "/offers", "/availability"] {
        app.get(&at(rest)).send().await.ok(200);
    }
}

#[tokio::test]
async fn the_demo_plans_are_as_described() {
    let app = spawn_app().await;
    for demo in fairhold::plans::demo::inventories() {
        let id = app.create(json!({"name": demo.name, "plan": demo.plan})).await;
        for rest in ["/plan", "/offers", "/availability"] {
            app.get(&format!("/v1/inventories/{id}{rest}")).send().await.ok(200);
        }
    }
}

/// The two descriptions of the stream say the same.
#[tokio::test]
async fn the_examples_of_all_frames_are_as_described() {
    let app = spawn_app().await;
    let description = app.get("/asyncapi.json").send().await.ok(200).body;
    let messages = description["components"]["messages"].as_object().unwrap();
    assert_eq!(messages.len(), 9);
    for (name, message) in messages {
        let schema = if name == "auth" { "AuthFrame" } else { "LiveFrame" };
        schema::check(schema, &message["examples"][0]["payload"]);
    }
}
