//! F21: a long history under all faults at once.

use std::time::{Duration, Instant};

use crate::history::Reads;
use crate::node::{Node, honest};
use crate::scale::{Times, alone, cluster, report, seed, times};
use crate::support::proxy::{Proxy, Toxics};
use crate::town::Town;
use crate::trial::{Figures, Trial};

/// Between two faults.
const CALM: Duration = Duration::from_millis(1_500);
const OPEN_ENDED: Duration = Duration::from_millis(700);

async fn under_faults(calls: usize, nodes: usize) -> (usize, Times, Figures) {
    let cluster = cluster().await;
    let proxy = Proxy::before(([127, 0, 0, 1], cluster.port()).into()).await;
    let town = Town::found_on(&cluster).await;
    let port = (cluster.port().to_string(), proxy.address().port().to_string());
    let through = town.database_url.replace(&port.0, &port.1);
    let homes = (1..=nodes).map(|number| Node::new(town.home(number, Some(&through)), honest()));
    let homes = homes.collect();
    let mut trial = Trial::open(town, homes, seed()).await;
    if nodes > 1 {
        trial.servers.apis = trial.nodes.iter().map(|node| node.api().patient(OPEN_ENDED)).collect();
        trial.prefer(Some(0));
    }
    let mut recovery = Times::default();
    trial.load();
    while trial.calls() < calls as u64 {
        trial.a_while(CALM).await;
        let node = trial.rng.below(nodes);
        match trial.rng.below(4) {
            0 => drop(trial.crash(node).await),
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
    assert!(findings.is_empty(), "{findings:#?}");
    (findings.len(), recovery, figures)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_history_of_one_server_under_faults_is_linearizable() {
    let _alone = alone().await;
    let calls = times(2_500, 100_000);
    let (findings, recovery, figures) = under_faults(calls, 1).await;
    let text = format!("{} operations on seats in order; {figures}", figures.ordered);
    report("F21 history, one server", &format!("{calls} calls"), findings, &recovery, &text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_history_of_two_servers_under_faults_is_linearizable() {
    let _alone = alone().await;
    let calls = times(2_500, 100_000);
    let (findings, recovery, figures) = under_faults(calls, 2).await;
    let text = format!("{} operations on seats in order; {figures}", figures.ordered);
    report("F21 history, two servers", &format!("{calls} calls"), findings, &recovery, &text);
}
