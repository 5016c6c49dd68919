//! A store whose calls pass through somebody's hands: what fault tests and audits break on purpose.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use super::chain::{ChainLink, JournalHead};
use super::groups::{Begun, GroupChange, GroupRow, GroupRows, NewGroup};
use super::store::*;
use crate::domain::{GroupId, InventoryId, KeyId, Timestamp};

type Wrap = dyn Fn(Box<dyn Appender>) -> Box<dyn Appender> + Send + Sync;

/// Asked before every call of a store, and told after it; `call` is the method's name.
#[async_trait]
pub trait Gate: Send + Sync + 'static {
    /// An error is the call's answer: the store never hears of it.
    async fn before(&self, _call: &'static str) -> Result<(), StoreError> {
        Ok(())
    }

    async fn after(&self, _call: &'static str) {}

    /// What the store's time is taken for.
    fn time(&self, told: Option<Timestamp>) -> Option<Timestamp> {
        told
    }
}

/// All calls pass.
struct Open;

impl Gate for Open {}

/// Everything as in the inner store, except that its appenders are wrapped and its calls pass a gate.
pub struct Intercepted {
    inner: Arc<dyn Store>,
    wrap: Box<Wrap>,
    gate: Box<dyn Gate>,
}

impl Intercepted {
    pub fn new(
        inner: Arc<dyn Store>,
        wrap: impl Fn(Box<dyn Appender>) -> Box<dyn Appender> + Send + Sync + 'static,
    ) -> Self {
        Self { inner, wrap: Box::new(wrap), gate: Box::new(Open) }
    }

    pub fn behind(mut self, gate: impl Gate) -> Self {
        self.gate = Box::new(gate);
        self
    }

    async fn pass<T: Send>(
        &self,
        call: &'static str,
        answer: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.gate.before(call).await?;
        let answer = answer.await;
        self.gate.after(call).await;
        answer
    }
}

#[async_trait]
impl Store for Intercepted {
    async fn appender(&self) -> Result<Box<dyn Appender>, StoreError> {
        Ok((self.wrap)(self.pass("appender", self.inner.appender()).await?))
    }

    async fn take_over(&self, inventory: InventoryId) -> Result<Option<u64>, StoreError> {
        self.pass("take_over", self.inner.take_over(inventory)).await
    }

    async fn epoch(&self, inventory: InventoryId) -> Result<Option<u64>, StoreError> {
        self.pass("epoch", self.inner.epoch(inventory)).await
    }

    async fn clock(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.gate.time(self.pass("clock", self.inner.clock()).await?))
    }

    async fn records(
        &self,
        id: InventoryId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        self.pass("records", self.inner.records(id, after, limit)).await
    }

    async fn record(&self, inventory: InventoryId, seq: u64) -> Result<Option<StoredRecord>, StoreError> {
        self.pass("record", self.inner.record(inventory, seq)).await
    }

    async fn head(&self, inventory: InventoryId) -> Result<Option<JournalHead>, StoreError> {
        self.pass("head", self.inner.head(inventory)).await
    }

    async fn link_anew(&self, id: InventoryId, links: &[(u64, ChainLink)]) -> Result<(), StoreError> {
        self.pass("link_anew", self.inner.link_anew(id, links)).await
    }

    async fn snapshot(
        &self,
        id: InventoryId,
        below: Option<u64>,
    ) -> Result<Option<StoredSnapshot>, StoreError> {
        self.pass("snapshot", self.inner.snapshot(id, below)).await
    }

    async fn keep_snapshot(&self, snapshot: &StoredSnapshot) -> Result<bool, StoreError> {
        self.pass("keep_snapshot", self.inner.keep_snapshot(snapshot)).await
    }

    async fn snapshot_seq(&self, inventory: InventoryId) -> Result<Option<u64>, StoreError> {
        self.pass("snapshot_seq", self.inner.snapshot_seq(inventory)).await
    }

    async fn plan(&self, inventory: InventoryId, version: u32) -> Result<Option<StoredPlan>, StoreError> {
        self.pass("plan", self.inner.plan(inventory, version)).await
    }

    async fn add_plan(&self, inventory: InventoryId, plan: &StoredPlan) -> Result<Option<u32>, StoreError> {
        self.pass("add_plan", self.inner.add_plan(inventory, plan)).await
    }

    async fn drop_plan(&self, inventory: InventoryId, version: u32) -> Result<(), StoreError> {
        self.pass("drop_plan", self.inner.drop_plan(inventory, version)).await
    }

    async fn show_plan(&self, inventory: InventoryId, version: u32, units: u32) -> Result<(), StoreError> {
        self.pass("show_plan", self.inner.show_plan(inventory, version, units)).await
    }

    async fn show(&self, inventory: InventoryId, shown: &CatalogueFacts) -> Result<(), StoreError> {
        self.pass("show", self.inner.show(inventory, shown)).await
    }

    async fn active_since(&self, since: Timestamp) -> Result<Vec<InventoryId>, StoreError> {
        self.pass("active_since", self.inner.active_since(since)).await
    }

    async fn create(&self, new: &NewInventory) -> Result<Creation, StoreError> {
        self.pass("create", self.inner.create(new)).await
    }

    async fn inventory(&self, inventory: InventoryId) -> Result<Option<InventoryRow>, StoreError> {
        self.pass("inventory", self.inner.inventory(inventory)).await
    }

    async fn inventories_like(
        &self,
        filter: &Filter,
        after: Option<InventoryId>,
        limit: u32,
    ) -> Result<Vec<InventoryRow>, StoreError> {
        self.pass("inventories", self.inner.inventories_like(filter, after, limit)).await
    }

    async fn create_key(&self, key: &NewKey) -> Result<(), StoreError> {
        self.pass("create_key", self.inner.create_key(key)).await
    }

    async fn find_key(&self, hash: [u8; 32]) -> Result<Option<SecretKey>, StoreError> {
        self.pass("find_key", self.inner.find_key(hash)).await
    }

    async fn list_keys(&self) -> Result<Vec<SecretKey>, StoreError> {
        self.pass("list_keys", self.inner.list_keys()).await
    }

    async fn revoke_key(&self, key: KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.pass("revoke_key", self.inner.revoke_key(key, at)).await
    }

    async fn secret(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.pass("secret", self.inner.secret(name, fresh)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.pass("ping", self.inner.ping()).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.pass("probe", self.inner.probe()).await
    }

    async fn oddities(&self) -> Result<Vec<Oddity>, StoreError> {
        self.pass("oddities", self.inner.oddities()).await
    }

    async fn forget_loss(&self) -> Result<(), StoreError> {
        self.pass("forget_loss", self.inner.forget_loss()).await
    }

    fn loss(&self) -> Option<String> {
        self.inner.loss()
    }

    fn upkeep(&self) -> BoxFuture<'static, ()> {
        self.inner.upkeep()
    }
}

#[async_trait]
impl GroupRows for Intercepted {
    async fn begin_group(&self, new: &NewGroup) -> Result<Begun, StoreError> {
        self.pass("begin_group", self.inner.begin_group(new)).await
    }

    async fn known_group(&self, key: (u128, u128)) -> Result<Option<Begun>, StoreError> {
        self.pass("known_group", self.inner.known_group(key)).await
    }

    async fn forget_groups(&self, now: Timestamp) -> Result<(), StoreError> {
        self.pass("forget_groups", self.inner.forget_groups(now)).await
    }

    async fn change_group(&self, change: &GroupChange) -> Result<bool, StoreError> {
        self.pass(change.name(), self.inner.change_group(change)).await
    }

    async fn group(&self, group: GroupId) -> Result<Option<GroupRow>, StoreError> {
        self.pass("group", self.inner.group(group)).await
    }

    async fn unfinished_groups(&self, before: Timestamp, limit: u32) -> Result<Vec<GroupRow>, StoreError> {
        self.pass("unfinished_groups", self.inner.unfinished_groups(before, limit)).await
    }

    async fn groups(&self, after: Option<GroupId>, limit: u32) -> Result<Vec<GroupRow>, StoreError> {
        self.pass("groups", self.inner.groups(after, limit)).await
    }
}
