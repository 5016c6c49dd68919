//! Buyers and the box office, at work while the plan changes under them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::best::Wish;
use super::street::{DONE_BEFORE, Street, lock};
use super::verdicts::Missed;
use crate::support::api::{Call, Reply, Shopper};
use crate::support::rng::Rng;

/// Between two calls of a buyer, on average.
const THINKS_MS: usize = 6;
const A_MOMENT: Duration = Duration::from_millis(1);
/// So many sales stay with their buyers.
const SALES: usize = 40;

/// What a change of the plan, or somebody else, may bring to who wants something.
const WANTED: &[&str] =
    &["unit_taken", "not_enough", "no_adjacent_block", "unit_unknown", "category_unknown", "quantity_range"];
/// What is lost by oneself.
const LATE: &[&str] = &["hold_expired", "extension_limit", "extension_early"];
const GONE: &[&str] = &["hold_expired", DONE_BEFORE];

/// Somebody who holds, thinks again, and buys.
pub(crate) struct Buyer {
    pub(crate) street: Arc<Street>,
    pub(crate) me: Shopper,
    pub(crate) rng: Rng,
    /// Hold and its lines.
    pub(crate) holds: Vec<(String, Value)>,
}

/// None: it was refused, for one of these reasons.
fn check(street: &Street, result: Result<Reply, String>, what: &str, may: &[&str]) -> Option<Reply> {
    let code = match result {
        Ok(reply) => return Some(reply),
        Err(code) => code,
    };
    if !may.contains(&code.as_str()) {
        street.found(format!("{what} is refused: {code}"));
    }
    None
}

/// Sold and returned is what was held: offers, pieces, units, and the prices of then.
fn same(street: &Street, before: &Value, after: &Reply, what: &str) {
    if *before != after.body["lines"] {
        street.found(format!("{what}: {before} became {}", after.body));
    }
}

impl Buyer {
    pub(crate) async fn run(mut self) {
        while !self.street.is_over() {
            let thinks = self.rng.below(2 * THINKS_MS);
            tokio::time::sleep(Duration::from_millis(thinks as u64)).await;
            match self.rng.below(100) {
                0..12 if !self.holds.is_empty() => self.extend().await,
                12..26 if !self.holds.is_empty() => self.release().await,
                26..52 if !self.holds.is_empty() => self.purchase().await,
                52..58 if !self.holds.is_empty() => self.change_seats().await,
                58..63 => self.buy().await,
                _ => self.hold().await,
            }
        }
    }

    async fn ask(&self, call: &Call, what: &str, may: &[&str]) -> Option<Reply> {
        check(&self.street, self.street.ask(call).await, what, may)
    }

    fn picks(&mut self) -> Value {
        let catalogue = self.street.catalogue();
        let pick = |rng: &mut Rng| {
            let quantity = if rng.percent(75) { 1 } else { 2 + rng.below(3) };
            let offer = &catalogue.offers[rng.below(catalogue.offers.len())];
            json!({"offer": offer, "quantity": quantity})
        };
        let picks: Vec<Value> = (0..1 + self.rng.below(2)).map(|_| pick(&mut self.rng)).collect();
        json!({ "offers": picks })
    }

    fn wish(&mut self) -> Wish {
        let catalogue = self.street.catalogue();
        let category = &catalogue.categories[self.rng.below(catalogue.categories.len())];
        Wish {
            quantity: 1 + self.rng.below(5),
            together: self.rng.percent(30),
            category: self.rng.percent(30).then(|| category.clone()),
        }
    }

    async fn hold(&mut self) {
        // Nobody sits on too much.
        if self.holds.len() > 1 {
            return self.release().await;
        }
        if self.rng.percent(60) {
            let wanted = self.picks();
            let call = self.me.hold(&self.street.inventory, self.rng.key(), wanted);
            if let Some(hold) = self.ask(&call, "a hold", WANTED).await {
                self.holds.push((hold.id().to_owned(), hold.body["lines"].clone()));
            }
            return;
        }
        let wish = self.wish();
        let call = self.me.hold(&self.street.inventory, self.rng.key(), wish.json());
        let from = self.street.seen();
        let result = self.street.ask(&call).await;
        if result.as_ref().is_err_and(|code| ["not_enough", "no_adjacent_block"].contains(&code.as_str())) {
            let until = self.street.now().await;
            return lock(&self.street.evidence).missed.push(Missed { wish, from, until });
        }
        if let Some(hold) = check(&self.street, result, "a hold of the best", WANTED) {
            lock(&self.street.evidence).wishes.insert(hold.id().to_owned(), wish);
            self.holds.push((hold.id().to_owned(), hold.body["lines"].clone()));
        }
    }

    fn take(&mut self) -> (String, Value) {
        self.rng.take(&mut self.holds).expect("there is one")
    }

    async fn extend(&mut self) {
        let (hold, lines) = self.take();
        let call = self.me.extend(&self.street.inventory, &hold, self.rng.key());
        if let Some(reply) = self.ask(&call, "an extension", LATE).await {
            same(&self.street, &lines, &reply, "an extension");
        }
        self.holds.push((hold, lines));
    }

    async fn release(&mut self) {
        let (hold, _) = self.take();
        self.ask(&self.me.release(&self.street.inventory, &hold), "a release", GONE).await;
    }

    async fn purchase(&mut self) {
        let (hold, lines) = self.take();
        let call = self.me.purchase(&self.street.inventory, &hold, self.rng.key());
        if let Some(sale) = self.ask(&call, "a purchase", &["hold_expired"]).await {
            same(&self.street, &lines, &sale, "a purchase");
            lock(&self.street.sales).push((sale.id().to_owned(), sale.body["lines"].clone()));
        }
    }

    async fn buy(&mut self) {
        let wanted = self.picks();
        let call = self.me.buy(&self.street.inventory, self.rng.key(), wanted);
        if let Some(sale) = self.ask(&call, "a direct purchase", WANTED).await {
            lock(&self.street.sales).push((sale.id().to_owned(), sale.body["lines"].clone()));
        }
    }

    async fn change_seats(&mut self) {
        let (hold, lines) = self.take();
        let path = format!("/holds/{hold}/move");
        let reply = move_one(&self.street, &mut self.rng, &path, &self.me.token, &lines).await;
        let lines = reply.map_or(lines, |reply| reply.body["lines"].clone());
        self.holds.push((hold, lines));
    }
}

/// Gives up one piece of the first line for another offer.
async fn move_one(street: &Street, rng: &mut Rng, path: &str, token: &str, lines: &Value) -> Option<Reply> {
    let catalogue = street.catalogue();
    let to = &catalogue.offers[rng.below(catalogue.offers.len())];
    let body = json!({"from": [{"offer": lines[0]["offer"]}], "to": [{"offer": to}]});
    let call = Call::post(street.path(path), token, rng.key(), &body);
    // Guests move together or not at all.
    let may = [WANTED, &["not_in_claim", "hold_expired"]].concat();
    check(street, street.ask(&call).await, "a move", &may)
}

/// Takes back, takes off sale, brings more: with the operator's key.
pub(crate) struct Office {
    pub(crate) street: Arc<Street>,
    pub(crate) rng: Rng,
    pub(crate) blocks: Vec<String>,
}

impl Office {
    pub(crate) async fn run(mut self) {
        while !self.street.is_over() {
            match self.rng.below(100) {
                0..70 => self.give_back().await,
                70..78 => self.move_sale().await,
                78..86 if self.blocks.len() < 8 => self.block().await,
                78..94 if !self.blocks.is_empty() => self.unblock().await,
                _ => self.restock().await,
            }
        }
    }

    fn me(&self) -> Shopper {
        Shopper { token: self.street.operator.clone(), acts_for: None }
    }

    async fn ask(&self, call: &Call, what: &str, may: &[&str]) -> Option<Reply> {
        check(&self.street, self.street.ask(call).await, what, may)
    }

    fn sale(&mut self) -> Option<(String, Value)> {
        let mut sales = lock(&self.street.sales);
        (sales.len() > SALES).then(|| self.rng.take(&mut sales)).flatten()
    }

    async fn give_back(&mut self) {
        let Some((sale, lines)) = self.sale() else { return tokio::time::sleep(A_MOMENT).await };
        if lines[0]["quantity"].as_u64() > Some(1) && self.rng.percent(40) {
            return self.give_back_one(&sale, &lines).await;
        }
        let call = self.me().give_back(&self.street.inventory, &sale, self.rng.key());
        if let Some(reply) = self.ask(&call, "a return", &[]).await
            && !lines.is_null()
        {
            same(&self.street, &lines, &reply, "a return");
        }
    }

    /// One piece; the rest stays sold.
    async fn give_back_one(&mut self, sale: &str, lines: &Value) {
        let path = self.street.path(&format!("/sales/{sale}/return"));
        let body = json!({"offers": [{"offer": lines[0]["offer"], "quantity": 1}]});
        let call = Call::post(path, &self.street.operator, self.rng.key(), &body);
        // Guests come back together or not at all.
        self.ask(&call, "a return of a part", &["sale_returned"]).await;
        lock(&self.street.sales).push((sale.to_owned(), Value::Null));
    }

    async fn move_sale(&mut self) {
        let Some((sale, lines)) = self.sale() else { return };
        if lines.is_null() {
            return lock(&self.street.sales).push((sale, lines));
        }
        let (path, token) = (format!("/sales/{sale}/move"), self.street.operator.clone());
        let reply = move_one(&self.street, &mut self.rng, &path, &token, &lines).await;
        let lines = reply.map_or(lines, |reply| reply.body["lines"].clone());
        lock(&self.street.sales).push((sale, lines));
    }

    async fn block(&mut self) {
        let catalogue = self.street.catalogue();
        let units: Vec<String> = (0..1 + self.rng.below(3))
            .map(|_| catalogue.units[self.rng.below(catalogue.units.len())].clone())
            .collect();
        let call = self.me().block(&self.street.inventory, self.rng.key(), &units);
        if let Some(block) = self.ask(&call, "a block", WANTED).await {
            self.blocks.push(block.id().to_owned());
            let mut blocked = lock(&self.street.blocked);
            blocked.extend(units);
            let old = blocked.len().saturating_sub(30);
            blocked.drain(..old);
        }
    }

    async fn unblock(&mut self) {
        let block = self.rng.take(&mut self.blocks).expect("there is one");
        self.ask(&self.me().unblock(&self.street.inventory, &block), "an unblocking", &[DONE_BEFORE]).await;
    }

    async fn restock(&mut self) {
        let catalogue = self.street.catalogue();
        let unit = &catalogue.stocked[self.rng.below(catalogue.stocked.len())];
        let change = [-8, -3, 5, 9][self.rng.below(4)];
        let body = json!({"unit": unit, "change": change});
        let call = Call::post(self.street.path("/restock"), &self.street.operator, self.rng.key(), &body);
        self.ask(&call, "a restock", &["unit_not_stocked", "not_enough", "unit_unknown"]).await;
    }
}
