//! Who owns what. One actor per inventory serialises its commands; the directory finds, loads, evicts and
//! restarts them. Callers hold [`Inventories`], never an address.

mod activity;
mod budgets;
mod catalogue;
mod copying;
mod directory;
mod group;
mod inventory;
mod last_views;
mod options;
mod outcomes;
mod placement;
mod sabotage;
mod shared;
mod snapshots;
mod sold;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Addr};
use dashmap::DashMap;
use futures_util::StreamExt;
use tokio::sync::oneshot;

use self::directory::{Directory, Load, Loaded, LoadedMap, UnservedList, World};
use self::inventory::{Answer, Execute, Permits, Reply};
use self::last_views::AskLastView;
use self::shared::Gone;
use crate::domain::{Caller, Command, InventoryId, Plan, Record, Refusal, Timestamp};
use crate::limits::{Asker, TurnedAway};
use crate::persistence::{Journal, Plans, Store, StoreError, StoreTrouble, codec};
use crate::realtime::{Channel, Hub};
use crate::sources::Sources;
use crate::telemetry;

pub use activity::{ActivityShown, Minute};
pub use budgets::BudgetOptions;
pub use group::{GroupCall, GroupFailure, GroupShown, Groups, PartShown};
pub use options::DirectoryOptions;
pub use placement::Placement;
pub use sold::{SaleStanding, SalesAsked, SalesOf, SalesShown};

/// A caller that has waited so long for a commit is told to ask again.
const COMMIT_WAIT_MAX: Duration = Duration::from_secs(5);
/// Loads at start: this many at once, and waits between the tries, in seconds.
const LOADS_AT_ONCE: usize = 8;
const LOAD_WAITS: [u64; 8] = [1, 2, 4, 8, 15, 30, 30, 30];
/// How often a command is sent after its inventory when that moves under it.
const MOVES_MAX: usize = 4;

/// How a command ended well.
#[derive(Debug, Clone)]
pub enum Done {
    /// It is in the journal.
    Committed {
        record: Arc<Record>,
        plan: Arc<Plan>,
        /// The inventory's time when the answer was made.
        now: Timestamp,
        /// The record is that of an earlier call with the same key.
        replayed: bool,
    },
    /// It was so already; there is no record.
    Nothing,
}

/// How a command ended otherwise. All of these changed nothing, except that what is `CommitPending` may
/// still be committed; every one but `Refused` and `Panicked` may be repeated with the same key.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    #[error("refused: {}", refusal.code())]
    Refused { refusal: Refusal, plan: Arc<Plan> },
    #[error("no such inventory")]
    InventoryUnknown,
    /// Too many commands are under way in this inventory, or in the journal.
    #[error("too many commands under way")]
    Overloaded,
    /// The store has not answered for five seconds.
    #[error("the commit is pending")]
    CommitPending,
    /// The record is not in the journal and never will be.
    #[error("not committed")]
    NotCommitted,
    /// The inventory cannot be loaded now.
    #[error("the inventory is not available")]
    Unavailable { retry_after_seconds: u32 },
    /// Whoever asks has used up a budget.
    #[error("turned away: {}", .0.reason.name())]
    TurnedAway(TurnedAway),
    /// A defect of ours; the state is as before.
    #[error("the command panicked")]
    Panicked,
}

/// All inventories, loaded or not. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Inventories {
    loaded: LoadedMap,
    directory: Addr<Directory>,
    journal: Journal,
    store: Arc<dyn Store>,
    unserved: UnservedList,
}

/// How a server fares whose inventories cannot all be served.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Serving {
    /// Inventories in memory that are in service.
    pub served: usize,
    pub unserved: Vec<Unserved>,
}

/// An inventory that could not be loaded when it was last tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unserved {
    pub inventory: InventoryId,
    pub why: &'static str,
    /// It is the store that failed, not this inventory.
    pub is_store: bool,
}

impl Inventories {
    /// Starts the directory on the calling thread.
    pub fn start(
        store: Arc<dyn Store>,
        journal: Journal,
        hub: Hub,
        placement: Placement,
        sources: Sources,
        options: DirectoryOptions,
    ) -> Self {
        let loaded: LoadedMap = Arc::new(DashMap::new());
        let world = World {
            store: store.clone(),
            journal: journal.clone(),
            hub,
            plans: Plans::new(options.offload),
            placement,
            sources,
            options,
        };
        let unserved = UnservedList::default();
        let directory = Directory::new(world, loaded.clone(), unserved.clone()).start();
        Self { loaded, directory, journal, store, unserved }
    }

    /// Has the command decided and committed. The answer is durable when it comes.
    pub async fn execute(&self, inventory: InventoryId, command: Command) -> Result<Done, Failure> {
        self.execute_for(None, inventory, command).await
    }

    /// The same out of somebody's budget.
    pub async fn execute_for(
        &self,
        asker: Option<&Asker>,
        inventory: InventoryId,
        mut command: Command,
    ) -> Result<Done, Failure> {
        for _ in 0..MOVES_MAX {
            let loaded = self.find(inventory).await?;
            if loaded.shared.channel.is_draft() && matches!(command.caller, Caller::Buyer(_)) {
                return Err(Failure::InventoryUnknown);
            }
            let permits = self.admit(&loaded)?;
            loaded.shared.touch();
            let (sender, answer) = oneshot::channel();
            let reply = Reply::new(sender, permits);
            loaded.address.do_send(Execute { command, asker: asker.cloned(), reply });
            match tokio::time::timeout(COMMIT_WAIT_MAX, answer).await {
                Ok(Ok(Answer::Ended(ended))) => return ended,
                Ok(Ok(Answer::Replay { seq })) => return self.replay(inventory, &loaded, seq).await,
                Ok(Ok(Answer::Moved(back))) => command = *back,
                // The mailbox closed before the command's turn: it was never decided.
                Ok(Err(_dropped)) => return Err(Failure::NotCommitted),
                Err(_elapsed) => return Err(Failure::CommitPending),
            }
        }
        Err(Failure::Unavailable { retry_after_seconds: 1 })
    }

    /// The committed view and live stream of an inventory, loading it if need be. Where the store can be read and
    /// not written it is the last view, which says that it may be old.
    pub async fn channel(&self, inventory: InventoryId) -> Result<Arc<Channel>, Failure> {
        match self.find(inventory).await {
            Ok(loaded) => {
                loaded.shared.touch();
                Ok(loaded.shared.channel.clone())
            }
            Err(Failure::Unavailable { retry_after_seconds }) => match self.last_view(inventory).await {
                Err(Failure::Unavailable { .. }) => Err(Failure::Unavailable { retry_after_seconds }),
                told => told,
            },
            Err(failure) => Err(failure),
        }
    }

    async fn last_view(&self, inventory: InventoryId) -> Result<Arc<Channel>, Failure> {
        let (waiter, told) = oneshot::channel();
        self.directory.do_send(AskLastView { inventory, waiter });
        match tokio::time::timeout(COMMIT_WAIT_MAX, told).await {
            Ok(Ok(told)) => told,
            _ => Err(Failure::Unavailable { retry_after_seconds: 1 }),
        }
    }

    /// Why the store does not take what is written; None: it does, or did a moment ago.
    pub async fn store_trouble(&self) -> Option<StoreTrouble> {
        self.journal.health().look(&*self.store).await
    }

    /// Whether inventories can be served.
    pub fn serving(&self) -> Serving {
        let unserved = self.unserved.lock().expect("no panic under this lock").clone();
        let in_service = |loaded: &Loaded| loaded.shared.gone() == Gone::No;
        Serving { served: self.loaded.iter().filter(|loaded| in_service(loaded)).count(), unserved }
    }

    /// Refuses at once where [`Self::execute`] would: what is refused should cost next to nothing, so it is
    /// asked before anything else. An inventory that is not loaded has room.
    pub fn has_room(&self, inventory: InventoryId) -> Result<(), Failure> {
        let full = |loaded: &Loaded| loaded.shared.permits.available_permits() == 0;
        let refused = if self.loaded.get(&inventory).is_some_and(|loaded| full(&loaded)) {
            "inventory"
        } else if self.journal.is_full() {
            "journal"
        } else {
            return Ok(());
        };
        telemetry::admission_refused(refused);
        Err(Failure::Overloaded)
    }

    /// Whether commits wait for the store.
    pub fn is_journal_stalled(&self) -> bool {
        self.journal.is_stalled()
    }

    /// How many inventories are in memory.
    pub fn loaded(&self) -> usize {
        self.loaded.len()
    }

    async fn find(&self, inventory: InventoryId) -> Result<Loaded, Failure> {
        let known = self.loaded.get(&inventory).map(|loaded| loaded.clone());
        if let Some(loaded) =
            known.filter(|loaded| loaded.shared.gone() == Gone::No && loaded.address.connected())
        {
            return Ok(loaded);
        }
        let (waiter, found) = oneshot::channel();
        self.directory.do_send(Load { inventory, waiter });
        match tokio::time::timeout(COMMIT_WAIT_MAX, found).await {
            Ok(Ok(found)) => found,
            _ => Err(Failure::Unavailable { retry_after_seconds: 1 }),
        }
    }

    fn admit(&self, loaded: &Loaded) -> Result<Permits, Failure> {
        let Ok(inventory) = loaded.shared.permits.clone().try_acquire_owned() else {
            telemetry::admission_refused("inventory");
            return Err(Failure::Overloaded);
        };
        let Some(backlog) = self.journal.admit() else {
            telemetry::admission_refused("journal");
            return Err(Failure::Overloaded);
        };
        Ok(Permits { _inventory: inventory, _backlog: backlog })
    }

    /// The answer of an earlier call, rebuilt from its record.
    async fn replay(&self, inventory: InventoryId, loaded: &Loaded, seq: u64) -> Result<Done, Failure> {
        let read = async {
            let stored = self.store.record(inventory, seq).await?;
            let stored = stored.ok_or_else(|| StoreError::new("replay", "the record is not there"))?;
            codec::decode_record(&stored).map_err(|cause| StoreError::new("replay", cause))
        };
        let Ok(read) = tokio::time::timeout(COMMIT_WAIT_MAX, read).await else {
            return Err(Failure::Unavailable { retry_after_seconds: 1 });
        };
        match read {
            Ok(record) => {
                let plan = loaded.shared.channel.plan();
                let now = loaded.shared.clock.now();
                Ok(Done::Committed { record: Arc::new(record), plan, now, replayed: true })
            }
            Err(cause) => {
                tracing::error!(%inventory, seq, %cause, "an answer cannot be rebuilt");
                Err(Failure::Unavailable { retry_after_seconds: 1 })
            }
        }
    }

    /// Loads what has holds that may fall due: all with a record younger than the longest hold. What cannot be
    /// loaded is tried again, some times.
    pub async fn load_active(&self, sources: &Sources) -> Result<usize, StoreError> {
        let mut waits = LOAD_WAITS.iter();
        let active = loop {
            match self.active(sources).await {
                Ok(active) => break active,
                Err(cause) => {
                    let Some(seconds) = waits.next() else { return Err(cause) };
                    tracing::warn!(%cause, "active inventories cannot be listed yet");
                    tokio::time::sleep(Duration::from_secs(*seconds)).await;
                }
            }
        };
        let count = active.len();
        let mut left = self.load_all(active).await;
        for seconds in waits {
            if left.is_empty() {
                return Ok(count);
            }
            tokio::time::sleep(Duration::from_secs(*seconds)).await;
            left = self.load_all(left).await;
        }
        if !left.is_empty() {
            tracing::error!(
                count = left.len(),
                "active inventories were not loaded: their holds end when somebody asks"
            );
        }
        Ok(count - left.len())
    }

    async fn active(&self, sources: &Sources) -> Result<Vec<InventoryId>, StoreError> {
        let longest_ms = 2 * 1000 * i64::from(*crate::domain::settings::HOLD_SECONDS.end());
        self.store.active_since(sources.now().plus_ms(-longest_ms)).await
    }

    /// Some at a time; gives back those that could not be loaded.
    async fn load_all(&self, inventories: Vec<InventoryId>) -> Vec<InventoryId> {
        let load = |inventory| async move {
            let cause = self.find(inventory).await.err()?;
            tracing::warn!(%inventory, %cause, "an active inventory was not loaded");
            matches!(cause, Failure::Unavailable { .. }).then_some(inventory)
        };
        let loads = futures_util::stream::iter(inventories).map(load).buffered(LOADS_AT_ONCE);
        loads.filter_map(std::future::ready).collect().await
    }
}
