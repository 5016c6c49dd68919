//! What all who work on one inventory share: how to ask, a gate that stands still, what can be bought now.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::document::Document;
use super::verdicts::{Evidence, Shown};
use crate::support::api::{Api, Call, Outcome, Reply};

const AGAIN_AFTER: Duration = Duration::from_millis(5);
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// Nobody had answered the first time, and it was done all the same.
pub(crate) const DONE_BEFORE: &str = "done before";

/// What the newest document sells, for those who choose.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) offers: Vec<String>,
    pub(crate) units: Vec<String>,
    pub(crate) stocked: Vec<String>,
    pub(crate) categories: Vec<String>,
}

impl Catalogue {
    fn of(document: &Document) -> Self {
        let seats = document.seats().filter(|(bench, seat)| bench.whole.is_none() && seat.category.is_some());
        let tables = document.zones.iter().flat_map(|zone| &zone.benches);
        let tables = tables.filter(|bench| bench.whole.is_some()).map(|bench| &bench.id);
        let areas: Vec<&String> = document.areas().map(|area| &area.id).collect();
        let items = document.items.iter().filter(|item| item.sellable).map(|item| &item.id);
        let offers = document.offers.iter().map(|offer| &offer.id);
        let others: Vec<&String> = tables.chain(areas).chain(items).chain(offers).collect();
        // Seats are many: the others get their share.
        let others = others.iter().cycle().take(others.len() * 4).copied();
        let stocked = document.areas().filter(|area| !area.whole).map(|area| &area.id);
        Self {
            offers: seats.map(|(_, seat)| &seat.id).chain(others).cloned().collect(),
            units: document.units().into_iter().map(str::to_owned).collect(),
            stocked: stocked.chain(document.items.iter().map(|item| &item.id)).cloned().collect(),
            categories: document.categories.iter().map(|category| category.id.clone()).collect(),
        }
    }
}

pub(crate) struct Street {
    pub(crate) api: Api,
    pub(crate) inventory: String,
    pub(crate) operator: String,
    /// Calls are made behind it; who closes it is alone.
    gate: RwLock<()>,
    /// Held while somebody changes the plan, but by those who race.
    pub(crate) turn: tokio::sync::Mutex<()>,
    catalogue: Mutex<Arc<Catalogue>>,
    /// Documents that may be in force, by name.
    documents: Mutex<BTreeMap<String, Arc<Document>>>,
    pub(crate) evidence: Mutex<Evidence>,
    findings: Mutex<Vec<String>>,
    /// The highest seq that anybody was told.
    seen: AtomicU64,
    pub(crate) stop: AtomicBool,
    pub(crate) calls: AtomicU64,
    pub(crate) refused: Mutex<BTreeMap<String, u64>>,
    pub(crate) sales: Mutex<Vec<(String, Value)>>,
    /// Units that were taken off sale lately.
    pub(crate) blocked: Mutex<Vec<String>>,
}

impl Street {
    pub(crate) fn new(api: Api, inventory: String, operator: String, document: Document) -> Self {
        let catalogue = Mutex::new(Arc::new(Catalogue::of(&document)));
        let documents = Mutex::new(BTreeMap::from([(document.name.clone(), Arc::new(document))]));
        Self {
            api,
            inventory,
            operator,
            gate: RwLock::default(),
            turn: tokio::sync::Mutex::default(),
            catalogue,
            documents,
            evidence: Mutex::default(),
            findings: Mutex::default(),
            seen: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            calls: AtomicU64::new(0),
            refused: Mutex::default(),
            sales: Mutex::default(),
            blocked: Mutex::default(),
        }
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/inventories/{}{rest}", self.inventory)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    pub(crate) fn found(&self, what: impl Into<String>) {
        lock(&self.findings).push(what.into());
    }

    pub(crate) fn findings(&self) -> Vec<String> {
        lock(&self.findings).clone()
    }

    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        lock(&self.catalogue).clone()
    }

    pub(crate) fn sells(&self, document: &Document) {
        *lock(&self.catalogue) = Arc::new(Catalogue::of(document));
    }

    pub(crate) fn document(&self, name: &str) -> Option<Arc<Document>> {
        lock(&self.documents).get(name).cloned()
    }

    pub(crate) fn keep(&self, document: &Arc<Document>) {
        lock(&self.documents).insert(document.name.clone(), document.clone());
    }

    pub(crate) fn forget(&self, name: &str) {
        lock(&self.documents).remove(name);
    }

    /// Nobody else asks anything for as long as this is held.
    pub(crate) async fn alone(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    pub(crate) async fn among_others(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().await
    }

    pub(crate) fn told(&self, seq: u64) {
        self.seen.fetch_max(seq, Ordering::Relaxed);
    }

    /// A seq that is committed by now.
    pub(crate) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    /// Sends it until somebody knows how it ended: what was done, or the code of the refusal.
    pub(crate) async fn ask(&self, call: &Call) -> Result<Reply, String> {
        let started = Instant::now();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let gate = self.among_others().await;
            self.calls.fetch_add(1, Ordering::Relaxed);
            let outcome = self.api.send(call).await;
            drop(gate);
            match outcome {
                Outcome::Done(reply) => {
                    self.told(reply.seq());
                    return Ok(reply);
                }
                Outcome::Refused(reply) => {
                    if attempts > 1 && ["hold_released", "block_unknown"].contains(&reply.code()) {
                        return Err(DONE_BEFORE.to_owned());
                    }
                    *lock(&self.refused).entry(reply.code().to_owned()).or_default() += 1;
                    return Err(reply.code().to_owned());
                }
                Outcome::Again(reply) if reply.code() == "internal" => {
                    self.found(format!("{call:?}: {}", reply.body));
                    return Err(reply.code().to_owned());
                }
                Outcome::Again(_) | Outcome::Unknown(_) if self.waits(started) => {
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
                open => {
                    self.found(format!("no answer to {call:?}: {open:?}"));
                    return Err(String::new());
                }
            }
        }
    }

    /// Whether it is worth to ask again; else all go home, and the journal will tell.
    pub(crate) fn waits(&self, since: Instant) -> bool {
        if since.elapsed() > ANSWERED_WITHIN {
            self.stop.store(true, Ordering::Relaxed);
        }
        since.elapsed() <= ANSWERED_WITHIN
    }

    /// A read that waits for a server that lives.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let started = Instant::now();
        while self.waits(started) {
            if let Some(answer) = self.api.try_get(&self.path(path)).await {
                return answer;
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
        self.found(format!("no answer to GET {path}"));
        Value::Null
    }

    /// The inventory itself: a position that everything decided before is not behind.
    pub(crate) async fn now(&self) -> u64 {
        let shown = self.get("").await;
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let figure = |key: &str| shown["figures"][key].as_i64().unwrap_or(-1);
        let (seq, figures) = (number(&shown["seq"]), ["capacity", "held", "sold", "blocked"].map(figure));
        let version = Some(number(&shown["plan_version"]));
        let epoch = number(&shown["epoch"]);
        if shown.is_null() {
            return self.seen();
        }
        let shown = Shown { who: "a reader", epoch, seq, version, board: None, figures: Some(figures) };
        lock(&self.evidence).shown.push(shown);
        self.told(seq);
        seq
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics with it")
}
