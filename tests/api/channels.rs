//! Allotments for channels and codes, rules of single categories, and what is left of an offer.

use serde_json::{Value, json};

use crate::helpers::*;

const CODE: &str = "FAN-2026";

async fn allot(app: &TestApp, units: Value, more: Value) -> Reply {
    let mut body = json!({"units": units, "channel": "fans", "code": CODE});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post(&app.at("/blocks")).by(&app.operator).json(&body).send().await.ok(201)
}

fn with(mut body: Value, field: &str, value: &str) -> Value {
    body[field] = json!(value);
    body
}

async fn blocks(app: &TestApp) -> Value {
    app.get(&app.at("/blocks")).by(&app.operator).send().await.ok(200).body["data"].clone()
}

#[tokio::test]
async fn an_allotment_is_opened_by_its_code_or_by_its_channels_server() {
    let app = spawn_app().await;
    let made = allot(&app, json!([["A-1-7", 1], ["floor", 90]]), json!({"reason": "presale"})).await;
    assert_eq!((&made.body["has_code"], &made.body["code"]), (&json!(true), &Value::Null));
    app.hold("A-1-7").await.refused(409, "unit_taken");
    let wanted = seats(&["A-1-7"]);
    let by_code = |code: &str| with(wanted.clone(), "code", code);
    app.hold_as(&app.alice.token, &by_code("WRONG")).await.refused(422, "code_unknown").pointing_at("/code");
    let by_name = with(wanted.clone(), "channel", "fans");
    app.hold_as(&app.alice.token, &by_name).await.refused(403, "channel_needs_key");
    let held = app.hold_as(&app.alice.token, &by_code(CODE)).await.ok(201);
    assert_eq!(blocks(&app).await[0]["units"], json!([["floor", 90]]));
    app.delete(&app.at(&format!("/holds/{}", held.text("id")))).by(&app.alice.token).send().await.ok(204);
    assert_eq!(blocks(&app).await[0]["units"], json!([["A-1-7", 1], ["floor", 90]]));
    app.hold("A-1-7").await.refused(409, "unit_taken");
    let by_server = with(by_name, "buyer", "customer-1");
    app.hold_as(&app.seller, &by_server).await.ok(201);
    let nobody = with(with(wanted, "channel", "nobody"), "buyer", "customer-1");
    app.hold_as(&app.seller, &nobody).await.refused(422, "channel_unknown").pointing_at("/channel");
}

#[tokio::test]
async fn a_channels_name_is_the_same_however_it_was_typed() {
    let app = spawn_app().await;
    let (composed, decomposed) = ("\u{d32c}", "\u{1111}\u{1162}\u{11ab}");
    allot(&app, json!([["A-1-7", 1]]), json!({"channel": decomposed})).await;
    assert_eq!(blocks(&app).await[0]["channel"], json!(composed));
    let by_server = with(with(seats(&["A-1-7"]), "channel", decomposed), "buyer", "customer-1");
    app.hold_as(&app.seller, &by_server).await.ok(201);
    let seen =
        app.get(&app.at(&format!("/allotment?channel={decomposed}"))).by(&app.seller).send().await.ok(200);
    assert_eq!(seen.body["data"][0]["channel"], json!(composed));
    let window = json!({"channels": {decomposed: {}}});
    app.configure(window).await.refused(422, "setting_invalid");
}

#[tokio::test]
async fn whoever_has_a_code_sees_what_it_opens_and_not_why() {
    let app = spawn_app().await;
    allot(&app, json!([["A-1-7", 1]]), json!({"reason": "for the mayor"})).await;
    let ask = || app.get(&app.at("/allotment"));
    let seen = ask().by(&app.alice.token).header("X-Access-Code", CODE).send().await.ok(200);
    assert_eq!(seen.body["data"][0]["units"], json!([["A-1-7", 1]]));
    assert_eq!(seen.body["data"][0]["reason"], Value::Null);
    ask().by(&app.alice.token).header("X-Access-Code", "WRONG").send().await.refused(422, "code_unknown");
    let by_name = || app.get(&app.at("/allotment?channel=fans"));
    by_name().by(&app.alice.token).send().await.refused(403, "channel_needs_key");
    by_name().by(&app.seller).send().await.ok(200);
    app.get(&app.at("/blocks")).by(&app.alice.token).send().await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_code_in_a_header_may_have_any_letters() {
    let app = spawn_app().await;
    allot(&app, json!([["A-1-7", 1]]), json!({"code": "팬클럽-선예매-2026"})).await;
    let ask = || app.get(&app.at("/allotment")).by(&app.alice.token);
    let encoded = r#"%"%ed%8c%ac%ed%81%b4%eb%9f%bd-%ec%84%a0%ec%98%88%eb%a7%a4-2026""#;
    for code in ["팬클럽-선예매-2026", encoded] {
        let seen = ask().header("X-Access-Code", code).send().await.ok(200);
        assert_eq!(seen.body["data"][0]["units"], json!([["A-1-7", 1]]), "{code}");
    }
    ask().header("X-Access-Code", r#"%"%ff""#).send().await.refused(400, "bad_request");
    let twice = ask().header("X-Access-Code", CODE).header("X-Access-Code", CODE);
    twice.send().await.refused(400, "bad_request");
}

#[tokio::test]
async fn codes_that_earlier_versions_kept_open_as_before() {
    use fairhold::domain::allotment::AccessCode;
    use fairhold::domain::{Action, Caller, Cause, Command, InventoryId};
    use sha2::{Digest, Sha256};
    let app = spawn_app().await;
    let hall: InventoryId = app.hall.parse().unwrap();
    let hash = |code: &str| {
        let hash = Sha256::new().chain_update(hall.uuid().as_bytes()).chain_update(code).finalize();
        AccessCode(u128::from_be_bytes(hash[..16].try_into().unwrap()))
    };
    // Folded, and from before codes were folded.
    for (unit, kept) in [("A-1-7", "fan-2025"), ("A-1-8", "Fan 2024")] {
        let action = Action::Block {
            units: vec![(unit.to_owned(), 1)],
            reason: None,
            channel: None,
            code: Some(hash(kept)),
            release_at: None,
        };
        let caller = Caller::Key("key_00000000000000000000000000000001".parse().unwrap());
        let command = Command { caller, cause: Cause { key: None, request_id: None }, action };
        app.server.inventories.execute(hall, command).await.unwrap();
    }
    let hold = |unit: &str, code: &str| {
        let wanted = with(seats(&[unit]), "code", code);
        async { app.hold_as(&app.alice.token, &{ wanted }).await }
    };
    hold("A-1-7", "FAN-2025").await.ok(201);
    hold("A-1-8", "FAN 2024").await.refused(422, "code_unknown");
    hold("A-1-8", "Fan 2024").await.ok(201);
}

#[tokio::test]
async fn an_allotment_goes_on_public_sale_at_its_time() {
    let app = spawn_app().await;
    let soon = app.server.sources.now().plus_seconds(60).rfc3339();
    allot(&app, json!([["A-1-7", 1]]), json!({"release_at": soon})).await;
    assert_eq!(blocks(&app).await[0]["release_at"], json!(soon));
    app.hold("A-1-7").await.refused(409, "unit_taken");
    app.seconds_pass(60);
    app.hold("A-1-7").await.ok(201);
    assert_eq!(blocks(&app).await, json!([]));
}

#[tokio::test]
async fn a_presale_opens_for_its_channel_alone() {
    let app = spawn_app().await;
    let now = app.server.sources.now();
    let (tomorrow, yesterday) = (now.plus_seconds(86_400).rfc3339(), now.plus_seconds(0).rfc3339());
    let patch = json!({"on_sale_from": tomorrow, "channels": {"fans": {"on_sale_from": yesterday}},
        "categories": {"F": {"pieces_per_buyer": 2}}});
    let set = app.configure(patch).await.ok(200);
    assert_eq!(set.body["settings"]["channels"]["fans"]["on_sale_from"], json!(yesterday));
    allot(&app, json!([["A-1-7", 1], ["floor", 10]]), json!({})).await;
    app.hold("A-1-8").await.refused(409, "not_on_sale");
    let floor = |pieces: u32| json!({"offers": [{"offer": "floor", "quantity": pieces}], "code": CODE});
    let refused = app.hold_as(&app.alice.token, &floor(3)).await.refused(409, "buyer_limit");
    assert_eq!(refused.body["limits"], json!({"categories": 2}));
    app.hold_as(&app.alice.token, &floor(2)).await.ok(201);
    app.configure(json!({"categories": {"X": {}}})).await.refused(422, "setting_invalid");
}

#[tokio::test]
async fn a_code_of_eight_characters_at_least_that_can_be_seen() {
    let app = spawn_app().await;
    for code in ["abcdefg", "abc\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}", "       a"] {
        let body = json!({"units": [["floor", 1]], "code": code});
        let refused = app.post(&app.at("/blocks")).by(&app.operator).json(&body).send().await;
        refused.refused(422, "invalid_field").pointing_at("/code");
    }
}

#[tokio::test]
async fn a_code_opens_however_it_is_typed() {
    let app = spawn_app().await;
    allot(&app, json!([["floor", 10]]), json!({"code": "Früh-Bird–2026"})).await;
    for code in [
        "früh-bird-2026",
        "  FRÜH-BIRD-2026 ",
        "ＦＲＵ\u{308}Ｈ－ＢＩＲＤ－２０２６",
        "fru\u{308}h\u{2011}bird\u{2014}2026",
    ] {
        let wanted = json!({"offers": [{"offer": "floor"}], "code": code});
        let held = app.hold_as(&app.alice.token, &wanted).await.ok(201);
        app.delete(&app.at(&format!("/holds/{}", held.text("id")))).by(&app.alice.token).send().await.ok(204);
    }
    let wrong = json!({"offers": [{"offer": "floor"}], "code": "früh-bird-2027"});
    app.hold_as(&app.alice.token, &wrong).await.refused(422, "code_unknown");
}

#[tokio::test]
async fn an_allotment_is_not_released_before_it_is_made() {
    let app = spawn_app().await;
    let body = json!({"units": [["floor", 1]], "release_at": "2026-05-01T10:59:59Z"});
    let refused = app.post(&app.at("/blocks")).by(&app.operator).json(&body).send().await;
    refused.refused(422, "invalid_field").pointing_at("/release_at");
    assert_eq!(blocks(&app).await, json!([]));
}

#[tokio::test]
async fn of_an_offer_there_is_as_much_as_of_what_runs_out_first() {
    let app = spawn_app().await;
    let left = async || {
        let offers = app.get(&app.at("/offers")).send().await.ok(200).body["data"].clone();
        let latte = offers.as_array().unwrap().iter().find(|offer| offer["id"] == "latte").unwrap().clone();
        assert_eq!(latte["units"], json!([["beans", 18], ["cup", 1]]));
        latte["available"].clone()
    };
    assert_eq!(left().await, 3);
    app.hold("latte").await.ok(201);
    let more = json!({"unit": "cup", "change": 100});
    app.post(&app.at("/restock")).by(&app.operator).json(&more).send().await.ok(200);
    assert_eq!(left().await, 4);
    let five = json!({"offers": [{"offer": "latte", "quantity": 2}, {"offer": "latte", "quantity": 3}]});
    let refused = app.hold_as(&app.alice.token, &five).await.refused(409, "not_enough");
    assert_eq!(refused.body["units"], json!(["beans"]));
}
