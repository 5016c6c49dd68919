//! F4: `kill -9` at random moments under load.

use std::time::Duration;

use crate::history::Reads;
use crate::node::Node;
use crate::scale::{Times, alone, in_time, report, seed, times};
use crate::town::Town;
use crate::trial::Trial;

/// The server dies at a random moment of this span of load.
const KILL_WITHIN: Duration = Duration::from_millis(700);

async fn killed(town: Town, test: &str, kills: usize) {
    let node = Node::of(&town);
    let mut trial = Trial::open(town, vec![node], seed()).await;
    let mut recovery = Times::default();
    trial.load();
    for _ in 0..kills {
        trial.a_while(KILL_WITHIN).await;
        recovery.add(trial.crash(0).await);
    }
    let (findings, figures) = trial.verify(Reads::Now).await;
    report(test, &format!("{kills} kills"), findings.len(), &recovery, &figures.to_string());
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(figures.acknowledged > kills as u64, "there was hardly any load");
    in_time(recovery.max() < Duration::from_secs(10), recovery);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_a_server_on_a_file_is_killed() {
    let _alone = alone().await;
    killed(Town::found(), "F4 kill -9, SQLite", times(5, 100)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_a_server_on_postgres_is_killed() {
    let _alone = alone().await;
    killed(Town::found_on_postgres().await, "F4 kill -9, Postgres", times(3, 300)).await;
}
