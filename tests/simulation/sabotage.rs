//! The proof of the proof: what is broken on purpose is found within a few seeds.

use std::sync::Arc;

use async_trait::async_trait;
use fairhold::persistence::{Append, AppendError, Appender, Fenced};
use tokio::sync::Mutex;

use crate::database::Sabotage;
use crate::run::run;

/// Every kind must be found within so many seeds.
const SEEDS: u64 = 100;

/// Says that it has written, and writes when it finds the time.
pub(crate) struct AnswersFirst(Arc<Mutex<Box<dyn Appender>>>);

impl AnswersFirst {
    pub(crate) fn of(appender: Box<dyn Appender>) -> Self {
        Self(Arc::new(Mutex::new(appender)))
    }
}

#[async_trait]
impl Appender for AnswersFirst {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        let (inner, rows) = (self.0.clone(), rows.to_vec());
        tokio::spawn(async move { inner.lock().await.append(&rows).await });
        Ok(Vec::new())
    }
}

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
