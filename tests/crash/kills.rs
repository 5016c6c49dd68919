//! `kill -9` at random moments under load.

use std::time::Duration;

use crate::rounds::{Rounds, honest};
use crate::support::rng::Rng;

const KILLS: u32 = 10;

fn kills() -> u32 {
    std::env::var("FAIRHOLD_CRASH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let seed = Rng::seed("FAIRHOLD_CRASH_SEED");
    let mut rounds = Rounds::prepare(honest, seed).await;
    for kill in 1..=kills() {
        let findings = rounds.round().await;
        assert!(findings.is_empty(), "kill {kill}, FAIRHOLD_CRASH_SEED={seed}: {findings:#?}");
    }
    let (findings, mut figures) = rounds.finish().await;
    assert!(findings.is_empty(), "at the end, FAIRHOLD_CRASH_SEED={seed}: {findings:#?}");
    println!("{} kills, {} records, {} stored snapshots", figures.kills, figures.records, figures.snapshots);
    println!("acknowledged {}, missing 0, refused {}", figures.acknowledged, figures.refused);
    println!("unknown {}, of which committed {}", figures.unknown, figures.unknown_but_committed);
    println!("repeats with the same answer {}", figures.repeats);
    println!("start to ready: {}", median_and_max(&mut figures.ready));
    println!("start to all inventories loaded: {}", median_and_max(&mut figures.loaded));
    assert!(figures.acknowledged > u64::from(figures.kills), "there was hardly any load");
}

fn median_and_max(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let max = times.last().copied().unwrap_or_default();
    format!("median {:?}, max {max:?}", times.get(times.len() / 2).copied().unwrap_or_default())
}
