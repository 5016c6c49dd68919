use serde_json::json;

use crate::helpers::*;

#[tokio::test]
async fn a_repeat_gets_the_same_answer_and_changes_nothing() {
    let app = spawn_app().await;
    let send = |key: &'static str| {
        app.post(&app.at("/holds")).by(&app.alice.token).key(key).json(&seats(&["A-1-1"])).send()
    };
    let first = send("k-1").await.ok(201);
    assert!(!first.is_replay());
    app.seconds_pass(10);
    for key in ["k-1", "\"k-1\""] {
        let again = send(key).await.ok(201);
        assert!(again.is_replay());
        let mut expected = first.body.clone();
        expected["expires_in_seconds"] = json!(290);
        assert_eq!(again.body, expected);
    }
    assert_eq!(app.figures().await["held"], 1);
}

#[tokio::test]
async fn every_kind_of_post_can_be_repeated() {
    let app = spawn_app().await;
    app.hold("A-2-1").await.ok(201);
    let hold = app.hold("A-1-1").await.ok(201);
    let hold_id = hold.text("id");
    let sale = app.sold("A-1-2").await;
    app.seconds_pass(1);
    let calls = [
        (app.at("/purchases"), Some(json!({"offers": [{"offer": "A-1-3"}], "buyer": "b"})), 201),
        (app.at(&format!("/holds/{hold_id}/extend")), None, 200),
        (app.at(&format!("/holds/{hold_id}/purchase")), None, 201),
        (app.at(&format!("/sales/{}/return", sale.text("id"))), None, 200),
        (app.at("/blocks"), Some(json!({"units": [["floor", 5]], "reason": "camera"})), 201),
        (app.at("/restock"), Some(json!({"unit": "beans", "change": 5})), 200),
        ("/v1/inventories".to_owned(), Some(json!({"name": "New", "plan": hall()})), 201),
    ];
    for (path, body, status) in calls {
        let send = || {
            let request = app.post(&path).by(&app.operator).key(&path);
            match &body {
                Some(body) => request.json(body).send(),
                None => request.send(),
            }
        };
        let (first, again) = (send().await.ok(status), send().await.ok(status));
        assert!(!first.is_replay() && again.is_replay(), "{path}");
        assert_eq!(again.body, first.body, "{path}");
    }
}

#[tokio::test]
async fn a_key_with_another_request_is_refused() {
    let app = spawn_app().await;
    let send = |seat: &'static str| {
        app.post(&app.at("/holds")).by(&app.alice.token).key("k").json(&seats(&[seat])).send()
    };
    send("A-1-1").await.ok(201);
    send("A-1-2").await.refused(422, "idempotency_mismatch");
    let create = |name: &str| {
        let body = json!({"name": name, "plan": hall()});
        app.post("/v1/inventories").by(&app.operator).key("k").json(&body).send()
    };
    create("One").await.ok(201);
    create("Two").await.refused(422, "idempotency_mismatch");
}

#[tokio::test]
async fn a_key_belongs_to_its_sender_and_inventory() {
    let app = spawn_app().await;
    let other = app.create(json!({"name": "Other", "plan": hall()})).await;
    let hold = |who: &str, inventory: &str, seat: &str| {
        let path = format!("/v1/inventories/{inventory}/holds");
        app.post(&path).by(who).key("k").json(&seats(&[seat])).send()
    };
    for (who, inventory, seat) in [
        (&app.alice.token, &app.hall, "A-1-1"),
        (&app.bob.token, &app.hall, "A-1-2"),
        (&app.alice.token, &other, "A-1-1"),
    ] {
        assert!(!hold(who, inventory, seat).await.ok(201).is_replay());
    }
}

#[tokio::test]
async fn a_refusal_is_not_remembered() {
    let app = spawn_app().await;
    let hers = app.hold("A-1-1").await.ok(201);
    let send = || app.post(&app.at("/holds")).by(&app.bob.token).key("k").json(&seats(&["A-1-1"])).send();
    send().await.refused(409, "unit_taken");
    send().await.refused(409, "unit_taken");
    let path = app.at(&format!("/holds/{}", hers.text("id")));
    app.delete(&path).by(&app.alice.token).send().await.ok(204);
    assert!(!send().await.ok(201).is_replay());
    assert!(send().await.ok(201).is_replay());
}

#[tokio::test]
async fn a_key_must_be_there_and_well_formed() {
    let app = spawn_app().await;
    let hold = || app.post(&app.at("/holds")).by(&app.alice.token).json(&seats(&["A-1-1"]));
    hold().no_key().send().await.refused(400, "idempotency_key_missing");
    for bad in ["", "\"open", "tab\there", &"k".repeat(256)] {
        hold().key(bad).send().await.refused(400, "idempotency_key_invalid");
    }
    hold().key("one").header("Idempotency-Key", "two").send().await.refused(400, "idempotency_key_invalid");
    let create = app.post("/v1/inventories").by(&app.operator).json(&json!({"name": "x", "plan": hall()}));
    create.no_key().send().await.refused(400, "idempotency_key_missing");
    hold().key(&"k".repeat(255)).send().await.ok(201);
}

#[tokio::test]
async fn a_repeat_of_a_creation_is_the_creation_whatever_was_sold_since() {
    let app = spawn_app().await;
    let body = json!({"name": "Again", "plan": hall(), "settings": {"hold_seconds": 60}});
    let send = || app.post("/v1/inventories").by(&app.operator).key("k").json(&body).send();
    let first = send().await.ok(201);
    let path = format!("/v1/inventories/{}/holds", first.text("id"));
    app.post(&path).by(&app.alice.token).json(&seats(&["A-1-1"])).send().await.ok(201);
    app.seconds_pass(5);
    let again = send().await.ok(201);
    assert!(again.is_replay());
    assert_eq!((&again.body, again.header("location")), (&first.body, first.header("location")));
}

#[tokio::test]
async fn many_repeats_at_once_are_done_once() {
    let app = spawn_app().await;
    let send = || app.post(&app.at("/holds")).by(&app.alice.token).key("k").json(&seats(&["A-1-1"])).send();
    let replies = futures_util::future::join_all((0..20).map(|_| send())).await;
    let ids: std::collections::BTreeSet<String> =
        replies.into_iter().map(|reply| reply.ok(201).text("id")).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(app.figures().await["held"], 1);
}

/// Sends these bodies under one key each, and expects the first answer again.
async fn is_one_request(app: &TestApp, path: &str, who: &str, bodies: &[&str]) {
    let mut first: Option<Reply> = None;
    for (n, body) in bodies.iter().enumerate() {
        let key = format!("one request to {path}");
        let reply = app.post(path).by(who).key(&key).text(body).send().await;
        assert!(reply.status < 300, "{path} {body}: {}", reply.body);
        assert_eq!(reply.is_replay(), n > 0, "{path} {body}");
        let first = first.get_or_insert(reply.clone());
        assert_eq!(reply.body["id"], first.body["id"], "{body}");
        assert_eq!(reply.body["seq"], first.body["seq"], "{body}");
    }
}

#[tokio::test]
async fn a_request_is_known_however_it_is_written() {
    let app = spawn_app().await;
    app.configure(json!({"checkout": "open"})).await.ok(200);
    let (alice, operator) = (app.alice.token.as_str(), app.operator.as_str());
    is_one_request(
        &app,
        &app.at("/holds"),
        alice,
        &[
            r#"{"offers":[{"offer":"A-1-1","quantity":1}]}"#,
            "{ \"offers\" : [ { \"quantity\" : 1, \"offer\" : \"A-1-1\" } ] }\n",
            r#"{"offers":[{"offer":"A-1-1"}]}"#,
            r#"{"best_available":null,"offers":[{"offer":"\u0041-1-1"}],"code":null}"#,
            "\u{feff}{\"offers\":[{\"offer\":\"A-1-1\"}]}",
        ],
    )
    .await;
    is_one_request(
        &app,
        &app.at("/purchases"),
        alice,
        &[
            r#"{"best_available":{"quantity":2,"category":"R","adjacent":false}}"#,
            r#"{"best_available":{"category":"R","quantity":2}}"#,
        ],
    )
    .await;
    let hold = app.hold("A-2-5").await.ok(201).text("id");
    is_one_request(&app, &app.at(&format!("/holds/{hold}/purchase")), alice, &["", "{}", " { } "]).await;
    let blocks = [r#"{"units":[["floor",5]],"reason":"x"}"#, r#"{"reason": "x", "units": [["floor", 5]]}"#];
    is_one_request(&app, &app.at("/blocks"), operator, &blocks).await;
    let restocks = [r#"{"unit":"beans","change":5}"#, r#"{"change":5,"unit":"beans"}"#];
    is_one_request(&app, &app.at("/restock"), operator, &restocks).await;
    let plan = hall();
    let creations = [
        json!({"name": "New", "plan": plan}).to_string(),
        format!(r#"{{"plan": {plan:#}, "settings": null, "name": "New"}}"#),
    ];
    let creations = creations.each_ref().map(String::as_str);
    is_one_request(&app, "/v1/inventories", operator, &creations).await;
    let groups = [
        format!(r#"{{"inventories":["{}"],"offers":[{{"offer":"A-2-9"}}]}}"#, app.hall),
        format!(r#"{{"offers":[{{"quantity":1,"offer":"A-2-9"}}], "inventories":["{}"]}}"#, app.hall),
    ];
    is_one_request(&app, "/v1/groups", alice, &groups.each_ref().map(String::as_str)).await;
}

#[tokio::test]
async fn a_key_that_an_earlier_version_kept_is_known_by_the_same_bytes() {
    use fairhold::domain::{Access, Action, Caller, Cause, Command, KeyUse, Pick, Wanted};
    use sha2::{Digest, Sha256};
    let app = spawn_app().await;
    let body = r#"{ "offers": [ {"offer": "A-1-1", "quantity": 1} ] }"#;
    let half = |text: &[u8]| u128::from_be_bytes(Sha256::digest(text)[..16].try_into().unwrap());
    let key = KeyUse {
        hash: half(format!("{}\0before", app.alice.id).as_bytes()),
        fingerprint: half(format!("POST\0{}\0{body}", app.at("/holds")).as_bytes()),
    };
    let pick = Pick { offer: "A-1-1".to_owned(), quantity: 1.try_into().unwrap() };
    let buyer: fairhold::domain::BuyerId = app.alice.id.parse().unwrap();
    let command = Command {
        caller: Caller::Buyer(buyer.clone()),
        cause: Cause { key: Some(key), request_id: None },
        action: Action::Hold { buyer, wanted: Wanted::Offers(vec![pick]), access: Access::default() },
    };
    app.server.inventories.execute(app.hall.parse().unwrap(), command).await.unwrap();
    let send = |body: &str| app.post(&app.at("/holds")).by(&app.alice.token).key("before").text(body).send();
    assert!(send(body).await.ok(201).is_replay());
    assert!(send(body).await.ok(201).is_replay(), "again and again");
    send(r#"{"offers":[{"offer":"A-1-2"}]}"#).await.refused(422, "idempotency_mismatch");
    assert_eq!(app.figures().await["held"], 1);
}

#[tokio::test]
async fn nobody_is_told_to_buy_twice() {
    let app = spawn_app().await;
    let send = |seat: &'static str| {
        app.post(&app.at("/holds")).by(&app.alice.token).key("k").json(&seats(&[seat])).send()
    };
    send("A-1-1").await.ok(201);
    let refused = send("A-1-2").await.refused(422, "idempotency_mismatch");
    let detail = refused.text("detail");
    assert!(detail.contains("holds and sales") && !detail.contains("fresh key"), "{detail}");
}
