use serde_json::json;

use crate::helpers::*;

#[tokio::test]
async fn a_hold_has_the_documented_shape() {
    let app = spawn_app().await;
    let body = json!({"offers": [{"offer": "A-1-7"}, {"offer": "floor", "quantity": 2}]});
    let hold = app.hold_as(&app.alice.token, &body).await.ok(201);
    assert_eq!(hold.header("cache-control"), "no-store");
    assert_eq!(hold.header("content-type"), "application/json");
    assert!(hold.text("id").starts_with("hold_"));
    assert_eq!(
        hold.body["lines"],
        json!([
            {"offer": "A-1-7", "quantity": 1, "units": [["A-1-7", 1]], "price": {"amount": 150_000, "currency": "KRW"}},
            {"offer": "floor", "quantity": 2, "units": [["floor", 2]], "price": {"amount": 90_000, "currency": "KRW"}},
        ])
    );
    assert_eq!(hold.body["total"], json!({"amount": 330_000, "currency": "KRW"}));
    assert_eq!(hold.body["expires_at"], "2026-05-01T11:05:00.000Z");
    assert_eq!(hold.body["expires_in_seconds"], 300);
    assert_eq!(hold.body["buyer"], app.alice.id);
    assert_eq!(hold.body["inventory"], app.hall);
    assert_eq!(
        (&hold.body["state"], &hold.body["epoch"], &hold.body["seq"]),
        (&json!("held"), &json!(1), &json!(2))
    );
}

#[tokio::test]
async fn a_taken_seat_is_refused_by_name() {
    let app = spawn_app().await;
    app.hold("A-1-7").await.ok(201);
    let refused = app.hold_as(&app.bob.token, &seats(&["A-1-6", "A-1-7"])).await.refused(409, "unit_taken");
    assert_eq!(refused.body["units"], json!(["A-1-7"]));
    app.hold_as(&app.bob.token, &seats(&["A-1-6"])).await.ok(201);
}

#[tokio::test]
async fn the_best_seats_come_together_or_not_at_all() {
    let app = spawn_app().await;
    let best = |quantity: u32, adjacent: bool| json!({"best_available": {"quantity": quantity, "category": "R", "adjacent": adjacent}});
    let hold = app.hold_as(&app.alice.token, &best(3, true)).await.ok(201);
    assert_eq!(hold.body["adjacent"], true);
    assert_eq!(hold.body["lines"].as_array().unwrap().len(), 3);
    app.hold_as(&app.bob.token, &best(11, true)).await.refused(409, "no_adjacent_block");
    app.hold_as(&app.bob.token, &best(11, false)).await.ok(201);
    app.hold_as(&app.bob.token, &best(11, false)).await.refused(409, "not_enough");
    let unknown = json!({"best_available": {"quantity": 1, "category": "VIP"}});
    app.hold_as(&app.bob.token, &unknown)
        .await
        .refused(422, "category_unknown")
        .pointing_at("/best_available/category");
}

#[tokio::test]
async fn a_recipe_takes_its_ingredients() {
    let app = spawn_app().await;
    let lattes = |n: u32| json!({"offers": [{"offer": "latte", "quantity": n}]});
    let hold = app.hold_as(&app.alice.token, &lattes(3)).await.ok(201);
    assert_eq!(hold.body["lines"][0]["units"], json!([["beans", 54], ["cup", 3]]));
    let refused = app.hold_as(&app.bob.token, &lattes(1)).await.refused(409, "not_enough");
    assert_eq!(refused.body["units"], json!(["cup"]));
    app.hold("beans").await.refused(422, "unit_unknown").pointing_at("/offers/0/offer");
}

#[tokio::test]
async fn what_is_wrong_in_a_hold_is_pointed_to() {
    let app = spawn_app().await;
    for (body, code, pointer) in [
        (json!({}), "invalid_field", ""),
        (json!({"offers": []}), "invalid_field", "/offers"),
        (json!({"offers": [{"offer": "A-1-1"}], "best_available": {"quantity": 1}}), "invalid_field", ""),
        (json!({"offers": [{"offer": "A-1-1"}, {"offer": "Z-9-9"}]}), "unit_unknown", "/offers/1/offer"),
        (json!({"offers": [{"offer": "A-1-1", "quantity": 0}]}), "invalid_field", "/offers/0/quantity"),
        (json!({"offers": [{"offer": "A-1-1", "qty": 1}]}), "unknown_field", "/offers/0/qty"),
        (json!({"offers": [{"quantity": 1}]}), "missing_field", "/offers/0/offer"),
        (json!({"offers": [{"offer": "A-1-1"}], "coupon": "x"}), "unknown_field", "/coupon"),
        (json!({"offers": [{"offer": "A-1-1"}], "buyer": " not an id"}), "invalid_field", "/buyer"),
    ] {
        app.hold_as(&app.alice.token, &body).await.refused(422, code).pointing_at(pointer);
    }
    assert_eq!(app.figures().await["held"], 0);
}

#[tokio::test]
async fn fifty_pieces_are_the_limit() {
    let app = spawn_app().await;
    let floor = |n: u32| json!({"offers": [{"offer": "floor", "quantity": n}]});
    let refused = app.hold_as(&app.alice.token, &floor(51)).await.refused(422, "too_many_pieces");
    assert_eq!(refused.body["limits"]["pieces_per_hold"], 50);
    let entries = seats(&["floor"; 51]);
    app.hold_as(&app.alice.token, &entries).await.refused(422, "too_many_pieces");
    app.hold_as(&app.alice.token, &floor(u32::MAX)).await.refused(422, "too_many_pieces");
    app.hold_as(&app.alice.token, &floor(50)).await.ok(201);
}

#[tokio::test]
async fn limits_of_a_buyer_are_named() {
    let app = spawn_app().await;
    for seat in ["A-1-1", "A-1-2", "A-1-3", "A-1-4"] {
        app.hold(seat).await.ok(201);
    }
    let refused = app.hold("A-1-5").await.refused(409, "buyer_limit");
    assert_eq!(refused.body["limits"], json!({"holds_per_buyer": 4}));
    app.configure(json!({"holds_per_buyer": 9, "pieces_per_buyer": 4})).await.ok(200);
    let refused = app.hold("A-1-5").await.refused(409, "buyer_limit");
    assert_eq!(refused.body["limits"], json!({"pieces_per_buyer": 4}));
}

#[tokio::test]
async fn a_sale_that_is_not_open_says_when_it_is() {
    let app = spawn_app().await;
    app.configure(json!({"on_sale_from": "2026-05-01T12:00:00Z"})).await.ok(200);
    let refused = app.hold("A-1-1").await.refused(409, "not_on_sale");
    assert_eq!(refused.body["on_sale_from"], "2026-05-01T12:00:00.000Z");
    app.seconds_pass(3600);
    app.hold("A-1-1").await.ok(201);
}

#[tokio::test]
async fn my_holds_are_mine_alone() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-1").await.ok(201);
    let list = |who: String| app.get(&app.at("/holds")).by(&who).send();
    let mine = list(app.alice.token.clone()).await.ok(200);
    assert_eq!(mine.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(mine.body["data"][0], hold.body);
    assert_eq!(mine.body["has_more"], false);
    assert_eq!(list(app.bob.token.clone()).await.ok(200).body["data"], json!([]));
    list(app.seller.clone()).await.refused(422, "buyer_required").pointing_at("?buyer");
    let named = app.at(&format!("/holds?buyer={}", app.alice.id));
    assert_eq!(app.get(&named).by(&app.seller).send().await.ok(200).body, mine.body);
    app.get(&named).by(&app.bob.token).send().await.refused(403, "forbidden");
    app.get(&named).send().await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn somebody_elses_hold_does_not_exist() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-1").await.ok(201);
    for what in ["/extend", "/purchase"] {
        app.hold_call(&hold, what).by(&app.bob.token).send().await.refused(404, "hold_unknown");
    }
    let path = app.at(&format!("/holds/{}", hold.text("id")));
    app.delete(&path).by(&app.bob.token).send().await.refused(404, "hold_unknown");
    let never = app.at("/holds/hold_00000000000000000000000000000000");
    app.delete(&never).by(&app.bob.token).send().await.refused(404, "hold_unknown");
    assert_eq!(app.figures().await["held"], 1);
}

#[tokio::test]
async fn a_released_hold_frees_its_seats_and_may_be_released_again() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-1").await.ok(201);
    let path = app.at(&format!("/holds/{}", hold.text("id")));
    for _ in 0..2 {
        let released = app.delete(&path).by(&app.alice.token).send().await.ok(204);
        assert!(released.bytes.is_empty());
    }
    app.hold_call(&hold, "/extend").by(&app.alice.token).send().await.refused(409, "hold_released");
    app.hold_as(&app.bob.token, &seats(&["A-1-1"])).await.ok(201);
}

#[tokio::test]
async fn an_expired_hold_is_over_and_its_seat_free() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-1").await.ok(201);
    app.seconds_pass(299);
    app.hold_as(&app.bob.token, &seats(&["A-1-1"])).await.refused(409, "unit_taken");
    app.seconds_pass(1);
    app.purchase(&hold).await.refused(409, "hold_expired");
    app.hold_call(&hold, "/extend").by(&app.alice.token).send().await.refused(409, "hold_expired");
    app.hold_as(&app.bob.token, &seats(&["A-1-1"])).await.ok(201);
    let path = app.at(&format!("/holds/{}", hold.text("id")));
    app.delete(&path).by(&app.alice.token).send().await.ok(204);
}

#[tokio::test]
async fn a_hold_can_be_extended_within_its_limits() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-1").await.ok(201);
    let extend = || app.hold_call(&hold, "/extend").by(&app.alice.token).send();
    app.seconds_pass(200);
    let longer = extend().await.ok(200);
    assert_eq!(
        (longer.text("expires_at"), longer.text("id")),
        ("2026-05-01T11:08:20.000Z".into(), hold.text("id"))
    );
    app.seconds_pass(200);
    assert_eq!(
        extend().await.ok(200).text("expires_at"),
        "2026-05-01T11:10:00.000Z",
        "twice the hold time at most"
    );
    extend().await.refused(409, "extension_limit");
    app.hold_call(&hold, "/extend")
        .by(&app.alice.token)
        .json(&json!({"seconds": 9999}))
        .send()
        .await
        .refused(422, "unknown_field")
        .pointing_at("/seconds");
}

#[tokio::test]
async fn a_booth_is_shared_by_so_many_guests() {
    let app = spawn_app().await;
    let mut plan = hall();
    let seat = |n: u32| json!({"id": format!("T-{n}"), "companion": n == 2, "restricted_view": n == 2});
    plan["zones"][0]["sections"] = json!([{"id": "left", "name": "Left", "entrance": "Door 1"}]);
    plan["zones"][0]["tables"] =
        json!([{"id": "T", "section": "left", "whole": true, "category": "R", "seats": [seat(1), seat(2)]}]);
    plan["zones"][0]["areas"] =
        json!([{"id": "booth", "capacity": 6, "whole": true, "min_guests": 2, "category": "F"}]);
    let club = app.create(json!({"name": "Club", "plan": plan})).await;

    let plan = app.get(&format!("/v1/inventories/{club}/plan")).send().await.ok(200).body;
    let unit =
        |n: usize| (&plan["units"][n]["section"], &plan["units"][n]["companion"], &plan["units"][n]["whole"]);
    assert_eq!(unit(21), (&json!("left"), &json!(true), &json!(true)));
    assert_eq!((&plan["units"][22]["min_guests"], &plan["units"][22]["capacity"]), (&json!(2), &json!(6)));
    assert_eq!(plan["zones"][0]["sections"][0]["entrance"], "Door 1");
    assert_eq!((&plan["rows"][2]["section"], &plan["rows"][2]["whole"]), (&json!("left"), &json!(true)));
    assert_eq!(plan["offers"][1]["units"], json!({"T-1": 1, "T-2": 1}));

    let hold = |offers| {
        app.post(&format!("/v1/inventories/{club}/holds"))
            .by(&app.alice.token)
            .json(&json!({"offers": offers}))
            .send()
    };
    let refused = hold(json!([{"offer": "T"}, {"offer": "booth"}])).await.refused(422, "quantity_range");
    refused.pointing_at("/offers/1/quantity");
    let held = hold(json!([{"offer": "T"}, {"offer": "booth", "quantity": 3}])).await.ok(201);
    assert_eq!(held.body["lines"][1]["units"], json!([["booth", 6]]));
    assert_eq!(held.body["total"]["amount"], 150_000 + 3 * 90_000);
}

#[tokio::test]
async fn pieces_go_into_a_hold_and_out_of_it_and_its_end_stays() {
    let app = spawn_app().await;
    let body = json!({"offers": [{"offer": "A-1-5"}, {"offer": "A-1-6"}, {"offer": "floor", "quantity": 2}]});
    let hold = app.hold_as(&app.alice.token, &body).await.ok(201);
    app.seconds_pass(60);
    let change = json!({"add": [{"offer": "A-1-7"}], "remove": [{"offer": "A-1-5"}, {"offer": "floor"}]});
    let call = || app.hold_call(&hold, "/change").by(&app.alice.token).key("once").json(&change).send();
    let changed = call().await.ok(200);
    assert_eq!(changed.text("id"), hold.text("id"));
    assert_eq!(changed.text("expires_at"), hold.text("expires_at"));
    assert_eq!(changed.body["expires_in_seconds"], 240);
    let offers: Vec<_> =
        changed.body["lines"].as_array().unwrap().iter().map(|line| line["offer"].clone()).collect();
    assert_eq!(json!(offers), json!(["A-1-6", "floor", "A-1-7"]));
    assert_eq!(changed.body["total"], json!({"amount": 390_000, "currency": "KRW"}));
    let again = call().await.ok(200);
    assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &changed.body));
    app.hold_as(&app.bob.token, &seats(&["A-1-5"])).await.ok(201);
    let listed = app.get(&app.at("/holds")).by(&app.alice.token).send().await.ok(200);
    assert_eq!(listed.body["data"][0]["lines"], changed.body["lines"]);
    app.purchase(&hold).await.ok(201);
}

#[tokio::test]
async fn what_is_wrong_in_a_change_is_pointed_to_and_nothing_happens() {
    let app = spawn_app().await;
    let hold = app.hold_as(&app.alice.token, &seats(&["A-1-5", "A-1-6"])).await.ok(201);
    app.hold_as(&app.bob.token, &seats(&["A-1-9"])).await.ok(201);
    let one = |list: &str, offer: &str| json!({list: [{"offer": offer}]});
    for (body, status, code, pointer) in [
        (json!({}), 422, "invalid_field", ""),
        (json!({"add": [{"offer": "A-1-7", "quantity": 0}]}), 422, "invalid_field", "/add/0/quantity"),
        (json!({"take": []}), 422, "unknown_field", "/take"),
        (one("add", "Z-9"), 422, "unit_unknown", "/add/0/offer"),
        (one("remove", "Z-9"), 422, "unit_unknown", "/remove/0/offer"),
        (one("remove", "A-1-9"), 409, "not_in_claim", "/remove/0/offer"),
        (json!({"add": [{"offer": "A-1-7"}], "code": "NO-SUCH-CODE"}), 422, "code_unknown", "/code"),
    ] {
        let refused = app.hold_call(&hold, "/change").by(&app.alice.token).json(&body).send().await;
        refused.refused(status, code).pointing_at(pointer);
    }
    let change =
        |body: serde_json::Value| app.hold_call(&hold, "/change").by(&app.alice.token).json(&body).send();
    let refused =
        change(json!({"add": [{"offer": "A-1-7"}, {"offer": "A-1-9"}]})).await.refused(409, "unit_taken");
    assert_eq!(refused.body["units"], json!(["A-1-9"]));
    change(json!({"remove": [{"offer": "A-1-5"}, {"offer": "A-1-6"}]})).await.refused(409, "hold_emptied");
    app.hold_call(&hold, "/change")
        .by(&app.bob.token)
        .json(&one("remove", "A-1-5"))
        .send()
        .await
        .refused(404, "hold_unknown");
    let listed = app.get(&app.at("/holds")).by(&app.alice.token).send().await.ok(200);
    assert_eq!(listed.body["data"][0]["lines"], hold.body["lines"]);
}

#[tokio::test]
async fn a_delete_with_a_body_is_refused_and_gives_nothing_back() {
    let app = spawn_app().await;
    let hold = app.hold_as(&app.alice.token, &seats(&["A-1-5", "A-1-6"])).await.ok(201);
    let path = app.at(&format!("/holds/{}", hold.text("id")));
    for body in [json!({"offers": [{"offer": "A-1-5"}]}), json!({})] {
        app.delete(&path).by(&app.alice.token).json(&body).send().await.refused(422, "body_not_allowed");
    }
    let block = json!({"units": [["floor", 1]]});
    let block = app.post(&app.at("/blocks")).by(&app.operator).json(&block).send().await.ok(201).text("id");
    let lift = app.delete(&app.at(&format!("/blocks/{block}"))).by(&app.operator).json(&json!({"units": []}));
    lift.send().await.refused(422, "body_not_allowed");
    let listed = app.get(&app.at("/holds")).by(&app.alice.token).send().await.ok(200);
    assert_eq!(listed.body["data"][0]["lines"], hold.body["lines"]);
    app.delete(&path).by(&app.alice.token).send().await.ok(204);
}

#[tokio::test]
async fn who_holds_a_seat_already_is_told_so() {
    let app = spawn_app().await;
    app.hold("A-1-7").await.ok(201);
    app.hold_as(&app.bob.token, &seats(&["A-1-9"])).await.ok(201);
    let refused = app.hold_as(&app.alice.token, &seats(&["A-1-6", "A-1-7"])).await.refused(409, "unit_taken");
    assert_eq!(refused.body["errors"][0]["code"], "held_already");
    assert_eq!(refused.body["errors"][0]["pointer"], "/offers/1/offer");
    assert!(refused.text("detail").starts_with("You hold these seats already"));
    let mixed = app.hold_as(&app.alice.token, &seats(&["A-1-7", "A-1-9"])).await.refused(409, "unit_taken");
    assert_eq!(mixed.body["errors"].as_array().unwrap().len(), 1);
    let others = app.hold_as(&app.bob.token, &seats(&["A-1-7"])).await.refused(409, "unit_taken");
    assert!(others.body["errors"].as_array().is_none_or(|errors| errors.is_empty()));
}

#[tokio::test]
async fn holds_are_listed_in_the_order_of_their_end() {
    let app = spawn_app().await;
    let first = app.hold("A-1-1").await.ok(201);
    let second = app.hold("A-2-1").await.ok(201);
    app.seconds_pass(60);
    app.hold_call(&first, "/extend").by(&app.alice.token).send().await.ok(200);
    let listed = app.get(&app.at("/holds")).by(&app.alice.token).send().await.ok(200);
    let ids: Vec<_> = listed.body["data"].as_array().unwrap().iter().map(|hold| hold["id"].clone()).collect();
    assert_eq!(json!(ids), json!([second.text("id"), first.text("id")]));
}

#[tokio::test]
async fn a_buyer_is_named_as_shops_name_them() {
    let app = spawn_app().await;
    for (name, seat) in [("kim+vip@shop.kr", "A-1-1"), ("홍길동 / 7'|", "A-1-3"), ("key_17", "A-1-5")] {
        let body = json!({"offers": [{"offer": seat}], "buyer": name});
        let hold = app.hold_as(&app.seller, &body).await.ok(201);
        assert_eq!(hold.body["buyer"], name);
        let path = format!("{}{}", app.base, app.at("/holds"));
        let url = reqwest::Url::parse_with_params(&path, [("buyer", name)]).unwrap();
        let listed = app.client.get(url);
        let listed: serde_json::Value =
            listed.bearer_auth(&app.seller).send().await.unwrap().json().await.unwrap();
        assert_eq!(listed["data"][0]["id"], hold.body["id"]);
    }
    for name in ["", " ann", "a\u{0}", "a\u{200b}", &"x".repeat(129)] {
        let body = json!({"offers": [{"offer": "A-1-9"}], "buyer": name});
        let refused =
            app.hold_as(&app.seller, &body).await.refused(422, "invalid_field").pointing_at("/buyer");
        let detail = refused.body["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("1 to 128 characters"), "{detail}");
    }
}
