use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use fairhold::persistence::Role;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::helpers::*;
use crate::support::host::{START, TOKEN_SECRET};

fn claims(buyer: &str) -> Value {
    let now = START.0 / 1000;
    json!({"iss": "fairhold", "aud": "fairhold:buyer", "sub": buyer, "typ": "buyer",
           "iat": now, "nbf": now, "exp": now + 600})
}

fn signed(algorithm: &str, claims: &Value, secret: &str) -> String {
    let head = json!({"typ": "JWT", "alg": algorithm});
    let text = format!("{}.{}", BASE64.encode(head.to_string()), BASE64.encode(claims.to_string()));
    let key = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    format!("{text}.{}", BASE64.encode(key.chain_update(&text).finalize().into_bytes()))
}

#[tokio::test]
async fn a_session_is_a_buyer_for_a_day() {
    let app = spawn_app().await;
    let session = app.post("/v1/sessions").send().await.ok(201);
    assert!(session.text("buyer_id").starts_with("buy_"));
    assert_eq!(session.text("expires_at"), "2026-05-02T11:00:00.000Z");
    assert_eq!(session.header("cache-control"), "no-store");
    app.seconds_pass(86_399);
    app.hold_as(&session.text("token"), &seats(&["A-1-1"])).await.ok(201);
    app.seconds_pass(1);
    let late = app.hold_as(&session.text("token"), &seats(&["A-1-2"])).await.refused(401, "token_expired");
    assert!(late.header("www-authenticate").contains("invalid_token"));
}

#[tokio::test]
async fn a_session_is_renewed_with_its_old_token() {
    let app = spawn_app().await;
    app.seconds_pass(80_000);
    let renewed = app.post("/v1/sessions").by(&app.alice.token).send().await.ok(201);
    assert_eq!(renewed.text("buyer_id"), app.alice.id);
    assert_eq!(renewed.text("expires_at"), "2026-05-03T09:13:20.000Z");
    app.seconds_pass(10_000);
    app.post("/v1/sessions").by(&app.alice.token).send().await.refused(401, "token_expired");
    app.hold_as(&renewed.text("token"), &seats(&["A-1-1"])).await.ok(201);
    app.post("/v1/sessions").by(&app.seller).send().await.refused(403, "forbidden");
    app.post("/v1/sessions").json(&json!({"name": "x"})).send().await.refused(422, "unknown_field");
}

#[tokio::test]
async fn without_a_credential_nothing_is_sold() {
    let app = spawn_app().await;
    let body = seats(&["A-1-1"]);
    let refused = app.post(&app.at("/holds")).json(&body).send().await.refused(401, "unauthenticated");
    assert!(refused.header("www-authenticate").starts_with("Bearer"));
    for scheme in ["Basic YTpi", "Bearer", "Bearer ", "token"] {
        let request = app.post(&app.at("/holds")).header("Authorization", scheme).json(&body);
        request.send().await.refused(401, "token_invalid");
    }
}

#[tokio::test]
async fn a_forged_token_is_worth_nothing() {
    let app = spawn_app().await;
    let body = seats(&["A-1-1"]);
    let claims = claims(&app.alice.id);
    let payload = BASE64.encode(claims.to_string());
    let (head, rest) = app.alice.token.split_once('.').unwrap();
    let signature = rest.split_once('.').unwrap().1;
    let forged = [
        signed("HS256", &claims, "another secret of thirty-two byte"),
        signed("HS512", &claims, TOKEN_SECRET),
        format!("{}.{payload}.", BASE64.encode(r#"{"typ":"JWT","alg":"none"}"#)),
        format!("{}.{payload}.{signature}", BASE64.encode(r#"{"typ":"JWT","alg":"None"}"#)),
        format!("{head}.{payload}.{signature}"),
        format!("{head}.{payload}"),
        "x".to_owned(),
        "ü".to_owned(),
    ];
    for token in forged {
        app.hold_as(&token, &body).await.refused(401, "token_invalid");
    }
    app.hold_as(&signed("HS256", &claims, TOKEN_SECRET), &body).await.ok(201);
}

#[tokio::test]
async fn a_token_for_something_else_is_worth_nothing() {
    let app = spawn_app().await;
    let now = START.0 / 1000;
    for (claim, value, code) in [
        ("iss", json!("elsewhere"), "token_invalid"),
        ("aud", json!("fairhold:mail"), "token_invalid"),
        ("typ", json!("refresh"), "token_invalid"),
        ("nbf", json!(now + 600), "token_invalid"),
        ("exp", json!(now), "token_expired"),
    ] {
        let mut claims = claims(&app.alice.id);
        claims[claim] = value;
        let token = signed("HS256", &claims, TOKEN_SECRET);
        app.hold_as(&token, &seats(&["A-1-1"])).await.refused(401, code);
    }
}

#[tokio::test]
async fn two_credentials_are_one_too_many() {
    let app = spawn_app().await;
    for path in ["/holds", "/live", "/allotment", "/sales"] {
        let request = app.get(&app.at(path)).by(&app.alice.token).by(&app.bob.token);
        request.send().await.refused(400, "bad_request");
        let same = app.get(&app.at(path)).by(&app.alice.token).by(&app.alice.token);
        same.send().await.refused(400, "bad_request");
    }
    app.post("/v1/sessions").by(&app.alice.token).by("x").send().await.refused(400, "bad_request");
}

#[tokio::test]
async fn an_unknown_key_is_refused_and_a_revoked_one_within_five_seconds() {
    let app = spawn_app().await;
    let (id, key) = app.server.key(Role::Seller).await;
    let mut body = seats(&["floor"]);
    body["buyer"] = json!("b");
    app.hold_as(&key, &body).await.ok(201);
    assert!(app.server.store.revoke_key(id, app.server.sources.now()).await.unwrap());
    app.seconds_pass(5);
    app.hold_as(&key, &body).await.refused(401, "token_invalid");
    for unknown in ["sk_", "sk_x", &format!("sk_{}", "a".repeat(43)), &format!("{key}a")] {
        app.hold_as(unknown, &body).await.refused(401, "token_invalid");
    }
}

#[tokio::test]
async fn who_may_do_what() {
    let app = spawn_app().await;
    let (any, no) = ("/blocks/block_00000000000000000000000000000000", None);
    let block = Some(json!({"units": [["floor", 1]]}));
    let operator_calls = [
        (reqwest::Method::POST, "/v1/inventories".to_owned(), Some(json!({"name": "x", "plan": hall()}))),
        (reqwest::Method::PATCH, app.at(""), Some(json!({"hold_seconds": 60}))),
        (reqwest::Method::PUT, app.at("/plan"), Some(hall())),
        (reqwest::Method::POST, app.at("/blocks"), block),
        (reqwest::Method::DELETE, app.at(any), no),
        (reqwest::Method::POST, app.at("/restock"), Some(json!({"unit": "beans", "change": 1}))),
    ];
    for (method, path, body) in operator_calls {
        for (who, status, code) in [
            (None, 401, "unauthenticated"),
            (Some(&app.alice.token), 403, "forbidden"),
            (Some(&app.seller), 403, "forbidden"),
        ] {
            let mut request = app.request(method.clone(), &path);
            if let Some(who) = who {
                request = request.by(who);
            }
            if let Some(body) = &body {
                request = request.json(body);
            }
            request.send().await.refused(status, code);
        }
    }
}

/// All calls as the server describes them, with ids that are well-formed and name nothing.
async fn described_calls(app: &TestApp) -> Vec<(reqwest::Method, String, Value)> {
    let openapi = app.get("/openapi.json").send().await.ok(200).body;
    let mut calls = Vec::new();
    for (path, item) in openapi["paths"].as_object().unwrap() {
        let mut path = path.replace("{inventory}", &app.hall);
        for (id, prefix) in [("hold", "hold"), ("sale", "sale"), ("block", "block"), ("group", "grp")] {
            path = path.replace(&format!("{{{id}}}"), &format!("{prefix}_00000000000000000000000000000000"));
        }
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            calls.push((method, path.clone(), operation["security"].clone()));
        }
    }
    calls
}

#[tokio::test]
async fn every_call_that_needs_somebody_refuses_nobody() {
    let app = spawn_app().await;
    let mut guarded = 0;
    for (method, path, security) in described_calls(&app).await {
        let schemes: Vec<&str> = match security.as_array() {
            Some(list) => {
                list.iter().map(|one| one.as_object().unwrap().keys().next().map_or("", |key| key)).collect()
            }
            None => continue,
        };
        let send = |who: Option<&str>| {
            let request = app.request(method.clone(), &path);
            match who {
                Some(who) => request.by(who).json(&json!({})).send(),
                None => request.json(&json!({})).send(),
            }
        };
        for bad in ["x", "sk_x", &format!("sk_{}", "A".repeat(43))] {
            send(Some(bad)).await.refused(401, "token_invalid");
        }
        if schemes.contains(&"") {
            continue;
        }
        guarded += 1;
        send(None).await.refused(401, "unauthenticated");
        if !schemes.contains(&"buyer") {
            send(Some(&app.alice.token)).await.refused(403, "forbidden");
        }
    }
    assert!(guarded >= 12, "{guarded}");
    assert_eq!(app.figures().await["available"], 223);
}

#[tokio::test]
async fn every_call_that_reads_a_body_refuses_a_bad_one() {
    let app = spawn_app().await;
    for (method, path, _) in described_calls(&app).await {
        // One call reads a file, whatever is in it.
        let reads_file = path == "/v1/plans";
        let has_body =
            [reqwest::Method::POST, reqwest::Method::PATCH, reqwest::Method::PUT].contains(&method);
        if !has_body || reads_file {
            continue;
        }
        let request = || {
            let request = app.request(method.clone(), &path).header("If-Match", "*");
            if path == "/v1/sessions" { request } else { request.by(&app.operator) }
        };
        request().text("{").send().await.refused(400, "malformed_json");
        request().json(&json!({"no_such_field": 1})).send().await.ok(422);
        request()
            .header("Content-Type", "text/plain")
            .raw("{}")
            .send()
            .await
            .refused(415, "unsupported_media_type");
        if path != "/v1/inventories" && !path.ends_with("/plan") {
            request().text(&" ".repeat(257 * 1024)).send().await.refused(413, "body_too_large");
        }
    }
}
