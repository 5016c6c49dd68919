//! The language of the tests: `app.hold("A-1-7").await.refused(409, "unit_taken")`.

use std::sync::atomic::{AtomicU64, Ordering};

use fairhold::persistence::Role;
use fairhold::settings::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::schema;
use crate::support::host::Host;

/// A server with one inventory, an operator, a seller's server and two buyers.
pub struct TestApp {
    pub server: Host,
    pub base: String,
    pub client: reqwest::Client,
    pub operator: String,
    pub seller: String,
    pub alice: Buyer,
    pub bob: Buyer,
    /// A hall of two rows (`A-1-1`…`A-1-10`, `A-2-…`), standing room `floor` (100), and a café.
    pub hall: String,
}

#[derive(Clone, Default)]
pub struct Buyer {
    pub id: String,
    pub token: String,
}

pub async fn spawn_app() -> TestApp {
    spawn_app_with(|_| {}).await
}

pub async fn spawn_app_with(change: impl FnOnce(&mut Settings) + Send + 'static) -> TestApp {
    TestApp::on(Host::start(None, change).await).await
}

/// Two rows of ten seats, an area, and ingredients with an offer made of them.
pub fn hall() -> Value {
    let row = |row: u32| {
        let seat = |n: u32| json!({"id": format!("A-{row}-{n}"), "label": n.to_string(), "category": "R"});
        json!({"id": format!("A-{row}"), "label": row.to_string(), "seats": (1..=10).map(seat).collect::<Vec<_>>()})
    };
    json!({
        "name": "Hall", "currency": "KRW",
        "categories": [{"id": "R", "name": "Regular", "price": 150_000}, {"id": "F", "name": "Floor", "price": 90_000}],
        "zones": [{"id": "A", "name": "Stalls", "rows": [row(1), row(2)],
            "areas": [{"id": "floor", "label": "Floor", "capacity": 100, "category": "F"}]}],
        "items": [{"id": "beans", "label": "Beans", "capacity": 100}, {"id": "cup", "label": "Cup", "capacity": 3}],
        "offers": [{"id": "latte", "label": "Latte", "price": 5_000, "units": {"beans": 18, "cup": 1}}],
    })
}

pub fn seats(ids: &[&str]) -> Value {
    json!({"offers": ids.iter().map(|id| json!({"offer": id})).collect::<Vec<_>>()})
}

impl TestApp {
    pub async fn on(server: Host) -> Self {
        let base = format!("http://{}", server.address);
        let (operator, seller) = (server.key(Role::Operator).await.1, server.key(Role::Seller).await.1);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let (alice, bob) = (Buyer::default(), Buyer::default());
        let mut app = Self { server, base, client, operator, seller, alice, bob, hall: String::new() };
        app.alice = app.buyer().await;
        app.bob = app.buyer().await;
        app.hall =
            app.create(json!({"name": "Hall", "plan": hall(), "settings": {"pieces_per_hold": 50}})).await;
        app
    }

    pub fn request(&self, method: Method, path: &str) -> Request {
        Request {
            inner: self.client.request(method.clone(), format!("{}{path}", self.base)),
            method: method.clone(),
            path: path.to_owned(),
            needs_key: method == Method::POST
                && ["/v1/inventories", "/v1/groups"].iter().any(|under| path.starts_with(under)),
        }
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// A path inside the hall.
    pub fn at(&self, rest: &str) -> String {
        format!("/v1/inventories/{}{rest}", self.hall)
    }

    pub async fn buyer(&self) -> Buyer {
        let session = self.post("/v1/sessions").send().await.ok(201);
        Buyer { id: session.text("buyer_id"), token: session.text("token") }
    }

    pub async fn create(&self, body: Value) -> String {
        self.post("/v1/inventories").by(&self.operator).json(&body).send().await.ok(201).text("id")
    }

    /// Alice holds one piece.
    pub async fn hold(&self, offer: &str) -> Reply {
        self.hold_as(&self.alice.token, &seats(&[offer])).await
    }

    pub async fn hold_as(&self, who: &str, body: &Value) -> Reply {
        self.post(&self.at("/holds")).by(who).json(body).send().await
    }

    /// The seller's server makes Alice's hold a sale.
    pub async fn purchase(&self, hold: &Reply) -> Reply {
        self.hold_call(hold, "/purchase").by(&self.seller).send().await
    }

    pub fn hold_call(&self, hold: &Reply, what: &str) -> Request {
        self.post(&self.at(&format!("/holds/{}{what}", hold.text("id"))))
    }

    pub async fn sold(&self, offer: &str) -> Reply {
        let hold = self.hold(offer).await.ok(201);
        self.purchase(&hold).await.ok(201)
    }

    pub async fn give_back(&self, sale: &Reply, body: Option<Value>) -> Reply {
        let request = self.post(&self.at(&format!("/sales/{}/return", sale.text("id")))).by(&self.seller);
        match body {
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        }
    }

    pub async fn configure(&self, patch: Value) -> Reply {
        let request = self.request(Method::PATCH, &self.at(""));
        request.by(&self.operator).header("If-Match", "*").json(&patch).send().await
    }

    pub async fn figures(&self) -> Value {
        self.get(&self.at("")).send().await.ok(200).body["figures"].clone()
    }

    pub fn seconds_pass(&self, seconds: i64) {
        self.server.sources.advance_ms(seconds * 1000);
    }
}

/// A request; POSTs that need one get a fresh idempotency key.
pub struct Request {
    inner: reqwest::RequestBuilder,
    method: Method,
    path: String,
    needs_key: bool,
}

impl Request {
    pub fn by(self, credential: &str) -> Self {
        self.header("Authorization", &format!("Bearer {credential}"))
    }

    pub fn key(mut self, key: &str) -> Self {
        self.needs_key = false;
        self.header("Idempotency-Key", key)
    }

    pub fn no_key(mut self) -> Self {
        self.needs_key = false;
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.text(&body.to_string())
    }

    pub fn text(self, body: &str) -> Self {
        self.header("Content-Type", "application/json").raw(body.to_owned())
    }

    pub fn raw(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.inner = self.inner.body(body);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.inner = self.inner.header(name, value);
        self
    }

    pub async fn send(self) -> Reply {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let this = match self.needs_key {
            true => self.key(&format!("fresh-{}", NEXT.fetch_add(1, Ordering::Relaxed))),
            false => self,
        };
        let (method, path) = (this.method, this.path);
        let answer = this.inner.send().await.expect("the server answers");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.expect("the answer is whole");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let reply = Reply { status, headers, body, bytes: bytes.to_vec() };
        if reply.header("content-encoding").is_empty() {
            schema::check_answer(method.as_str(), &path, status, reply.header("content-type"), &reply.body);
            if !path.ends_with("/openapi.json") {
                check_times(&reply.body);
            }
        }
        reply
    }
}

/// Every time in an answer is to the millisecond, in UTC or by the clocks of the event.
pub fn check_times(value: &Value) {
    match value {
        Value::Object(fields) => fields.values().for_each(check_times),
        Value::Array(items) => items.iter().for_each(check_times),
        Value::String(text) => {
            let shape: String =
                text.chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
            let is_time = shape.starts_with("0000-00-00T");
            let zone = shape.strip_prefix("0000-00-00T00:00:00.000");
            assert!(!is_time || matches!(zone, Some("Z" | "+00:00" | "-00:00")), "{text}");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// This status, or the test fails.
    #[track_caller]
    pub fn ok(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// A well-formed problem with this status and code, or the test fails.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let this = self.ok(status);
        assert_eq!(this.body["code"], code, "{}", this.body);
        assert_eq!(this.header("content-type"), "application/problem+json");
        assert_eq!(this.header("cache-control"), "no-store");
        assert_eq!(this.body["status"], status);
        assert_eq!(this.body["request_id"], this.header("x-request-id"));
        let kind = this.text("type");
        assert!(kind.starts_with("http") && kind.ends_with(&format!("/problems/{code}")), "{kind}");
        for text in ["title", "detail"] {
            assert!(this.body[text].as_str().is_some_and(|text| !text.is_empty()), "{}", this.body);
        }
        assert_eq!(this.body["retryable"], matches!(status, 408 | 429 | 503));
        this
    }

    /// The place that the problem points to.
    #[track_caller]
    pub fn pointing_at(self, pointer: &str) -> Self {
        assert_eq!(self.body["errors"][0]["pointer"], pointer, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn text(&self, field: &str) -> String {
        let text = self.body[field].as_str();
        text.unwrap_or_else(|| panic!("no {field} in {}", self.body)).to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn is_replay(&self) -> bool {
        self.header("idempotent-replayed") == "true"
    }
}
