//! A server of its own for one test, with a clock that stands still until the test moves it, and the language
//! to act on it: `shop.hold(&alice, "s-3").await`.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fairhold::persistence::Role;
use fairhold::realtime::HubOptions;
use fairhold::settings::Settings;
use fairhold::sources::Sources;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::support::host::Host;

/// Nothing that is waited for may take longer.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Shop {
    pub address: SocketAddr,
    pub sources: Sources,
    host: Host,
    pub client: reqwest::Client,
    pub inventory: String,
    pub operator: String,
}

#[derive(Debug, Clone)]
pub struct Buyer {
    pub id: String,
    pub token: String,
}

/// An answer of the server.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub retry_after: Option<u64>,
    pub body: Value,
}

impl Shop {
    /// Forty seats `s-0`…, standing room `floor`, and the shipped limits.
    pub async fn open() -> Self {
        Self::with(HubOptions::default(), 40, |_| {}).await
    }

    /// With these limits of the live stream, so many seats, and other settings.
    pub async fn with(
        live: HubOptions,
        seats: u32,
        change: impl FnOnce(&mut Settings) + Send + 'static,
    ) -> Self {
        let change = |settings: &mut Settings| {
            settings.workers = 2;
            change(settings);
        };
        let host = Host::start(Some(live), change).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let (_, operator) = host.key(Role::Operator).await;
        let (address, sources) = (host.address, host.sources.clone());
        let mut shop = Self { address, sources, host, client, inventory: String::new(), operator };
        shop.inventory = shop.create(seats).await;
        shop
    }

    async fn create(&self, seats: u32) -> String {
        let body = json!({"name": "Hall", "plan": plan(seats)});
        let created = self.post_to("/v1/inventories", &self.operator, &body).await.ok(201);
        created.body["id"].as_str().unwrap().to_owned()
    }

    /// Another plan, made from whichever there is: the seq from which on it is in force.
    pub async fn replan(&self, plan: &Value) -> u64 {
        let request = self.client.put(self.url("http", "/plan")).bearer_auth(&self.operator);
        let request = request.header("If-Match", "*").header("Content-Type", "application/json");
        let answer = Reply::of(request.body(plan.to_string()).send().await.unwrap()).await;
        answer.ok(200).body["seq"].as_u64().unwrap()
    }

    pub fn url(&self, scheme: &str, rest: &str) -> String {
        format!("{scheme}://{}/v1/inventories/{}{rest}", self.address, self.inventory)
    }

    pub async fn buyer(&self) -> Buyer {
        let url = format!("http://{}/v1/sessions", self.address);
        let session: Value = self.client.post(url).send().await.unwrap().json().await.unwrap();
        let text = |name: &str| session[name].as_str().unwrap().to_owned();
        Buyer { id: text("buyer_id"), token: text("token") }
    }

    /// The same buyer with a new token.
    pub async fn renewed(&self, buyer: &Buyer) -> Buyer {
        let request = self.client.post(format!("http://{}/v1/sessions", self.address));
        let session: Value = request.bearer_auth(&buyer.token).send().await.unwrap().json().await.unwrap();
        Buyer { id: buyer.id.clone(), token: session["token"].as_str().unwrap().to_owned() }
    }

    async fn post_to(&self, path: &str, who: &str, body: &Value) -> Reply {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let key = format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let request = self.client.post(format!("http://{}{path}", self.address));
        let request = request.bearer_auth(who).header("Idempotency-Key", key);
        let request = request.header("Content-Type", "application/json").body(body.to_string());
        Reply::of(request.send().await.unwrap()).await
    }

    pub async fn post(&self, rest: &str, who: &str, body: &Value) -> Reply {
        self.post_to(&format!("/v1/inventories/{}{rest}", self.inventory), who, body).await
    }

    pub async fn get(&self, rest: &str) -> Reply {
        Reply::of(self.client.get(self.url("http", rest)).send().await.unwrap()).await
    }

    // --- what people do

    pub async fn try_hold(&self, buyer: &Buyer, offer: &str) -> Reply {
        self.post("/holds", &buyer.token, &json!({"offers": [{"offer": offer}]})).await
    }

    /// The hold: its `id` and its `seq`.
    pub async fn hold(&self, buyer: &Buyer, offer: &str) -> (String, u64) {
        let held = self.try_hold(buyer, offer).await.ok(201).body;
        (held["id"].as_str().unwrap().to_owned(), held["seq"].as_u64().unwrap())
    }

    pub async fn release(&self, buyer: &Buyer, hold: &str) {
        let request = self.client.delete(self.url("http", &format!("/holds/{hold}")));
        assert_eq!(request.bearer_auth(&buyer.token).send().await.unwrap().status(), 204);
    }

    pub async fn purchase(&self, hold: &str) -> Reply {
        self.post(&format!("/holds/{hold}/purchase"), &self.operator, &json!({})).await
    }

    /// One committed record, and nothing else: the seq.
    pub async fn restock(&self, change: i64) -> u64 {
        let body = json!({"unit": "floor", "change": change});
        self.post("/restock", &self.operator, &body).await.ok(200).body["seq"].as_u64().unwrap()
    }

    /// Takes these seats off sale, and puts them back.
    pub async fn block_and_unblock(&self, seats: std::ops::Range<u32>) {
        let units: Vec<Value> = seats.map(|n| json!([format!("s-{n}"), 1])).collect();
        let block = self.post("/blocks", &self.operator, &json!({"units": units})).await.ok(201);
        let path = format!("/blocks/{}", block.body["id"].as_str().unwrap());
        let request = self.client.delete(self.url("http", &path)).bearer_auth(&self.operator);
        assert_eq!(request.send().await.unwrap().status(), 204);
    }

    /// Another server takes the inventory over, behind this one's back.
    pub async fn take_over(&self) -> u64 {
        let id = self.inventory.parse().unwrap();
        self.host.store.take_over(id).await.unwrap().unwrap()
    }

    // --- what can be known

    pub async fn viewers(&self) -> u64 {
        self.get("").await.ok(200).body["viewers"].as_u64().unwrap()
    }

    pub async fn wait_for_viewers(&self, count: u64) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.viewers().await;
            if now == count {
                return;
            }
            assert!(Instant::now() < deadline, "{now} viewers, not {count}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub async fn seq(&self) -> u64 {
        self.get("/availability").await.ok(200).body["seq"].as_u64().unwrap()
    }

    /// The sum of a metric over all its labels that contain this.
    pub async fn metric(&self, name: &str, label: &str) -> f64 {
        let text = self.client.get(format!("http://{}/metrics", self.address)).send().await.unwrap();
        let text = text.text().await.unwrap();
        let is_it = |line: &&str| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{']) && rest.contains(label))
        };
        text.lines().filter(is_it).map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    }

    /// Tells it to stop, and gives what is ready when it has.
    pub fn stop(&mut self) -> oneshot::Receiver<()> {
        self.host.stop()
    }
}

/// So many seats in rows of a hundred, and standing room.
pub fn plan(seats: u32) -> Value {
    let seat = |n: u32| json!({"id": format!("s-{n}"), "label": n.to_string(), "category": "c"});
    let row = |row: u32| {
        let seats = (row * 100..seats.min(row * 100 + 100)).map(seat).collect::<Vec<_>>();
        json!({"id": format!("r-{row}"), "label": row.to_string(), "seats": seats})
    };
    let rows = (0..seats.div_ceil(100)).map(row).collect::<Vec<_>>();
    json!({
        "name": "Hall", "currency": "KRW", "categories": [{"id": "c", "name": "C", "price": 500}],
        "zones": [{"id": "z", "name": "Z", "rows": rows,
            "areas": [{"id": "floor", "label": "Floor", "capacity": 1_000_000, "category": "c"}]}],
    })
}

impl Reply {
    async fn of(response: reqwest::Response) -> Self {
        let retry_after =
            response.headers().get("retry-after").map(|at| at.to_str().unwrap().parse().unwrap());
        let status = response.status().as_u16();
        let body = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default();
        Self { status, retry_after, body }
    }

    #[track_caller]
    pub fn ok(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

/// Waits until the condition holds, or the test fails.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
