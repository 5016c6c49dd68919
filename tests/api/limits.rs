//! Budgets by client and buyer: whoever never pays keeps little from others, whoever buys does not notice.

use std::sync::Arc;

use fairhold::settings::Settings;
use serde_json::{Value, json};

use crate::helpers::*;

/// A server like those that operators run, behind a proxy of theirs.
async fn guarded(change: impl FnOnce(&mut Settings) + Send + 'static) -> Arc<TestApp> {
    let app = spawn_app_with(|settings| {
        settings.raised_addresses.clear();
        settings.trusted_proxies = vec!["127.0.0.1".to_owned()];
        change(settings);
    });
    Arc::new(app.await)
}

fn field(places: u32) -> Value {
    json!({"name": "Field", "currency": "KRW", "categories": [{"id": "F", "name": "Field", "price": 1_000}],
        "zones": [{"id": "z", "name": "z", "areas": [{"id": "f", "label": "f", "capacity": places, "category": "F"}]}]})
}

impl TestApp {
    async fn field(&self, places: u32) -> String {
        let body = json!({"name": "Field", "plan": field(places), "settings": {"checkout": "open"}});
        self.create(body).await
    }

    fn from(&self, request: Request, address: &str) -> Request {
        request.header("X-Forwarded-For", address)
    }

    async fn session_from(&self, address: &str) -> Reply {
        self.from(self.post("/v1/sessions"), address).send().await
    }

    async fn hold_from(&self, address: &str, token: &str, field: &str, quantity: u32) -> Reply {
        let body = json!({"offers": [{"offer": "f", "quantity": quantity}]});
        let request = self.post(&format!("/v1/inventories/{field}/holds")).by(token).json(&body);
        self.from(request, address).send().await
    }

    async fn held(&self, field: &str) -> u64 {
        let shown = self.get(&format!("/v1/inventories/{field}")).by(&self.operator).send().await.ok(200);
        shown.body["figures"]["held"].as_u64().unwrap()
    }

    /// Holds, thinks, pays; comes back when it is told to.
    async fn buys(&self, address: &str, field: &str, quantity: u32) -> bool {
        let token = self.session_from(address).await.ok(201).text("token");
        for tries in 0..100 {
            let hold = self.hold_from(address, &token, field, quantity).await;
            if hold.status == 429 {
                assert!(hold.header("retry-after").parse::<u32>().is_ok(), "{:?}", hold.headers);
                tokio::time::sleep(std::time::Duration::from_millis(20 + 10 * tries)).await;
                continue;
            }
            let hold = hold.ok(201).text("id");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            let path = format!("/v1/inventories/{field}/holds/{hold}/purchase");
            return self.from(self.post(&path).by(&token), address).send().await.status == 201;
        }
        false
    }
}

/// The attack that took 20,000 of 20,000 seats in half a second: 500 calls, 100 sessions, one address.
#[tokio::test]
async fn one_address_with_a_hundred_sessions_holds_two_percent() {
    let app = guarded(|_| {}).await;
    let field = app.field(10_000).await;
    let mut sessions = Vec::new();
    for _ in 0..100 {
        sessions.push(app.session_from("192.0.2.1").await.ok(201).text("token"));
    }
    for call in 0..500u32 {
        let token = &sessions[call as usize % 100];
        let reply = app.hold_from("192.0.2.1", token, &field, 1 + call % 8).await;
        if reply.status != 201 {
            reply.refused(429, "held_limit");
        }
    }
    let held = app.held(&field).await;
    assert!((190..=200).contains(&held), "{held} of 10,000");
    assert!(app.buys("192.0.2.2", &field, 8).await, "others buy");
    app.seconds_pass(301);
    assert!(app.buys("192.0.2.2", &field, 8).await);
    assert_eq!(app.held(&field).await, 0);
}

#[tokio::test]
async fn an_office_of_two_hundred_behind_one_address_buys_beside_an_attack() {
    let app = guarded(|_| {}).await;
    let field = Arc::new(app.field(10_000).await);
    let people = (0..200).map(|person| {
        let (app, field) = (app.clone(), field.clone());
        tokio::spawn(async move { app.buys("192.0.2.1", &field, 1 + person % 4).await })
    });
    let people: Vec<_> = people.collect();
    let attack = (0..20).map(|_| {
        let (app, field) = (app.clone(), field.clone());
        tokio::spawn(async move {
            let token = app.session_from("198.51.100.1").await.ok(201).text("token");
            for _ in 0..10 {
                app.hold_from("198.51.100.1", &token, &field, 8).await;
            }
        })
    });
    let attack: Vec<_> = attack.collect();
    let mut happy = 0;
    for person in people {
        happy += u32::from(person.await.unwrap());
    }
    for attacker in attack {
        attacker.await.unwrap();
    }
    assert!(happy >= 198, "{happy} of 200");
    let held = app.held(&field).await;
    assert!(held <= 200, "{held} by the attack");
}

#[tokio::test]
async fn a_session_holds_eight_pieces_for_ten_minutes_of_thirty() {
    let app = guarded(|_| {}).await;
    let field = app.field(10_000).await;
    let token = app.session_from("192.0.2.1").await.ok(201).text("token");
    let hold = app.hold_from("192.0.2.1", &token, &field, 8).await.ok(201);
    let more = app.hold_from("192.0.2.1", &token, &field, 1).await.refused(429, "held_limit");
    assert_eq!(more.body["limits"], json!({"pieces_held": 8}));
    assert_eq!(more.body["retry_after_seconds"].to_string(), more.header("retry-after"));
    app.seconds_pass(290);
    let extend = |hold: &str| app.post(&format!("/v1/inventories/{field}/holds/{hold}/extend")).by(&token);
    extend(&hold.text("id")).send().await.ok(200);
    app.seconds_pass(300);
    app.hold_from("192.0.2.1", &token, &field, 1).await.refused(429, "holding_time");
    assert_eq!(app.held(&field).await, 0);
    app.seconds_pass(1_799);
    app.hold_from("192.0.2.1", &token, &field, 1).await.ok(201);
}

/// Each inventory has its own eight, in single holds, changed ones and parts of groups alike.
#[tokio::test]
async fn a_session_has_eight_pieces_of_an_inventory_in_whatever_way_it_holds_them() {
    let app = guarded(|_| {}).await;
    let fields = [app.field(10_000).await, app.field(10_000).await];
    let token = app.session_from("192.0.2.1").await.ok(201).text("token");
    let call = |path: &str, body: Value, address: &'static str| {
        app.from(app.post(path).by(&token).json(&body), address).send()
    };
    let group = |quantity: u32| {
        call(
            "/v1/groups",
            json!({"inventories": fields, "offers": [{"offer": "f", "quantity": quantity}]}),
            "192.0.2.1",
        )
    };
    let held = group(8).await.ok(201).text("id");
    group(1).await.refused(429, "held_limit");
    for field in &fields {
        app.hold_from("192.0.2.1", &token, field, 1).await.refused(429, "held_limit");
    }
    assert_eq!((app.held(&fields[0]).await, app.held(&fields[1]).await), (8, 8));
    app.from(app.delete(&format!("/v1/groups/{held}")).by(&token), "192.0.2.1").send().await.ok(204);
    let holds = format!("/v1/inventories/{}/holds", fields[0]);
    let hold = app.hold_from("192.0.2.1", &token, &fields[0], 1).await.ok(201).text("id");
    app.hold_from("192.0.2.1", &token, &fields[0], 2).await.ok(201);
    let change = |list: &str, pieces: u32, address| {
        let body = json!({list: [{"offer": "f", "quantity": pieces}]});
        call(&format!("{holds}/{hold}/change"), body, address)
    };
    change("add", 5, "192.0.2.1").await.ok(200);
    change("add", 1, "192.0.2.2").await.refused(429, "held_limit");
    change("remove", 1, "192.0.2.2").await.ok(200);
    change("add", 2, "192.0.2.2").await.refused(429, "held_limit");
    change("add", 1, "192.0.2.2").await.ok(200);
    call(&holds, json!({"best_available": {"quantity": 1}}), "192.0.2.3").await.refused(429, "held_limit");
    group(1).await.refused(429, "held_limit");
    assert_eq!((app.held(&fields[0]).await, app.held(&fields[1]).await), (8, 0));
}

#[tokio::test]
async fn a_repeat_is_answered_whatever_the_budget() {
    let app = guarded(|_| {}).await;
    let field = app.field(10_000).await;
    let path = format!("/v1/inventories/{field}/holds");
    let body = json!({"offers": [{"offer": "f", "quantity": 8}]});
    let hold = || app.post(&path).by(&app.alice.token).key("once").json(&body).send();
    let first = hold().await.ok(201);
    let again = hold().await.ok(201);
    assert!(again.is_replay());
    assert_eq!(again.text("id"), first.text("id"));
}

#[tokio::test]
async fn groups_are_taken_from_the_same_budget() {
    let app = guarded(|_| {}).await;
    let (one, two) = (app.field(10_000).await, app.field(10_000).await);
    app.hold_from("192.0.2.1", &app.alice.token, &two, 8).await.ok(201);
    let body = json!({"inventories": [one, two], "offers": [{"offer": "f", "quantity": 2}]});
    let group = || app.post("/v1/groups").by(&app.alice.token).json(&body).send();
    let refused = group().await.refused(429, "held_limit");
    assert_eq!(refused.text("inventory"), two);
    assert_eq!((app.held(&one).await, app.held(&two).await), (0, 8), "its other part is free again");
    assert_eq!(app.server.store.groups(None, 10).await.unwrap(), [], "and nothing is kept of it");
}

#[tokio::test]
async fn lanes_say_what_is_left_and_turn_away_with_words() {
    let app =
        guarded(|settings| (settings.selling_calls_per_buyer, settings.calls_per_key) = (3, 1_000)).await;
    let field = app.field(10_000).await;
    let token = app.session_from("192.0.2.1").await.ok(201).text("token");
    let first = app.hold_from("192.0.2.1", &token, &field, 1).await.ok(201);
    assert_eq!(first.header("ratelimit"), "\"selling\";r=2;t=20");
    assert_eq!(first.header("ratelimit-policy"), "\"selling\";q=3;w=60");
    for _ in 0..2 {
        app.hold_from("192.0.2.1", &token, &field, 1).await.ok(201);
    }
    let away = app.hold_from("192.0.2.1", &token, &field, 1).await.refused(429, "rate_limited");
    assert_eq!((away.header("ratelimit"), away.header("retry-after")), ("\"selling\";r=0;t=21", "21"));
    app.from(app.get(&format!("/v1/inventories/{field}/holds")).by(&token), "192.0.2.1").send().await.ok(200);
    for _ in 0..20 {
        let body = json!({"offers": [{"offer": "f"}], "buyer": "customer"});
        let path = format!("/v1/inventories/{field}/holds");
        let held = app.post(&path).by(&app.seller).json(&body).send().await;
        assert!([201, 409].contains(&held.status), "a key has a budget of its own: {}", held.body);
    }
    assert_eq!(app.get("/livez").send().await.ok(200).header("ratelimit"), "", "not counted");
    app.seconds_pass(60);
    app.hold_from("192.0.2.1", &token, &field, 1).await.ok(201);
}

#[tokio::test]
async fn a_header_that_anybody_can_write_is_not_believed() {
    let app = guarded(|settings| {
        settings.trusted_proxies.clear();
        // Two begin with the app itself.
        settings.sessions_per_address = 4;
    })
    .await;
    for n in 0..2 {
        app.session_from(&format!("192.0.2.{n}")).await.ok(201);
    }
    app.session_from("192.0.2.77").await.refused(429, "too_many_sessions");
    let renewed = app.post("/v1/sessions").by(&app.alice.token).send().await.ok(201);
    assert_eq!(renewed.text("buyer_id"), app.alice.id, "to go on is not to begin");
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let app = guarded(|_| {}).await;
    let body = json!({"units": [["A-1-7", 1]], "channel": "fans", "code": "FAN-2026"});
    app.post(&app.at("/blocks")).by(&app.operator).json(&body).send().await.ok(201);
    let try_code = |token: String, address: &'static str, code: &'static str| {
        let request = app.get(&app.at("/allotment")).by(&token).header("X-Access-Code", code);
        app.from(request, address).send()
    };
    let (alice, bob) = (app.alice.token.clone(), app.bob.token.clone());
    for n in 0..20 {
        try_code(alice.clone(), "192.0.2.1", "FAN-2026").await.ok(200);
        let wrong = if n % 2 == 0 { "FAN-2027" } else { "FAN-2028" };
        if n < 9 {
            try_code(alice.clone(), "192.0.2.1", wrong).await.refused(422, "code_unknown");
        }
    }
    let mut wanted = seats(&["A-1-7"]);
    wanted["code"] = json!("FAN-9999");
    let hold = || app.from(app.post(&app.at("/holds")).by(&alice).json(&wanted), "192.0.2.1").send();
    hold().await.refused(422, "code_unknown");
    hold().await.refused(429, "too_many_wrong_codes");
    try_code(alice.clone(), "192.0.2.1", "FAN-2026").await.refused(429, "too_many_wrong_codes");
    try_code(bob.clone(), "192.0.2.1", "FAN-2026").await.refused(429, "too_many_wrong_codes");
    try_code(alice.clone(), "192.0.2.9", "FAN-2026").await.refused(429, "too_many_wrong_codes");
    try_code(bob, "192.0.2.9", "FAN-2026").await.ok(200);
    app.hold_as(&alice, &seats(&["A-1-8"])).await.ok(201);
    app.seconds_pass(60);
    try_code(alice, "192.0.2.1", "FAN-2026").await.ok(200);
}

#[tokio::test]
async fn a_buyer_has_five_live_streams_and_a_closed_one_makes_room() {
    let app = guarded(|settings| settings.streams_per_address = 7).await;
    let watch = async |token: &str| {
        let url = format!("{}{}", app.base, app.at("/live"));
        let request = app.client.get(url).header("X-Forwarded-For", "192.0.2.1");
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        request.send().await.unwrap()
    };
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(watch(&app.alice.token).await);
    }
    assert!(streams.iter().all(|stream| stream.status() == 200));
    let sixth = watch(&app.alice.token).await;
    assert_eq!(sixth.status(), 429);
    assert_eq!(sixth.json::<Value>().await.unwrap()["code"], "too_many_streams");
    streams.extend([watch("").await, watch("").await]);
    assert_eq!(watch("").await.status(), 429, "of one address");
    streams.clear();
    for _ in 0..500 {
        if watch(&app.alice.token).await.status() == 200 {
            return;
        }
        // Only by a write is a gone client noticed.
        let body = json!({"offers": [{"offer": "A-1-1"}], "buyer": "customer"});
        let hold = app.hold_as(&app.seller, &body).await.ok(201).text("id");
        app.delete(&app.at(&format!("/holds/{hold}"))).by(&app.seller).send().await.ok(204);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("closed streams are still counted");
}

/// 200 of them filled 50 MB: a quarter of a megabyte each, kept for a day.
#[tokio::test]
async fn a_refused_group_leaves_nothing_behind() {
    let app = spawn_app().await;
    let night = app.create(json!({"name": "Night", "plan": hall()})).await;
    let count = std::env::var("FAIRHOLD_REFUSED_GROUPS").map_or(10, |count| count.parse().unwrap());
    let group = |body: Value| app.post("/v1/groups").by(&app.alice.token).json(&body).send();
    let nowhere = "inv_01976f0a5c7e7d70a3f2b6f2c7b1d0aa";
    for n in 0..count {
        let offers = vec![json!({"offer": format!("{n}-{}", "x".repeat(4_900))}); 50];
        let long = json!({"inventories": [nowhere], "offers": offers});
        group(long).await.refused(422, "invalid_field").pointing_at("/offers/0/offer");
        let offers = vec![json!({"offer": format!("{n}-{}", "한".repeat(190))}); 50];
        group(json!({"inventories": [night, nowhere], "offers": offers})).await.refused(422, "unit_unknown");
        let offers = vec![json!({"offer": "A-1-7"}); 50];
        group(json!({"inventories": [nowhere], "offers": offers})).await.refused(404, "inventory_unknown");
    }
    app.hold("A-1-7").await.ok(201);
    let taken = json!({"inventories": [night, app.hall], "offers": [{"offer": "A-1-7"}]});
    group(taken.clone()).await.refused(409, "unit_taken");
    let rows = app.server.store.groups(None, 10).await.unwrap();
    println!("{count} refused requests of 250 kB and as many others: {} rows kept", rows.len());
    assert_eq!(rows, []);
    let much = json!({"inventories": [night], "offers": [{"offer": "floor", "quantity": 9}]});
    group(much).await.refused(409, "buyer_limit");
}
