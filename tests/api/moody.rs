//! A store with moods: well, down, or silent. What the database does to a server in bad times.

use std::sync::Arc;

use async_trait::async_trait;
use fairhold::domain::{InventoryId, KeyId, Timestamp};
use fairhold::persistence::*;
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Everything fails at once, and nothing is written.
    Down,
    /// Nothing is answered until the mood changes.
    Silent,
}

pub struct Moody {
    inner: Arc<dyn Store>,
    mood: watch::Receiver<Mood>,
}

impl Moody {
    pub fn new(inner: Arc<dyn Store>, mood: watch::Receiver<Mood>) -> Self {
        Self { inner, mood }
    }

    async fn may(&self) -> Result<&dyn Store, StoreError> {
        endured(self.mood.clone()).await?;
        Ok(&*self.inner)
    }
}

async fn endured(mut mood: watch::Receiver<Mood>) -> Result<(), StoreError> {
    let mood = mood.wait_for(|mood| *mood != Mood::Silent).await;
    match mood.map_or(Mood::Down, |mood| *mood) {
        Mood::Down => Err(StoreError::new("ask the store", "it is down on purpose")),
        _ => Ok(()),
    }
}

struct MoodyAppender {
    inner: Box<dyn Appender>,
    mood: watch::Receiver<Mood>,
}

#[async_trait]
impl Appender for MoodyAppender {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        endured(self.mood.clone()).await.map_err(AppendError::Refused)?;
        self.inner.append(rows).await
    }
}

type Stored<T> = Result<T, StoreError>;

#[async_trait]
impl Store for Moody {
    async fn appender(&self) -> Stored<Box<dyn Appender>> {
        let inner = self.inner.appender().await?;
        Ok(Box::new(MoodyAppender { inner, mood: self.mood.clone() }))
    }

    async fn take_over(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        self.may().await?.take_over(inventory).await
    }

    async fn records(&self, inventory: InventoryId, after: u64, limit: u32) -> Stored<Vec<StoredRecord>> {
        self.may().await?.records(inventory, after, limit).await
    }

    async fn record(&self, inventory: InventoryId, seq: u64) -> Stored<Option<StoredRecord>> {
        self.may().await?.record(inventory, seq).await
    }

    async fn snapshot(&self, inventory: InventoryId, below: Option<u64>) -> Stored<Option<StoredSnapshot>> {
        self.may().await?.snapshot(inventory, below).await
    }

    async fn keep_snapshot(&self, snapshot: &StoredSnapshot) -> Stored<bool> {
        self.may().await?.keep_snapshot(snapshot).await
    }

    async fn snapshot_seq(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        self.may().await?.snapshot_seq(inventory).await
    }

    async fn plan(&self, inventory: InventoryId, version: u32) -> Stored<Option<Vec<u8>>> {
        self.may().await?.plan(inventory, version).await
    }

    async fn active_since(&self, since: Timestamp) -> Stored<Vec<InventoryId>> {
        self.may().await?.active_since(since).await
    }

    async fn create(&self, new: &NewInventory) -> Stored<Creation> {
        self.may().await?.create(new).await
    }

    async fn inventory(&self, inventory: InventoryId) -> Stored<Option<InventoryRow>> {
        self.may().await?.inventory(inventory).await
    }

    async fn inventories(&self, after: Option<InventoryId>, limit: u32) -> Stored<Vec<InventoryRow>> {
        self.may().await?.inventories(after, limit).await
    }

    async fn create_key(&self, key: &NewKey) -> Stored<()> {
        self.may().await?.create_key(key).await
    }

    async fn find_key(&self, hash: [u8; 32]) -> Stored<Option<SecretKey>> {
        self.may().await?.find_key(hash).await
    }

    async fn list_keys(&self) -> Stored<Vec<SecretKey>> {
        self.may().await?.list_keys().await
    }

    async fn revoke_key(&self, key: KeyId, at: Timestamp) -> Stored<bool> {
        self.may().await?.revoke_key(key, at).await
    }

    async fn secret(&self, name: &str, fresh: &[u8]) -> Stored<Vec<u8>> {
        self.may().await?.secret(name, fresh).await
    }

    async fn ping(&self) -> Stored<()> {
        self.may().await?.ping().await
    }
}
