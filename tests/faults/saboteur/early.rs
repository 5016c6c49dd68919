//! A server that acknowledges before the commit, and the proof that it is found out.

use std::time::Duration;

use async_trait::async_trait;
use fairhold::persistence::{Append, AppendError, Appender, Fenced};
use tokio::sync::mpsc;

use crate::history::Reads;
use crate::node::Node;
use crate::scale::{alone, seed};
use crate::town::Town;
use crate::trial::Trial;

const KILLS: u32 = 4;
const KILL_WITHIN: Duration = Duration::from_millis(500);
/// How far the store lags behind the answers.
const LAG: Duration = Duration::from_millis(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_acknowledges_before_the_commit_is_found_out() {
    let _alone = alone().await;
    for town in [Town::found(), Town::found_on_postgres().await] {
        let node = Node::new(town.home(1, None), super::with("early"));
        let mut trial = Trial::open(town, vec![node], seed()).await;
        trial.load();
        for _ in 0..KILLS {
            trial.acks(50).await;
            trial.a_while(KILL_WITHIN).await;
            trial.crash(0).await;
        }
        let (findings, figures) = trial.verify(Reads::Now).await;
        let of = |rule| findings.iter().filter(move |finding| finding.rule == rule);
        let (missing, unordered) = (of("missing").count(), of("linearizable").count());
        println!("{missing} missing of {}, {unordered} seats without an order", figures.acknowledged);
        println!("{}", of("missing").next().expect("something is missing").detail);
        println!("{}", of("linearizable").next().expect("some history shows it").detail);
    }
}

/// Says that all is written, and writes it later, in order.
pub(super) fn before(mut inner: Box<dyn Appender>) -> Box<dyn Appender> {
    let (queue, mut batches) = mpsc::unbounded_channel::<Vec<Append>>();
    tokio::spawn(async move {
        while let Some(mut rows) = batches.recv().await {
            tokio::time::sleep(LAG).await;
            while let Ok(more) = batches.try_recv() {
                rows.extend(more);
            }
            inner.append(&rows).await.unwrap();
        }
    });
    Box::new(Early { queue })
}

struct Early {
    queue: mpsc::UnboundedSender<Vec<Append>>,
}

#[async_trait]
impl Appender for Early {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        self.queue.send(rows.to_vec()).unwrap();
        Ok(Vec::new())
    }
}
