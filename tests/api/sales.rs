use serde_json::json;

use crate::helpers::*;

#[tokio::test]
async fn a_purchase_makes_the_hold_a_sale_of_the_documented_shape() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-7").await.ok(201);
    let sale = app.purchase(&hold).await.ok(201);
    assert!(sale.text("id").starts_with("sale_"));
    assert_eq!(
        (sale.text("hold"), sale.text("buyer"), sale.text("state")),
        (hold.text("id"), app.alice.id.clone(), "sold".into())
    );
    assert_eq!((&sale.body["lines"], &sale.body["total"]), (&hold.body["lines"], &hold.body["total"]));
    app.purchase(&hold).await.refused(409, "hold_purchased");
    assert_eq!(app.figures().await["sold"], 1);
}

#[tokio::test]
async fn a_buyer_purchases_only_where_checkout_is_open() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-7").await.ok(201);
    let purchase = || app.hold_call(&hold, "/purchase").by(&app.alice.token).send();
    purchase().await.refused(403, "purchase_needs_key");
    let at_once = || app.post(&app.at("/purchases")).by(&app.alice.token).json(&seats(&["A-1-8"])).send();
    at_once().await.refused(403, "purchase_needs_key");
    app.configure(json!({"checkout": "open"})).await.ok(200);
    purchase().await.ok(201);
    let sale = at_once().await.ok(201);
    assert_eq!((&sale.body["hold"], sale.text("buyer")), (&json!(null), app.alice.id.clone()));
}

#[tokio::test]
async fn a_key_acts_for_the_buyer_that_it_names() {
    let app = spawn_app().await;
    let nobody = seats(&["A-1-1"]);
    app.hold_as(&app.seller, &nobody).await.refused(422, "buyer_required").pointing_at("/buyer");
    let purchases = app.at("/purchases");
    app.post(&purchases).by(&app.seller).json(&nobody).send().await.refused(422, "buyer_required");
    let mut for_her = nobody.clone();
    for_her["buyer"] = json!("customer-17@shop.example");
    let sale = app.post(&purchases).by(&app.seller).json(&for_her).send().await.ok(201);
    assert_eq!(sale.text("buyer"), "customer-17@shop.example");
    let mut for_alice = seats(&["A-1-2"]);
    for_alice["buyer"] = json!(app.alice.id);
    app.hold_as(&app.bob.token, &for_alice).await.refused(403, "forbidden");
    app.hold_as(&app.alice.token, &for_alice).await.ok(201);
    for_alice["offers"] = json!([{"offer": "A-1-3"}]);
    let hold = app.hold_as(&app.seller, &for_alice).await.ok(201);
    app.hold_call(&hold, "/extend").by(&app.alice.token).send().await.refused(409, "extension_early");
}

#[tokio::test]
async fn a_large_party_comes_back_in_one_call_also_when_it_is_named_piece_by_piece() {
    let app = spawn_app().await;
    app.configure(json!({"pieces_per_hold_of_keys": 100})).await.ok(200);
    let pieces = |count: usize| json!({"offers": vec![json!({"offer": "floor"}); count]});
    let mut party = pieces(60);
    party["buyer"] = json!("school-7");
    let sale = app.post(&app.at("/purchases")).by(&app.seller).json(&party).send().await.ok(201);
    app.give_back(&sale, Some(pieces(1_001))).await.refused(422, "too_many_pieces");
    app.give_back(&sale, Some(pieces(55))).await.ok(200);
    assert_eq!(app.figures().await["sold"], 5);
}

#[tokio::test]
async fn a_sale_comes_back_whole_or_in_part() {
    let app = spawn_app().await;
    let body = json!({"offers": [{"offer": "floor", "quantity": 3}, {"offer": "A-1-1"}], "buyer": "b"});
    let sale = app.post(&app.at("/purchases")).by(&app.seller).json(&body).send().await.ok(201);
    let part = Some(json!({"offers": [{"offer": "floor", "quantity": 2}]}));
    let back = app.give_back(&sale, part.clone()).await.ok(200);
    assert_eq!((back.text("state"), back.text("id")), ("returned".into(), sale.text("id")));
    assert_eq!(back.body["lines"][0]["units"], json!([["floor", 2]]));
    app.give_back(&sale, part).await.refused(409, "sale_returned");
    let unknown = Some(json!({"offers": [{"offer": "Z"}]}));
    app.give_back(&sale, unknown).await.refused(422, "unit_unknown").pointing_at("/offers/0/offer");
    app.give_back(&sale, Some(json!({"offers": []}))).await.refused(422, "invalid_field");
    app.give_back(&sale, Some(json!({}))).await.ok(200);
    app.give_back(&sale, None).await.refused(409, "sale_returned");
    let figures = app.figures().await;
    assert_eq!((&figures["sold"], &figures["available"]), (&json!(0), &figures["capacity"]));
}

#[tokio::test]
async fn a_buyer_returns_nothing_by_itself() {
    let app = spawn_app().await;
    let sale = app.sold("A-1-1").await;
    let path = app.at(&format!("/sales/{}/return", sale.text("id")));
    for who in [&app.alice.token, &app.bob.token] {
        app.post(&path).by(who).send().await.refused(403, "forbidden");
    }
    app.post(&path).send().await.refused(401, "unauthenticated");
    for id in ["sale_00000000000000000000000000000000", "sale_1", "x"] {
        let missing = app.at(&format!("/sales/{id}/return"));
        app.post(&missing).by(&app.seller).send().await.refused(404, "sale_unknown");
    }
}

#[tokio::test]
async fn a_sale_of_one_inventory_is_unknown_in_another() {
    let app = spawn_app().await;
    let sale = app.sold("A-1-1").await;
    let other = app.create(json!({"name": "Other", "plan": hall()})).await;
    let path = format!("/v1/inventories/{other}/sales/{}/return", sale.text("id"));
    app.post(&path).by(&app.operator).send().await.refused(404, "sale_unknown");
}

#[tokio::test]
async fn a_buyer_sees_its_own_sales_and_nobody_elses_newest_first() {
    let app = spawn_app().await;
    app.configure(json!({"checkout": "open"})).await.ok(200);
    let buy = async |token: &str, body: serde_json::Value| {
        app.seconds_pass(1);
        app.post(&app.at("/purchases")).by(token).json(&body).send().await.ok(201)
    };
    let first = buy(&app.alice.token, seats(&["A-1-1"])).await;
    let list =
        async |token: &str, query: &str| app.get(&app.at(&format!("/sales{query}"))).by(token).send().await;
    let mine = list(&app.alice.token, "").await.ok(200).body;
    assert_eq!(mine["data"][0]["id"], first.body["id"]);
    // The index is there now and has to follow.
    let others = buy(&app.bob.token, seats(&["A-1-5"])).await;
    let second = buy(&app.alice.token, json!({"offers": [{"offer": "floor", "quantity": 2}]})).await;
    let mine = list(&app.alice.token, "").await.ok(200).body;
    assert_eq!((&mine["seq"], &mine["has_more"]), (&second.body["seq"], &json!(false)));
    let ids = |list: &serde_json::Value| -> Vec<String> {
        list["data"].as_array().unwrap().iter().map(|sale| sale["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&mine), [second.text("id"), first.text("id")]);
    for (shown, sale) in [(&mine["data"][0], &second), (&mine["data"][1], &first)] {
        for field in ["inventory", "buyer", "state", "lines", "total"] {
            assert_eq!(shown[field], sale.body[field], "{field}");
        }
    }
    assert_eq!(ids(&list(&app.bob.token, "").await.ok(200).body), [others.text("id")]);
    list(&app.bob.token, &format!("?buyer={}", app.alice.id)).await.refused(403, "forbidden");
    let named = list(&app.seller, &format!("?buyer={}", app.alice.id)).await.ok(200).body;
    assert_eq!(named, mine);
    list(&app.seller, "").await.refused(422, "buyer_required").pointing_at("?buyer");
    app.get(&app.at("/sales")).send().await.refused(401, "unauthenticated");
    let nobody = app.buyer().await;
    assert_eq!(ids(&list(&nobody.token, "").await.ok(200).body), Vec::<String>::new());
}

#[tokio::test]
async fn sales_are_paged_and_show_what_is_left_of_them() {
    let app = spawn_app().await;
    let mut sales = Vec::new();
    for offer in ["A-1-1", "A-1-2", "A-1-3"] {
        app.seconds_pass(1);
        sales.push(app.sold(offer).await);
    }
    let list = async |query: &str| {
        let path = app.at(&format!("/sales{query}"));
        app.get(&path).by(&app.alice.token).send().await
    };
    let page = list("?limit=2").await.ok(200).body;
    assert_eq!((&page["data"][1]["id"], &page["has_more"]), (&sales[1].body["id"], &json!(true)));
    let rest = list(&format!("?limit=2&starting_after={}", sales[1].text("id"))).await.ok(200).body;
    assert_eq!((&rest["data"][0]["id"], &rest["has_more"]), (&sales[0].body["id"], &json!(false)));
    assert_eq!(rest["data"].as_array().unwrap().len(), 1);
    for bad in ["?limit=0", "?limit=201", "?limit=x", "?starting_after=hold_1", "?since=1"] {
        list(bad).await.refused(422, "invalid_query");
    }
    let both =
        app.hold_as(&app.bob.token, &json!({"offers": [{"offer": "floor", "quantity": 3}]})).await.ok(201);
    let floor = app.purchase(&both).await.ok(201);
    app.give_back(&floor, Some(json!({"offers": [{"offer": "floor", "quantity": 1}]}))).await.ok(200);
    let left = app.get(&app.at("/sales")).by(&app.bob.token).send().await.ok(200).body;
    assert_eq!(
        (&left["data"][0]["lines"][0]["quantity"], &left["data"][0]["total"]["amount"]),
        (&json!(2), &json!(180_000))
    );
    app.give_back(&sales[2], None).await.ok(200);
    let page = list("").await.ok(200).body;
    let states: Vec<_> = page["data"].as_array().unwrap().iter().map(|sale| sale["state"].clone()).collect();
    assert_eq!(states, ["returned", "sold", "sold"], "what came back whole stays, and says so");
}

#[tokio::test]
async fn a_secret_key_learns_who_has_a_unit_now() {
    let app = spawn_app().await;
    let of = async |unit: &str| {
        let list = app.get(&app.at(&format!("/sales?unit={unit}"))).by(&app.seller).send().await.ok(200).body;
        let sale = |sale: &serde_json::Value| (sale["id"].clone(), sale["buyer"].clone());
        list["data"].as_array().unwrap().iter().map(sale).collect::<Vec<_>>()
    };
    let first = app.sold("A-1-1").await;
    let named = |sale: &Reply| (sale.body["id"].clone(), sale.body["buyer"].clone());
    assert_eq!(of("A-1-1").await, [named(&first)]);
    // The index is there now and has to follow: another sale, a move, a return.
    let second = app.sold("A-1-2").await;
    assert_eq!(of("A-1-2").await, [named(&second)]);
    let body = json!({"from": [{"offer": "A-1-1"}], "to": [{"offer": "A-1-3"}]});
    let path = app.at(&format!("/sales/{}/move", first.text("id")));
    app.post(&path).by(&app.seller).json(&body).send().await.ok(200);
    assert_eq!((of("A-1-1").await, of("A-1-3").await), (vec![], vec![named(&first)]));
    app.give_back(&first, None).await.ok(200);
    assert_eq!((of("A-1-3").await, of("floor").await), (vec![], vec![]));
    let refused =
        async |query: &str, token: &str| app.get(&app.at(&format!("/sales{query}"))).by(token).send().await;
    refused("?unit=A-1-2", &app.alice.token).await.refused(403, "forbidden");
    refused("?unit=nowhere", &app.seller).await.refused(422, "unit_unknown").pointing_at("?unit");
    refused("?unit=A-1-2&buyer=ann", &app.seller).await.refused(422, "invalid_query").pointing_at("?unit");
}
