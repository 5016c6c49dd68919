//! F6: two servers on one database, and owners that stand still while the other takes over.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::history::Reads;
use crate::node::Node;
use crate::saboteur;
use crate::scale::{Times, alone, is_full, report, seed, times};
use crate::support::api::{Api, Outcome, Shopper};
use crate::support::journal::{Finding, Journal};
use crate::support::rng::Rng;
use crate::town::Town;
use crate::trial::Trial;

/// A client gives a server that stands still no longer.
const PATIENCE: Duration = Duration::from_millis(700);
/// Whoever is no owner any more says so in this time, once he is asked.
const STEPS_DOWN_WITHIN: Duration = Duration::from_secs(1);

async fn two_servers(town: Town, start: impl Fn() -> crate::node::Start) -> Trial {
    let nodes = (1..=2).map(|number| Node::new(town.home(number, None), start())).collect();
    let mut trial = Trial::open(town, nodes, seed()).await;
    trial.servers.apis = trial.nodes.iter().map(|node| node.api().patient(PATIENCE)).collect();
    trial
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_chase_each_other_sell_nothing_twice() {
    let _alone = alone().await;
    let mut trial = two_servers(Town::found_on_postgres().await, crate::node::honest).await;
    let seconds = times(3, 60);
    trial.load();
    tokio::time::sleep(Duration::from_secs(seconds as u64)).await;
    let (findings, figures) = trial.verify(Reads::MayBeOld).await;
    report("F6 two owners", &format!("{seconds} s"), findings.len(), &Times::default(), &figures.to_string());
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(figures.epochs > seconds as u64 / 2, "they did not take over from each other: {figures}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_without_a_fence_are_found_out() {
    let _alone = alone().await;
    let mut trial = two_servers(Town::found_on_postgres().await, || saboteur::with("unfenced")).await;
    trial.load();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (findings, _) = trial.verify(Reads::MayBeOld).await;
    let mut rules: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    println!("{} findings: {:?}", rules.len(), rules.iter().take(5).collect::<Vec<_>>());
    let fence = findings.iter().find(|finding| finding.rule == "fence");
    println!("{}", fence.expect("somebody wrote behind a take-over").detail);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_that_stood_still_commits_nothing_after_the_take_over() {
    let _alone = alone().await;
    let mut trial = two_servers(Town::found_on_postgres().await, crate::node::honest).await;
    let mut kiosk = Kiosk::open(&mut trial).await;
    let pauses = times(3, 50);
    let (mut takes_over, mut steps_down) = (Times::default(), Times::default());
    trial.prefer(Some(0));
    trial.load();
    for pause in 0..pauses {
        let (owner, other) = (pause % 2, (pause + 1) % 2);
        trial.prefer(Some(owner));
        // It has to have taken over from the other, which keeps what it lost for a second.
        kiosk.buys(owner).await;
        trial.acks(30).await;
        trial.a_while(Duration::from_millis(300)).await;
        trial.nodes[owner].server().pause();
        let paused = Instant::now();
        trial.prefer(Some(other));
        let epoch = kiosk.buys(other).await;
        takes_over.add(paused.elapsed());
        let rest = Duration::from_millis(500 + trial.rng.below(if is_full() { 5_500 } else { 500 }) as u64);
        tokio::time::sleep(rest.saturating_sub(paused.elapsed())).await;
        trial.nodes[owner].server().resume();
        steps_down.add(kiosk.is_turned_away(owner, epoch).await);
    }
    let store = trial.town.store().await;
    let mut findings = kiosk.verify(&*store).await;
    let (more, figures) = trial.verify(Reads::MayBeOld).await;
    findings.extend(more);
    let size = format!("{pauses} pauses");
    report("F6 paused owner, other serves", &size, findings.len(), &takes_over, &figures.to_string());
    report("F6 paused owner, steps down", &size, findings.len(), &steps_down, "");
    assert!(findings.is_empty(), "{findings:#?}");
    let limit = if is_full() { STEPS_DOWN_WITHIN } else { 5 * STEPS_DOWN_WITHIN };
    assert!(steps_down.max() <= limit, "{steps_down}");
}

/// A shop that nobody but the test uses: its owner is idle when it is stopped.
struct Kiosk {
    inventory: String,
    shop: Shopper,
    apis: Vec<Api>,
    journal: Journal,
    rng: Rng,
    sold: u64,
}

impl Kiosk {
    async fn open(trial: &mut Trial) -> Self {
        let body = json!({"name": "Kiosk",
            "items": [{"id": "cola", "label": "Cola", "capacity": 1_000_000, "sellable": true}]});
        let operator = trial.town.operator.clone();
        let inventory = trial.servers.apis[0].create(&operator, &body).await;
        let journal = Journal::of(&trial.servers.apis[0], &inventory).await;
        let shop = Shopper { token: operator, acts_for: Some("customer".to_owned()) };
        let apis = trial.nodes.iter().map(|node| node.api()).collect();
        Self { inventory, shop, apis, journal, rng: trial.rng.fork(), sold: 0 }
    }

    async fn ask(&mut self, node: usize) -> Outcome {
        let wanted = json!({"offers": [{"offer": "cola"}]});
        let call = self.shop.buy(&self.inventory, self.rng.key(), wanted);
        let outcome = self.apis[node].send(&call).await;
        self.sold += u64::from(matches!(outcome, Outcome::Done(_)));
        outcome
    }

    /// Asks this server until it sells; the epoch in which it did.
    async fn buys(&mut self, node: usize) -> u64 {
        let started = Instant::now();
        loop {
            if let Outcome::Done(sold) = self.ask(node).await {
                return sold.epoch();
            }
            assert!(started.elapsed() < Duration::from_secs(60), "node {node} does not sell");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks a server that has been away since another owned the inventory in this epoch: how long it needs to
    /// say no, or to take over again.
    async fn is_turned_away(&mut self, node: usize, epoch: u64) -> Duration {
        let asked = Instant::now();
        match self.ask(node).await {
            Outcome::Done(sold) => assert!(sold.epoch() > epoch, "{} after {epoch}", sold.epoch()),
            Outcome::Again(reply) => assert!(reply.retry_after.is_some(), "{reply:?}"),
            other => panic!("{other:?}"),
        }
        asked.elapsed()
    }

    async fn verify(&mut self, store: &dyn fairhold::persistence::Store) -> Vec<Finding> {
        self.journal.read(store).await;
        self.journal.advance(self.journal.last_seq());
        let sold: i64 = self.journal.sold().values().sum();
        let mut findings = std::mem::take(&mut self.journal.findings);
        if sold < self.sold as i64 {
            findings.push(Finding { rule: "missing", detail: format!("{sold} of {} sold", self.sold) });
        }
        findings
    }
}
