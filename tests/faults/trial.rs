//! A town under load, and the check at the end: everything that anybody was told or shown, against the
//! journal, the live state and the read models.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fairhold::domain::Timestamp;
use tokio::sync::watch as channel;
use tokio::task::JoinHandle;

use crate::client::{Client, End, Op, Pulse, Servers, Shelf};
use crate::history::{Histories, Reads};
use crate::node::Node;
use crate::support::api::{Api, Shopper};
use crate::support::journal::{Finding, Journal};
use crate::support::rng::Rng;
use crate::support::server;
use crate::town::{self, Town};
use crate::verify;
use crate::watch::{self, Seen};

pub(crate) const CLIENTS: usize = 20;
const READY_WITHIN: Duration = Duration::from_secs(30);
const ACK_WITHIN: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(1);

/// What a trial added up to.
#[derive(Debug, Default, Clone)]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    /// Calls that needed more than one attempt, and those of them that the journal had all the time.
    pub(crate) unclear: u64,
    pub(crate) found_committed: u64,
    pub(crate) repeats: u64,
    pub(crate) records: u64,
    pub(crate) epochs: u64,
    pub(crate) boards: u64,
    /// Operations on single seats that were put in an order.
    pub(crate) ordered: u64,
    /// Streams that ended before they were stopped.
    pub(crate) cuts: u64,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { calls, acknowledged, unclear, found_committed, repeats, records, .. } = self;
        write!(
            f,
            "{calls} calls, {acknowledged} acks, {unclear} unclear ({found_committed} were committed), "
        )?;
        write!(f, "{repeats} repeats, {records} records, {} epochs, {} boards", self.epochs, self.boards)
    }
}

struct Running {
    stop: channel::Sender<bool>,
    clients: Vec<JoinHandle<Client>>,
    viewers: Vec<JoinHandle<(Vec<Seen>, u64)>>,
    readers: Vec<JoinHandle<Vec<Seen>>>,
}

pub(crate) struct Trial {
    pub(crate) town: Town,
    pub(crate) nodes: Vec<Node>,
    pub(crate) shelves: Vec<Shelf>,
    pub(crate) servers: Servers,
    pub(crate) rng: Rng,
    pub(crate) figures: Figures,
    clients: Vec<Client>,
    journals: Vec<Journal>,
    seen: Vec<Seen>,
    running: Option<Running>,
}

impl Trial {
    /// Opens the town's shops on its first server; the nodes run from now on.
    pub(crate) async fn open(town: Town, mut nodes: Vec<Node>, seed: u64) -> Self {
        println!("{}={seed}", crate::scale::SEED);
        nodes.iter_mut().for_each(Node::start);
        let apis: Vec<Api> = nodes.iter().map(Node::api).collect();
        for api in &apis {
            api.ready(READY_WITHIN).await;
        }
        let shelves = town::open(&apis[0], &town.operator).await;
        let mut journals = Vec::new();
        for shelf in &shelves {
            journals.push(Journal::of(&apis[0], &shelf.id).await);
        }
        let mut rng = Rng::new(seed);
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            let server =
                Shopper { token: town.operator.clone(), acts_for: Some(format!("customer-{number}")) };
            // Half are buyers with a token, half are shops with a key.
            let shopper = match number % 2 {
                0 => Shopper { token: apis[0].session().await.token, acts_for: None },
                _ => server.clone(),
            };
            clients.push(Client::new(rng.fork(), shopper, server, shelves.clone()));
        }
        let servers = Servers {
            apis,
            preferred: Arc::new(AtomicUsize::new(usize::MAX)),
            pulse: Arc::new(Pulse::default()),
        };
        let (seen, running, figures) = (Vec::new(), None, Figures::default());
        Self { town, nodes, shelves, servers, rng, figures, clients, journals, seen, running }
    }

    /// Everybody begins.
    pub(crate) fn load(&mut self) {
        let (stop, stops) = channel::channel(false);
        let run = |client: Client| tokio::spawn(client.run(self.servers.clone(), stops.clone()));
        let clients = std::mem::take(&mut self.clients).into_iter().map(run).collect();
        let (mut viewers, mut readers) = (Vec::new(), Vec::new());
        for (node, api) in self.servers.apis.iter().enumerate() {
            for (shelf, Shelf { id, .. }) in self.shelves.iter().enumerate() {
                let stops = || stops.clone();
                viewers.push(tokio::spawn(watch::follow(api.clone(), node, shelf, id.clone(), stops())));
                readers.push(tokio::spawn(watch::read(api.clone(), node, shelf, id.clone(), stops())));
            }
        }
        self.running = Some(Running { stop, clients, viewers, readers });
    }

    pub(crate) fn pulse(&self) -> &Pulse {
        &self.servers.pulse
    }

    /// Calls that have their answer so far.
    pub(crate) fn calls(&self) -> u64 {
        self.pulse().done() + self.pulse().refused.load(Ordering::Relaxed)
    }

    /// Waits for an acknowledgement that is not there yet; how long after `since` it came.
    pub(crate) async fn ack_after(&self, since: Instant) -> Duration {
        let before = self.pulse().done();
        while self.pulse().done() == before {
            assert!(since.elapsed() < ACK_WITHIN, "nothing is acknowledged any more");
            tokio::time::sleep(POLL).await;
        }
        since.elapsed()
    }

    /// Waits until so many calls more have been acknowledged.
    pub(crate) async fn acks(&self, count: u64) {
        let until = self.pulse().done() + count;
        let started = Instant::now();
        while self.pulse().done() < until {
            assert!(started.elapsed() < ACK_WITHIN, "nothing is acknowledged any more");
            tokio::time::sleep(POLL).await;
        }
    }

    /// A random part of this time.
    pub(crate) async fn a_while(&mut self, at_most: Duration) {
        let part = self.rng.below(10_000) as f64 / 10_000.0;
        tokio::time::sleep(at_most.mul_f64(part)).await;
    }

    /// Killed, and at once started again: how long until somebody was served.
    pub(crate) async fn crash(&mut self, node: usize) -> Duration {
        let killed = Instant::now();
        self.nodes[node].kill();
        self.nodes[node].start();
        self.ack_after(killed).await
    }

    /// Everybody stops, and what is still open is settled. All nodes must be well.
    pub(crate) async fn rest(&mut self) {
        let Some(running) = self.running.take() else { return };
        running.stop.send_replace(true);
        for task in running.clients {
            self.clients.push(task.await.expect("no client panics"));
        }
        for task in running.viewers {
            let (seen, cuts) = task.await.expect("no viewer panics");
            self.seen.extend(seen);
            self.figures.cuts += cuts;
        }
        for task in running.readers {
            self.seen.extend(task.await.expect("no reader panics"));
        }
        let settle = |mut client: Client| {
            let servers = self.servers.clone();
            tokio::spawn(async move {
                client.settle(&servers).await;
                client
            })
        };
        let settling: Vec<_> = std::mem::take(&mut self.clients).into_iter().map(settle).collect();
        for task in settling {
            self.clients.push(task.await.expect("no client panics"));
        }
    }

    fn ops(&self, shelf: usize) -> Vec<&Op> {
        let ops = self.clients.iter().flat_map(|client| &client.ops);
        ops.filter(|op| op.shelf == shelf).collect()
    }

    /// All that has to be true now. Ends the trial: what is compared here is forgotten.
    pub(crate) async fn verify(mut self, reads: Reads) -> (Vec<Finding>, Figures) {
        self.rest().await;
        let listed = self.look().await;
        let store = self.town.store().await;
        for journal in &mut self.journals {
            journal.read(&*store).await;
        }
        let mut findings = Vec::new();
        for shelf in 0..self.shelves.len() {
            findings.extend(self.verify_shelf(shelf, reads));
        }
        for (journal, listed) in self.journals.iter_mut().zip(listed) {
            findings.extend(listed.and_then(|listed| read_model(journal, &listed)));
            findings.extend(std::mem::take(&mut journal.findings));
        }
        for client in &mut self.clients {
            self.figures.repeats += client.repeats;
            self.figures.found_committed += client.found_committed;
            let changed = std::mem::take(&mut client.changed_answers).into_iter();
            findings.extend(changed.map(|detail| Finding { rule: "repeat", detail }));
        }
        let town = self.town.data().to_owned();
        let check = tokio::task::spawn_blocking(move || server::check(&town)).await.expect("no panic");
        if !check.clean {
            findings.push(Finding { rule: "check", detail: check.report.to_string() });
        }
        (findings, self.figures)
    }

    /// The live state of every server that runs, and the list of inventories as the first one gives it.
    async fn look(&mut self) -> Vec<Option<serde_json::Value>> {
        let up: Vec<usize> = (0..self.nodes.len()).filter(|node| self.nodes[*node].runs()).collect();
        for &node in &up {
            for (shelf, Shelf { id, .. }) in self.shelves.iter().enumerate() {
                let started = Instant::now();
                let seen = loop {
                    let seen = watch::snapshot(&self.servers.apis[node], node, shelf, id).await;
                    assert!(seen.is_some() || started.elapsed() < READY_WITHIN, "node {node} shows nothing");
                    if let Some(seen) = seen {
                        break seen;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                };
                self.seen.push(seen);
            }
        }
        let Some(&node) = up.first() else { return vec![None; self.shelves.len()] };
        let list = self.servers.apis[node].get("/v1/inventories?limit=200").await;
        let of = |shelf: &Shelf| list["data"].as_array()?.iter().find(|line| line["id"] == shelf.id).cloned();
        self.shelves.iter().map(of).collect()
    }

    fn verify_shelf(&mut self, shelf: usize, reads: Reads) -> Vec<Finding> {
        let (mut seen, others) =
            std::mem::take(&mut self.seen).into_iter().partition(|seen| seen.shelf == shelf);
        self.seen = others;
        let sort = |seen: &mut Vec<Seen>| seen.sort_by_key(|seen| seen.board.seq);
        sort(&mut seen);
        let journal = &mut self.journals[shelf];
        seen.iter().for_each(|seen| journal.compare(&seen.who, &seen.board));
        journal.advance(journal.last_seq());
        let (journal, ops) = (&self.journals[shelf], self.ops(shelf));
        let mut findings: Vec<Finding> =
            ops.iter().filter_map(|op| verify::acknowledged(journal, op)).collect();
        findings.extend(ops.iter().filter_map(|op| verify::released(journal, op)));
        findings.extend(verify::in_order(&ops));
        let seats: Vec<&str> = journal.seats().map(|(id, _)| id).collect();
        let histories = Histories::of(&ops, &seen.iter().collect::<Vec<_>>(), &seats, reads);
        findings.extend(histories.check());
        let figures = Figures {
            calls: ops.len() as u64,
            acknowledged: ops.iter().filter(|op| op.ack().is_some()).count() as u64,
            refused: ops.iter().filter(|op| matches!(op.end, End::Refused { .. })).count() as u64,
            unclear: ops.iter().filter(|op| op.attempts > 1).count() as u64,
            records: journal.last_seq(),
            epochs: journal.epoch,
            boards: seen.len() as u64,
            ordered: histories.len() as u64,
            ..Figures::default()
        };
        drop(ops);
        self.add(&figures);
        findings
    }

    fn add(&mut self, more: &Figures) {
        let all = &mut self.figures;
        all.calls += more.calls;
        all.acknowledged += more.acknowledged;
        all.refused += more.refused;
        all.unclear += more.unclear;
        all.records += more.records;
        all.epochs = all.epochs.max(more.epochs);
        all.boards += more.boards;
        all.ordered += more.ordered;
    }

    /// From now on clients ask this server, or any.
    pub(crate) fn prefer(&self, node: Option<usize>) {
        self.servers.preferred.store(node.unwrap_or(usize::MAX), Ordering::Relaxed);
    }
}

/// The figures of the list are those of the journal at the time that they name.
fn read_model(journal: &Journal, listed: &serde_json::Value) -> Option<Finding> {
    let figure = |key: &str| listed["figures"][key].as_u64().unwrap_or(u64::MAX);
    let figures = [figure("capacity"), figure("held"), figure("sold"), figure("blocked")];
    let at: Option<jiff::Timestamp> = listed["as_of"].as_str().and_then(|at| at.parse().ok());
    let stood = at.is_some_and(|at| journal.stood(Timestamp(at.as_millisecond()), figures));
    (!stood).then(|| Finding { rule: "read_model", detail: listed.to_string() })
}
