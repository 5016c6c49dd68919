//! What the sequences met: a rule that was never reached was not tested.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use fairhold::domain::refusal::BuyerLimit;
use fairhold::domain::{Command, Event, Refusal, Settings};

/// Of best available.
pub const STEPS: [&str; 5] = ["one_row", "one_row_single_left", "rows", "sections", "area"];

pub const EVENTS: [&str; 15] = [
    "opened",
    "configured",
    "held",
    "extended",
    "changed",
    "released",
    "expired",
    "purchased",
    "returned",
    "reassigned",
    "moved",
    "blocked",
    "unblocked",
    "restocked",
    "replanned",
];

pub const REFUSALS: [&str; 45] = [
    "unit_taken",
    "not_enough",
    "no_adjacent_block",
    "would_orphan_seat",
    "companion_kept",
    "keys_full",
    "extension_early",
    "hold_emptied",
    "invalid_field",
    "buyer_limit holds_per_buyer",
    "buyer_limit pieces_per_hold",
    "buyer_limit pieces_per_buyer",
    "buyer_limit pieces_per_hold_min",
    "buyer_limit categories",
    "channel_needs_key",
    "channel_unknown",
    "code_unknown",
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
    "plan_changed",
    "would_strand_holder closed",
    "would_strand_holder relabelled",
    "would_strand_holder capacity",
    "idempotency_mismatch",
];

/// What becomes of what is kept, and which times and settings were refused.
pub const OUTCOMES: [&str; 40] = [
    "plan: added",
    "plan: closed",
    "plan: reopened",
    "plan: more or less",
    "plan: moved",
    "plan: out of a block",
    "drawn: held",
    "drawn: sold",
    "drawn: a part of it",
    "drawn: out of several",
    "drawn: best available",
    "drawn: changed",
    "put back: changed",
    "put back: released",
    "put back: expired",
    "put back: returned",
    "put back: a part of it",
    "put back: moved",
    "back on public sale",
    "handed on",
    "released by its time",
    "expired and released in one record",
    "a time of its own: hold",
    "a time of its own: purchase_now",
    "a time of its own: move",
    "a time of its own: change",
    "a time of its own: part_hold",
    "limit of a category: hold",
    "limit of a category: purchase_now",
    "limit of a category: reassign",
    "limit of a category: move",
    "limit of a category: change",
    "limit of a category: part_hold",
    "setting_invalid: categories must name categories of the plan",
    "setting_invalid: categories must end after they begin",
    "setting_invalid: categories must allow at least 1 piece, or null for no limit",
    "setting_invalid: channels must end after they begin",
    "setting_invalid: channels must have names of 1 to 200 characters that can be seen, in Unicode form NFC",
    "setting_invalid: pieces_per_hold_of_keys must be between 1 and 1000, or null for no more than others",
    "setting_invalid: pieces_per_hold_min must be between 1 and pieces_per_hold",
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
            Refusal::WouldStrand { stranded } => {
                let whys: BTreeSet<&str> = stranded.iter().map(|part| part.1.name()).collect();
                whys.into_iter().for_each(|why| self.count(&format!("{} {why}", refusal.code())));
            }
            _ => self.count(refusal.code()),
        }
    }

    pub fn outcomes(&mut self, seen: &[&str]) {
        seen.iter().for_each(|name| self.count(name));
    }

    /// Of refusals more closely: by a time that is not that of the public sale, by a limit of a category, by a setting.
    pub fn closely(&mut self, command: &Command, refusal: &Refusal, settings: &Settings) {
        let asked = command.action.name();
        match refusal {
            Refusal::BuyerLimit { limit: BuyerLimit::PiecesPerCategory { .. }, .. } => {
                self.count(&format!("limit of a category: {asked}"));
            }
            Refusal::NotOnSale { from, until }
                if (*from, *until) != (settings.on_sale_from, settings.on_sale_until) =>
            {
                self.count(&format!("a time of its own: {asked}"));
            }
            Refusal::SettingInvalid { field, must } => {
                self.count(&format!("setting_invalid: {field} {must}"))
            }
            _ => {}
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
        let all = EVENTS.into_iter().chain(REFUSALS).chain(STEPS).chain(OUTCOMES);
        all.filter(|name| seen(name) < least).collect()
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
