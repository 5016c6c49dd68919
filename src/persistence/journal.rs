//! The journal writer: takes all that is queued, appends it in one fenced commit, then tells each record's
//! sink how it ended. It never lingers to fill a batch; a batch is what arrived during the last commit.
//!
//! A failed append is one of three (see [`AppendError`]): not sent or to be sent again, it stays queued and
//! everything behind it waits; refused, the culprit alone is barred; unknown, each inventory is taken over
//! first and then its tail tells.

mod settle;

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use self::settle::{BACKOFF_FIRST, BACKOFF_MAX, Stall, settle};
use super::health::{StoreTrouble, WriteHealth};
use super::store::{Append, AppendError, Appender, Fenced, Store, StoreError};
use crate::domain::InventoryId;
use crate::telemetry;

/// The most records in one commit.
pub const BATCH_RECORDS_MAX: usize = 2_048;
/// The most bytes of record bodies in one commit; a single larger record goes alone.
pub const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A store that takes longer for a commit is waited for.
const SLOW: Duration = Duration::from_secs(1);

/// Why a record is not in the journal and never will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Another owner has taken over.
    Fenced,
    /// The store refused it, or its outcome could only be settled by a take-over.
    Poisoned,
    /// The writer is gone.
    Closed,
}

/// Told once how an entry ended, in the order of the queue.
pub trait Sink: Send {
    fn committed(self: Box<Self>);
    fn lost(self: Box<Self>, loss: Loss);
}

/// What stands in the queue.
pub enum Entry {
    Record {
        row: Append,
        sink: Box<dyn Sink>,
    },
    /// Nothing to write: the sink is told when all before it is committed.
    Barrier {
        inventory: InventoryId,
        epoch: u64,
        sink: Box<dyn Sink>,
    },
}

impl Entry {
    fn owner(&self) -> Fenced {
        match self {
            Self::Record { row, .. } => row.owner(),
            Self::Barrier { inventory, epoch, .. } => Fenced { inventory: *inventory, epoch: *epoch },
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Record { row, .. } => row.body.len(),
            Self::Barrier { .. } => 0,
        }
    }

    fn finish(self, outcome: Result<(), Loss>) {
        let (Self::Record { sink, .. } | Self::Barrier { sink, .. }) = self;
        match outcome {
            Ok(()) => sink.committed(),
            Err(loss) => sink.lost(loss),
        }
    }
}

/// The way into the journal. Cheap to clone; the writers end when all clones are gone.
#[derive(Clone)]
pub struct Journal {
    /// One per writer. An inventory has one writer, hence its entries end in the order of their queue.
    queues: Arc<[mpsc::UnboundedSender<Entry>]>,
    /// Bounds the queues: each record's command holds a permit until its reply is released.
    backlog: Arc<Semaphore>,
    /// Writers that wait for the store.
    stalled: Arc<AtomicUsize>,
    health: Arc<WriteHealth>,
}

impl Journal {
    /// At most `backlog_max` records under way, and the writers, each to be spawned.
    pub fn new(store: &Arc<dyn Store>, backlog_max: usize, writers: usize) -> (Self, Vec<Writer>) {
        let (stalled, health) = (Arc::new(AtomicUsize::new(0)), Arc::<WriteHealth>::default());
        let lane = |_| {
            let (queue, entries) = mpsc::unbounded_channel();
            let (store, stalled, health) = (store.clone(), stalled.clone(), health.clone());
            (queue, Writer { store, appender: None, entries, barred: FxHashMap::default(), stalled, health })
        };
        let (queues, writers): (Vec<_>, _) = (0..writers.max(1)).map(lane).unzip();
        let backlog = Arc::new(Semaphore::new(backlog_max));
        (Self { queues: queues.into(), backlog, stalled, health }, writers)
    }

    /// A place in the backlog, or None: it is full.
    pub fn admit(&self) -> Option<OwnedSemaphorePermit> {
        self.backlog.clone().try_acquire_owned().ok()
    }

    /// Whether no place is left in the backlog.
    pub fn is_full(&self) -> bool {
        self.backlog.available_permits() == 0
    }

    /// Whether a writer waits for the store: commands queue up and are answered when it is back.
    pub fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed) > 0
    }

    /// How the last writes went.
    pub fn health(&self) -> &WriteHealth {
        &self.health
    }

    /// Waits until all that is queued now is committed; false: not within `wait`.
    pub async fn written(&self, wait: Duration) -> bool {
        let nobody = InventoryId::new(uuid::Uuid::nil());
        let all = self.queues.iter().map(|queue| {
            let (told, written) = oneshot::channel();
            send(queue, Entry::Barrier { inventory: nobody, epoch: 0, sink: Box::new(Told(told)) });
            written
        });
        let all = futures_util::future::try_join_all(all.collect::<Vec<_>>());
        matches!(tokio::time::timeout(wait, all).await, Ok(Ok(_)))
    }

    pub fn append(&self, entry: Entry) {
        send(self.queue_of(entry.owner().inventory), entry);
    }

    fn queue_of(&self, inventory: InventoryId) -> &mpsc::UnboundedSender<Entry> {
        let mut hasher = rustc_hash::FxHasher::default();
        inventory.hash(&mut hasher);
        let lane = (hasher.finish() >> 32) as usize % self.queues.len();
        &self.queues[lane]
    }
}

fn send(queue: &mpsc::UnboundedSender<Entry>, entry: Entry) {
    if let Err(closed) = queue.send(entry) {
        closed.0.finish(Err(Loss::Closed));
    }
}

struct Told(oneshot::Sender<()>);

impl Sink for Told {
    fn committed(self: Box<Self>) {
        let _asker_left = self.0.send(());
    }

    fn lost(self: Box<Self>, _: Loss) {}
}

/// Runs until every [`Journal`] is dropped and the queue is empty. A panic of it must end the process.
pub struct Writer {
    store: Arc<dyn Store>,
    appender: Option<Box<dyn Appender>>,
    entries: mpsc::UnboundedReceiver<Entry>,
    /// Epochs of which nothing more may be written, else a seq would get a gap that no fence sees.
    barred: FxHashMap<InventoryId, u64>,
    stalled: Arc<AtomicUsize>,
    health: Arc<WriteHealth>,
}

impl Writer {
    pub async fn run(mut self) {
        let mut queue = Vec::with_capacity(BATCH_RECORDS_MAX);
        loop {
            if self.entries.recv_many(&mut queue, BATCH_RECORDS_MAX).await == 0 {
                return;
            }
            telemetry::journal_queue(self.entries.len());
            while !queue.is_empty() {
                let rest = queue.split_off(batch_len(&queue));
                let batch = std::mem::replace(&mut queue, rest);
                self.commit(batch).await;
            }
        }
    }

    /// Commits a batch, however long that takes.
    async fn commit(&mut self, batch: Vec<Entry>) {
        let batch = self.without_barred(batch);
        if batch.iter().all(|entry| matches!(entry, Entry::Barrier { .. })) {
            batch.into_iter().for_each(|entry| entry.finish(Ok(())));
            return;
        }
        let started = Instant::now();
        match self.append_until_told(&rows(&batch)).await {
            Ok(fenced) => {
                telemetry::journal_commit(batch.len(), started.elapsed());
                self.finish(batch, &fenced);
            }
            Err(AppendError::Refused(cause)) => self.refused(batch, &cause).await,
            Err(AppendError::Unknown(cause) | AppendError::NotSent(cause) | AppendError::Again(cause)) => {
                tracing::error!(%cause, records = batch.len(), "outcome of a commit unknown: taking over");
                self.resolve(batch).await;
            }
        }
    }

    fn without_barred(&mut self, batch: Vec<Entry>) -> Vec<Entry> {
        if self.barred.is_empty() {
            return batch;
        }
        let mut open = Vec::with_capacity(batch.len());
        for entry in batch {
            let owner = entry.owner();
            match self.barred.get(&owner.inventory) {
                Some(&barred) if owner.epoch <= barred => entry.finish(Err(Loss::Poisoned)),
                Some(_) => {
                    self.barred.remove(&owner.inventory);
                    open.push(entry);
                }
                None => open.push(entry),
            }
        }
        open
    }

    /// Sends the batch again and again while the store says that nothing was written and more tries help.
    async fn append_until_told(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        let mut backoff = BACKOFF_FIRST;
        let mut stalled = None;
        loop {
            let cause = match self.append_once(rows).await {
                Err(AppendError::NotSent(cause) | AppendError::Again(cause)) => cause,
                Err(AppendError::Unknown(cause)) => {
                    self.health.failed(&cause);
                    return Err(AppendError::Unknown(cause));
                }
                Err(AppendError::Refused(cause)) => {
                    // One inventory's trouble, unless it is the store's.
                    if cause.trouble() == StoreTrouble::Broken {
                        self.health.failed(&cause);
                    }
                    return Err(AppendError::Refused(cause));
                }
                Ok(fenced) => {
                    // One that wrote nothing proves nothing.
                    if rows.iter().any(|row| !fenced.contains(&row.owner())) {
                        self.health.succeeded();
                    }
                    return Ok(fenced);
                }
            };
            self.health.failed(&cause);
            stalled.get_or_insert_with(|| Stall::begin(&self.stalled));
            tracing::warn!(%cause, records = rows.len(), "the journal waits for the store");
            tokio::time::sleep(backoff).await;
            backoff = (backoff * 2).min(BACKOFF_MAX);
        }
    }

    async fn append_once(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        if self.appender.is_none() {
            self.appender = Some(self.store.appender().await.map_err(AppendError::NotSent)?);
        }
        let Some(appender) = self.appender.as_mut() else {
            return Err(AppendError::NotSent(StoreError::new("append", "no connection")));
        };
        let mut told = appender.append(rows);
        match tokio::time::timeout(SLOW, &mut told).await {
            Ok(told) => told,
            Err(_elapsed) => {
                let _stalled = Stall::begin(&self.stalled);
                told.await
            }
        }
    }

    fn finish(&mut self, batch: Vec<Entry>, fenced: &[Fenced]) {
        for owner in fenced {
            self.bar(*owner);
        }
        for entry in batch {
            let outcome = if fenced.contains(&entry.owner()) { Err(Loss::Fenced) } else { Ok(()) };
            entry.finish(outcome);
        }
    }

    fn bar(&mut self, owner: Fenced) {
        tracing::warn!(inventory = %owner.inventory, epoch = owner.epoch, "nothing more is written for this epoch");
        self.barred.insert(owner.inventory, owner.epoch);
    }

    /// Nothing was written. Inventory by inventory, so that only the culprit suffers.
    async fn refused(&mut self, batch: Vec<Entry>, cause: &StoreError) {
        let mut by_owner: Vec<(Fenced, Vec<Entry>)> = Vec::new();
        for entry in batch {
            let owner = entry.owner();
            match by_owner.iter_mut().find(|(known, _)| *known == owner) {
                Some((_, entries)) => entries.push(entry),
                None => by_owner.push((owner, vec![entry])),
            }
        }
        let alone = by_owner.len() == 1;
        for (owner, entries) in by_owner {
            let outcome = match alone {
                true => Err(AppendError::Refused(cause.clone())),
                false => self.append_until_told(&rows(&entries)).await,
            };
            match outcome {
                Ok(fenced) => self.finish(entries, &fenced),
                Err(AppendError::Refused(cause)) => {
                    tracing::error!(inventory = %owner.inventory, %cause, "the store refuses this inventory's records");
                    self.bar(owner);
                    entries.into_iter().for_each(|entry| entry.finish(Err(Loss::Poisoned)));
                }
                Err(_) => self.resolve(entries).await,
            }
        }
    }

    /// The outcome is unknown: takes each inventory over, then reads what is there. The take-over waits for
    /// a statement that still runs; a mere read would not.
    async fn resolve(&mut self, batch: Vec<Entry>) {
        let store = self.store.clone();
        let mut firsts: Vec<(Fenced, u64)> = Vec::new();
        for entry in &batch {
            let Entry::Record { row, .. } = entry else { continue };
            if firsts.iter().all(|(owner, _)| *owner != entry.owner()) {
                firsts.push((entry.owner(), row.seq));
            }
        }
        let mut last_seq = FxHashMap::default();
        for (owner, first) in firsts {
            self.bar(owner);
            last_seq.insert(owner, settle(&*store, owner, first, (&self.stalled, &self.health)).await);
        }
        for entry in batch {
            let owner = entry.owner();
            let is_well = match (&entry, last_seq.get(&owner)) {
                (Entry::Record { row, .. }, Some(last)) => row.seq <= *last,
                (Entry::Barrier { .. }, Some(_)) => false,
                // All before it was committed in earlier batches.
                (_, None) => true,
            };
            entry.finish(if is_well { Ok(()) } else { Err(Loss::Poisoned) });
        }
    }
}

/// What of a batch is to be written.
fn rows(batch: &[Entry]) -> Vec<Append> {
    let row = |entry: &Entry| match entry {
        Entry::Record { row, .. } => Some(row.clone()),
        Entry::Barrier { .. } => None,
    };
    batch.iter().filter_map(row).collect()
}

/// How many entries go into the next commit.
fn batch_len(queue: &[Entry]) -> usize {
    let mut bytes = 0;
    let fits = |entry: &&Entry| {
        bytes += entry.len();
        bytes <= BATCH_BYTES_MAX
    };
    queue.iter().take_while(fits).count().max(1)
}

#[cfg(test)]
mod tests;
