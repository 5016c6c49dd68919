use serde_json::{Value, json};

use crate::helpers::*;

async fn block(app: &TestApp, body: Value) -> Reply {
    app.post(&app.at("/blocks")).by(&app.operator).json(&body).send().await
}

async fn restock(app: &TestApp, unit: &str, change: i64) -> Reply {
    let body = json!({"unit": unit, "change": change});
    app.post(&app.at("/restock")).by(&app.operator).json(&body).send().await
}

#[tokio::test]
async fn blocked_units_are_off_sale_until_the_block_is_lifted() {
    let app = spawn_app().await;
    let body = json!({"units": [["floor", 20], ["A-1-7", 1]], "reason": "camera", "channel": "press"});
    let made = block(&app, body).await.ok(201);
    let id = made.text("id");
    assert_eq!(
        made.body,
        json!({"id": id, "inventory": app.hall, "units": [["floor", 20], ["A-1-7", 1]], "reason": "camera",
            "channel": "press", "has_code": false, "release_at": null, "epoch": 1, "seq": 2})
    );
    app.hold("A-1-7").await.refused(409, "unit_taken");
    assert_eq!(app.figures().await["blocked"], 21);
    let path = app.at(&format!("/blocks/{id}"));
    app.delete(&path).by(&app.operator).send().await.ok(204);
    app.delete(&path).by(&app.operator).send().await.refused(404, "block_unknown");
    app.hold("A-1-7").await.ok(201);
}

#[tokio::test]
async fn what_cannot_be_blocked_is_pointed_to() {
    let app = spawn_app().await;
    for (units, code, pointer) in [
        (json!([]), "invalid_field", "/units"),
        (json!([["floor", 0]]), "invalid_field", "/units/0/1"),
        (json!([["floor", 1], ["nowhere", 1]]), "unit_unknown", "/units/1/0"),
        (json!([["floor"]]), "invalid_field", "/units/0"),
        (json!("floor"), "invalid_field", "/units"),
    ] {
        block(&app, json!({"units": units})).await.refused(422, code).pointing_at(pointer);
    }
    let text = |field: &str| json!({"units": [["floor", 1]], field: "a\u{0}b"});
    for field in ["reason", "channel"] {
        block(&app, text(field)).await.refused(422, "invalid_field").pointing_at(&format!("/{field}"));
    }
    let refused = block(&app, json!({"units": [["floor", 101]]})).await.refused(409, "not_enough");
    assert_eq!(refused.body["units"], json!(["floor"]));
    app.hold("A-1-1").await.ok(201);
    block(&app, json!({"units": [["A-1-1", 1]]})).await.refused(409, "unit_taken");
}

#[tokio::test]
async fn stock_grows_and_shrinks_but_never_below_what_is_taken() {
    let app = spawn_app().await;
    let made = restock(&app, "beans", 500).await.ok(200);
    let expected =
        json!({"inventory": app.hall, "unit": "beans", "change": 500, "capacity": 600, "epoch": 1, "seq": 2});
    assert_eq!(made.body, expected);
    app.hold("latte").await.ok(201);
    restock(&app, "beans", -583).await.refused(409, "not_enough");
    assert_eq!(restock(&app, "beans", -582).await.ok(200).body["capacity"], 18);
    restock(&app, "A-1-1", 1).await.refused(422, "unit_not_stocked").pointing_at("/unit");
    restock(&app, "tea", 1).await.refused(422, "unit_unknown").pointing_at("/unit");
    restock(&app, "beans", 0).await.refused(422, "invalid_field").pointing_at("/change");
    restock(&app, "beans", i64::MAX).await.refused(409, "not_enough");
}
