//! A client as a shop would write one: requests that can be sent again, and three ways in which they end.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Longer than the server lets anybody wait.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(2);

/// A call that changes something; sent twice it is the same bytes.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    key: Option<String>,
    body: Option<String>,
    token: String,
}

impl Call {
    pub(crate) fn post(path: String, token: &str, key: String, body: &Value) -> Self {
        let body = Some(body.to_string());
        Self { method: Method::POST, path, key: Some(key), body, token: token.to_owned() }
    }

    pub(crate) fn delete(path: String, token: &str) -> Self {
        Self { method: Method::DELETE, path, key: None, body: None, token: token.to_owned() }
    }

    pub(crate) fn has_key(&self) -> bool {
        self.key.is_some()
    }
}

/// What the server said.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) replayed: bool,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
}

impl Reply {
    pub(crate) fn id(&self) -> &str {
        self.body["id"].as_str().unwrap_or_default()
    }

    pub(crate) fn seq(&self) -> u64 {
        self.body["seq"].as_u64().unwrap_or_default()
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.body["epoch"].as_u64().unwrap_or_default()
    }

    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// Unit ids and pieces of all lines.
    pub(crate) fn units(&self) -> Vec<(String, u64)> {
        let lines = self.body["lines"].as_array().into_iter().flatten();
        let units = lines.flat_map(|line| line["units"].as_array().into_iter().flatten());
        // A block has no lines.
        let units = units.chain(self.body["units"].as_array().into_iter().flatten());
        let unit = |unit: &Value| Some((unit[0].as_str()?.to_owned(), unit[1].as_u64()?));
        units.filter_map(unit).collect()
    }
}

/// How a call ended.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// Acknowledged: it must never be forgotten.
    Done(Reply),
    /// It changed nothing.
    Refused(Reply),
    /// Not now: a repeat with the same key will tell.
    Again(Reply),
    /// No answer.
    Unknown(String),
}

impl Outcome {
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Again(_) | Self::Unknown(_))
    }

    /// Nobody answers any more, or says so.
    pub(crate) fn is_gone(&self) -> bool {
        match self {
            Self::Again(reply) => reply.code() == "shutting_down",
            Self::Unknown(_) => true,
            Self::Done(_) | Self::Refused(_) => false,
        }
    }

    pub(crate) fn done(self) -> Reply {
        match self {
            Self::Done(reply) => reply,
            other => panic!("{other:?}"),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) buyer: String,
    pub(crate) token: String,
}

/// A server to talk to.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    url: String,
    patience: Duration,
}

impl Api {
    pub(crate) fn new(url: &str) -> Self {
        let http = reqwest::Client::builder().pool_max_idle_per_host(1_024).build();
        Self { http: http.expect("a client needs nothing"), url: url.to_owned(), patience: ANSWER_WITHIN }
    }

    /// One that gives up sooner.
    pub(crate) fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) async fn send(&self, call: &Call) -> Outcome {
        let mut request = self.http.request(call.method.clone(), self.url(&call.path));
        request = request.bearer_auth(&call.token).timeout(self.patience);
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = &call.body {
            request = request.header("content-type", "application/json").body(body.clone());
        }
        match reply(request).await {
            Err(cause) => Outcome::Unknown(format!("{cause:?}")),
            Ok(reply) if reply.status.is_success() => Outcome::Done(reply),
            Ok(reply) if reply.status.is_client_error() => Outcome::Refused(reply),
            Ok(reply) => Outcome::Again(reply),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = reply(self.http.get(self.url(path)).timeout(self.patience)).await;
        let answer = answer.expect("the server answers");
        assert!(answer.status.is_success(), "GET {path}: {} {}", answer.status, answer.body);
        answer.body
    }

    /// None: no answer, or one that is no success.
    pub(crate) async fn try_get(&self, path: &str) -> Option<Value> {
        let answer = reply(self.http.get(self.url(path)).timeout(self.patience)).await.ok()?;
        answer.status.is_success().then_some(answer.body)
    }

    /// The sum of a metric over all its labels; None: nobody answers.
    pub(crate) async fn metric(&self, name: &str) -> Option<f64> {
        let answer = self.http.get(self.url("/metrics")).timeout(self.patience).send().await.ok()?;
        let text = answer.text().await.ok()?;
        let is_it = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']));
        let value = |line: &str| line.rsplit(' ').next()?.parse::<f64>().ok();
        Some(text.lines().filter(is_it).filter_map(value).sum())
    }

    pub(crate) async fn status(&self, path: &str) -> Option<StatusCode> {
        let answer = self.http.get(self.url(path)).timeout(self.patience).send().await;
        answer.ok().map(|answer| answer.status())
    }

    /// Waits until `/readyz` says so; how long that took.
    pub(crate) async fn ready(&self, within: Duration) -> Duration {
        let started = Instant::now();
        while self.status("/readyz").await != Some(StatusCode::OK) {
            assert!(started.elapsed() < within, "not ready after {within:?}");
            tokio::time::sleep(POLL).await;
        }
        started.elapsed()
    }

    /// A new buyer.
    pub(crate) async fn session(&self) -> Session {
        let answer = reply(self.http.post(self.url("/v1/sessions"))).await.expect("the server answers");
        let text = |key: &str| answer.body[key].as_str().expect("sessions have it").to_owned();
        Session { buyer: text("buyer_id"), token: text("token") }
    }

    /// A new inventory's id.
    pub(crate) async fn create(&self, operator: &str, body: &Value) -> String {
        let key = uuid::Uuid::now_v7().to_string();
        let call = Call::post("/v1/inventories".to_owned(), operator, key, body);
        self.send(&call).await.done().id().to_owned()
    }
}

async fn reply(request: reqwest::RequestBuilder) -> reqwest::Result<Reply> {
    let answer = request.send().await?;
    let (status, replayed) = (answer.status(), answer.headers().get("idempotent-replayed").is_some());
    let retry_after = answer.headers().get("retry-after").and_then(|at| at.to_str().ok()?.parse().ok());
    let body = answer.bytes().await?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(Reply { status, body, replayed, retry_after })
}

/// The calls of a buyer, or of a server that acts for one.
#[derive(Debug, Clone)]
pub(crate) struct Shopper {
    pub(crate) token: String,
    /// Named in each call by a server; a buyer's token speaks for itself.
    pub(crate) acts_for: Option<String>,
}

impl Shopper {
    pub(crate) fn hold(&self, inventory: &str, key: String, wanted: Value) -> Call {
        self.wanting(format!("/v1/inventories/{inventory}/holds"), key, wanted)
    }

    /// Hold and purchase in one.
    pub(crate) fn buy(&self, inventory: &str, key: String, wanted: Value) -> Call {
        self.wanting(format!("/v1/inventories/{inventory}/purchases"), key, wanted)
    }

    fn wanting(&self, path: String, key: String, mut wanted: Value) -> Call {
        if let Some(buyer) = &self.acts_for {
            wanted["buyer"] = json!(buyer);
        }
        Call::post(path, &self.token, key, &wanted)
    }

    pub(crate) fn extend(&self, inventory: &str, hold: &str, key: String) -> Call {
        let path = format!("/v1/inventories/{inventory}/holds/{hold}/extend");
        Call::post(path, &self.token, key, &json!({}))
    }

    pub(crate) fn release(&self, inventory: &str, hold: &str) -> Call {
        Call::delete(format!("/v1/inventories/{inventory}/holds/{hold}"), &self.token)
    }

    pub(crate) fn purchase(&self, inventory: &str, hold: &str, key: String) -> Call {
        let path = format!("/v1/inventories/{inventory}/holds/{hold}/purchase");
        Call::post(path, &self.token, key, &json!({}))
    }

    /// Takes seats off sale.
    pub(crate) fn block(&self, inventory: &str, key: String, units: &[String]) -> Call {
        let units: Vec<Value> = units.iter().map(|unit| json!([unit, 1])).collect();
        let path = format!("/v1/inventories/{inventory}/blocks");
        Call::post(path, &self.token, key, &json!({ "units": units }))
    }

    pub(crate) fn unblock(&self, inventory: &str, block: &str) -> Call {
        Call::delete(format!("/v1/inventories/{inventory}/blocks/{block}"), &self.token)
    }

    pub(crate) fn give_back(&self, inventory: &str, sale: &str, key: String) -> Call {
        let path = format!("/v1/inventories/{inventory}/sales/{sale}/return");
        Call::post(path, &self.token, key, &json!({}))
    }
}
