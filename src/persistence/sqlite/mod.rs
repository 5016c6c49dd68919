//! The embedded engine: one file, WAL, `synchronous=FULL`.
//!
//! The journal writer has a connection of its own; everything else goes through a small pool. Checkpoints
//! run on a third connection, so that no commit pays for one.

mod append;
mod catalogue;
mod chain;
mod checkpoint;
mod groups;
mod mark;
mod oddities;
mod plans;
mod snapshots;

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Row};

use self::mark::{Mark, Marker};
use super::chain::{ChainLink, JournalHead};
use super::store::*;
use super::{migrations, private};
use crate::domain::{InventoryId, KeyId, Timestamp};

pub use append::{Durability, SqliteAppender};

/// How long a statement waits for another writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const POOL_CONNECTIONS: u32 = 4;
const DATABASE_FILE: &str = "fairhold.sqlite";
/// Migrations of large tables take their time, and another command waits for them.
const LOCK_MAX: Duration = Duration::from_secs(60);
const MAKE_DIR: &str = "create the data directory";
const OPEN: &str = "open the database";

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

/// A store in a directory.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    file: PathBuf,
    pool: SqlitePool,
    loss: Option<String>,
}

impl SqliteStore {
    /// Opens the store of a directory; makes and migrates it first if need be. One that lost what was once confirmed
    /// is refused.
    pub async fn open(dir: &Path) -> Result<Self, StoreError> {
        private::make_dir(dir).map_err(|cause| StoreError::new(MAKE_DIR, cause))?;
        if let Some(mark) = Mark::of(dir).filter(|_| is_new(dir)) {
            // Before an empty one is made in its place.
            return Err(StoreError::new(OPEN, mark.all_missing(dir)));
        }
        let store = Self::open_as_it_is(dir).await?;
        match store.loss {
            Some(loss) => Err(StoreError::new(OPEN, loss)),
            None => Ok(store),
        }
    }

    /// The same, whatever it lost.
    pub async fn open_as_it_is(dir: &Path) -> Result<Self, StoreError> {
        private::make_dir(dir).map_err(|cause| StoreError::new(MAKE_DIR, cause))?;
        let open =
            private::look_at_dir(dir).map_err(|cause| StoreError::new("use the data directory", cause))?;
        if let Some(open) = open {
            tracing::warn!("{open}");
        }
        let lock_file = dir.join("migrate.lock");
        let lock =
            private::open_file(&lock_file).map_err(|cause| StoreError::new("open migrate.lock", cause))?;
        let locked = private::lock(&lock, &lock_file, LOCK_MAX).await;
        locked.map_err(|cause| StoreError::new("wait for migrate.lock", cause))?;
        let known = Mark::of(dir);
        if is_new(dir) && known.is_none() && dir.join("serve.lock").exists() {
            tracing::warn!(dir = %dir.display(), "the store is new, though a server has used this directory before");
        }
        let was_new = is_new(dir);
        let file = dir.join(DATABASE_FILE);
        make_private(&file).map_err(|cause| StoreError::new("open the database file", cause))?;
        let pool = SqlitePoolOptions::new()
            .max_connections(POOL_CONNECTIONS)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(options(&file))
            .await
            .map_err(|cause| StoreError::new(OPEN, cause))?;
        MIGRATIONS.run(&pool).await.map_err(|cause| migrations::failed(&MIGRATIONS, cause))?;
        let found = confirmed(&mut *pool.acquire().await.map_err(failed(OPEN))?).await?;
        let loss = known.as_ref().and_then(|known| match was_new {
            true => Some(known.all_missing(dir)),
            false => known.missing_in(&found, dir),
        });
        if loss.is_none() {
            // Whatever it says is below what the store has, so nothing is forgotten.
            drop(Marker::overwrite(dir, found));
        }
        Ok(Self { file, pool, loss })
    }

    /// What was confirmed by somebody else than the journal's writer. Whether it can be written down changes nothing.
    async fn mark(&self) {
        let Ok(mut connection) = self.pool.acquire().await else { return };
        if let (Ok(found), Some(dir)) = (confirmed(&mut connection).await, self.file.parent()) {
            drop(Marker::open(dir, found));
        }
    }

    async fn connect(file: &Path) -> Result<SqliteConnection, StoreError> {
        options(file).connect().await.map_err(|cause| StoreError::new("connect", cause))
    }
}

/// Whether there is no database yet, nor the log of one.
fn is_new(dir: &Path) -> bool {
    let is_empty = |name: &str| std::fs::metadata(dir.join(name)).map_or(true, |found| found.len() == 0);
    is_empty(DATABASE_FILE) && is_empty("fairhold.sqlite-wal")
}

/// The engine makes its files beside the database with the database's mode.
fn make_private(file: &Path) -> std::io::Result<()> {
    private::open_file(file)?;
    for beside in ["-wal", "-shm"] {
        let mut path = file.to_owned().into_os_string();
        path.push(beside);
        private::close_to_others(Path::new(&path))?;
    }
    Ok(())
}

/// How many records the store has confirmed, as its heads say.
async fn confirmed(on: &mut SqliteConnection) -> Result<Mark, StoreError> {
    let sql = "SELECT id, (SELECT COALESCE(sum(seq), 0) FROM heads) AS records FROM store";
    let row = sqlx::query(sql).fetch_one(on).await.map_err(failed(OPEN))?;
    let mark = || Ok(Mark { store: row.try_get("id")?, records: unsigned(&row, "records")? });
    mark().map_err(failed(OPEN))
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", "0")
        .statement_cache_capacity(64)
}

type Stored<T> = Result<T, StoreError>;

fn failed(what: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |cause| StoreError::new(what, cause)
}

/// SQLite has signed integers only; ours stay far below.
fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(row: &SqliteRow, column: &'static str) -> Result<u64, sqlx::Error> {
    let value: i64 = row.try_get(column)?;
    u64::try_from(value).map_err(|cause| decode(column, cause))
}

fn decode(column: &str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: cause.into() }
}

fn stored_record(row: &SqliteRow) -> Result<StoredRecord, sqlx::Error> {
    Ok(StoredRecord {
        seq: unsigned(row, "seq")?,
        epoch: unsigned(row, "epoch")?,
        at: Timestamp(row.try_get("at")?),
        link: chain::record_link(row)?,
        body: row.try_get("body")?,
    })
}

impl SqliteStore {
    async fn epoch_by(
        &self,
        what: &'static str,
        sql: &'static str,
        inventory: InventoryId,
    ) -> Stored<Option<u64>> {
        let query = sqlx::query_scalar(sql).bind(inventory.to_string());
        // All rows of one: an UPDATE that returns rows is committed after the last of them.
        let epoch: Option<i64> = query.fetch_all(&self.pool).await.map_err(failed(what))?.pop();
        let read = |epoch| u64::try_from(epoch).map_err(|cause| StoreError::new(what, cause));
        epoch.map(read).transpose()
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn appender(&self) -> Stored<Box<dyn Appender>> {
        Ok(Box::new(SqliteAppender::open(self.file.clone()).await?))
    }

    async fn take_over(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        let sql = "UPDATE owners SET epoch = epoch + 1 WHERE inventory = $1 RETURNING epoch";
        self.epoch_by("take over", sql, inventory).await
    }

    async fn epoch(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        let sql = "SELECT epoch FROM owners WHERE inventory = $1";
        self.epoch_by("read the epoch", sql, inventory).await
    }

    async fn records(&self, inventory: InventoryId, after: u64, limit: u32) -> Stored<Vec<StoredRecord>> {
        let sql = "SELECT seq, epoch, at, link, body FROM records WHERE inventory = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let query = sqlx::query(sql).bind(inventory.to_string()).bind(int(after)).bind(limit);
        let rows = query.fetch_all(&self.pool).await.map_err(failed("read records"))?;
        rows.iter().map(stored_record).collect::<Result<_, _>>().map_err(failed("read records"))
    }

    async fn record(&self, inventory: InventoryId, seq: u64) -> Stored<Option<StoredRecord>> {
        let sql = "SELECT seq, epoch, at, link, body FROM records WHERE inventory = $1 AND seq = $2";
        let query = sqlx::query(sql).bind(inventory.to_string()).bind(int(seq));
        let row = query.fetch_optional(&self.pool).await.map_err(failed("read a record"))?;
        row.as_ref().map(stored_record).transpose().map_err(failed("read a record"))
    }

    async fn head(&self, inventory: InventoryId) -> Stored<Option<JournalHead>> {
        chain::head(&self.pool, inventory).await.map_err(failed("read a head"))
    }

    async fn link_anew(&self, inventory: InventoryId, links: &[(u64, ChainLink)]) -> Stored<()> {
        chain::link_anew(&self.pool, inventory, links).await.map_err(failed("link a journal anew"))
    }

    async fn snapshot(&self, inventory: InventoryId, below: Option<u64>) -> Stored<Option<StoredSnapshot>> {
        snapshots::newest(&self.pool, inventory, below).await.map_err(failed("read a snapshot"))
    }

    async fn keep_snapshot(&self, snapshot: &StoredSnapshot) -> Stored<bool> {
        snapshots::keep(&self.pool, snapshot).await.map_err(failed("keep a snapshot"))
    }

    async fn snapshot_seq(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        snapshots::newest_seq(&self.pool, inventory).await.map_err(failed("read a snapshot"))
    }

    async fn plan(&self, inventory: InventoryId, version: u32) -> Stored<Option<StoredPlan>> {
        plans::read(&self.pool, inventory, version).await.map_err(failed("read a plan"))
    }

    async fn add_plan(&self, inventory: InventoryId, plan: &StoredPlan) -> Stored<Option<u32>> {
        plans::add(&self.pool, inventory, plan).await.map_err(failed("keep a plan"))
    }

    async fn drop_plan(&self, inventory: InventoryId, version: u32) -> Stored<()> {
        plans::drop(&self.pool, inventory, version).await.map_err(failed("drop a plan"))
    }

    async fn show_plan(&self, inventory: InventoryId, version: u32, units: u32) -> Stored<()> {
        plans::show(&self.pool, inventory, version, units).await.map_err(failed("show a plan"))
    }

    async fn show(&self, inventory: InventoryId, shown: &CatalogueFacts) -> Stored<()> {
        catalogue::show(&self.pool, inventory, shown).await.map_err(failed("show an inventory"))
    }

    async fn active_since(&self, since: Timestamp) -> Stored<Vec<InventoryId>> {
        let sql = "SELECT id FROM inventories WHERE \
                   (SELECT at FROM records WHERE inventory = id ORDER BY seq DESC LIMIT 1) > $1";
        let ids: Vec<String> = sqlx::query_scalar(sql)
            .bind(since.0)
            .fetch_all(&self.pool)
            .await
            .map_err(failed("list inventories"))?;
        ids.iter().map(|id| id.parse().map_err(|cause| StoreError::new("read an id", cause))).collect()
    }

    async fn create(&self, new: &NewInventory) -> Stored<Creation> {
        let created = catalogue::create(&self.pool, new).await.map_err(failed("create an inventory"))?;
        if created == Creation::Created {
            self.mark().await;
        }
        Ok(created)
    }

    async fn inventory(&self, inventory: InventoryId) -> Stored<Option<InventoryRow>> {
        catalogue::inventory(&self.pool, inventory).await.map_err(failed("read an inventory"))
    }

    async fn inventories_like(
        &self,
        filter: &Filter,
        after: Option<InventoryId>,
        limit: u32,
    ) -> Stored<Vec<InventoryRow>> {
        let rows = catalogue::inventories(&self.pool, filter, after, limit).await;
        rows.map_err(failed("list inventories"))
    }

    async fn create_key(&self, key: &NewKey) -> Stored<()> {
        catalogue::create_key(&self.pool, key).await.map_err(failed("create a key"))
    }

    async fn find_key(&self, hash: [u8; 32]) -> Stored<Option<SecretKey>> {
        catalogue::find_key(&self.pool, hash).await.map_err(failed("find a key"))
    }

    async fn list_keys(&self) -> Stored<Vec<SecretKey>> {
        catalogue::list_keys(&self.pool).await.map_err(failed("list keys"))
    }

    async fn revoke_key(&self, key: KeyId, at: Timestamp) -> Stored<bool> {
        let sql = "UPDATE secret_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        let query = sqlx::query(sql).bind(key.to_string()).bind(at.0);
        let done = query.execute(&self.pool).await.map_err(failed("revoke a key"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn secret(&self, name: &str, fresh: &[u8]) -> Stored<Vec<u8>> {
        let sql = "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        sqlx::query(sql).bind(name).bind(fresh).execute(&self.pool).await.map_err(failed("keep a secret"))?;
        sqlx::query_scalar("SELECT value FROM secrets WHERE name = $1")
            .bind(name)
            .fetch_one(&self.pool)
            .await
            .map_err(failed("read a secret"))
    }

    async fn ping(&self) -> Stored<()> {
        sqlx::query(migrations::LOOK).fetch_one(&self.pool).await.map_err(failed("ping"))?;
        Ok(())
    }

    async fn probe(&self) -> Stored<()> {
        let sql = "UPDATE store SET probed_at = probed_at + 1";
        sqlx::query(sql).execute(&self.pool).await.map_err(failed("try to write"))?;
        Ok(())
    }

    async fn oddities(&self) -> Stored<Vec<Oddity>> {
        oddities::find(&self.pool).await.map_err(failed("look for oddities"))
    }

    fn loss(&self) -> Option<String> {
        self.loss.clone()
    }

    async fn forget_loss(&self) -> Stored<()> {
        let found = confirmed(&mut *self.pool.acquire().await.map_err(failed(OPEN))?).await?;
        let written = Marker::overwrite(self.file.parent().unwrap_or(Path::new(".")), found);
        written.map(drop).ok_or_else(|| StoreError::new("write the mark", "the log says why"))
    }

    /// Moves the write-ahead log into the database from time to time.
    fn upkeep(&self) -> BoxFuture<'static, ()> {
        Box::pin(checkpoint::run(self.file.clone()))
    }
}
