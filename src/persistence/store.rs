//! What an engine must be able to do. SQLite is one implementation, Postgres another; one conformance suite
//! runs against both.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::chain::{ChainLink, JournalHead};
use super::groups::GroupRows;
use crate::domain::details::public_window;
use crate::domain::settings::Window;
use crate::domain::state::Figures;
use crate::domain::time::Rfc3339;
use crate::domain::{Cancelled, Details, InventoryId, KeyId, Settings, State, Timestamp};

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

/// A version of a plan, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    /// As JSON.
    pub document: Vec<u8>,
    /// What its numbers stand for, as JSON; None of a first version.
    pub numbering: Option<Vec<u8>>,
}

/// What the list shows of an inventory beside its figures: the row follows the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueFacts {
    /// The record that it is as of.
    #[serde(skip)]
    pub seq: u64,
    /// None: the journal is silent about them, and the row keeps what it has.
    pub details: Option<Details>,
    pub opens_at: Option<Timestamp>,
    pub closes_at: Option<Timestamp>,
    pub cancelled: Option<Cancelled>,
}

impl CatalogueFacts {
    pub fn new(
        seq: u64,
        settings: &Settings,
        details: Option<&Details>,
        cancelled: Option<&Cancelled>,
    ) -> Self {
        let window = public_window(settings, details);
        Self {
            seq,
            details: details.cloned(),
            opens_at: window.on_sale_from.map(|at| at.0),
            closes_at: window.on_sale_until.map(|at| at.0),
            cancelled: cancelled.cloned(),
        }
    }

    pub fn of(state: &State) -> Self {
        Self::new(state.settings_version(), state.settings(), state.details(), state.cancelled())
    }

    /// When the public sale is open.
    pub fn window(&self) -> Window {
        Window { on_sale_from: self.opens_at.map(Rfc3339), on_sale_until: self.closes_at.map(Rfc3339) }
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.details.as_ref().map(|details| details.name.as_str())
    }

    /// What a search looks in: engines differ in what they take for a capital letter.
    pub(super) fn search(&self) -> Option<String> {
        self.name().map(str::to_lowercase)
    }

    pub(super) fn starts_at(&self) -> Option<i64> {
        Some(self.details.as_ref()?.starts_at?.0)
    }

    pub(super) fn listing(&self) -> Option<&'static str> {
        self.details.as_ref().map(|details| details.listing.name())
    }

    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).expect("it has only string keys")
    }

    /// Out of its columns.
    pub(super) fn read(json: Option<&str>, seq: u64) -> Result<Option<Self>, serde_json::Error> {
        let read = |json| serde_json::from_str(json).map(|shown| Self { seq, ..shown });
        json.map(read).transpose()
    }

    /// The link of record 1.
    pub fn first_link(&self) -> ChainLink {
        ChainLink::ANCHOR.next(self.id, 1, 0, self.at, &self.first_record)
    }
}

/// A row that contradicts others, or that nothing can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    pub inventory: String,
    pub rule: &'static str,
    pub detail: String,
}

/// Which inventories to list; nothing given means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of the name; capital and small letters are the same.
    pub name: Option<String>,
    /// Only those that begin at this time or later.
    pub starts_from: Option<Timestamp>,
    /// Only those that begin before this time.
    pub starts_until: Option<Timestamp>,
    /// Only those that are for everybody's eyes.
    pub public_only: bool,
}

impl Filter {
    /// What has to be in [`CatalogueFacts::search`].
    pub(super) fn search(&self) -> Option<String> {
        self.name.as_ref().map(|name| name.to_lowercase())
    }
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

/// A line of the list of inventories. Figures are those of the last stored snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryRow {
    pub id: InventoryId,
    pub name: String,
    pub created_at: Timestamp,
    pub starts_at: Option<Timestamp>,
    pub plan_version: u32,
    pub units: u32,
    pub figures: Figures,
    /// The seq and time that the figures are of.
    pub seq: u64,
    pub as_of: Timestamp,
    /// None: an inventory of a release before, that nobody has looked at since.
    pub shown: Option<CatalogueFacts>,
}

impl InventoryRow {
    /// As far as the catalogue knows.
    pub fn details(&self) -> Details {
        let own = || Details { starts_at: self.starts_at, ..Details::named(self.name.clone()) };
        self.shown.as_ref().and_then(|shown| shown.details.clone()).unwrap_or_else(own)
    }
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
