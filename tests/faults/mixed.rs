//! F21: a long history under all faults at once.

use std::time::{Duration, Instant};

use crate::history::Reads;
use crate::node::{Node, honest};
use crate::scale::{Times, alone, report, seed, times};
use crate::support::proxy::Toxics;
use crate::town::Town;
use crate::trial::Trial;

/// Between two faults.
const CALM: Duration = Duration::from_millis(1_500);
const OPEN_ENDED: Duration = Duration::from_millis(700);

async fn under_faults(test: &str, calls: usize, nodes: usize) {
    let town = Town::found_on_postgres().await;
    let (proxy, through) = town.proxied().await;
    let homes = (1..=nodes).map(|number| Node::new(town.home(number, Some(&through)), honest()));
    let homes = homes.collect();
    let mut trial = Trial::open(town, homes, seed()).await;
    if nodes > 1 {
        trial.servers.apis = trial.nodes.iter().map(|node| node.api().patient(OPEN_ENDED)).collect();
        trial.prefer(Some(0));
    }
    let mut recovery = Times::default();
    trial.load();
    for fault in 0.. {
        if trial.calls() >= calls as u64 && fault >= 4 {
            break;
        }
        trial.a_while(CALM).await;
        let node = trial.rng.below(nodes);
        match fault % 4 {
            0 => recovery.add(trial.crash(node).await),
            1 => {
                proxy.set(&Toxics { latency: Duration::from_millis(50), ..Toxics::default() });
                trial.a_while(CALM).await;
                proxy.heal();
            }
            2 => proxy.reset(),
            _ => {
                trial.nodes[node].server().pause();
                trial.prefer((nodes > 1).then_some((node + 1) % nodes));
                trial.a_while(CALM).await;
                trial.nodes[node].server().resume();
            }
        }
        recovery.add(trial.ack_after(Instant::now()).await);
    }
    let reads = if nodes > 1 { Reads::MayBeOld } else { Reads::Now };
    let (findings, figures) = trial.verify(reads).await;
    let text = format!("{} operations on seats in order; {figures}", figures.ordered);
    report(test, &format!("{calls} calls"), findings.len(), &recovery, &text);
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(figures.calls >= calls as u64 && figures.unclear > 0, "{figures}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_history_of_one_server_under_faults_is_linearizable() {
    let _alone = alone().await;
    under_faults("F21 history, one server", times(2_500, 100_000), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_history_of_two_servers_under_faults_is_linearizable() {
    let _alone = alone().await;
    under_faults("F21 history, two servers", times(2_500, 100_000), 2).await;
}
