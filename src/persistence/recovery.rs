//! From the store to a state: the newest readable snapshot, then the tail.

use super::chain::{ChainBroken, ChainLink, ChainWalk};
use super::codec::{self, Unreadable};
use super::plans::{FIRST_PLAN, Plans};
use super::store::{Store, StoreError, StoredRecord, StoredSnapshot};
use crate::domain::state::{Figures, Kept};
use crate::domain::{Impossible, InventoryId, Record, State, Timestamp};

/// Records read at a time.
const PAGE: u32 = 1_000;

/// Why an inventory cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no such inventory")]
    Unknown,
    #[error("the plan is broken: {0}")]
    Plan(String),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("record {seq} cannot follow: {cause}")]
    Impossible { seq: u64, cause: Impossible },
    #[error("the journal is empty")]
    Empty,
    #[error(transparent)]
    Chain(#[from] ChainBroken),
    /// Another owner has written already, under an epoch above the one that was just taken.
    #[error("overtaken by epoch {epoch}")]
    Overtaken { epoch: u64 },
    #[error("loading panicked")]
    Panicked,
}

impl LoadError {
    /// The same in words for whoever runs the server: they name no path, host or person.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Store(cause) => cause.trouble().words(),
            Self::Unknown => "there is no such inventory",
            Self::Plan(_) => "its plan cannot be read",
            Self::Unreadable(Unreadable::Version { .. }) => "a record is newer than this program",
            Self::Unreadable(Unreadable::Record { .. }) => "a record cannot be read",
            Self::Impossible { .. } => "its records contradict each other",
            Self::Empty => "its journal is empty",
            Self::Chain(_) => "its journal was changed or cut",
            Self::Overtaken { .. } => "another server has it",
            Self::Panicked => "loading panicked",
        }
    }
}

/// Where work runs that would hold up a thread for long.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Offload {
    /// On threads made for it.
    #[default]
    Threads,
    /// Where it is asked for: a simulation has one thread, so that it can be repeated.
    Inline,
}

/// What was read of an inventory.
#[derive(Debug)]
pub struct Recovered {
    /// As of the last record in the store.
    pub state: State,
    /// What the next record is linked to.
    pub link: ChainLink,
}

/// Snapshot and tail. The head that is kept beside the journal is read first: the journal has to reach it.
pub async fn load(store: &dyn Store, plans: &Plans, inventory: InventoryId) -> Result<Recovered, LoadError> {
    let mut walk = ChainWalk::new(inventory, store.head(inventory).await?);
    let mut state = restore(store, plans, inventory).await?;
    stand_on_snapshot(store, &mut walk, inventory, state.seq()).await?;
    loop {
        let page = store.records(inventory, state.seq(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        let (mut records, walked) = plans.offload.run(move || decode(&page, walk)).await??;
        walk = walked;
        plans.attach(store, inventory, &mut records).await?;
        state = plans.offload.run(move || replay(state, &records)).await??;
        if is_last {
            break;
        }
    }
    walk.finish()?;
    if state.seq() == 0 { Err(LoadError::Empty) } else { Ok(Recovered { state, link: walk.link() }) }
}

/// The record that a snapshot is of has to be there, and to be the one that was written.
async fn stand_on_snapshot(
    store: &dyn Store,
    walk: &mut ChainWalk,
    inventory: InventoryId,
    seq: u64,
) -> Result<(), LoadError> {
    let Some(before) = seq.checked_sub(1) else { return Ok(()) };
    let mut last = 0;
    for record in store.records(inventory, before.saturating_sub(1), 2).await? {
        last = record.seq;
        match record.seq == seq {
            true => tolerant(walk.step(&record))?,
            false => walk.stand_on(&record),
        }
    }
    if last == seq { Ok(()) } else { Err(ChainBroken::Cut { last, head: seq }.into()) }
}

/// A release before the chain may have written beside this one.
fn tolerant(told: Result<(), ChainBroken>) -> Result<(), ChainBroken> {
    match told {
        Err(ChainBroken::Unlinked { seq }) => {
            tracing::warn!(seq, "a record has no link to the one before it");
            Ok(())
        }
        told => told,
    }
}

/// The newest snapshot that can be read; without any, the beginning.
async fn restore(store: &dyn Store, plans: &Plans, inventory: InventoryId) -> Result<State, LoadError> {
    let mut below = None;
    while let Some(StoredSnapshot { seq, body, .. }) = store.snapshot(inventory, below).await? {
        below = Some(seq);
        let kept = plans.offload.run(move || codec::decode_snapshot(&body)).await?;
        if let Some(kept) = kept.filter(|kept| kept.seq() == seq) {
            let plan = plans.load(store, inventory, kept.plan_version()).await?;
            if let Some(state) = plans.offload.run(move || State::restore(plan, kept)).await? {
                return Ok(state);
            }
        }
        tracing::warn!(%inventory, seq, "a snapshot cannot be read: an older one serves");
    }
    Ok(State::new(plans.load(store, inventory, FIRST_PLAN).await?))
}

fn decode(page: &[StoredRecord], mut walk: ChainWalk) -> Result<(Vec<Record>, ChainWalk), LoadError> {
    let mut records = Vec::with_capacity(page.len());
    for stored in page {
        // What cannot be read says more than that it is not what was written.
        records.push(codec::decode_record(stored)?);
        tolerant(walk.step(stored))?;
    }
    Ok((records, walk))
}

fn replay(mut state: State, records: &[Record]) -> Result<State, LoadError> {
    for record in records {
        state.apply(record).map_err(|cause| LoadError::Impossible { seq: record.seq, cause })?;
    }
    Ok(state)
}

/// A copy of a state, for a snapshot of it.
#[derive(Debug)]
pub struct Copied {
    pub(crate) seq: u64,
    at: Timestamp,
    figures: Figures,
    kept: Kept,
}

impl Copied {
    pub fn of(state: &State) -> Self {
        let kept = state.kept().clone();
        Self { seq: state.seq(), at: state.at(), figures: state.figures(), kept }
    }
}

/// The snapshot to keep of what is committed, under the fence of `epoch`.
pub async fn snapshot(
    copied: Copied,
    plans: &Plans,
    inventory: InventoryId,
    epoch: u64,
) -> Result<StoredSnapshot, LoadError> {
    let Copied { seq, at, figures, kept } = copied;
    let body = plans.offload.run(move || codec::encode_snapshot(&kept)).await?;
    Ok(StoredSnapshot { inventory, epoch, seq, at, figures, body })
}

impl Offload {
    pub(crate) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, LoadError> {
        if self == Self::Inline {
            return Ok(work());
        }
        let join = tokio::task::spawn_blocking(work).await;
        join.map_err(|panic| {
            tracing::error!(%panic, "loading panicked");
            LoadError::Panicked
        })
    }
}
