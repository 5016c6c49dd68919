use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::helpers::*;
use reqwest::Method;

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
    let refused = app.hold(&"x".repeat(200_000)).await.refused(422, "invalid_field");
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

#[tokio::test]
async fn an_array_is_no_object_in_any_call() {
    let app = spawn_app().await;
    let openapi = app.get("/openapi.json").send().await.ok(200).body;
    let mut calls = 0;
    for (path, item) in openapi["paths"].as_object().unwrap() {
        for method in ["post", "put", "patch"] {
            if item.get(method).is_none() || path == "/v1/plans" {
                continue;
            }
            calls += 1;
            let path = path.replace("{inventory}", &app.hall);
            let none = "_00000000000000000000000000000000";
            let path =
                path.replace("{hold}", &format!("hold{none}")).replace("{sale}", &format!("sale{none}"));
            let path =
                path.replace("{block}", &format!("block{none}")).replace("{group}", &format!("grp{none}"));
            let send = |body: &str| {
                let request =
                    app.request(method.to_uppercase().parse().unwrap(), &path).header("If-Match", "*");
                let request = if path == "/v1/sessions" { request } else { request.by(&app.operator) };
                request.text(body).send()
            };
            for body in ["[]", r#"["A-1-1",1]"#, r#"[[["A-1-1",1]]]"#, r#"[{"offer":"A-1-1"}]"#, "[null]"] {
                let refused = send(body).await.refused(422, "invalid_field");
                let detail = refused.text("detail");
                assert!(
                    detail.contains("an object") && detail.contains("an array"),
                    "{path} {body}: {detail}"
                );
            }
        }
    }
    assert!(calls > 10, "{calls}");
}

#[tokio::test]
async fn an_array_is_no_object_inside_of_another_either() {
    let app = spawn_app().await;
    let plan = |part: &str, value: serde_json::Value| {
        let mut plan = hall();
        plan[part] = value;
        json!({"name": "x", "plan": plan})
    };
    let calls = [
        (app.at("/holds"), json!({"offers": [["A-1-1", 1]]}), "/offers/0"),
        (app.at("/holds"), json!({"best_available": [2]}), "/best_available"),
        (app.at("/purchases"), json!({"offers": [["A-1-1"]], "buyer": "b"}), "/offers/0"),
        ("/v1/groups".to_owned(), json!({"holds": [[app.hall, []]]}), "/holds/0"),
        ("/v1/groups".to_owned(), json!({"inventories": [app.hall], "offers": [["A-1-1"]]}), "/offers/0"),
        ("/v1/inventories".to_owned(), json!({"name": "x", "plan": []}), "/plan"),
        ("/v1/inventories".to_owned(), json!({"name": "x", "items": [["a", "A", 1]]}), "/items/0"),
        (
            "/v1/inventories".to_owned(),
            plan("categories", json!([["R", "Regular", 1]])),
            "/plan/categories/0",
        ),
        ("/v1/inventories".to_owned(), plan("zones", json!([["A", "Stalls"]])), "/plan/zones/0"),
        ("/v1/inventories".to_owned(), plan("offers", json!([["l", "L", 1]])), "/plan/offers/0"),
        ("/v1/inventories".to_owned(), json!({"name": "x", "plan": hall(), "settings": [60]}), "/settings"),
        (
            "/v1/inventories".to_owned(),
            json!({"name": "x", "plan": hall(), "settings": {"channels": {"partner": []}}}),
            "/settings/channels/partner",
        ),
    ];
    for (path, body, pointer) in calls {
        let refused = app.post(&path).by(&app.operator).json(&body).send().await;
        let refused = refused.refused(422, "invalid_field").pointing_at(pointer);
        assert!(refused.text("detail").contains("expected an object"), "{body}: {}", refused.body);
    }
}

#[tokio::test]
async fn a_zones_object_is_told_as_what_it_is() {
    let app = spawn_app().await;
    let mut plan = hall();
    plan["zones"] = json!({"id": "A"});
    let create = app.post("/v1/inventories").by(&app.operator).json(&json!({"name": "x", "plan": plan}));
    let refused = create.send().await.refused(422, "invalid_field").pointing_at("/plan/zones");
    assert_eq!(refused.text("detail"), "expected an array, found an object");
}

#[tokio::test]
async fn a_byte_order_mark_is_read_over() {
    let app = spawn_app().await;
    let body = format!("\u{feff}{}", seats(&["A-1-1"]));
    app.post(&app.at("/holds")).by(&app.alice.token).text(&body).send().await.ok(201);
    app.post("/v1/sessions").text("\u{feff}{}").send().await.ok(201);
    app.post(&app.at("/holds"))
        .by(&app.alice.token)
        .text("\u{feff}")
        .send()
        .await
        .refused(400, "malformed_json");
}

#[tokio::test]
async fn names_that_are_not_known_come_back_cut() {
    let app = spawn_app().await;
    let long = "x".repeat(200_000);
    for body in [json!({(long.clone()): 1}), json!({"offers": [{(long.clone()): 1}]})] {
        let refused = app.hold_as(&app.alice.token, &body).await.refused(422, "unknown_field");
        assert!(refused.bytes.len() < 2_500, "{}", refused.bytes.len());
    }
    let deep =
        format!(r#"{{"name":"x","plan":{{"offers":[{{"id":"a","label":"a","units":{{"{long}":"x"}}}}]}}}}"#);
    let refused = app.post("/v1/inventories").by(&app.operator).text(&deep).send().await.ok(422);
    assert!(refused.bytes.len() < 2_500, "{}", refused.bytes.len());
}

/// Words of the parser and of the code behind it.
const INTERNALS: [&str; 2] = [
    "u8|u16|u32|u64|usize|i32|i64|f64|nonzero|struct |tuple|sequence| map|unit value|newtype",
    "variant|enum|integer `|floating point|byte array|at line|jiff|untagged|Option|visitor|i8",
];

fn odd_values() -> Vec<serde_json::Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(1e300),
        json!("x"),
        json!([]),
        json!([1]),
        json!({}),
        json!({"x": 1}),
        json!(18446744073709551615_u64),
    ]
}

/// A good body of each kind of call, with all that may stand in it.
fn whole_bodies(app: &TestApp) -> Vec<(Method, String, serde_json::Value)> {
    vec![
        (
            Method::POST,
            app.at("/holds"),
            json!({"offers": [{"offer": "A-1-1", "quantity": 1}], "buyer": "b", "code": "c", "channel": "d"}),
        ),
        (
            Method::POST,
            app.at("/holds"),
            json!({"best_available": {"quantity": 1, "category": "R", "adjacent": true, "section": "s", "zone": "z", "floor": "f"}, "buyer": "b"}),
        ),
        (
            Method::PATCH,
            app.at(""),
            json!({"hold_seconds": 60, "checkout": "open", "single_seats": "strict", "on_sale_from": "2026-05-01T11:00:00Z", "pieces_per_buyer": 4, "channels": {"p": {"on_sale_from": null}}, "categories": {"R": {"pieces_per_buyer": 1}}}),
        ),
        (
            Method::POST,
            app.at("/blocks"),
            json!({"units": [["floor", 1]], "reason": "r", "channel": "c", "code": "code-1234", "release_at": "2027-05-01T11:00:00Z"}),
        ),
        (Method::POST, app.at("/restock"), json!({"unit": "beans", "change": 1})),
        (
            Method::POST,
            "/v1/groups".to_owned(),
            json!({"inventories": [app.hall], "offers": [{"offer": "A-1-1"}], "buyer": "b"}),
        ),
        (
            Method::POST,
            "/v1/inventories".to_owned(),
            json!({"name": "n", "starts_at": "2026-05-01T11:00:00Z", "plan": hall(), "settings": {"hold_seconds": 60}}),
        ),
    ]
}

/// Whatever stands in whichever field: what is wrong is told to people, not to who wrote the parser.
#[tokio::test]
async fn no_complaint_names_a_type_of_the_code() {
    let app = spawn_app().await;
    let odd = odd_values();
    for (method, path, body) in whole_bodies(&app) {
        for pointer in places(&body) {
            for odd in &odd {
                let mut wrong = body.clone();
                *wrong.pointer_mut(&pointer).unwrap() = odd.clone();
                let request = app.request(method.clone(), &path).header("If-Match", "*").by(&app.operator);
                let reply = request.json(&wrong).send().await;
                assert_ne!(reply.status, 400, "{method} {path} {pointer} {odd}: {}", reply.body);
                assert!(reply.status < 500, "{method} {path} {pointer} {odd}: {}", reply.body);
                if reply.status != 422 {
                    continue;
                }
                let errors = reply.body["errors"].as_array().cloned().unwrap_or_default();
                let details = errors.iter().filter_map(|error| error["detail"].as_str().map(str::to_owned));
                for detail in details.chain([reply.text("detail")]) {
                    let told = INTERNALS
                        .iter()
                        .flat_map(|words| words.split('|'))
                        .find(|word| detail.contains(word));
                    assert!(told.is_none(), "{method} {path} {pointer} {odd}: {detail}");
                }
            }
        }
    }
}

/// Pointers to all that stands in it.
fn places(value: &serde_json::Value) -> Vec<String> {
    let inside = |name: String, value: &serde_json::Value| {
        let deeper = places(value).into_iter().map(|rest| format!("/{name}{rest}")).collect::<Vec<_>>();
        [vec![format!("/{name}")], deeper].concat()
    };
    match value {
        serde_json::Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| inside(name.clone(), value)).collect()
        }
        serde_json::Value::Array(items) => {
            items.iter().take(2).enumerate().flat_map(|(n, value)| inside(n.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}
