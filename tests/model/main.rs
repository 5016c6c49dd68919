//! The core against a naive model: random sequences of commands, each answer predicted, each state counted
//! again. `rules.rs` is the shortest full statement of what fairhold allows.
//!
//! `FAIRHOLD_MODEL_SEQUENCES` sets how many (default 100,000); `FAIRHOLD_MODEL_SEED` replays the one
//! sequence whose seed a failure printed.

#![allow(unreachable_pub)] // a test target has no outside

mod allotments;
mod changes;
mod claims;
mod compare;
mod coverage;
mod hall;
mod halls;
mod keys;
mod model;
mod more_rules;
mod operator;
mod reader;
mod replans;
mod rng;
mod rules;
mod run;
mod script;
mod seats;
mod settings;
mod tickets;
mod wheelchairs;

use std::io::Write;
use std::time::Instant;

use coverage::Coverage;
use rng::Rng;

const SEQUENCES: u64 = 100_000;
/// In a full run each event kind and each refusal is met at least so often; fewer in a shorter one.
const SEEN_LEAST: u64 = 1_000;
const FIRST_SEED: u64 = 0x0fa1_4401;

#[test]
fn every_answer_and_state_is_the_one_that_a_naive_model_predicts() {
    if let Some(seed) = variable("FAIRHOLD_MODEL_SEED") {
        run_one(seed, &mut Coverage::default());
        return;
    }
    let sequences = variable("FAIRHOLD_MODEL_SEQUENCES").unwrap_or(SEQUENCES);
    let started = Instant::now();
    let coverage = run_all(sequences);
    // Past the capture of the test harness: the table is wanted also when all is well.
    let mut out = std::io::stderr().lock();
    let seconds = started.elapsed().as_secs_f64();
    writeln!(out, "{sequences} sequences in {seconds:.1} s\n{coverage}").expect("stderr is open");
    let rare = coverage.rare(SEEN_LEAST * sequences / SEQUENCES);
    assert!(rare.is_empty(), "hardly ever met: {rare:?}");
    assert!(coverage.commands >= 50 * sequences, "the sequences are too short");
}

fn run_all(sequences: u64) -> Coverage {
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let part = |thread| {
        let mut coverage = Coverage::default();
        for n in (thread..sequences).step_by(threads as usize) {
            run_one(Rng::new(FIRST_SEED + n).next(), &mut coverage);
        }
        coverage
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|thread| scope.spawn(move || part(thread))).collect();
        let mut total = Coverage::default();
        for worker in workers {
            total.add(&worker.join().expect("a sequence failed, see above"));
        }
        total
    })
}

fn run_one(seed: u64, coverage: &mut Coverage) {
    let _name = NameOnPanic(seed);
    run::sequence(seed, coverage);
}

/// Says how to replay a sequence that fails.
struct NameOnPanic(u64);

impl Drop for NameOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("replay this sequence with FAIRHOLD_MODEL_SEED={}", self.0);
        }
    }
}

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|error| panic!("{name}={text}: {error}")))
}
