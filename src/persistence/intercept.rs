//! A store whose appends pass through somebody's hands: what fault tests and audits break on purpose.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use super::store::*;
use crate::domain::{InventoryId, KeyId, Timestamp};

type Wrap = dyn Fn(Box<dyn Appender>) -> Box<dyn Appender> + Send + Sync;

/// Everything as in the inner store, except that its appenders are wrapped.
pub struct Intercepted {
    inner: Arc<dyn Store>,
    wrap: Box<Wrap>,
}

impl Intercepted {
    pub fn new(
        inner: Arc<dyn Store>,
        wrap: impl Fn(Box<dyn Appender>) -> Box<dyn Appender> + Send + Sync + 'static,
    ) -> Self {
        Self { inner, wrap: Box::new(wrap) }
    }
}

#[async_trait]
impl Store for Intercepted {
    async fn appender(&self) -> Result<Box<dyn Appender>, StoreError> {
        Ok((self.wrap)(self.inner.appender().await?))
    }

    async fn take_over(&self, inventory: InventoryId) -> Result<Option<u64>, StoreError> {
        self.inner.take_over(inventory).await
    }

    async fn records(
        &self,
        id: InventoryId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        self.inner.records(id, after, limit).await
    }

    async fn record(&self, inventory: InventoryId, seq: u64) -> Result<Option<StoredRecord>, StoreError> {
        self.inner.record(inventory, seq).await
    }

    async fn snapshot(
        &self,
        id: InventoryId,
        below: Option<u64>,
    ) -> Result<Option<StoredSnapshot>, StoreError> {
        self.inner.snapshot(id, below).await
    }

    async fn keep_snapshot(&self, snapshot: &StoredSnapshot) -> Result<bool, StoreError> {
        self.inner.keep_snapshot(snapshot).await
    }

    async fn snapshot_seq(&self, inventory: InventoryId) -> Result<Option<u64>, StoreError> {
        self.inner.snapshot_seq(inventory).await
    }

    async fn plan(&self, inventory: InventoryId, version: u32) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.plan(inventory, version).await
    }

    async fn active_since(&self, since: Timestamp) -> Result<Vec<InventoryId>, StoreError> {
        self.inner.active_since(since).await
    }

    async fn create(&self, new: &NewInventory) -> Result<Creation, StoreError> {
        self.inner.create(new).await
    }

    async fn inventory(&self, inventory: InventoryId) -> Result<Option<InventoryRow>, StoreError> {
        self.inner.inventory(inventory).await
    }

    async fn inventories(
        &self,
        after: Option<InventoryId>,
        limit: u32,
    ) -> Result<Vec<InventoryRow>, StoreError> {
        self.inner.inventories(after, limit).await
    }

    async fn create_key(&self, key: &NewKey) -> Result<(), StoreError> {
        self.inner.create_key(key).await
    }

    async fn find_key(&self, hash: [u8; 32]) -> Result<Option<SecretKey>, StoreError> {
        self.inner.find_key(hash).await
    }

    async fn list_keys(&self) -> Result<Vec<SecretKey>, StoreError> {
        self.inner.list_keys().await
    }

    async fn revoke_key(&self, key: KeyId, at: Timestamp) -> Result<bool, StoreError> {
        self.inner.revoke_key(key, at).await
    }

    async fn secret(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.inner.secret(name, fresh).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.inner.ping().await
    }

    fn upkeep(&self) -> BoxFuture<'static, ()> {
        self.inner.upkeep()
    }
}
