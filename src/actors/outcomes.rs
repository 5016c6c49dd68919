//! What became of commands, counted. Counter handles are kept: looking one up costs more than counting.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::domain::{Event, Record};
use crate::telemetry;

thread_local! {
    static COUNTERS: RefCell<FxHashMap<(&'static str, &'static str), metrics::Counter>> = RefCell::default();
    static STEPS: RefCell<FxHashMap<&'static str, metrics::Counter>> = RefCell::default();
}

/// The step of best available that a hold came from.
pub(super) fn count_steps(record: &Record) {
    for event in &record.events {
        let Event::Held { step: Some(step), .. } = event else { continue };
        STEPS.with_borrow_mut(|counters| {
            let name = step.name();
            counters.entry(name).or_insert_with(|| telemetry::best_available_holds(name)).increment(1);
        });
    }
}

pub(super) fn count(command: &'static str, outcome: &'static str) {
    let key = (command, outcome);
    COUNTERS.with_borrow_mut(|counters| {
        counters.entry(key).or_insert_with(|| telemetry::commands(key.0, key.1)).increment(1);
    });
}
