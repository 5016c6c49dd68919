//! The proof of the proof: what is broken on purpose is found within a few seeds.

use crate::database::Sabotage;
use crate::run::run;

/// Every kind must be found within so many seeds.
const SEEDS: u64 = 100;

/// Found by what clients were told, not by the store, which knows itself.
fn is_found(sabotage: Sabotage, by: &str) {
    let finding = |seed| run(seed, sabotage).wrong.into_iter().find(|wrong| wrong.contains(by));
    let found = (1..=SEEDS).find_map(|seed| Some((seed, finding(seed)?)));
    let (seed, wrong) = found.unwrap_or_else(|| panic!("{sabotage:?} was not found"));
    println!("{sabotage:?}: seed {seed}: {wrong}");
}

#[test]
fn an_appender_that_answers_before_it_writes_is_found() {
    is_found(Sabotage::AnswersFirst, "the journal has another record");
}

#[test]
fn a_store_without_a_fence_is_found() {
    is_found(Sabotage::NoFence, "it is in the journal");
}

#[test]
fn a_take_over_that_does_not_wait_is_found() {
    is_found(Sabotage::NoWait, "it is in the journal");
}

#[test]
fn servers_that_go_by_their_own_clocks_are_found() {
    is_found(Sabotage::NoClock, "ahead of its commit");
}

#[test]
fn a_run_that_no_seed_repeats_is_found() {
    let differs = |seed: &u64| run(*seed, Sabotage::Chance).hash != run(*seed, Sabotage::Chance).hash;
    assert!((1..=5).any(|seed| differs(&seed)), "five seeds, and chance changed nothing");
}
