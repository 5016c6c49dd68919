use serde_json::{Value, json};

use crate::helpers::*;

fn to(from: &str, to: &str) -> Value {
    json!({"from": [{ "offer": from }], "to": [{ "offer": to }]})
}

impl TestApp {
    async fn move_sale(&self, sale: &Reply, body: &Value) -> Reply {
        let path = self.at(&format!("/sales/{}/move", sale.text("id")));
        self.post(&path).by(&self.seller).json(body).send().await
    }
}

#[tokio::test]
async fn a_sale_moves_to_another_seat_in_one_step() {
    let app = spawn_app().await;
    let sale = app.sold("A-1-7").await;
    let send = || {
        let path = app.at(&format!("/sales/{}/move", sale.text("id")));
        app.post(&path).by(&app.seller).key("k").json(&to("A-1-7", "A-1-8")).send()
    };
    let moved = send().await.ok(200);
    assert_eq!(
        (moved.text("id"), moved.text("buyer"), moved.text("state")),
        (sale.text("id"), app.alice.id.clone(), "sold".into())
    );
    assert_eq!(moved.body["lines"][0]["units"], json!([["A-1-8", 1]]));
    assert_eq!(moved.body["difference"], json!({"amount": 0, "currency": "KRW"}));
    let again = send().await.ok(200);
    assert!(again.is_replay());
    assert_eq!(again.body, moved.body);
    app.hold("A-1-7").await.ok(201);
    app.hold("A-1-8").await.refused(409, "unit_taken");
    assert_eq!(app.figures().await["sold"], 1);
}

#[tokio::test]
async fn the_difference_in_price_is_told() {
    let app = spawn_app().await;
    let sale = app.sold("A-1-7").await;
    let moved = app.move_sale(&sale, &to("A-1-7", "floor")).await.ok(200);
    assert_eq!(moved.body["difference"], json!({"amount": -60_000, "currency": "KRW"}));
    assert_eq!(moved.body["total"], json!({"amount": 90_000, "currency": "KRW"}));
    assert_eq!(moved.body["from"][0]["price"]["amount"], 150_000);
    let back = app.move_sale(&sale, &to("floor", "A-1-7")).await.ok(200);
    assert_eq!(back.body["difference"]["amount"], 60_000);
}

#[tokio::test]
async fn a_holder_moves_its_own_hold_and_its_time_stays() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-7").await.ok(201);
    app.seconds_pass(30);
    let path = app.at(&format!("/holds/{}/move", hold.text("id")));
    let send = |who: &str| app.post(&path).by(who).json(&to("A-1-7", "A-2-1")).send();
    send(&app.bob.token).await.refused(404, "hold_unknown");
    let moved = send(&app.alice.token).await.ok(200);
    assert_eq!((moved.text("state"), moved.text("expires_at")), ("held".into(), hold.text("expires_at")));
    let sale = app.purchase(&hold).await.ok(201);
    assert_eq!(sale.body["lines"][0]["units"], json!([["A-2-1", 1]]));
}

#[tokio::test]
async fn two_holders_exchange_their_seats() {
    let app = spawn_app().await;
    let (hers, held) =
        (app.sold("A-1-7").await, app.hold_as(&app.bob.token, &seats(&["A-1-8"])).await.ok(201));
    let entry = |key: &str, id: String, from: &str, to: &str| json!({key: id, "from": [{"offer": from}], "to": [{"offer": to}]});
    let body = json!({"moves": [
        entry("sale", hers.text("id"), "A-1-7", "A-1-8"), entry("hold", held.text("id"), "A-1-8", "A-1-7")]});
    app.post(&app.at("/moves")).by(&app.alice.token).json(&body).send().await.refused(403, "forbidden");
    let moved = app.post(&app.at("/moves")).by(&app.seller).json(&body).send().await.ok(200);
    let units = |n: usize| moved.body["moves"][n]["lines"][0]["units"].clone();
    assert_eq!((units(0), units(1)), (json!([["A-1-8", 1]]), json!([["A-1-7", 1]])));
    let figures = app.figures().await;
    assert_eq!((&figures["held"], &figures["sold"]), (&json!(1), &json!(1)));
    let twice = json!({"moves": [entry("sale", hers.text("id"), "A-1-8", "A-1-9"), entry("sale", hers.text("id"), "A-1-9", "A-1-8")]});
    app.post(&app.at("/moves")).by(&app.seller).json(&twice).send().await.refused(422, "move_invalid");
    let neither = json!({"moves": [{"from": [{"offer": "A-1-7"}], "to": [{"offer": "A-1-8"}]}]});
    let refused = app.post(&app.at("/moves")).by(&app.seller).json(&neither).send().await;
    refused.refused(422, "invalid_field").pointing_at("/moves/0");
}

#[tokio::test]
async fn a_move_that_cannot_be_changes_nothing_and_says_where() {
    let app = spawn_app().await;
    let sale = app.sold("A-1-7").await;
    app.hold_as(&app.bob.token, &seats(&["A-1-8"])).await.ok(201);
    let taken = app.move_sale(&sale, &to("A-1-7", "A-1-8")).await.refused(409, "unit_taken");
    assert_eq!(taken.body["units"], json!(["A-1-8"]));
    taken.pointing_at("/to/0/offer");
    app.move_sale(&sale, &to("A-1-9", "A-1-1"))
        .await
        .refused(409, "not_in_claim")
        .pointing_at("/from/0/offer");
    app.move_sale(&sale, &to("A-1-7", "Z")).await.refused(422, "unit_unknown").pointing_at("/to/0/offer");
    let more = json!({"from": [{"offer": "A-1-7"}], "to": [{"offer": "floor", "quantity": 2}]});
    app.move_sale(&sale, &more).await.refused(422, "move_invalid");
    app.move_sale(&sale, &json!({"from": [], "to": []}))
        .await
        .refused(422, "invalid_field")
        .pointing_at("/from");
    let path = app.at(&format!("/sales/{}/move", sale.text("id")));
    app.post(&path).by(&app.alice.token).json(&to("A-1-7", "A-1-9")).send().await.refused(403, "forbidden");
    app.hold("A-1-7").await.refused(409, "unit_taken");
}
