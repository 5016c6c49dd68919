//! What the sequences met: a rule that was never reached was not tested.

use std::collections::BTreeMap;
use std::fmt;

use fairhold::domain::{Event, Refusal};

/// Of best available.
pub const STEPS: [&str; 5] = ["one_row", "one_row_single_left", "rows", "sections", "area"];

pub const EVENTS: [&str; 13] = [
    "opened",
    "configured",
    "held",
    "extended",
    "released",
    "expired",
    "purchased",
    "returned",
    "reassigned",
    "moved",
    "blocked",
    "unblocked",
    "restocked",
];

pub const REFUSALS: [&str; 32] = [
    "unit_taken",
    "not_enough",
    "no_adjacent_block",
    "would_orphan_seat",
    "invalid_field",
    "buyer_limit holds_per_buyer",
    "buyer_limit pieces_per_hold",
    "buyer_limit pieces_per_buyer",
    "too_many_pieces",
    "not_on_sale",
    "hold_expired",
    "hold_released",
    "hold_purchased",
    "hold_unknown",
    "extension_limit",
    "hold_in_group",
    "not_in_claim",
    "move_invalid",
    "unit_unknown",
    "category_unknown",
    "section_unknown",
    "zone_unknown",
    "floor_unknown",
    "quantity_range",
    "unit_not_stocked",
    "purchase_needs_key",
    "sale_unknown",
    "sale_returned",
    "block_unknown",
    "settings_changed",
    "setting_invalid",
    "idempotency_mismatch",
];

#[derive(Debug, Default)]
pub struct Coverage {
    counts: BTreeMap<String, u64>,
    pub commands: u64,
    pub records: u64,
    pub repeats: u64,
    pub nothing: u64,
}

impl Coverage {
    pub fn event(&mut self, name: &str) {
        self.count(name);
    }

    pub fn step(&mut self, event: &Event) {
        if let Event::Held { step: Some(step), .. } = event {
            self.count(step.name());
        }
    }

    pub fn refusal(&mut self, refusal: &Refusal) {
        match refusal {
            Refusal::BuyerLimit { limit, .. } => self.count(&format!("{} {}", refusal.code(), limit.name())),
            _ => self.count(refusal.code()),
        }
    }

    fn count(&mut self, name: &str) {
        match self.counts.get_mut(name) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(name.to_owned(), 1);
            }
        }
    }

    pub fn add(&mut self, other: &Self) {
        for (name, count) in &other.counts {
            *self.counts.entry(name.clone()).or_default() += count;
        }
        self.commands += other.commands;
        self.records += other.records;
        self.repeats += other.repeats;
        self.nothing += other.nothing;
    }

    /// Kinds that were seen less often than that.
    pub fn rare(&self, least: u64) -> Vec<&'static str> {
        let seen = |name: &str| self.counts.get(name).copied().unwrap_or_default();
        EVENTS.into_iter().chain(REFUSALS).chain(STEPS).filter(|name| seen(name) < least).collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>10} commands, {} records", self.commands, self.records)?;
        writeln!(f, "{:>10} repeats answered by their key", self.repeats)?;
        writeln!(f, "{:>10} commands that had nothing to do", self.nothing)?;
        for (name, count) in &self.counts {
            writeln!(f, "{count:>10} {name}")?;
        }
        Ok(())
    }
}
