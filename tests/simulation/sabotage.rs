//! The proof of the proof: what is broken on purpose is found within a few seeds.

use crate::database::Sabotage;
use crate::run::run;

/// Every kind must be found within so many seeds.
const SEEDS: u64 = 60;

/// The first thing found wrong, and in which seed.
fn found(sabotage: Sabotage) -> Option<(u64, String)> {
    (1..=SEEDS).find_map(|seed| Some((seed, run(seed, sabotage).wrong.into_iter().next()?)))
}

fn is_found(sabotage: Sabotage) {
    let (seed, wrong) = found(sabotage).unwrap_or_else(|| panic!("{sabotage:?} was not found"));
    println!("{sabotage:?}: seed {seed}: {wrong}");
}

#[test]
fn an_appender_that_answers_before_it_writes_is_found() {
    is_found(Sabotage::AnswersFirst);
}

#[test]
fn a_store_without_a_fence_is_found() {
    is_found(Sabotage::NoFence);
}

#[test]
fn a_take_over_that_does_not_wait_is_found() {
    is_found(Sabotage::NoWait);
}

#[test]
fn a_run_that_no_seed_repeats_is_found() {
    let differs = |seed: &u64| run(*seed, Sabotage::Chance).hash != run(*seed, Sabotage::Chance).hash;
    assert!((1..=5).find(differs).is_some(), "five seeds, and chance changed nothing");
}
