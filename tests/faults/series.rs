//! F22: a series under fire: everybody wants the same seat in all performances, and the server dies meanwhile.
//! All or nothing for every buyer, no seat twice, nothing left behind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fairhold::domain::{Event, GroupId, HoldId};
use fairhold::persistence::{Store, codec};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::node::{Node, honest};
use crate::saboteur;
use crate::scale::{SEED, Times, alone, report, seed, times};
use crate::support::api::{Api, Call, Outcome, Reply};
use crate::support::journal::Journal;
use crate::support::rng::Rng;
use crate::support::server;
use crate::town::Town;

const PERFORMANCES: usize = 20;
const BUYERS: usize = 50;
/// Where the server dies, and how often the point may be passed before.
const POINTS: &[(&str, usize)] = &[
    ("during append", 40),
    ("after group_held", 1),
    ("after group_purchasing", 1),
    ("before begin_group", 20),
    ("after begin_group", 20),
    ("before append", 40),
    ("after append", 40),
    ("while answering", 40),
    ("before group_aborted", 10),
    ("after group_aborted", 10),
    ("before group_held", 1),
    ("before group_done", 1),
    ("after group_done", 1),
    ("before group_purchasing", 1),
    ("before group_sold", 1),
    ("after group_sold", 1),
];
const DIES_WITHIN: Duration = Duration::from_secs(30);
/// Parts live for 15 seconds, an unfinished group is taken up within 20.
const SETTLED_WITHIN: Duration = Duration::from_secs(45);
const AGAIN_AFTER: Duration = Duration::from_millis(25);

/// What a buyer was told.
#[derive(Debug, Default)]
struct Told {
    groups: Vec<Value>,
    sold: Vec<Value>,
    given_back: Vec<String>,
}

#[derive(Default)]
struct Rush {
    is_over: AtomicBool,
    refused: AtomicU64,
    unanswered: AtomicU64,
}

struct Buyer {
    number: usize,
    api: Api,
    operator: String,
    nights: Arc<Vec<String>>,
    rush: Arc<Rush>,
    rng: Rng,
    told: Told,
}

impl Buyer {
    /// Wants the seat until somebody has it for good. Who gets it gives it back, or buys it.
    async fn run(mut self) -> (usize, Told) {
        while !self.rush.is_over.load(Ordering::Relaxed) {
            let Some(group) = self.hold().await else { continue };
            self.told.groups.push(group.body.clone());
            let path = format!("/v1/groups/{}", group.id());
            // The first winners think better of it, so that there is more than one.
            if self.told.given_back.is_empty() && self.rng.percent(60) {
                let back = Call::delete(path, &self.operator);
                self.settled(&back).await;
                self.told.given_back.push(group.id().to_owned());
                continue;
            }
            let buy = Call::post(format!("{path}/purchase"), &self.operator, self.rng.key(), &json!({}));
            if let Some(sold) = self.settled(&buy).await {
                self.told.sold.push(sold.body);
                self.rush.is_over.store(true, Ordering::Relaxed);
            }
        }
        (self.number, self.told)
    }

    async fn hold(&mut self) -> Option<Reply> {
        let body =
            json!({"inventories": *self.nights, "offers": [{"offer": "1"}], "buyer": name(self.number)});
        let call = Call::post("/v1/groups".to_owned(), &self.operator, self.rng.key(), &body);
        let group = self.settled(&call).await;
        if group.is_none() {
            self.rush.refused.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(AGAIN_AFTER * (1 + self.rng.below(8) as u32)).await;
        }
        group
    }

    /// The answer, however long it takes; None: refused.
    async fn settled(&self, call: &Call) -> Option<Reply> {
        let started = Instant::now();
        loop {
            match self.api.send(call).await {
                Outcome::Done(reply) => return Some(reply),
                Outcome::Refused(reply) => {
                    assert!(["unit_taken", "hold_expired"].contains(&reply.code()), "{}", reply.body);
                    return None;
                }
                open => assert!(started.elapsed() < SETTLED_WITHIN + DIES_WITHIN, "never answered: {open:?}"),
            }
            self.rush.unanswered.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }
}

fn name(number: usize) -> String {
    format!("buyer-{number}")
}

struct Season {
    town: Town,
    node: Node,
    rng: Rng,
    recovery: Times,
    groups: u64,
    refused: u64,
    unanswered: u64,
    findings: Vec<String>,
}

impl Season {
    async fn open(town: Town) -> Self {
        let seed = seed();
        println!("{SEED}={seed}");
        let node = Node::of(&town);
        let (recovery, findings) = (Times::default(), Vec::new());
        let mut season = Self {
            town,
            node,
            rng: Rng::new(seed),
            recovery,
            groups: 0,
            refused: 0,
            unanswered: 0,
            findings,
        };
        season.node.start();
        season.node.api().ready(DIES_WITHIN).await;
        season
    }

    /// One seat in each of the performances, everybody after it, and a server that dies at this point.
    async fn round(&mut self, point: &str) {
        let api = self.node.api();
        let nights = Arc::new(self.performances(&api).await);
        self.node.kill();
        self.node.becomes(saboteur::with(point));
        self.node.start();
        let rush = Arc::new(Rush::default());
        let mut buyers = JoinSet::new();
        for number in 0..BUYERS {
            let (operator, rng) = (self.town.operator.clone(), self.rng.fork());
            let (nights, rush, told) = (nights.clone(), rush.clone(), Told::default());
            buyers.spawn(Buyer { number, api: api.clone(), operator, nights, rush, rng, told }.run());
        }
        self.until_dead(point, &rush).await;
        let mut told = BTreeMap::new();
        while let Some(buyer) = buyers.join_next().await {
            let (number, buyer) = buyer.expect("no buyer panics");
            told.insert(number, buyer);
        }
        self.refused += rush.refused.load(Ordering::Relaxed);
        self.unanswered += rush.unanswered.load(Ordering::Relaxed);
        self.nothing_is_left(&api, &nights, point).await;
        self.verify(&api, &nights, &told, point).await;
    }

    async fn performances(&self, api: &Api) -> Vec<String> {
        let mut nights = Vec::new();
        for number in 0..PERFORMANCES {
            let plan = json!({"name": "Hall", "currency": "KRW",
                "categories": [{"id": "R", "name": "R", "price": 150_000}],
                "zones": [{"id": "z", "rows": [{"id": "r", "seats": [{"id": "1", "category": "R"}]}]}]});
            let body = json!({"name": format!("Night {number}"), "plan": plan});
            nights.push(api.create(&self.town.operator, &body).await);
        }
        nights
    }

    /// Waits for its death and starts an honest one in its place.
    async fn until_dead(&mut self, point: &str, rush: &Rush) {
        let started = Instant::now();
        while self.node.server().is_alive() {
            assert!(started.elapsed() < DIES_WITHIN, "{point} is never reached");
            if rush.is_over.load(Ordering::Relaxed) && started.elapsed() > Duration::from_secs(5) {
                break; // It was sold before that.
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let dead = Instant::now();
        self.node.kill();
        self.node.becomes(honest());
        self.node.start();
        self.node.api().ready(DIES_WITHIN).await;
        self.recovery.add(dead.elapsed());
    }

    /// Somebody has bought; whatever else was held comes free by itself.
    async fn nothing_is_left(&mut self, api: &Api, nights: &[String], point: &str) {
        let started = Instant::now();
        loop {
            let mut standing = Vec::new();
            for night in nights {
                let figures = api.get(&format!("/v1/inventories/{night}")).await["figures"].clone();
                standing.push((figures["held"].as_u64(), figures["sold"].as_u64()));
            }
            if standing.iter().all(|one| *one == (Some(0), Some(1))) {
                return;
            }
            if started.elapsed() > SETTLED_WITHIN {
                return self.findings.push(format!("{point}: still {standing:?}"));
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }

    /// What the journals, the rows and the buyers say of every group.
    async fn verify(&mut self, api: &Api, nights: &[String], told: &BTreeMap<usize, Told>, point: &str) {
        let store = self.town.store().await;
        let mut fates: BTreeMap<GroupId, Vec<&'static str>> = BTreeMap::new();
        for night in nights {
            let mut journal = Journal::of(api, night).await;
            journal.read(&*store).await;
            journal.advance(journal.last_seq());
            self.findings.extend(journal.findings.iter().map(|finding| format!("{point}: {finding:?}")));
            for (group, fate) in fates_in(&*store, night).await {
                fates.entry(group).or_default().push(fate);
            }
        }
        self.groups += fates.len() as u64;
        let mut owners = 0;
        for (group, fates) in &fates {
            let sold = fates.iter().filter(|fate| **fate == "sold").count();
            owners += usize::from(sold > 0);
            let is_whole = sold == 0 || sold == PERFORMANCES;
            if !is_whole || fates.contains(&"held") {
                self.findings.push(format!("{point}: {group} in part: {fates:?}"));
            }
        }
        if owners != 1 {
            self.findings.push(format!("{point}: {owners} groups own the one seat"));
        }
        for (number, told) in told {
            self.verify_buyer(api, *number, told, &fates, point).await;
        }
    }

    /// Whoever was told of a group has all of it, and nobody has more than was told.
    async fn verify_buyer(
        &mut self,
        api: &Api,
        number: usize,
        told: &Told,
        fates: &BTreeMap<GroupId, Vec<&'static str>>,
        point: &str,
    ) {
        for group in &told.groups {
            let id = group["id"].as_str().expect("an id").to_owned();
            let bought = told.sold.iter().any(|sold| sold["id"] == group["id"]);
            let state = if bought { "sold" } else { "over" };
            let parts = fates.get(&id.parse().expect("a group's id")).cloned().unwrap_or_default();
            let was_whole = group["holds"].as_array().is_some_and(|holds| holds.len() == PERFORMANCES);
            if !was_whole || parts != vec![state; PERFORMANCES] {
                self.findings.push(format!("{point}: buyer {number} was told of {id}: {parts:?}"));
            }
            let call = api.http().get(api.url(&format!("/v1/groups/{id}"))).bearer_auth(&self.town.operator);
            let shown: Value = match call.send().await {
                Ok(answer) => answer.json().await.unwrap_or_default(),
                Err(cause) => json!({ "state": cause.to_string() }),
            };
            let sales = shown["sales"].as_array().map_or(0, Vec::len);
            let agrees = match bought {
                true => shown["state"] == "sold" && sales == PERFORMANCES,
                false => ["released", "expired"].iter().any(|over| shown["state"] == *over) && sales == 0,
            };
            if !agrees {
                self.findings.push(format!("{point}: buyer {number} is shown {shown}"));
            }
        }
    }

    async fn close(mut self, test: &str, rounds: usize) {
        self.node.kill();
        let data = self.town.data().to_owned();
        let check = tokio::task::spawn_blocking(move || server::check(&data)).await.expect("no panic");
        if !check.clean {
            self.findings.push(format!("check: {}", check.report));
        }
        let size = format!("{rounds} crashes, {BUYERS} buyers, {PERFORMANCES} performances");
        let figures = format!(
            "{} groups begun, {} refused, {} answers missed, {} checked",
            self.groups, self.refused, self.unanswered, check.report["groups"]
        );
        report(test, &size, self.findings.len(), &self.recovery, &figures);
        assert!(self.findings.is_empty(), "{:#?}", self.findings);
    }
}

/// What became of each group's part in this journal.
async fn fates_in(store: &dyn Store, night: &str) -> BTreeMap<GroupId, &'static str> {
    let mut parts: BTreeMap<HoldId, (GroupId, &'static str)> = BTreeMap::new();
    let records = store.records(night.parse().expect("an id"), 0, 100_000).await.expect("the journal");
    let records = records.iter().map(|stored| codec::decode_record(stored).expect("a record"));
    for event in records.flat_map(|record| record.events) {
        let (holds, fate) = match event {
            Event::Held { hold, group: Some(group), .. } => {
                parts.insert(hold, (group, "held"));
                continue;
            }
            Event::Purchased { hold: Some(hold), .. } => (vec![hold], "sold"),
            Event::Released { hold } => (vec![hold], "over"),
            Event::Expired { holds } => (holds, "over"),
            _ => continue,
        };
        for hold in holds {
            parts.entry(hold).and_modify(|part| part.1 = fate);
        }
    }
    parts.into_values().collect()
}

async fn crashed(town: Town, test: &str, points: &[(&str, usize)], rounds: usize) {
    let mut season = Season::open(town).await;
    for (point, skip_below) in points.iter().cycle().take(points.len() * rounds) {
        let skip = season.rng.below(*skip_below);
        season.round(&format!("{point}/{skip}")).await;
    }
    season.close(test, points.len() * rounds).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_series_is_had_whole_or_not_at_all_when_a_server_on_a_file_dies() {
    let _alone = alone().await;
    let points = &POINTS[..times(3, POINTS.len()).min(POINTS.len())];
    crashed(Town::found(), "F22 series, SQLite", points, times(1, 3)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_series_is_had_whole_or_not_at_all_when_a_server_on_postgres_dies() {
    let _alone = alone().await;
    let points = &POINTS[..times(1, POINTS.len()).min(POINTS.len())];
    crashed(Town::found_on_postgres().await, "F22 series, Postgres", points, times(1, 3)).await;
}
