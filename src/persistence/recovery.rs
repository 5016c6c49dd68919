//! From the store to a state: the newest readable snapshot, then the tail.

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
    /// Another owner has written already, under an epoch above the one that was just taken.
    #[error("overtaken by epoch {epoch}")]
    Overtaken { epoch: u64 },
    #[error("loading panicked")]
    Panicked,
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

/// The state as of the last record in the store.
pub async fn load(store: &dyn Store, plans: &Plans, inventory: InventoryId) -> Result<State, LoadError> {
    let mut state = restore(store, plans, inventory).await?;
    loop {
        let page = store.records(inventory, state.seq(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        let mut records = plans.offload.run(move || decode(&page)).await??;
        plans.attach(store, inventory, &mut records).await?;
        state = plans.offload.run(move || replay(state, &records)).await??;
        if is_last {
            break;
        }
    }
    if state.seq() == 0 { Err(LoadError::Empty) } else { Ok(state) }
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

fn decode(page: &[StoredRecord]) -> Result<Vec<Record>, LoadError> {
    page.iter().map(|stored| Ok(codec::decode_record(stored)?)).collect()
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
    pub(super) async fn run<T: Send + 'static>(
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
