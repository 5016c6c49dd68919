//! Three made-up shops that `--demo` opens: a ticket office, a flash sale, a café.
//!
//! The same documents on every machine and every day: positions are rounded, nothing is random. Whoever holds
//! may also check out.

mod arena;
mod shops;
#[cfg(test)]
mod tests;

use crate::domain::{Checkout, Currency, PlanDocument, Settings};

/// An inventory to create.
#[derive(Debug, Clone)]
pub struct DemoInventory {
    /// What its address ends in.
    pub key: &'static str,
    pub name: &'static str,
    pub plan: PlanDocument,
    pub settings: Settings,
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
