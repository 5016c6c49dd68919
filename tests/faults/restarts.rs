//! F9: Postgres ends as in a crash, and comes back.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use crate::history::Reads;
use crate::node::Node;
use crate::scale::{Times, alone, cluster, in_time, report, seed, times};
use crate::support::api::Api;
use crate::support::postgres::End;
use crate::town::Town;
use crate::trial::Trial;

const LOAD: Duration = Duration::from_millis(800);
const NOTICED_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn service_resumes_by_itself_when_postgres_comes_back() {
    let _alone = alone().await;
    let cluster = cluster().await;
    let town = Town::found_on(&cluster).await;
    let node = Node::of(&town);
    let mut trial = Trial::open(town, vec![node], seed()).await;
    let (restarts, mut recovery) = (times(2, 20), Times::default());
    let mut all = Times::default();
    trial.load();
    for _ in 0..restarts {
        trial.acks(20).await;
        trial.a_while(LOAD).await;
        cluster.stop(End::Immediate).await;
        notices(&trial.servers.apis[0]).await;
        cluster.start_again().await;
        let back = Instant::now();
        recovery.add(trial.ack_after(back).await);
        let api = &trial.servers.apis[0];
        api.ready(NOTICED_WITHIN).await;
        // Also the writer of those that nobody asked for just then.
        while api.metric("fairhold_journal_stalled").await != Some(0.0) {
            assert!(back.elapsed() < NOTICED_WITHIN, "a writer still waits");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        all.add(back.elapsed());
    }
    let cuts = trial.figures.cuts;
    let (findings, figures) = trial.verify(Reads::Now).await;
    let text = format!("all writers after {all}; {figures}");
    report("F9 Postgres restarts", &format!("{restarts} times"), findings.len(), &recovery, &text);
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(cuts, 0, "viewers stay");
    let told = format!("{recovery}, all writers {all}");
    in_time(recovery.max().max(all.max()) <= Duration::from_secs(3), told);
}

/// Not ready, and says why.
async fn notices(api: &Api) {
    let started = Instant::now();
    loop {
        let ready = api.status("/readyz").await;
        let stalled = api.metric("fairhold_journal_stalled").await;
        if ready == Some(StatusCode::SERVICE_UNAVAILABLE) && stalled.is_some_and(|stalled| stalled >= 1.0) {
            return;
        }
        assert!(started.elapsed() < NOTICED_WITHIN, "ready: {ready:?}, stalled: {stalled:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
