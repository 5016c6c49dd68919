//! `kill -9` at random moments under load.

use std::time::Duration;

use crate::history::Reads;
use crate::node::Node;
use crate::scale::{Times, alone, report, seed, times};
use crate::town::Town;
use crate::trial::Trial;

/// The server dies at a random moment of this span of load.
const KILL_WITHIN: Duration = Duration::from_millis(700);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let _alone = alone().await;
    let town = Town::found();
    let node = Node::of(&town);
    let mut trial = Trial::open(town, vec![node], seed()).await;
    let (kills, mut recovery) = (times(5, 100), Times::default());
    trial.load();
    for _ in 0..kills {
        trial.a_while(KILL_WITHIN).await;
        recovery.add(trial.crash(0).await);
    }
    let (findings, figures) = trial.verify(Reads::Now).await;
    report("SQLite: kill -9", &format!("{kills} kills"), findings.len(), &recovery, &figures.to_string());
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(figures.acknowledged > kills as u64, "there was hardly any load");
}
