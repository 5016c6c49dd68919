use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::helpers::*;

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let app = spawn_app().await;
    let deep = format!("{{\"offers\":{}{}}}", "[".repeat(500), "]".repeat(500));
    let deeper = "[".repeat(100_000);
    for body in ["", "{", "hold me", "{\"offers\":[}", "{} {}", &deeper] {
        let reply = app.post(&app.at("/holds")).by(&app.alice.token).text(body).send().await;
        assert!(matches!(reply.status, 400 | 422), "{body}: {}", reply.body);
    }
    let send = |body: String| app.post(&app.at("/holds")).by(&app.alice.token).text(&body).send();
    send("{".to_owned()).await.refused(400, "malformed_json");
    send(String::new()).await.refused(400, "malformed_json");
    let reply = send(deep).await;
    assert!(matches!(reply.status, 400 | 422), "{}", reply.body);
    let bytes = app.post(&app.at("/holds")).by(&app.alice.token).header("Content-Type", "application/json");
    let reply = bytes.raw(b"{\"offers\":[{\"offer\":\"\xff\xfe\"}]}".to_vec()).send().await;
    reply.refused(400, "malformed_json");
    assert_eq!(app.figures().await["held"], 0);
}

#[tokio::test]
async fn only_json_is_taken() {
    let app = spawn_app().await;
    let body = seats(&["A-1-1"]).to_string();
    let hold = || app.post(&app.at("/holds")).by(&app.alice.token).raw(body.clone());
    hold().send().await.refused(415, "unsupported_media_type");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
        hold().header("Content-Type", kind).send().await.refused(415, "unsupported_media_type");
    }
    let packed = hold().header("Content-Type", "application/json").header("Content-Encoding", "gzip");
    packed.send().await.refused(415, "unsupported_media_type");
    hold().header("Content-Type", "Application/JSON; charset=utf-8").send().await.ok(201);
}

#[tokio::test]
async fn a_body_has_at_most_256_kib() {
    let app = spawn_app().await;
    let padded = |len: usize| {
        let body = seats(&["A-1-1"]).to_string();
        format!("{body}{}", " ".repeat(len - body.len()))
    };
    let send = |body: String| app.post(&app.at("/holds")).by(&app.alice.token).text(&body).send();
    for len in [256 * 1024 + 1, 257 * 1024, 900 * 1024] {
        let refused = send(padded(len)).await.refused(413, "body_too_large");
        assert_eq!(refused.body["limits"]["body_bytes"], 256 * 1024);
    }
    let chunks = futures_util::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(vec![b' '; 16 * 1024])));
    let request = app.post(&app.at("/holds")).by(&app.alice.token).header("Content-Type", "application/json");
    request.raw(reqwest::Body::wrap_stream(chunks)).send().await.refused(413, "body_too_large");
    send(padded(256 * 1024)).await.ok(201);
}

#[tokio::test]
async fn a_plan_may_be_larger() {
    let app = spawn_app().await;
    let seat = |n: usize| json!({"id": format!("S-{n}"), "label": n.to_string(), "category": "R"});
    let row = json!({"id": "R1", "label": "1", "seats": (0..10_000).map(seat).collect::<Vec<_>>()});
    let plan = json!({"name": "Big", "currency": "KRW", "categories": [{"id": "R", "name": "R", "price": 1}],
        "zones": [{"id": "Z", "name": "Z", "rows": [row]}]});
    let id = app.create(json!({"name": "Big", "plan": plan})).await;
    let shown = app.get(&format!("/v1/inventories/{id}")).send().await.ok(200);
    assert_eq!(shown.body["units"], 10_000);
}

#[tokio::test]
async fn a_body_that_drips_is_cut_off() {
    let app = spawn_app_with(|settings| settings.body_seconds = 1).await;
    let mut socket = TcpStream::connect(app.server.address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIdempotency-Key: k\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n",
        app.at("/holds"),
        app.alice.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = socket.into_split();
    let dripping = tokio::spawn(async move {
        while writer.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut answer = String::new();
    let read = tokio::time::timeout(Duration::from_secs(60), reader.read_to_string(&mut answer)).await;
    dripping.abort();
    assert!(read.is_ok(), "the connection is closed");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("\"code\":\"body_timeout\""), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_call_without_a_body_takes_none() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-1").await.ok(201);
    let purchase = || app.hold_call(&hold, "/purchase").by(&app.seller);
    purchase().json(&json!({"amount": 1})).send().await.refused(422, "unknown_field").pointing_at("/amount");
    purchase().text("null").send().await.refused(422, "invalid_field");
    purchase().json(&json!({})).send().await.ok(201);
}

#[tokio::test]
async fn what_was_sent_is_not_sent_back_at_length() {
    let app = spawn_app().await;
    let body = json!({"offers": [{"offer": "A-1-1", "quantity": "x".repeat(200_000)}]});
    let refused = app.hold_as(&app.alice.token, &body).await.refused(422, "invalid_field");
    assert!(refused.bytes.len() < 2_000, "{}", refused.bytes.len());
    let refused = app.hold(&"x".repeat(200_000)).await.refused(422, "unit_unknown");
    assert!(refused.bytes.len() < 2_000, "{}", refused.bytes.len());
}

#[tokio::test]
async fn a_refusal_arrives_though_the_body_was_not_read() {
    let app = spawn_app().await;
    for _ in 0..20 {
        let request = app.post(&app.at("/holds")).text(&" ".repeat(200 * 1024));
        request.send().await.refused(401, "unauthenticated");
        let request = app.post("/v1/nowhere").text(&" ".repeat(200 * 1024));
        request.send().await.refused(404, "route_unknown");
    }
    app.hold("A-1-1").await.ok(201);
}
