//! Buyers who take what they can get until nothing is left.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::api::{Api, Outcome, Reply, Session, Shopper};
use crate::support::board::Board;
use crate::support::rng::Rng;

/// Who turns a hold into a sale.
#[derive(Debug, Clone)]
pub(crate) enum Checkout {
    /// The shop's server, with its key, after payment.
    Shop {
        key: String,
    },
    Buyer,
}

impl fmt::Display for Checkout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shop { .. } => "checkout by key",
            Self::Buyer => "open checkout",
        })
    }
}

/// What buyers believe to own, and what they were told on the way.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// Sale and seats.
    pub(crate) sales: Vec<(String, Vec<String>)>,
    requests: u64,
    released: u64,
    refusals: BTreeMap<String, u64>,
}

impl Books {
    pub(crate) fn summary(&self) -> String {
        let Self { sales, requests, released, refusals } = self;
        let seats: usize = sales.iter().map(|(_, seats)| seats.len()).sum();
        format!(
            "{seats} seats in {} sales, {requests} requests, {released} holds released, refused: {refusals:?}",
            sales.len()
        )
    }

    fn add(&mut self, other: Self) {
        self.sales.extend(other.sales);
        self.requests += other.requests;
        self.released += other.released;
        for (code, count) in other.refusals {
            *self.refusals.entry(code).or_default() += count;
        }
    }
}

/// Returns when nothing is left, with everybody's books.
pub(crate) async fn buy_everything(
    api: &Api,
    inventory: &str,
    checkout: &Checkout,
    buyers: usize,
    board: watch::Receiver<Board>,
    rng: &mut Rng,
) -> Books {
    let plan = api.get(&format!("/v1/inventories/{inventory}/plan")).await;
    let ids = |key: &str| -> Vec<String> {
        let list = plan[key].as_array().unwrap().iter();
        list.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut tasks = Vec::new();
    for _ in 0..buyers {
        let buyer = Buyer {
            api: api.clone(),
            inventory: inventory.to_owned(),
            checkout: checkout.clone(),
            session: api.session().await,
            seats: ids("units"),
            categories: ids("categories"),
            board: board.clone(),
            rng: rng.fork(),
            books: Books::default(),
        };
        tasks.push(tokio::spawn(buyer.run()));
    }
    let mut books = Books::default();
    for task in tasks {
        books.add(task.await.expect("no buyer panics"));
    }
    books
}

struct Buyer {
    api: Api,
    inventory: String,
    checkout: Checkout,
    session: Session,
    seats: Vec<String>,
    categories: Vec<String>,
    board: watch::Receiver<Board>,
    rng: Rng,
    books: Books,
}

impl Buyer {
    async fn run(mut self) -> Books {
        while let Some(free) = self.free_seats().await {
            let wanted = self.wish(&free);
            let me = Shopper { token: self.session.token.clone(), acts_for: None };
            let call = me.hold(&self.inventory, self.rng.key(), wanted);
            let Some(hold) = self.send(&call).await else { continue };
            if self.rng.percent(10) {
                self.send(&me.release(&self.inventory, hold.id())).await.expect("my hold can be released");
                self.books.released += 1;
                continue;
            }
            let sale = self.pay(&me, &hold).await;
            assert_eq!(sale.units(), hold.units(), "what was held is what was sold");
            self.books
                .sales
                .push((sale.id().to_owned(), sale.units().into_iter().map(|(seat, _)| seat).collect()));
        }
        self.books
    }

    /// Free seats as a viewer sees them; waits for one while some are only held. None: sold out.
    async fn free_seats(&mut self) -> Option<Vec<usize>> {
        let of = self.seats.len();
        let some_free_or_all_sold = |board: &Board| {
            let seats = &board.units.seats[..of];
            seats.contains(&0) || !seats.contains(&1)
        };
        let board = self.board.wait_for(some_free_or_all_sold).await.expect("the viewer stays");
        let seats = board.units.seats[..of].iter().enumerate();
        let free: Vec<usize> = seats.filter(|(_, status)| **status == 0).map(|(seat, _)| seat).collect();
        (!free.is_empty()).then_some(free)
    }

    /// Seats of one's own choice, or the best there are.
    fn wish(&mut self, free: &[usize]) -> Value {
        let rng = &mut self.rng;
        if rng.percent(40) {
            let first = rng.below(free.len());
            let picks = free[first..].iter().take(1 + rng.below(3));
            let offers: Vec<Value> = picks.map(|&seat| json!({"offer": self.seats[seat]})).collect();
            return json!({"offers": offers});
        }
        let quantity = (1 + rng.below(4)).min(free.len());
        let mut best = json!({"quantity": quantity, "adjacent": rng.percent(50)});
        if rng.percent(25) {
            best["category"] = json!(self.categories[rng.below(self.categories.len())]);
        }
        json!({"best_available": best})
    }

    async fn pay(&mut self, me: &Shopper, hold: &Reply) -> Reply {
        let key = self.rng.key();
        let payer = match self.checkout.clone() {
            Checkout::Buyer => me.clone(),
            Checkout::Shop { key: secret } => {
                if self.rng.percent(3) {
                    let refused = self.send(&me.purchase(&self.inventory, hold.id(), key.clone())).await;
                    assert!(refused.is_none(), "a buyer has paid itself");
                }
                Shopper { token: secret, acts_for: None }
            }
        };
        self.send(&payer.purchase(&self.inventory, hold.id(), key)).await.expect("a hold can be purchased")
    }

    /// None: refused, for a reason that a sell-out brings.
    async fn send(&mut self, call: &crate::support::api::Call) -> Option<Reply> {
        self.books.requests += 1;
        match self.api.send(call).await {
            Outcome::Done(reply) => Some(reply),
            Outcome::Refused(reply) => {
                let expected = ["unit_taken", "not_enough", "no_adjacent_block", "purchase_needs_key"];
                assert!(expected.contains(&reply.code()), "{}", reply.body);
                *self.books.refusals.entry(reply.code().to_owned()).or_default() += 1;
                None
            }
            open => panic!("{open:?}"),
        }
    }
}
