//! Those who change the plan: each reads what is in force, makes another of it and sends that.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::edits::successor;
use super::reading;
use super::street::{Street, lock};
use super::verdicts::{Change, End};
use crate::support::rng::Rng;

const AGAIN_AFTER: Duration = Duration::from_millis(5);
/// One change in so many is decided while everybody else stands still.
const ALONE_ONE_IN: usize = 10;
/// Of a hundred changes, so many are made without waiting for the other operator.
const RACES: usize = 15;

pub(crate) struct Operator {
    pub(crate) street: Arc<Street>,
    pub(crate) name: &'static str,
    pub(crate) rng: Rng,
    /// Changes that were made, all operators together, and how many are wanted.
    pub(crate) made: Arc<AtomicUsize>,
    pub(crate) wanted: usize,
}

/// The plan in force, as somebody reads it.
struct Read {
    etag: String,
    version: u64,
    name: String,
}

impl Operator {
    pub(crate) async fn run(mut self) {
        loop {
            let number = self.made.fetch_add(1, Ordering::Relaxed);
            if number >= self.wanted || self.street.is_over() {
                return;
            }
            let street = self.street.clone();
            let _turn = match self.rng.percent(RACES) {
                true => None,
                false => Some(street.turn.lock().await),
            };
            self.change(&format!("{}{number}", self.name), number % ALONE_ONE_IN == 7).await;
        }
    }

    async fn change(&mut self, tag: &str, alone: bool) {
        let street = self.street.clone();
        let (read, before) = loop {
            let Some(read) = self.read().await else { return };
            // Whoever changed it meanwhile has put the old document away.
            if let Some(document) = street.document(&read.name) {
                break (read, document);
            }
            tokio::task::yield_now().await;
        };
        let draft = successor(&before, tag, &lock(&street.blocked), &mut self.rng);
        let (json, document) = (draft.json.to_string(), Arc::new(draft.document));
        street.keep(&document);
        let gates = match alone {
            true => (Some(street.alone().await), None),
            false => (None, Some(street.among_others().await)),
        };
        let from = if alone { street.now().await } else { street.seen() };
        let end = self.put(&read.etag, &json).await;
        let until = street.now().await;
        drop(gates);
        match &end {
            End::Accepted(answer) => {
                street.told(answer["seq"].as_u64().unwrap_or_default());
                street.sells(&document);
                street.forget(&before.name);
            }
            End::Refused(..) => street.forget(&document.name),
            End::Open => {}
        }
        let (name, expected) = (document.name.clone(), read.version);
        let (json, defects, edits) = (json.into(), draft.defects, draft.edits);
        lock(&street.evidence).changes.push(Change {
            name,
            json,
            defects,
            edits,
            expected,
            from,
            until,
            end,
        });
    }

    /// None: nobody answers.
    async fn read(&self) -> Option<Read> {
        let (url, started) = (self.street.api.url(&self.street.path("/plan")), Instant::now());
        while self.street.waits(started) {
            if let Ok(answer) = self.street.api.http().get(&url).send().await
                && answer.status().is_success()
                && let Some(etag) = answer.headers().get("etag").cloned()
                && let Ok(plan) = answer.json::<Value>().await
            {
                let version = plan["plan_version"].as_u64().unwrap_or_default();
                self.shown(version, reading::shown(&plan));
                let name = reading::name(&plan).to_owned();
                return Some(Read { etag: etag.to_str().expect("it is ASCII").to_owned(), version, name });
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
        None
    }

    /// A version is the same whenever it is read.
    fn shown(&self, version: u64, shown: String) {
        let plans: &mut BTreeMap<u64, String> = &mut lock(&self.street.evidence).plans;
        if *plans.entry(version).or_insert_with(|| shown.clone()) != shown {
            self.street.found(format!("version {version} is shown in two ways"));
        }
    }

    async fn put(&self, etag: &str, json: &str) -> End {
        let url = self.street.api.url(&self.street.path("/plan"));
        let request = self.street.api.http().put(url).header("if-match", etag);
        let request = request.header("content-type", "application/json").body(json.to_owned());
        let Ok(answer) = request.bearer_auth(&self.street.operator).send().await else { return End::Open };
        let status = answer.status();
        match answer.json::<Value>().await {
            Ok(answer) if status.is_success() => End::Accepted(answer),
            Ok(answer) if status.is_client_error() => End::Refused(status.as_u16(), answer),
            Ok(answer) if answer["code"] == "internal" => {
                self.street.found(format!("a change of the plan: {answer}"));
                End::Open
            }
            _ => End::Open,
        }
    }
}
