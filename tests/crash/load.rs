//! Clients that do everything a shop does, remember every answer, and stop when the server dies.

use serde_json::{Value, json};

use crate::support::api::{Api, Call, Outcome, Reply, Shopper};
use crate::support::rng::Rng;

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
}

/// A call and how it ended.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) shelf: usize,
    pub(crate) what: What,
    pub(crate) call: Call,
    pub(crate) outcome: Outcome,
}

pub(crate) struct Client {
    rng: Rng,
    shopper: Shopper,
    /// Returns need a secret key.
    server: Shopper,
    shelves: Vec<Shelf>,
    holds: Vec<(usize, String)>,
    sales: Vec<(usize, String)>,
    pub(crate) sent: Vec<Sent>,
    /// Repeats under load whose answer was not the first one.
    pub(crate) changed_answers: Vec<String>,
    pub(crate) repeats: u64,
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
            sent: Vec::new(),
            changed_answers: Vec::new(),
            repeats: 0,
        }
    }

    /// Calls one after the other until the server is gone.
    pub(crate) async fn run(mut self, api: Api) -> Self {
        loop {
            if self.rng.percent(10) && !self.repeat(&api).await {
                return self;
            }
            let (shelf, what, call) = self.next();
            let outcome = api.send(&call).await;
            let is_gone = outcome.is_gone();
            self.remember(Sent { shelf, what, call, outcome });
            if is_gone {
                return self;
            }
        }
    }

    fn next(&mut self) -> (usize, What, Call) {
        let key = self.rng.key();
        match self.rng.below(100) {
            0..20 if !self.holds.is_empty() => {
                let (shelf, hold) = self.holds[self.rng.below(self.holds.len())].clone();
                let call = self.shopper.extend(&self.shelves[shelf].id, &hold, key);
                (shelf, What::Extend(hold), call)
            }
            20..35 if !self.holds.is_empty() => {
                let (shelf, hold) = self.rng.take(&mut self.holds).expect("there is one");
                let call = self.shopper.release(&self.shelves[shelf].id, &hold);
                (shelf, What::Release(hold), call)
            }
            35..55 if !self.holds.is_empty() => {
                let (shelf, hold) = self.rng.take(&mut self.holds).expect("there is one");
                let call = self.shopper.purchase(&self.shelves[shelf].id, &hold, key);
                (shelf, What::Purchase(hold), call)
            }
            55..70 if self.sales.len() > 5 => {
                let (shelf, sale) = self.rng.take(&mut self.sales).expect("there is one");
                let call = self.server.give_back(&self.shelves[shelf].id, &sale, key);
                (shelf, What::Return(sale), call)
            }
            70..80 => {
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

    fn wanted(&mut self, kind: Kind) -> Value {
        let rng = &mut self.rng;
        match kind {
            Kind::Hall if rng.percent(50) => {
                json!({"best_available": {"quantity": 1 + rng.below(4), "adjacent": rng.percent(50)}})
            }
            Kind::Hall => {
                let (row, seat) = (rng.below(ROWS), rng.below(SEATS - 2));
                let offer = |n: usize| json!({"offer": format!("{}-{}", row + 1, seat + n + 1)});
                json!({"offers": (0..=rng.below(3)).map(offer).collect::<Vec<_>>()})
            }
            Kind::Stock => json!({"offers": [{"offer": "sneaker", "quantity": 1 + rng.below(2)}]}),
            Kind::Cafe => {
                let drink = ["latte", "mocha", "americano"][rng.below(3)];
                json!({"offers": [{"offer": drink, "quantity": 1 + rng.below(2)}]})
            }
        }
    }

    fn remember(&mut self, sent: Sent) {
        self.learn(&sent);
        self.sent.push(sent);
    }

    /// What an answer says about the client's holds and sales.
    fn learn(&mut self, sent: &Sent) {
        let Outcome::Done(reply) = &sent.outcome else { return };
        match &sent.what {
            What::Hold => self.holds.push((sent.shelf, reply.id().to_owned())),
            What::Buy | What::Purchase(_) => self.sales.push((sent.shelf, reply.id().to_owned())),
            What::Extend(_) | What::Release(_) | What::Return(_) => {}
        }
    }

    /// Sends an acknowledged call again. False: the server is gone.
    async fn repeat(&mut self, api: &Api) -> bool {
        let recent = self.sent.len().saturating_sub(50);
        if self.sent.len() == recent {
            return true;
        }
        let index = recent + self.rng.below(self.sent.len() - recent);
        let sent = self.sent[index].clone();
        let Outcome::Done(first) = &sent.outcome else { return true };
        if !sent.call.has_key() {
            return true;
        }
        match api.send(&sent.call).await {
            gone if gone.is_gone() => false,
            Outcome::Again(_) => true,
            outcome => {
                self.repeats += 1;
                self.changed_answers.extend(changed(first, &outcome));
                true
            }
        }
    }

    /// After a restart: some acknowledged calls give the same answer, each unknown one has one outcome.
    pub(crate) async fn settle(&mut self, api: &Api, sample: usize) -> Settled {
        let mut settled = Settled::default();
        let before = std::mem::take(&mut self.sent);
        let (unknown, known): (Vec<Sent>, Vec<Sent>) =
            before.into_iter().partition(|sent| sent.outcome.is_open());
        let keyed: Vec<&Sent> = known.iter().filter(|sent| sent.call.has_key()).collect();
        for _ in 0..sample.min(keyed.len()) {
            let sent = keyed[self.rng.below(keyed.len())];
            if let Outcome::Done(first) = &sent.outcome {
                settled.repeated += 1;
                settled.changed.extend(changed(first, &api.send(&sent.call).await));
            }
        }
        for sent in unknown {
            let outcome = api.send(&sent.call).await;
            match &outcome {
                Outcome::Done(first) if sent.call.has_key() => {
                    settled.changed.extend(changed(first, &api.send(&sent.call).await));
                    settled.was_committed += u64::from(first.replayed);
                }
                open if open.is_open() => settled.changed.push(format!("still not known: {open:?}")),
                _ => {}
            }
            settled.unknown += 1;
            self.remember(Sent { outcome, ..sent });
        }
        settled
    }
}

#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) repeated: u64,
    pub(crate) unknown: u64,
    /// Of the unknown, those that were in the journal.
    pub(crate) was_committed: u64,
    pub(crate) changed: Vec<String>,
}

/// What is wrong with the answer to a repeat.
fn changed(first: &Reply, again: &Outcome) -> Option<String> {
    let same = |again: &Reply| {
        let same = |key: &str| again.body[key] == first.body[key];
        again.replayed && ["id", "seq", "epoch", "lines", "expires_at"].into_iter().all(same)
    };
    match again {
        Outcome::Done(again) if same(again) => None,
        other => Some(format!("first {}, then {other:?}", first.body)),
    }
}
