//! Three made-up shops that `--demo` opens: a ticket office, a flash sale, a café.
//!
//! The same documents on every machine and every day: positions are rounded, nothing is random. Whoever holds
//! may also check out.

mod arena;
mod shops;
#[cfg(test)]
mod tests;

use crate::domain::{Checkout, Currency, Details, PlanDocument, Settings, Timestamp};

/// An inventory to create.
#[derive(Debug, Clone)]
pub struct DemoInventory {
    /// What its address ends in.
    pub key: &'static str,
    pub name: &'static str,
    pub plan: PlanDocument,
    pub settings: Settings,
}

impl DemoInventory {
    /// When its event begins, if it is made at this time.
    pub fn starts_at(&self, made: Timestamp) -> Option<Timestamp> {
        (self.key == "arena").then(|| next_saturday_evening(made))
    }

    /// What is said of it, if it is made at this time.
    pub fn details(&self, made: Timestamp) -> Details {
        let starts_at = self.starts_at(made);
        let time_zone = starts_at.map(|_| "Asia/Seoul".to_owned());
        let sale_ends_before_start_seconds = starts_at.map(|_| 0);
        Details { starts_at, time_zone, sale_ends_before_start_seconds, ..Details::named(self.name) }
    }
}

/// The next Saturday at 19:00 in Seoul, where clocks are nine hours ahead all year.
fn next_saturday_evening(now: Timestamp) -> Timestamp {
    const HOUR_MS: i64 = 60 * 60 * 1000;
    const DAY_MS: i64 = 24 * HOUR_MS;
    // Day 0 was a Thursday.
    const SATURDAY: i64 = 2;
    let today = (now.0 + 9 * HOUR_MS).div_euclid(DAY_MS);
    let saturday = today + (SATURDAY - today).rem_euclid(7);
    let evening = Timestamp(saturday * DAY_MS + (19 - 9) * HOUR_MS);
    if evening > now { evening } else { evening.plus_ms(7 * DAY_MS) }
}

/// All of them: `arena` (about 20,000 seats), `flash-sale` (1,000 pieces), `cafe` (recipes).
pub fn inventories() -> Vec<DemoInventory> {
    let open = Settings { checkout: Checkout::Open, ..Settings::default() };
    let limited = Settings { pieces_per_buyer: Some(2), ..open.clone() };
    let demo = |key, name, plan: PlanDocument, settings: &Settings| DemoInventory {
        key,
        name,
        plan: PlanDocument { name: String::from(name), currency: won(), ..plan },
        settings: settings.clone(),
    };
    vec![
        demo("arena", "Han River Arena", arena::plan(), &open),
        demo("flash-sale", "Moonlight Sneaker, first thousand", shops::flash_sale(), &limited),
        demo("cafe", "Café Seongsu", shops::cafe(), &open),
    ]
}

fn won() -> Option<Currency> {
    "KRW".parse().ok()
}
