//! Counter handles by command and outcome: looking one up costs more than counting.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::telemetry;

thread_local! {
    static COUNTERS: RefCell<FxHashMap<(&'static str, &'static str), metrics::Counter>> = RefCell::default();
}

pub(super) fn count(command: &'static str, outcome: &'static str) {
    let key = (command, outcome);
    COUNTERS.with_borrow_mut(|counters| {
        counters.entry(key).or_insert_with(|| telemetry::commands(key.0, key.1)).increment(1);
    });
}
