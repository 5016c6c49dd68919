//! What an engine must be able to do. SQLite is one implementation, Postgres another; one conformance suite
//! runs against both.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::chain::{ChainLink, JournalHead};
use super::groups::GroupRows;
pub use super::listed::{CatalogueFacts, Filter, InventoryRow};
use crate::domain::state::Figures;
use crate::domain::{InventoryId, KeyId, Timestamp};

/// The store could not do what was asked; the cause is for the log.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{what}: {cause}")]
pub struct StoreError {
    pub what: &'static str,
    pub cause: Arc<dyn std::error::Error + Send + Sync>,
}

impl StoreError {
    pub fn new(what: &'static str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { what, cause: cause.into().into() }
    }
}

/// A record on its way into the store.
#[derive(Debug, Clone)]
pub struct Append {
    pub inventory: InventoryId,
    pub epoch: u64,
    pub seq: u64,
    pub at: Timestamp,
    /// To the record before it.
    pub link: ChainLink,
    pub body: Bytes,
}

impl Append {
    /// Under whose fence it is written.
    pub fn owner(&self) -> Fenced {
        Fenced { inventory: self.inventory, epoch: self.epoch }
    }
}

/// A snapshot of what is committed.
#[derive(Debug, Clone)]
pub struct StoredSnapshot {
    pub inventory: InventoryId,
    pub epoch: u64,
    pub seq: u64,
    pub at: Timestamp,
    pub figures: Figures,
    pub body: Bytes,
}

/// An (inventory, epoch) whose rows were not written: another owner has taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fenced {
    pub inventory: InventoryId,
    pub epoch: u64,
}

/// How an append failed. What is not said here for sure was not decided: never guess.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// Nothing was sent: there is no connection.
    #[error("not sent: {0}")]
    NotSent(StoreError),
    /// Nothing was written, and the same batch may go through later: busy, full, deadlock.
    #[error("try again: {0}")]
    Again(StoreError),
    /// Nothing was written, and never will be.
    #[error("refused: {0}")]
    Refused(StoreError),
    /// It was sent and no answer came.
    #[error("outcome unknown: {0}")]
    Unknown(StoreError),
}

/// A connection of its own for one journal writer.
#[async_trait]
pub trait Appender: Send {
    /// Writes all rows in one commit, except those of pairs that are fenced: these are named.
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    pub seq: u64,
    pub epoch: u64,
    pub at: Timestamp,
    /// None: written by a release that knew none.
    pub link: Option<ChainLink>,
    pub body: Vec<u8>,
}

/// An inventory to create: its plan, and record 1.
#[derive(Debug, Clone)]
pub struct NewInventory {
    pub id: InventoryId,
    pub at: Timestamp,
    /// As of record 1.
    pub shown: CatalogueFacts,
    /// The plan document as JSON.
    pub plan: Vec<u8>,
    pub units: u32,
    /// How things stand at record 1.
    pub figures: Figures,
    pub first_record: Bytes,
    /// Caller, key hash and fingerprint of the call that creates it.
    pub idempotency: Option<(u128, u128)>,
}

impl NewInventory {
    /// The link of record 1.
    pub fn first_link(&self) -> ChainLink {
        ChainLink::ANCHOR.next(self.id, 1, 0, self.at, &self.first_record)
    }
}

/// A version of a plan, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    /// As JSON.
    pub document: Vec<u8>,
    /// What its numbers stand for, as JSON; None of a first version.
    pub numbering: Option<Vec<u8>>,
}

/// A row that contradicts others, or that nothing can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    pub inventory: String,
    pub rule: &'static str,
    pub detail: String,
}

/// How long creations are remembered for their idempotency key.
pub(super) const CREATIONS_KEPT_MS: i64 = crate::domain::ledger::MEMORY_MS;

/// What became of a [`NewInventory`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    Created,
    /// The same call created this one before.
    Replayed(InventoryId),
    /// The key was used for another call.
    Mismatch,
}

/// What a secret key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Operator,
    /// Act for buyers: hold, purchase, return. Not configure.
    Seller,
}

impl Role {
    pub const ALL: [Self; 2] = [Self::Operator, Self::Seller];

    pub fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Seller => "seller",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

#[derive(Debug, Clone)]
pub struct NewKey {
    pub id: KeyId,
    pub role: Role,
    pub name: String,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretKey {
    pub id: KeyId,
    pub role: Role,
    pub name: String,
}

type Stored<T> = Result<T, StoreError>;

#[async_trait]
pub trait Store: GroupRows + Send + Sync + 'static {
    // --- the journal

    async fn appender(&self) -> Stored<Box<dyn Appender>>;

    /// Raises the inventory's epoch, in a commit of its own. None: there is no such inventory.
    async fn take_over(&self, inventory: InventoryId) -> Stored<Option<u64>>;

    /// The epoch of whoever took it over last, which may not have written anything. None: there is no such inventory.
    async fn epoch(&self, inventory: InventoryId) -> Stored<Option<u64>>;

    /// The time of the store itself, so that servers that share it agree on when a hold is due. None: it is
    /// on this machine, and its time is the server's own.
    async fn clock(&self) -> Stored<Option<Timestamp>> {
        Ok(None)
    }

    /// Records after `after`, in order, at most `limit`.
    async fn records(&self, inventory: InventoryId, after: u64, limit: u32) -> Stored<Vec<StoredRecord>>;

    async fn record(&self, inventory: InventoryId, seq: u64) -> Stored<Option<StoredRecord>>;

    /// The newest record that was written with a link, as it is kept beside the journal.
    async fn head(&self, _inventory: InventoryId) -> Stored<Option<JournalHead>> {
        Ok(None)
    }

    /// Links records anew, and moves the head to the last of them: whoever asks takes the journal as it is.
    async fn link_anew(&self, _inventory: InventoryId, _links: &[(u64, ChainLink)]) -> Stored<()> {
        Err(StoreError::new("link a journal anew", "this store keeps no links"))
    }

    /// The newest snapshot, or the newest of a seq below `below`.
    async fn snapshot(&self, inventory: InventoryId, below: Option<u64>) -> Stored<Option<StoredSnapshot>>;

    /// Keeps a snapshot, and the one before it, under the fence that appends have; false: fenced, not kept.
    async fn keep_snapshot(&self, snapshot: &StoredSnapshot) -> Stored<bool>;

    /// The seq of the newest snapshot.
    async fn snapshot_seq(&self, inventory: InventoryId) -> Stored<Option<u64>>;

    async fn plan(&self, inventory: InventoryId, version: u32) -> Stored<Option<StoredPlan>>;

    /// Keeps a plan as a version of its own, above all that are there, and says which. It is in force only when
    /// a record says so. None: there is no such inventory.
    async fn add_plan(&self, inventory: InventoryId, plan: &StoredPlan) -> Stored<Option<u32>>;

    /// Drops a version that no record will ever name.
    async fn drop_plan(&self, inventory: InventoryId, version: u32) -> Stored<()>;

    /// Has the catalogue show this version, unless it shows a later one.
    async fn show_plan(&self, inventory: InventoryId, version: u32, units: u32) -> Stored<()>;

    /// Has the catalogue show this, unless it shows what is of a later record.
    async fn show(&self, inventory: InventoryId, shown: &CatalogueFacts) -> Stored<()>;

    /// Inventories whose last record is younger than `since`.
    async fn active_since(&self, since: Timestamp) -> Stored<Vec<InventoryId>>;

    // --- the catalogue

    async fn create(&self, new: &NewInventory) -> Stored<Creation>;

    async fn inventory(&self, inventory: InventoryId) -> Stored<Option<InventoryRow>>;

    /// By id, after `after`.
    async fn inventories(&self, after: Option<InventoryId>, limit: u32) -> Stored<Vec<InventoryRow>> {
        self.inventories_like(&Filter::default(), after, limit).await
    }

    /// The same of those that the filter lets through.
    async fn inventories_like(
        &self,
        filter: &Filter,
        after: Option<InventoryId>,
        limit: u32,
    ) -> Stored<Vec<InventoryRow>>;

    // --- access

    async fn create_key(&self, key: &NewKey) -> Stored<()>;

    async fn find_key(&self, hash: [u8; 32]) -> Stored<Option<SecretKey>>;

    async fn list_keys(&self) -> Stored<Vec<SecretKey>>;

    /// False: there is no such key, or it is revoked already.
    async fn revoke_key(&self, key: KeyId, at: Timestamp) -> Stored<bool>;

    /// The secret of this name; `fresh` becomes it if there is none.
    async fn secret(&self, name: &str, fresh: &[u8]) -> Stored<Vec<u8>>;

    /// Whether the store answers, and has what it should have.
    async fn ping(&self) -> Stored<()>;

    /// Whether it can be written.
    async fn probe(&self) -> Stored<()> {
        self.ping().await
    }

    /// Rows that should not be there, or are not there though they should, as far as the engine can tell without
    /// replaying a journal.
    async fn oddities(&self) -> Stored<Vec<Oddity>> {
        Ok(Vec::new())
    }

    /// What is missing of all that was once confirmed, in words; None: nothing, as far as anybody can know.
    fn loss(&self) -> Option<String> {
        None
    }

    /// Takes the store as it is: what is missing is not missed any more.
    async fn forget_loss(&self) -> Stored<()> {
        Ok(())
    }

    /// What a server runs beside its other work for as long as it lives, for the engine's sake.
    fn upkeep(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
