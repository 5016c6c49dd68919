use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::{oneshot, watch};

use super::*;
use crate::domain::state::Figures;
use crate::domain::{Details, Timestamp};
use crate::persistence::sqlite::SqliteStore;
use crate::persistence::{CatalogueFacts, ChainLink, Intercepted, NewInventory};

/// What the appender does with the next batch.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Again,
    NotSent,
    Refused,
    /// Written, but the answer is lost.
    UnknownWritten,
    UnknownLost,
}

#[derive(Default)]
struct Script {
    faults: Mutex<VecDeque<Fault>>,
    /// Refused whenever a batch has a row of it.
    culprit: Mutex<Option<InventoryId>>,
    batches: Mutex<Vec<usize>>,
}

struct Scripted {
    inner: Box<dyn Appender>,
    script: Arc<Script>,
    gate: watch::Receiver<bool>,
}

fn error() -> StoreError {
    StoreError::new("append", "on purpose")
}

#[async_trait]
impl Appender for Scripted {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        self.script.batches.lock().unwrap().push(rows.len());
        self.gate.wait_for(|open| *open).await.unwrap();
        let fault = self.script.faults.lock().unwrap().pop_front();
        match fault {
            Some(Fault::Again) => return Err(AppendError::Again(error())),
            Some(Fault::NotSent) => return Err(AppendError::NotSent(error())),
            Some(Fault::Refused) => return Err(AppendError::Refused(error())),
            Some(Fault::UnknownLost) => return Err(AppendError::Unknown(error())),
            Some(Fault::UnknownWritten) => {
                self.inner.append(rows).await?;
                return Err(AppendError::Unknown(error()));
            }
            None => {}
        }
        let culprit = *self.script.culprit.lock().unwrap();
        if rows.iter().any(|row| Some(row.inventory) == culprit) {
            return Err(AppendError::Refused(error()));
        }
        self.inner.append(rows).await
    }
}

struct Bench {
    _dir: tempfile::TempDir,
    store: Arc<SqliteStore>,
    journal: Journal,
    script: Arc<Script>,
    gate: watch::Sender<bool>,
}

impl Bench {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(dir.path()).await.unwrap());
        let script = Arc::new(Script::default());
        let (gate, gated) = watch::channel(true);
        let wrapped = {
            let script = script.clone();
            let wrap = move |inner| -> Box<dyn Appender> {
                Box::new(Scripted { inner, script: script.clone(), gate: gated.clone() })
            };
            Intercepted::new(store.clone(), wrap)
        };
        let wrapped: Arc<dyn Store> = Arc::new(wrapped);
        let (journal, writers) = Journal::new(&wrapped, 8, 1);
        writers.into_iter().for_each(|writer| drop(tokio::spawn(writer.run())));
        Self { _dir: dir, store, journal, script, gate }
    }

    async fn inventory(&self, number: u128) -> InventoryId {
        let id = InventoryId::new(uuid::Uuid::from_u128(number));
        let new = NewInventory {
            shown: CatalogueFacts { details: Some(Details::named("hall")), ..CatalogueFacts::default() },
            id,
            at: Timestamp(1),
            plan: b"{}".to_vec(),
            units: 1,
            figures: Figures::default(),
            first_record: b"{}".as_slice().into(),
            idempotency: None,
        };
        self.store.create(&new).await.unwrap();
        self.store.take_over(id).await.unwrap();
        id
    }

    fn append(&self, inventory: InventoryId, epoch: u64, seq: u64) -> oneshot::Receiver<Result<(), Loss>> {
        let (told, outcome) = oneshot::channel();
        let (link, body) = (ChainLink::ANCHOR, b"{\"v\":1}".as_slice().into());
        let row = Append { inventory, epoch, seq, at: Timestamp(1), link, body };
        self.journal.append(Entry::Record { row, sink: Box::new(Outcome(told)) });
        outcome
    }

    fn barrier(&self, inventory: InventoryId, epoch: u64) -> oneshot::Receiver<Result<(), Loss>> {
        let (told, outcome) = oneshot::channel();
        self.journal.append(Entry::Barrier { inventory, epoch, sink: Box::new(Outcome(told)) });
        outcome
    }

    fn script(&self, faults: &[Fault]) {
        self.script.faults.lock().unwrap().extend(faults);
    }

    async fn seqs(&self, inventory: InventoryId) -> Vec<u64> {
        self.store.records(inventory, 0, 100).await.unwrap().iter().map(|record| record.seq).collect()
    }
}

struct Outcome(oneshot::Sender<Result<(), Loss>>);

impl Sink for Outcome {
    fn committed(self: Box<Self>) {
        let _not_asked = self.0.send(Ok(()));
    }

    fn lost(self: Box<Self>, loss: Loss) {
        let _not_asked = self.0.send(Err(loss));
    }
}

#[tokio::test]
async fn what_arrives_during_a_commit_goes_into_the_next_one_together() {
    let bench = Bench::new().await;
    let hall = bench.inventory(1).await;
    bench.gate.send(false).unwrap();
    let first = bench.append(hall, 1, 2);
    while bench.script.batches.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let mut others: Vec<_> = (3..=7).map(|seq| bench.append(hall, 1, seq)).collect();
    let mut barrier = bench.barrier(hall, 1);
    assert!(others[0].try_recv().is_err() && barrier.try_recv().is_err(), "nobody is told before the commit");
    bench.gate.send(true).unwrap();
    assert_eq!(first.await.unwrap(), Ok(()));
    for other in others {
        assert_eq!(other.await.unwrap(), Ok(()));
    }
    assert_eq!(barrier.await.unwrap(), Ok(()));
    assert_eq!(*bench.script.batches.lock().unwrap(), [1, 5]);
    assert_eq!(bench.seqs(hall).await, [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn a_batch_that_was_not_written_is_sent_again_until_it_is() {
    let bench = Bench::new().await;
    let hall = bench.inventory(1).await;
    bench.script(&[Fault::Again, Fault::NotSent, Fault::Again]);
    assert_eq!(bench.append(hall, 1, 2).await.unwrap(), Ok(()));
    assert_eq!(bench.seqs(hall).await, [1, 2]);
}

#[tokio::test]
async fn only_the_culprit_of_a_refused_batch_is_poisoned() {
    let bench = Bench::new().await;
    let (good, bad) = (bench.inventory(1).await, bench.inventory(2).await);
    *bench.script.culprit.lock().unwrap() = Some(bad);
    bench.gate.send(false).unwrap();
    let (good_2, bad_2, good_3) =
        (bench.append(good, 1, 2), bench.append(bad, 1, 2), bench.append(good, 1, 3));
    bench.gate.send(true).unwrap();
    assert_eq!(good_2.await.unwrap(), Ok(()));
    assert_eq!(bad_2.await.unwrap(), Err(Loss::Poisoned));
    assert_eq!(good_3.await.unwrap(), Ok(()));
    *bench.script.culprit.lock().unwrap() = None;
    let behind = bench.append(bad, 1, 3).await.unwrap();
    assert_eq!(behind, Err(Loss::Poisoned), "else seq 2 would be missing");
    assert_eq!(bench.barrier(bad, 1).await.unwrap(), Err(Loss::Poisoned));
    assert_eq!(bench.seqs(bad).await, [1]);
    bench.store.take_over(bad).await.unwrap();
    assert_eq!(bench.append(bad, 2, 2).await.unwrap(), Ok(()), "the next incarnation may write");
}

#[tokio::test]
async fn a_lone_refused_record_is_not_sent_again() {
    let bench = Bench::new().await;
    let hall = bench.inventory(1).await;
    bench.script(&[Fault::Refused]);
    assert_eq!(bench.append(hall, 1, 2).await.unwrap(), Err(Loss::Poisoned));
    assert_eq!(bench.script.batches.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_by_a_take_over_and_the_tail() {
    for (fault, outcome, there) in
        [(Fault::UnknownWritten, Ok(()), vec![1, 2]), (Fault::UnknownLost, Err(Loss::Poisoned), vec![1])]
    {
        let bench = Bench::new().await;
        let hall = bench.inventory(1).await;
        bench.script(&[fault]);
        assert_eq!(bench.append(hall, 1, 2).await.unwrap(), outcome, "{fault:?}");
        assert_eq!(bench.seqs(hall).await, there);
        assert_eq!(bench.append(hall, 1, 3).await.unwrap(), Err(Loss::Poisoned), "the old epoch is barred");
        assert_eq!(bench.store.take_over(hall).await.unwrap(), Some(3), "it was taken over once");
    }
}

#[tokio::test]
async fn whoever_had_nothing_in_a_batch_of_unknown_outcome_is_not_poisoned_with_it() {
    let bench = Bench::new().await;
    let (lost, other) = (bench.inventory(1).await, bench.inventory(2).await);
    bench.gate.send(false).unwrap();
    bench.script(&[Fault::UnknownLost]);
    let (lost_2, behind, barrier) =
        (bench.append(lost, 1, 2), bench.barrier(lost, 1), bench.barrier(other, 1));
    bench.gate.send(true).unwrap();
    assert_eq!(lost_2.await.unwrap(), Err(Loss::Poisoned));
    assert_eq!(behind.await.unwrap(), Err(Loss::Poisoned), "it rests on what was lost");
    assert_eq!(barrier.await.unwrap(), Ok(()));
    assert_eq!(bench.append(other, 1, 2).await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_fenced_owner_writes_nothing_and_the_others_of_its_batch_do() {
    let bench = Bench::new().await;
    let (mine, lost) = (bench.inventory(1).await, bench.inventory(2).await);
    bench.store.take_over(lost).await.unwrap();
    bench.gate.send(false).unwrap();
    let (mine_2, lost_2, lost_3) =
        (bench.append(mine, 1, 2), bench.append(lost, 1, 2), bench.append(lost, 1, 3));
    bench.gate.send(true).unwrap();
    assert_eq!(mine_2.await.unwrap(), Ok(()));
    assert_eq!(lost_2.await.unwrap(), Err(Loss::Fenced));
    assert!(lost_3.await.unwrap().is_err());
    assert_eq!(bench.seqs(lost).await, [1]);
}

#[tokio::test]
async fn the_backlog_is_bounded_and_a_place_comes_back() {
    let bench = Bench::new().await;
    let places: Vec<_> = (0..8).map(|_| bench.journal.admit().unwrap()).collect();
    assert!(bench.journal.admit().is_none());
    drop(places);
    assert!(bench.journal.admit().is_some());
}

#[test]
fn a_batch_is_bounded_by_bytes_and_never_empty() {
    let entry = |len: usize| {
        let (told, _) = oneshot::channel();
        let row = Append {
            inventory: InventoryId::new(uuid::Uuid::from_u128(1)),
            epoch: 1,
            seq: 1,
            at: Timestamp(1),
            link: ChainLink::ANCHOR,
            body: vec![b' '; len].into(),
        };
        Entry::Record { row, sink: Box::new(Outcome(told)) }
    };
    assert_eq!(batch_len(&[entry(BATCH_BYTES_MAX + 1), entry(1)]), 1);
    assert_eq!(batch_len(&[entry(BATCH_BYTES_MAX - 1), entry(1), entry(1)]), 2);
}
