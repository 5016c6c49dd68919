//! The request and the answer of a hold, for the servers that fairhold is measured against: read with the
//! same strictness, answered in the same shape and size.

use serde::{Deserialize, Serialize};

/// The body of a hold, as the server reads it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub offers: Option<Vec<Picked>>,
    pub best_available: Option<Best>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picked {
    pub offer: String,
    #[serde(default = "one")]
    pub quantity: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Best {
    pub quantity: u32,
    pub category: Option<String>,
    #[serde(default)]
    pub adjacent: bool,
}

fn one() -> u32 {
    1
}

#[derive(Serialize)]
pub struct Money {
    pub amount: i64,
    pub currency: &'static str,
}

#[derive(Serialize)]
pub struct Line<'a> {
    offer: &'a str,
    quantity: u32,
    units: [(&'a str, u32); 1],
    price: Money,
}

/// The answer, in shape and size that of a real hold.
#[derive(Serialize)]
pub struct Hold<'a> {
    pub id: &'a str,
    pub inventory: &'a str,
    pub buyer: &'a str,
    pub state: &'static str,
    pub epoch: u64,
    pub seq: u64,
    pub adjacent: bool,
    pub step: Option<&'static str>,
    pub lines: Vec<Line<'a>>,
    pub total: Money,
    pub expires_at: &'static str,
    pub expires_in_seconds: u32,
}

pub fn won(amount: i64) -> Money {
    Money { amount, currency: "KRW" }
}

pub fn line(offer: &str, quantity: u32, amount: i64) -> Line<'_> {
    Line { offer, quantity, units: [(offer, quantity)], price: won(amount) }
}

/// Ids of the inventories that a baseline sells: the generator knows them without asking.
pub fn baseline_inventory(number: u32) -> String {
    format!("inv_00000000-0000-7000-8000-{number:012}")
}
