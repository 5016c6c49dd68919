//! Load, kill, restart, verify: over and over on the same data.

use std::time::{Duration, Instant};

use crate::load::{Client, Sent, Shelf};
use crate::shop::{self, Town};
use crate::support::api::{Api, Outcome, Shopper};
use crate::support::board::Board;
use crate::support::journal::{Finding, Journal, store};
use crate::support::rng::Rng;
use crate::support::server::{Server, check};
use crate::support::viewer::Viewer;
use crate::verify;

const CLIENTS: usize = 20;
/// The server dies at a random moment of this span of load.
const KILL_WITHIN_MS: usize = 700;
const READY_WITHIN: Duration = Duration::from_secs(30);
/// Acknowledged calls that each client sends again after a restart.
const REPEATS: usize = 6;

/// How the server under test is started.
pub(crate) type Start = fn(&Town) -> Server;

pub(crate) fn honest(town: &Town) -> Server {
    Server::start(town.data())
}

/// What the rounds added up to.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) kills: u32,
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    pub(crate) unknown: u64,
    pub(crate) unknown_but_committed: u64,
    pub(crate) repeats: u64,
    pub(crate) records: u64,
    /// Stored ones that were there after the last kill.
    pub(crate) snapshots: u64,
    /// From the start of the process to `/readyz`, and to the first view of every inventory.
    pub(crate) ready: Vec<Duration>,
    pub(crate) loaded: Vec<Duration>,
}

pub(crate) struct Rounds {
    start: Start,
    server: Option<Server>,
    town: Town,
    rng: Rng,
    api: Api,
    shelves: Vec<Shelf>,
    journals: Vec<Journal>,
    clients: Vec<Client>,
    /// What viewers saw before the server died, by inventory.
    seen: Vec<(usize, Board)>,
    pub(crate) figures: Figures,
}

impl Rounds {
    /// A town on a server that runs.
    pub(crate) async fn prepare(start: Start, seed: u64) -> Self {
        let town = Town::found();
        let server = start(&town);
        let api = Api::new(server.url());
        api.ready(READY_WITHIN).await;
        let shelves = shop::open(&api, &town.operator).await;
        let mut journals = Vec::new();
        for shelf in &shelves {
            journals.push(Journal::of(&api, &shelf.id).await);
        }
        let mut rng = Rng::new(seed);
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            let server =
                Shopper { token: town.operator.clone(), acts_for: Some(format!("customer-{number}")) };
            // Half are buyers with a token, half are shops with a key.
            let shopper = match number % 2 {
                0 => Shopper { token: api.session().await.token, acts_for: None },
                _ => server.clone(),
            };
            clients.push(Client::new(rng.fork(), shopper, server, shelves.clone()));
        }
        let figures = Figures::default();
        Self {
            start,
            town,
            rng,
            server: Some(server),
            api,
            shelves,
            journals,
            clients,
            seen: Vec::new(),
            figures,
        }
    }

    /// One kill, and all that has to be true after it.
    pub(crate) async fn round(&mut self) -> Vec<Finding> {
        self.load_and_kill().await;
        self.restart().await;
        let mut findings = self.verify().await;
        findings.extend(self.settle().await);
        let check = check(self.town.data());
        self.figures.snapshots = check.report["snapshots"].as_u64().unwrap_or_default();
        if !check.clean {
            findings.push(Finding { rule: "check", detail: check.report.to_string() });
        }
        findings
    }

    async fn load_and_kill(&mut self) {
        let mut viewers = Vec::new();
        for (shelf, Shelf { id, .. }) in self.shelves.iter().enumerate() {
            viewers.push((shelf, Viewer::websocket(&self.api, id).await));
        }
        let clients = std::mem::take(&mut self.clients);
        let tasks: Vec<_> =
            clients.into_iter().map(|client| tokio::spawn(client.run(self.api.clone()))).collect();
        let moment = Duration::from_millis(self.rng.below(KILL_WITHIN_MS) as u64);
        tokio::time::sleep(moment).await;
        self.server.take().expect("it runs").kill();
        self.figures.kills += 1;
        for task in tasks {
            self.clients.push(task.await.expect("no client panics"));
        }
        // Whatever is still in the sockets' buffers was shown as well.
        for (shelf, mut viewer) in viewers {
            self.seen.push((shelf, viewer.is_over().await));
        }
    }

    async fn restart(&mut self) {
        let started = Instant::now();
        let server = (self.start)(&self.town);
        self.api = Api::new(server.url());
        self.api.ready(READY_WITHIN).await;
        self.figures.ready.push(started.elapsed());
        for shelf in &self.shelves {
            self.api.get(&format!("/v1/inventories/{}/availability", shelf.id)).await;
        }
        self.figures.loaded.push(started.elapsed());
        self.server = Some(server);
    }

    /// The journal against everything that anybody was told or shown.
    async fn verify(&mut self) -> Vec<Finding> {
        for (number, shelf) in self.shelves.iter().enumerate() {
            let now = self.api.get(&format!("/v1/inventories/{}/availability", shelf.id)).await;
            self.seen.push((number, Board::of(&now)));
        }
        // Beside the server: closing the last connection would put the store in order first.
        let store = store(self.town.data()).await;
        for journal in &mut self.journals {
            journal.read(&store).await;
        }
        let mut findings = Vec::new();
        for sent in self.clients.iter().flat_map(|client| &client.sent) {
            match &sent.outcome {
                Outcome::Done(_) => self.figures.acknowledged += 1,
                Outcome::Refused(_) => self.figures.refused += 1,
                Outcome::Again(_) | Outcome::Unknown(_) => {}
            }
            findings.extend(verify::acknowledged(&self.journals[sent.shelf], sent));
        }
        self.seen.sort_by_key(|(_, board)| board.seq);
        for (shelf, board) in self.seen.drain(..) {
            self.journals[shelf].compare("a viewer", &board);
        }
        for journal in &mut self.journals {
            journal.advance(journal.last_seq());
        }
        for sent in self.clients.iter().flat_map(|client| &client.sent) {
            findings.extend(verify::released(&self.journals[sent.shelf], sent));
        }
        self.figures.records = self.journals.iter().map(Journal::last_seq).sum();
        findings.extend(self.journals.iter_mut().flat_map(|journal| std::mem::take(&mut journal.findings)));
        findings
    }

    /// Repeats: acknowledged calls, and those that nobody answered.
    async fn settle(&mut self) -> Vec<Finding> {
        let api = self.api.clone();
        let clients = std::mem::take(&mut self.clients);
        let settling = clients.into_iter().map(|mut client| {
            let api = api.clone();
            tokio::spawn(async move {
                let settled = client.settle(&api, REPEATS).await;
                (client, settled)
            })
        });
        let mut findings = Vec::new();
        for task in settling.collect::<Vec<_>>() {
            let (mut client, settled) = task.await.expect("no client panics");
            self.figures.unknown += settled.unknown;
            self.figures.unknown_but_committed += settled.was_committed;
            self.figures.repeats += settled.repeated + std::mem::take(&mut client.repeats);
            let changed = settled.changed.into_iter().chain(std::mem::take(&mut client.changed_answers));
            findings.extend(changed.map(|detail| Finding { rule: "repeat", detail }));
            self.clients.push(client);
        }
        findings
    }

    /// The last word: nothing runs any more, and the store is opened for the first time since.
    pub(crate) async fn finish(mut self) -> (Vec<Finding>, Figures) {
        self.server.take().expect("it runs").kill();
        let store = store(self.town.data()).await;
        for journal in &mut self.journals {
            journal.read(&store).await;
            journal.advance(journal.last_seq());
        }
        let all: Vec<&Sent> = self.clients.iter().flat_map(|client| &client.sent).collect();
        let mut findings: Vec<Finding> =
            all.iter().filter_map(|sent| verify::acknowledged(&self.journals[sent.shelf], sent)).collect();
        self.figures.acknowledged +=
            all.iter().filter(|sent| matches!(sent.outcome, Outcome::Done(_))).count() as u64;
        findings.extend(self.journals.iter_mut().flat_map(|journal| std::mem::take(&mut journal.findings)));
        (findings, self.figures)
    }
}
