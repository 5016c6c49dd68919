//! Clients that do everything a shop does, send again what nobody answered, and remember all of it: when each
//! call was made, when its answer came, and what it was.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::api::{Api, Call, Outcome, Reply, Shopper};
use crate::support::rng::Rng;

/// Between two attempts of one call.
const AGAIN_AFTER: Duration = Duration::from_millis(25);
/// Acknowledged calls of which each may be sent again.
const RECENT: usize = 50;
/// A call that has not been settled by then never will be.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);

/// An inventory and how to ask for something of it.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    pub(crate) id: String,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Hall,
    Stock,
    Cafe,
}

/// Rows and seats in each of the hall's rows.
pub(crate) const ROWS: usize = 60;
pub(crate) const SEATS: usize = 50;

/// What a call was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Hold,
    Extend(String),
    Release(String),
    Purchase(String),
    Buy,
    Return(String),
    Block,
    Unblock(String),
}

/// What somebody was told: it must never be forgotten.
#[derive(Debug, Clone)]
pub(crate) struct Ack {
    pub(crate) id: String,
    pub(crate) seq: u64,
    pub(crate) epoch: u64,
    pub(crate) units: Vec<(String, u64)>,
    /// Of all that a repeat has to say as well.
    digest: u64,
}

impl Ack {
    fn of(reply: &Reply) -> Self {
        let mut hasher = DefaultHasher::new();
        for key in ["id", "seq", "epoch", "lines", "units", "expires_at"] {
            reply.body[key].hash(&mut hasher);
        }
        let digest = hasher.finish();
        Self {
            id: reply.id().to_owned(),
            seq: reply.seq(),
            epoch: reply.epoch(),
            units: reply.units(),
            digest,
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone)]
pub(crate) enum End {
    Done(Ack),
    /// It changed nothing; for `unit_taken`, the seats.
    Refused {
        code: String,
        units: Vec<String>,
    },
    /// Nobody knows yet.
    Open(#[allow(dead_code, reason = "printed with what went wrong")] String),
}

/// A call, all attempts together.
#[derive(Debug, Clone)]
pub(crate) struct Op {
    pub(crate) shelf: usize,
    pub(crate) what: What,
    pub(crate) asked: Instant,
    /// When the attempt began whose answer counts, and when that came.
    pub(crate) tried: Instant,
    pub(crate) answered: Instant,
    pub(crate) attempts: u32,
    pub(crate) end: End,
}

impl Op {
    pub(crate) fn ack(&self) -> Option<&Ack> {
        match &self.end {
            End::Done(ack) => Some(ack),
            End::Refused { .. } | End::Open(_) => None,
        }
    }
}

/// What all clients of a trial count together, as it happens.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    pub(crate) done: AtomicU64,
    pub(crate) refused: AtomicU64,
    /// Answers that say "not now", and how many of them do not say when.
    pub(crate) again: AtomicU64,
    pub(crate) without_retry_after: AtomicU64,
    pub(crate) unknown: AtomicU64,
    /// The longest wait for any answer, in microseconds.
    pub(crate) slowest_us: AtomicU64,
}

impl Pulse {
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    fn beat(&self, outcome: &Outcome, took: Duration) {
        let counter = match outcome {
            Outcome::Done(_) => &self.done,
            Outcome::Refused(_) => &self.refused,
            Outcome::Again(reply) => {
                let silent = u64::from(reply.retry_after.is_none());
                self.without_retry_after.fetch_add(silent, Ordering::Relaxed);
                &self.again
            }
            Outcome::Unknown(_) => &self.unknown,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if !matches!(outcome, Outcome::Unknown(_)) {
            self.slowest_us.fetch_max(took.as_micros() as u64, Ordering::Relaxed);
        }
    }
}

/// Whom to ask: one of the servers, or each at random.
#[derive(Debug, Clone)]
pub(crate) struct Servers {
    pub(crate) apis: Vec<Api>,
    /// A number beyond all of them: any.
    pub(crate) preferred: Arc<AtomicUsize>,
    pub(crate) pulse: Arc<Pulse>,
}

impl Servers {
    fn pick(&self, rng: &mut Rng) -> &Api {
        let preferred = self.apis.get(self.preferred.load(Ordering::Relaxed));
        preferred.unwrap_or_else(|| &self.apis[rng.below(self.apis.len())])
    }
}

pub(crate) struct Client {
    rng: Rng,
    shopper: Shopper,
    /// Returns and blocks need a secret key.
    server: Shopper,
    shelves: Vec<Shelf>,
    holds: Vec<(usize, String)>,
    sales: Vec<(usize, String)>,
    blocks: Vec<(usize, String)>,
    pub(crate) ops: Vec<Op>,
    open: Vec<(usize, Call)>,
    recent: VecDeque<(usize, Call)>,
    /// Repeats whose answer was not the first one.
    pub(crate) changed_answers: Vec<String>,
    pub(crate) repeats: u64,
    /// Of the calls that nobody answered at first, those that were in the journal.
    pub(crate) found_committed: u64,
}

impl Client {
    pub(crate) fn new(rng: Rng, shopper: Shopper, server: Shopper, shelves: Vec<Shelf>) -> Self {
        Self {
            rng,
            shopper,
            server,
            shelves,
            holds: Vec::new(),
            sales: Vec::new(),
            blocks: Vec::new(),
            ops: Vec::new(),
            open: Vec::new(),
            recent: VecDeque::new(),
            changed_answers: Vec::new(),
            repeats: 0,
            found_committed: 0,
        }
    }

    /// Calls one after the other until it is stopped.
    pub(crate) async fn run(mut self, servers: Servers, stop: watch::Receiver<bool>) -> Self {
        while !*stop.borrow() {
            if self.rng.percent(10) {
                self.repeat(&servers).await;
            }
            let (shelf, what, call) = self.next();
            let now = Instant::now();
            let end = End::Open(String::new());
            let op = Op { shelf, what, asked: now, tried: now, answered: now, attempts: 0, end };
            self.perform(op, call, &servers, &stop).await;
        }
        self
    }

    /// Sends it until somebody knows how it ended, or the client is stopped.
    async fn perform(&mut self, mut op: Op, call: Call, servers: &Servers, stop: &watch::Receiver<bool>) {
        loop {
            op.tried = Instant::now();
            op.attempts += 1;
            let outcome = servers.pick(&mut self.rng).send(&call).await;
            op.answered = Instant::now();
            servers.pulse.beat(&outcome, op.answered - op.tried);
            match outcome {
                Outcome::Done(reply) => {
                    self.found_committed += u64::from(reply.replayed);
                    op.end = End::Done(Ack::of(&reply));
                    break;
                }
                Outcome::Refused(reply) => {
                    let units = reply.body["units"].as_array().into_iter().flatten();
                    let units = units.filter_map(|unit| Some(unit.as_str()?.to_owned())).collect();
                    op.end = End::Refused { code: reply.code().to_owned(), units };
                    break;
                }
                Outcome::Again(reply) => op.end = End::Open(reply.body.to_string()),
                Outcome::Unknown(cause) => op.end = End::Open(cause),
            }
            if *stop.borrow() {
                break;
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
        self.remember(op, call);
    }

    fn remember(&mut self, op: Op, call: Call) {
        self.learn(&op);
        match &op.end {
            End::Done(_) if call.has_key() => {
                self.recent.push_back((self.ops.len(), call));
                if self.recent.len() > RECENT {
                    self.recent.pop_front();
                }
            }
            End::Open(_) => self.open.push((self.ops.len(), call)),
            End::Done(_) | End::Refused { .. } => {}
        }
        self.ops.push(op);
    }

    /// What an answer says about the client's holds, sales and blocks.
    fn learn(&mut self, op: &Op) {
        let Some(ack) = op.ack() else { return };
        match &op.what {
            What::Hold => self.holds.push((op.shelf, ack.id.clone())),
            What::Buy | What::Purchase(_) => self.sales.push((op.shelf, ack.id.clone())),
            What::Block => self.blocks.push((op.shelf, ack.id.clone())),
            What::Extend(_) | What::Release(_) | What::Return(_) | What::Unblock(_) => {}
        }
    }

    fn next(&mut self) -> (usize, What, Call) {
        let key = self.rng.key();
        match self.rng.below(100) {
            0..15 if !self.holds.is_empty() => {
                let (shelf, hold) = self.holds[self.rng.below(self.holds.len())].clone();
                let call = self.shopper.extend(&self.shelves[shelf].id, &hold, key);
                (shelf, What::Extend(hold), call)
            }
            15..30 if !self.holds.is_empty() => {
                let (shelf, hold) = self.rng.take(&mut self.holds).expect("there is one");
                let call = self.shopper.release(&self.shelves[shelf].id, &hold);
                (shelf, What::Release(hold), call)
            }
            30..50 if !self.holds.is_empty() => {
                let (shelf, hold) = self.rng.take(&mut self.holds).expect("there is one");
                let call = self.shopper.purchase(&self.shelves[shelf].id, &hold, key);
                (shelf, What::Purchase(hold), call)
            }
            50..67 if self.sales.len() > 5 => {
                let (shelf, sale) = self.rng.take(&mut self.sales).expect("there is one");
                let call = self.server.give_back(&self.shelves[shelf].id, &sale, key);
                (shelf, What::Return(sale), call)
            }
            67..69 => {
                let shelf = self.shelves.iter().position(|shelf| shelf.kind == Kind::Hall).unwrap_or(0);
                let units = self.seats(1);
                (shelf, What::Block, self.server.block(&self.shelves[shelf].id, key, &units))
            }
            69..71 if !self.blocks.is_empty() => {
                let (shelf, block) = self.rng.take(&mut self.blocks).expect("there is one");
                let call = self.server.unblock(&self.shelves[shelf].id, &block);
                (shelf, What::Unblock(block), call)
            }
            71..80 => {
                let shelf = self.rng.below(self.shelves.len());
                let wanted = self.wanted(self.shelves[shelf].kind);
                (shelf, What::Buy, self.shopper.buy(&self.shelves[shelf].id, key, wanted))
            }
            _ => {
                let shelf = self.rng.below(self.shelves.len());
                let wanted = self.wanted(self.shelves[shelf].kind);
                (shelf, What::Hold, self.shopper.hold(&self.shelves[shelf].id, key, wanted))
            }
        }
    }

    /// So many seats beside each other.
    fn seats(&mut self, count: usize) -> Vec<String> {
        let (row, seat) = (self.rng.below(ROWS), self.rng.below(SEATS + 1 - count));
        (0..count).map(|n| format!("{}-{}", row + 1, seat + n + 1)).collect()
    }

    fn wanted(&mut self, kind: Kind) -> Value {
        match kind {
            Kind::Hall if self.rng.percent(30) => {
                json!({"best_available": {"quantity": 1 + self.rng.below(4), "adjacent": self.rng.percent(50)}})
            }
            Kind::Hall => {
                let count = 1 + self.rng.below(3);
                let offers: Vec<Value> =
                    self.seats(count).into_iter().map(|seat| json!({ "offer": seat })).collect();
                json!({ "offers": offers })
            }
            Kind::Stock => json!({"offers": [{"offer": "sneaker", "quantity": 1 + self.rng.below(2)}]}),
            Kind::Cafe => {
                let drink = ["latte", "mocha", "americano"][self.rng.below(3)];
                json!({"offers": [{"offer": drink, "quantity": 1 + self.rng.below(2)}]})
            }
        }
    }

    /// Sends an acknowledged call again: the answer is the same, whatever happened in between.
    async fn repeat(&mut self, servers: &Servers) {
        if self.recent.is_empty() {
            return;
        }
        let (index, call) = self.recent[self.rng.below(self.recent.len())].clone();
        let outcome = servers.pick(&mut self.rng).send(&call).await;
        self.compare(index, &outcome);
    }

    fn compare(&mut self, index: usize, again: &Outcome) {
        let Some(first) = self.ops[index].ack() else { return };
        let is_same = match again {
            Outcome::Done(again) => again.replayed && Ack::of(again).digest == first.digest,
            Outcome::Again(_) | Outcome::Unknown(_) => return,
            Outcome::Refused(_) => false,
        };
        self.repeats += 1;
        if !is_same {
            self.changed_answers.push(format!("first {first:?}, then {again:?}"));
        }
    }

    /// When all is well again: each open call has one outcome, and acknowledged ones still have theirs.
    pub(crate) async fn settle(&mut self, servers: &Servers) {
        for (index, call) in std::mem::take(&mut self.open) {
            let started = Instant::now();
            let op = self.ops[index].clone();
            let (_never, stop) = watch::channel(false);
            let before = self.ops.len();
            let settled = self.perform(op, call, servers, &stop);
            if tokio::time::timeout(SETTLED_WITHIN, settled).await.is_err() {
                let op = &self.ops[index];
                self.changed_answers.push(format!("not known after {:?}: {op:?}", started.elapsed()));
                continue;
            }
            // What is known now takes the place of what was not.
            self.ops.swap_remove(index);
            debug_assert_eq!(self.ops.len(), before);
            if let Some((recent, _)) = self.recent.back_mut().filter(|(recent, _)| *recent == before) {
                *recent = index;
            }
        }
        for (index, call) in self.recent.clone() {
            let outcome = servers.pick(&mut self.rng).send(&call).await;
            self.compare(index, &outcome);
        }
    }
}
