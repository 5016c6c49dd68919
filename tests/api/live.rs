use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::helpers::*;
use crate::schema;

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

async fn watch(app: &TestApp, query: &str, origin: Option<&str>) -> Result<Socket, u16> {
    let url = format!("ws://{}{}{query}", app.server.address, app.at("/live"));
    let mut request = url.into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("Origin", origin.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn frame(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let message = tokio::time::timeout(std::time::Duration::from_secs(60), socket.next()).await;
        if let Message::Text(text) = message.expect("a frame comes").unwrap().unwrap() {
            let frame: Value = serde_json::from_str(&text).unwrap();
            schema::check("LiveFrame", &frame);
            if frame["type"] == kind {
                return frame;
            }
        }
    }
}

#[tokio::test]
async fn a_viewer_sees_the_snapshot_and_then_every_change() {
    let app = spawn_app().await;
    let mut socket = watch(&app, "", None).await.unwrap();
    let snapshot = frame(&mut socket, "snapshot").await;
    assert_eq!((&snapshot["seq"], &snapshot["inventory"]), (&json!(1), &json!(app.hall)));
    app.hold("A-1-2").await.ok(201);
    let delta = frame(&mut socket, "delta").await;
    assert_eq!((&delta["from"], &delta["to"], &delta["seats"]), (&json!(1), &json!(2), &json!([[1, 1]])));
    assert_eq!(app.get(&app.at("")).send().await.body["viewers"], 1);
}

#[tokio::test]
async fn a_viewer_comes_back_to_where_it_was() {
    let app = spawn_app().await;
    let mut socket = watch(&app, "", None).await.unwrap();
    frame(&mut socket, "snapshot").await;
    app.hold("A-1-2").await.ok(201);
    frame(&mut socket, "delta").await;
    let mut again = watch(&app, "?last_event_id=1:1", None).await.unwrap();
    assert_eq!(frame(&mut again, "resumed").await["to"], 2);
    assert_eq!(frame(&mut again, "delta").await["seats"], json!([[1, 1]]));
}

#[tokio::test]
async fn a_buyer_sees_its_own_holds_only() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-1").await.ok(201);
    let mut socket = watch(&app, "", None).await.unwrap();
    let auth = json!({"type": "auth", "token": app.alice.token});
    schema::check("AuthFrame", &auth);
    socket.send(Message::text(auth.to_string())).await.unwrap();
    assert_eq!(frame(&mut socket, "hold").await["id"], hold.body["id"]);
    app.hold_as(&app.bob.token, &seats(&["A-2-1"])).await.ok(201);
    let path = app.at(&format!("/holds/{}", hold.text("id")));
    app.delete(&path).by(&app.alice.token).send().await.ok(204);
    let over = frame(&mut socket, "hold").await;
    assert_eq!((&over["id"], &over["state"]), (&hold.body["id"], &json!("released")));
}

#[tokio::test]
async fn pages_of_other_origins_may_not_watch() {
    let app =
        spawn_app_with(|settings| settings.allowed_origins = vec!["https://partner.example".into()]).await;
    let port = app.server.address.port();
    for allowed in [&app.base, &format!("http://localhost:{port}"), "https://partner.example"] {
        assert!(watch(&app, "", Some(allowed)).await.is_ok(), "{allowed}");
    }
    for refused in
        ["https://evil.example", "null", "http://localhost:1", "https://partner.example.evil.example"]
    {
        assert_eq!(watch(&app, "", Some(refused)).await.err(), Some(403), "{refused}");
        let events = app.get(&app.at("/live")).header("Origin", refused).send().await;
        events.refused(403, "origin_not_allowed");
    }
}

#[tokio::test]
async fn an_upgrade_that_is_none_is_refused_with_a_problem() {
    let app = spawn_app().await;
    let half = app.get(&app.at("/live")).header("Connection", "Upgrade").header("Upgrade", "websocket");
    half.send().await.refused(400, "bad_request");
    let path = app.at("/live?since=1");
    app.get(&path).send().await.refused(422, "invalid_query").pointing_at("?since");
}

#[tokio::test]
async fn the_same_frames_come_as_server_sent_events() {
    let app = spawn_app().await;
    let hold = app.hold("A-1-1").await.ok(201);
    let request = app.client.get(format!("{}{}", app.base, app.at("/live")));
    let response = request.bearer_auth(&app.alice.token).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let (mut body, mut text) = (response.bytes_stream(), String::new());
    while !(text.contains("\"type\":\"snapshot\"") && text.contains("\"type\":\"hold\"")) {
        text.push_str(std::str::from_utf8(&body.next().await.unwrap().unwrap()).unwrap());
    }
    assert!(text.contains("id: 1:2\ndata: {\"type\":\"snapshot\""), "{text}");
    assert!(text.contains(&hold.text("id")), "{text}");
    let invalid = app.get(&app.at("/live")).by("x").send().await;
    invalid.refused(401, "token_invalid");
}

#[tokio::test]
async fn one_viewer_too_many_is_told_to_come_later() {
    let app = spawn_app_with(|settings| settings.viewers_max = 1).await;
    let first = watch(&app, "", None).await.unwrap();
    assert_eq!(watch(&app, "", None).await.err(), Some(503));
    let refused = app.get(&app.at("/live")).send().await.refused(503, "overloaded");
    assert_eq!(refused.header("retry-after"), "1");
    drop(first);
}

#[tokio::test]
async fn a_move_shows_both_seats_in_one_frame() {
    let app = spawn_app().await;
    let sale = app.sold("A-1-1").await;
    let mut socket = watch(&app, "", None).await.unwrap();
    frame(&mut socket, "snapshot").await;
    let path = app.at(&format!("/sales/{}/move", sale.text("id")));
    let body = json!({"from": [{"offer": "A-1-1"}], "to": [{"offer": "A-1-2"}]});
    app.post(&path).by(&app.seller).json(&body).send().await.ok(200);
    let delta = frame(&mut socket, "delta").await;
    assert_eq!(delta["seats"], json!([[0, 0], [1, 2]]));
}

#[tokio::test]
async fn viewers_are_told_how_many_they_are_and_count_for_their_minute_when_they_have_left() {
    let app = spawn_app().await;
    let mut socket = watch(&app, "", None).await.unwrap();
    let _another = watch(&app, "", None).await.unwrap();
    while frame(&mut socket, "viewers").await["count"] != 2 {}
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await; // the server looks once a second
    drop((socket, _another));
    while app.get(&app.at("")).send().await.body["viewers"] != 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let hour = app.get(&app.at("/activity")).by(&app.operator).send().await.ok(200).body;
    assert_eq!(hour["minutes"][0]["viewers_max"], 2, "{hour}");
}

#[tokio::test]
async fn a_page_of_the_address_it_asks_may_watch_whatever_that_is_called() {
    let app = spawn_app_with(|settings| settings.listen = "0.0.0.0:0".to_owned()).await;
    let port = app.server.address.port();
    let base = format!("http://127.0.0.1:{port}");
    let url = format!("{base}{}", app.at("/live"));
    for (host, origin, status) in [
        (format!("192.168.1.5:{port}"), format!("http://192.168.1.5:{port}"), 200),
        (format!("tickets.lan:{port}"), format!("http://Tickets.lan:{port}"), 200),
        ("tickets.example".to_owned(), "https://tickets.example".to_owned(), 200),
        ("tickets.example".to_owned(), "https://evil.example".to_owned(), 403),
        (format!("tickets.lan:{port}"), "http://tickets.lan".to_owned(), 403),
    ] {
        let request = app.client.get(&url).header("Host", &host).header("Origin", &origin);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{host} {origin}");
        if status == 403 {
            let problem: Value = answer.json().await.unwrap();
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(&origin) && detail.contains(&host), "{detail}");
        }
    }
}

#[tokio::test]
async fn pages_of_allowed_origins_may_call_and_read_and_others_may_not() {
    let app =
        spawn_app_with(|settings| settings.allowed_origins = vec!["https://partner.example".into()]).await;
    let partner = "https://partner.example";
    let allowed = |reply: &Reply| reply.header("access-control-allow-origin").to_owned();
    let varies = |reply: &Reply| reply.headers.get_all("vary").iter().any(|vary| vary == "Origin");
    let reads = ["", "/plan", "/availability", "/offers", "/allotment", "/nowhere"];
    for path in reads.map(|rest| app.at(rest)).into_iter().chain(["/v1/inventories".to_owned()]) {
        let reply = app.get(&path).header("Origin", partner).send().await;
        assert_eq!(allowed(&reply), partner, "{path}");
        assert!(varies(&reply), "{path}");
        let exposed = reply.header("access-control-expose-headers");
        for name in ["Retry-After", "ETag", "Idempotent-Replayed", "RateLimit"] {
            assert!(exposed.contains(name), "{path}: {exposed}");
        }
        assert_eq!(reply.header("access-control-allow-credentials"), "", "{path}");
        for foreign in ["https://evil.example", "null", "https://partner.example.evil.example"] {
            let reply = app.get(&path).header("Origin", foreign).send().await;
            assert_eq!(allowed(&reply), "", "{path} {foreign}");
        }
    }
    assert!(varies(&app.get(&app.at("/plan")).send().await), "a cache keeps it for both");
    let hold = app.post(&app.at("/holds")).by(&app.alice.token).header("Origin", partner);
    assert_eq!(allowed(&hold.json(&json!({"offers": [{"offer": "A-1-1"}]})).send().await.ok(201)), partner);
    let events = app.client.get(format!("{}{}", app.base, app.at("/live"))).header("Origin", partner);
    let events = events.send().await.unwrap();
    assert_eq!(events.headers()["access-control-allow-origin"], partner);
    assert_eq!(events.headers()["content-type"], "text/event-stream");
}

#[tokio::test]
async fn a_browser_that_asks_beforehand_is_told_what_it_may_send() {
    let app =
        spawn_app_with(|settings| settings.allowed_origins = vec!["https://partner.example".into()]).await;
    let ask = |path: String, origin: &'static str| {
        let request = app.request(reqwest::Method::OPTIONS, &path).header("Origin", origin);
        request.header("Access-Control-Request-Method", "POST").send()
    };
    for (path, methods) in [(app.at("/holds"), ["GET", "POST"]), (app.at(""), ["GET", "PATCH"])] {
        let told = ask(path, "https://partner.example").await.ok(204);
        assert_eq!(told.header("access-control-allow-origin"), "https://partner.example");
        assert!(methods.iter().all(|method| told.header("access-control-allow-methods").contains(method)));
        let headers = told.header("access-control-allow-headers");
        for name in ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID"] {
            assert!(headers.contains(name), "{headers}");
        }
        assert!(told.header("vary").contains("Origin") && !told.header("access-control-max-age").is_empty());
    }
    let refused = ask(app.at("/holds"), "https://evil.example").await.refused(405, "method_not_allowed");
    assert_eq!(refused.header("access-control-allow-origin"), "");
    ask("/v1/nowhere".to_owned(), "https://partner.example").await.refused(404, "route_unknown");
}
