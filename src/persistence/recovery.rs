//! From the store to a state: the newest readable snapshot, then the tail.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use std::sync::{Mutex, Weak};

use super::codec::{self, Unreadable};
use super::store::{Store, StoreError, StoredRecord, StoredSnapshot};
use crate::domain::state::{Figures, Kept};
use crate::domain::{Impossible, InventoryId, Plan, PlanDocument, State, Timestamp};

/// Records read at a time.
const PAGE: u32 = 1_000;
/// Every inventory has one plan so far.
const FIRST_PLAN: u32 = 1;

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

/// Compiled plans that somebody still uses, so that a reload compiles nothing.
#[derive(Debug, Default, Clone)]
pub struct Plans {
    known: Arc<Mutex<KnownPlans>>,
    offload: Offload,
}

type KnownPlans = FxHashMap<(InventoryId, u32), Weak<Plan>>;

impl Plans {
    pub fn new(offload: Offload) -> Self {
        Self { known: Arc::default(), offload }
    }

    fn known(&self, key: (InventoryId, u32)) -> Option<Arc<Plan>> {
        self.known.lock().expect("no panic under this lock").get(&key)?.upgrade()
    }

    fn keep(&self, key: (InventoryId, u32), plan: &Arc<Plan>) {
        let mut known = self.known.lock().expect("no panic under this lock");
        known.retain(|_, plan| plan.strong_count() > 0);
        known.insert(key, Arc::downgrade(plan));
    }

    /// The inventory's plan, compiled off the caller's thread.
    pub async fn load(&self, store: &dyn Store, inventory: InventoryId) -> Result<Arc<Plan>, LoadError> {
        let key = (inventory, FIRST_PLAN);
        if let Some(plan) = self.known(key) {
            return Ok(plan);
        }
        let document = store.plan(inventory, FIRST_PLAN).await?.ok_or(LoadError::Unknown)?;
        let plan = self.offload.run(move || compile(&document)).await??;
        self.keep(key, &plan);
        Ok(plan)
    }
}

fn compile(document: &[u8]) -> Result<Arc<Plan>, LoadError> {
    let document: PlanDocument =
        serde_json::from_slice(document).map_err(|cause| LoadError::Plan(cause.to_string()))?;
    let broken = |defects: Vec<crate::domain::Defect>| {
        LoadError::Plan(defects.first().map(|defect| defect.detail.clone()).unwrap_or_default())
    };
    Ok(Arc::new(Plan::compile(document).map_err(broken)?))
}

/// The state as of the last record in the store.
pub async fn load(store: &dyn Store, plans: &Plans, inventory: InventoryId) -> Result<State, LoadError> {
    let plan = plans.load(store, inventory).await?;
    let mut state = restore(store, plans, inventory, plan).await?;
    loop {
        let page = store.records(inventory, state.seq(), PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        state = plans.offload.run(move || replay(state, &page)).await??;
        if is_last {
            break;
        }
    }
    if state.seq() == 0 { Err(LoadError::Empty) } else { Ok(state) }
}

/// The newest snapshot that can be read; without any, the beginning.
async fn restore(
    store: &dyn Store,
    plans: &Plans,
    inventory: InventoryId,
    plan: Arc<Plan>,
) -> Result<State, LoadError> {
    let mut below = None;
    while let Some(snapshot) = store.snapshot(inventory, below).await? {
        below = Some(snapshot.seq);
        let plan = plan.clone();
        let restored = plans.offload.run(move || {
            let kept = codec::decode_snapshot(&snapshot.body)?;
            State::restore(plan, kept).filter(|state| state.seq() == snapshot.seq)
        });
        match restored.await? {
            Some(state) => return Ok(state),
            None => tracing::warn!(%inventory, seq = below, "a snapshot cannot be read: an older one serves"),
        }
    }
    Ok(State::new(plan))
}

fn replay(mut state: State, page: &[StoredRecord]) -> Result<State, LoadError> {
    for stored in page {
        let record = codec::decode_record(stored)?;
        state.apply(&record).map_err(|cause| LoadError::Impossible { seq: stored.seq, cause })?;
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
    async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, LoadError> {
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
