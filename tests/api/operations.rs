use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::helpers::*;

#[tokio::test]
async fn what_is_not_served_says_so() {
    let app = spawn_app().await;
    for path in ["/v1", "/v1/inventories/", "/v2/inventories", "/docs/nothing.js", "/problems/nothing"] {
        app.get(path).send().await.refused(404, "route_unknown");
    }
    let hold = app.at("/holds/hold_00000000000000000000000000000000");
    for (method, path, allow) in [
        (Method::PUT, "/v1/inventories".to_owned(), "GET, HEAD, POST"),
        (Method::DELETE, app.at(""), "GET, HEAD, PATCH"),
        (Method::GET, hold, "DELETE"),
        (Method::GET, "/v1/sessions".to_owned(), "POST"),
        (Method::TRACE, "/livez".to_owned(), "GET, HEAD"),
        (Method::OPTIONS, app.at("/holds"), "GET, HEAD, POST"),
    ] {
        let reply = app.request(method.clone(), &path).send().await.refused(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let app = spawn_app().await;
    for path in ["/v1/inventories".to_owned(), app.at("/plan"), "/livez".to_owned()] {
        let url = format!("{}{path}", app.base);
        let head = reqwest::Client::new().head(&url).send().await.unwrap();
        let get = reqwest::get(&url).await.unwrap();
        assert_eq!(
            (head.status(), head.headers()["content-type"].clone()),
            (get.status(), get.headers()["content-type"].clone())
        );
        assert_eq!(head.headers()["content-length"], get.headers()["content-length"], "{path}");
        assert!(head.bytes().await.unwrap().is_empty(), "{path}");
    }
    let stream =
        reqwest::Client::new().head(format!("{}{}", app.base, app.at("/live"))).send().await.unwrap();
    assert_eq!((stream.status().as_u16(), &stream.headers()["allow"]), (405, &"GET".parse().unwrap()));
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_is_protected() {
    let app = spawn_app().await;
    for reply in [app.get("/livez").send().await, app.get("/nowhere").send().await, app.hold("A-1-1").await] {
        assert_eq!(reply.header("x-request-id").len(), 32);
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("x-frame-options"), "DENY");
    }
    let mine =
        app.get("/nowhere").header("X-Request-Id", "trace-7").send().await.refused(404, "route_unknown");
    assert_eq!(mine.header("x-request-id"), "trace-7");
    let bad = app.get("/livez").header("X-Request-Id", "two words").send().await;
    assert_eq!(bad.header("x-request-id").len(), 32);
}

#[tokio::test]
async fn the_request_id_stands_in_the_journal() {
    let app = spawn_app().await;
    let request = app.post(&app.at("/holds")).by(&app.alice.token).header("X-Request-Id", "trace-8");
    request.json(&seats(&["A-1-1"])).send().await.ok(201);
    let stored = app.server.store.record(app.hall.parse().unwrap(), 2).await.unwrap().unwrap();
    let record: Value = serde_json::from_slice(&stored.body).unwrap();
    assert_eq!((&record["request"], &record["by"]), (&json!("trace-8"), &json!(app.alice.id)));
}

#[tokio::test]
async fn health_is_told_in_words() {
    let app = spawn_app().await;
    for path in ["/livez", "/healthz", "/readyz"] {
        assert_eq!(app.get(path).send().await.ok(200).bytes, b"ok\n");
    }
    let verbose = app.get("/readyz?verbose").send().await.ok(200);
    assert_eq!(
        String::from_utf8(verbose.bytes).unwrap(),
        "[+]store ok\n[+]journal ok\n[+]inventories ok\n[+]accepting ok\nok\n"
    );
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_never_by_id() {
    let app = spawn_app().await;
    app.hold("A-1-1").await.ok(201);
    app.hold("A-1-1").await.refused(409, "unit_taken");
    let again =
        || app.post(&app.at("/holds")).by(&app.bob.token).key("again").json(&seats(&["A-1-2"])).send();
    again().await.ok(201);
    assert!(again().await.ok(201).is_replay());
    let metrics = String::from_utf8(app.get("/metrics").send().await.ok(200).bytes).unwrap();
    for class in ["2xx", "4xx"] {
        let line = format!(
            "http_server_request_duration_seconds_count{{route=\"/v1/inventories/{{inventory}}/holds\",method=\"POST\",status_class=\"{class}\"}}"
        );
        assert!(metrics.contains(&line), "{metrics}");
    }
    for outcome in ["committed", "replayed", "unit_taken"] {
        let line = format!("fairhold_commands_total{{command=\"hold\",outcome=\"{outcome}\"}}");
        assert!(metrics.contains(&line), "{metrics}");
    }
    assert!(metrics.contains("http_server_request_duration_seconds_bucket"), "base unit, buckets");
    assert!(metrics.contains("http_server_requests_in_flight"));
    for secret in [&app.hall, &app.alice.id, &app.alice.token, &app.seller] {
        assert!(!metrics.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn the_api_describes_itself() {
    let app = spawn_app().await;
    let openapi = app.get("/openapi.json").send().await.ok(200);
    assert_eq!(openapi.body["openapi"], "3.1.0");
    let hold = &openapi.body["paths"]["/v1/inventories/{inventory}/holds"]["post"];
    assert!(hold["responses"]["409"]["description"].as_str().unwrap().contains("`unit_taken`"));
    assert!(
        app.get("/asyncapi.json").send().await.ok(200).body["asyncapi"].as_str().unwrap().starts_with("3.")
    );
    let page = app.get("/docs/").send().await.ok(200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("default-src 'self'"));
    let start = app.get("/docs/swagger-initializer.js").send().await.ok(200);
    assert!(String::from_utf8(start.bytes).unwrap().contains("/openapi.json"));
    app.get("/docs").send().await.ok(200);
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_a_page_about_it() {
    let app = spawn_app_with(|settings| settings.public_url = "https://tickets.example/".to_owned()).await;
    let refused = app.get("/nowhere").send().await.refused(404, "route_unknown");
    let page = refused.text("type");
    let path = page.strip_prefix("https://tickets.example").unwrap();
    let page = app.get(path).send().await.ok(200);
    assert!(String::from_utf8(page.bytes).unwrap().contains("<code>route_unknown</code>"));
}

#[tokio::test]
async fn a_server_that_stops_finishes_what_it_has_and_takes_nothing_new() {
    let mut app = spawn_app().await;
    let body = seats(&["A-1-1"]).to_string();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIdempotency-Key: k\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        app.at("/holds"),
        app.alice.token,
        body.len()
    );
    let mut slow = TcpStream::connect(app.server.address).await.unwrap();
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut idle = TcpStream::connect(app.server.address).await.unwrap();
    ask(&mut idle, "/livez").await;
    let stopped = app.server.stop();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while !ask(&mut idle, "/readyz").await.starts_with("HTTP/1.1 503") {
        assert!(tokio::time::Instant::now() < deadline, "it never stopped being ready");
        tokio::task::yield_now().await;
    }
    assert!(ask(&mut idle, "/livez").await.starts_with("HTTP/1.1 200"));
    let refused = ask(&mut idle, "/v1/inventories").await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("\"shutting_down\""), "{refused}");
    assert!(refused.to_ascii_lowercase().contains("retry-after: 1\r\n"), "{refused}");
    assert!(refused.to_ascii_lowercase().contains("connection: close\r\n"), "{refused}");
    slow.write_all(body.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 201");
    tokio::time::timeout(Duration::from_secs(60), stopped).await.expect("it ends").unwrap();
}

/// One request on a connection that stays; the answer as far as it comes in one piece.
async fn ask(socket: &mut TcpStream, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 16 * 1024];
    let len = socket.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..len]).into_owned()
}
