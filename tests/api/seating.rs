//! Best available and the single-seat rule as a client meets them.

use serde_json::{Value, json};

use crate::helpers::*;

/// The hall with a balcony: two sections of a row each, one wheelchair's place with its companion's.
async fn with_balcony(mut settings: Value) -> TestApp {
    let mut app = spawn_app().await;
    settings["pieces_per_hold"] = json!(50);
    let mut plan = hall();
    plan["floors"] = json!([{"id": "top", "name": "Balcony"}]);
    let row = |section: &str| {
        let seat = |n: u32| {
            let (accessible, companion) = (section == "left" && n == 1, section == "left" && n == 2);
            json!({"id": format!("{section}-{n}"), "category": "B", "accessible": accessible, "companion": companion})
        };
        json!({"id": section, "section": section, "seats": (1..=5).map(seat).collect::<Vec<_>>()})
    };
    plan["categories"].as_array_mut().unwrap().push(json!({"id": "B", "name": "Balcony", "price": 40_000}));
    plan["zones"].as_array_mut().unwrap().push(json!({"id": "balcony", "floor": "top",
        "sections": [{"id": "left"}, {"id": "right"}], "rows": [row("left"), row("right")]}));
    app.hall = app.create(json!({"name": "House", "plan": plan, "settings": settings})).await;
    app
}

fn best(wanted: Value) -> Value {
    json!({ "best_available": wanted })
}

fn offers(reply: &Reply) -> Vec<&str> {
    reply.body["lines"].as_array().unwrap().iter().map(|line| line["offer"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_answer_says_which_step_found_the_places() {
    let app = with_balcony(json!({})).await;
    let token = &app.alice.token;
    let hold = app.hold_as(token, &best(json!({"quantity": 5, "section": "right"}))).await.ok(201);
    assert_eq!((&hold.body["step"], &hold.body["adjacent"]), (&json!("one_row"), &json!(true)));
    let hold = app.hold_as(token, &best(json!({"quantity": 2, "price_max": 50_000}))).await.ok(201);
    assert_eq!(
        (offers(&hold), &hold.body["step"]),
        (vec!["left-3", "left-4"], &json!("one_row_single_left"))
    );
    app.seconds_pass(10);
    let again = app.hold_call(&hold, "/extend").by(token).send().await;
    assert_eq!(again.ok(200).body["step"], "one_row_single_left");
    let listed = app.get(&app.at("/holds")).by(token).send().await.ok(200);
    assert_eq!(listed.body["data"][0]["step"], "one_row");
    let hold = app.hold_as(token, &best(json!({"quantity": 30}))).await.ok(201);
    assert_eq!((offers(&hold), &hold.body["step"]), (vec!["floor"], &json!("area")));
    let hold = app.hold_as(token, &seats(&["A-1-1"])).await.ok(201);
    assert_eq!(hold.body["step"], Value::Null, "it was picked");
    let metrics = app.get("/metrics").send().await;
    let text = String::from_utf8_lossy(&metrics.bytes).into_owned();
    assert!(text.contains("fairhold_best_available_holds_total{step=\"area\"}"), "{text}");
}

#[tokio::test]
async fn a_refusal_tells_how_many_could_still_sit_together() {
    let app = with_balcony(json!({})).await;
    let ask = |wanted: Value| {
        let token = app.alice.token.clone();
        let app = &app;
        async move { app.hold_as(&token, &best(wanted)).await }
    };
    let refused = ask(json!({"quantity": 11, "category": "R", "adjacent": true})).await;
    assert_eq!(refused.refused(409, "no_adjacent_block").body["largest_block"], 10);
    let refused = ask(json!({"quantity": 21, "category": "R"})).await.refused(409, "not_enough");
    assert_eq!(refused.body["largest_block"], 10);
    assert!(refused.body.get("units").is_none());
    let picked = app.hold_as(&app.alice.token, &json!({"offers": [{"offer": "latte", "quantity": 4}]})).await;
    assert!(picked.refused(409, "not_enough").body.get("largest_block").is_none());
}

#[tokio::test]
async fn wheelchairs_get_what_is_kept_for_them() {
    let app = with_balcony(json!({})).await;
    let family = best(json!({"quantity": 3, "accessible": 1, "companions": 1}));
    let hold = app.hold_as(&app.alice.token, &family).await.ok(201);
    assert_eq!(offers(&hold), ["left-1", "left-2", "left-3"]);
    app.hold_as(&app.bob.token, &family).await.refused(409, "not_enough");
    let none = best(json!({"quantity": 1, "companions": 1}));
    app.hold_as(&app.bob.token, &none)
        .await
        .refused(422, "invalid_field")
        .pointing_at("/best_available/accessible");
}

#[tokio::test]
async fn a_place_that_the_plan_does_not_know_is_pointed_to() {
    let app = with_balcony(json!({})).await;
    for what in ["category", "section", "zone", "floor"] {
        let mut wanted = json!({"quantity": 1});
        wanted[what] = json!("nowhere");
        app.hold_as(&app.alice.token, &best(wanted))
            .await
            .refused(422, &format!("{what}_unknown"))
            .pointing_at(&format!("/best_available/{what}"));
    }
}

#[tokio::test]
async fn a_pick_that_leaves_a_single_seat_is_refused_by_its_name() {
    let app = with_balcony(json!({"single_seats": "strict", "checkout": "open"})).await;
    let picks = seats(&["A-1-2", "A-1-3"]);
    let refused = app.hold_as(&app.alice.token, &picks).await.refused(409, "would_orphan_seat");
    assert_eq!(refused.body["units"], json!(["A-1-1"]));
    let purchase = app.post(&app.at("/purchases")).by(&app.alice.token).json(&picks).send().await;
    purchase.refused(409, "would_orphan_seat");
    app.configure(json!({"single_seats": "off"})).await.ok(200);
    app.hold_as(&app.alice.token, &picks).await.ok(201);
    let patched =
        app.configure(json!({"single_seats": "lenient", "single_seats_until_left": 9})).await.ok(200);
    assert_eq!(patched.body["settings"]["single_seats"], "lenient");
    assert_eq!(patched.body["settings"]["single_seats_until_left"], 9);
    app.hold_as(&app.bob.token, &seats(&["A-2-9"])).await.refused(409, "would_orphan_seat");
    let bad = app.configure(json!({"single_seats": "sometimes"})).await;
    bad.refused(422, "invalid_field").pointing_at("/single_seats");
}
