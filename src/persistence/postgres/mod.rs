//! The production engine: Postgres.
//!
//! Each journal writer has a connection of its own; everything else goes through a small pool. Nothing here
//! waits for ever: the server bounds its statements, and a client-side timer bounds the wait for the server.

mod append;
mod calls;
mod catalogue;
mod chain;
mod groups;
mod oddities;
mod plans;
mod snapshots;

use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions, Connection, Row};

use self::calls::Calls;
use super::chain::{ChainLink, JournalHead};
use super::migrations;
use super::store::*;
use crate::domain::{InventoryId, KeyId, Timestamp};

pub use append::PostgresAppender;

const CONNECT: &str = "connect to Postgres";
/// The server gives up a statement, the wait for a lock, a silent transaction after this time.
const STATEMENT_MAX: Duration = Duration::from_secs(2);
/// A connection that takes longer is not made.
const CONNECT_MAX: Duration = Duration::from_secs(2);
/// Migrations of large tables take their time, and a second server waits for the first.
const MIGRATE_MAX: Duration = Duration::from_secs(600);

/// What takes longer than this is told.
const MIGRATE_SOON: Duration = Duration::from_secs(2);

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// A store in a Postgres database.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    options: PgConnectOptions,
    calls: Calls,
}

impl PostgresStore {
    /// Connects and migrates; `connections` is how many calls beside the journal run at once.
    pub async fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        let plain: PgConnectOptions = url.parse().map_err(failed("read the database URL"))?;
        let plain = plain.application_name("fairhold");
        migrate(&plain).await?;
        let limit = STATEMENT_MAX.as_millis().to_string();
        let limits = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]
            .map(|name| (name, limit.as_str()));
        let options = plain.options(limits);
        let calls = Calls::new(options.clone(), connections);
        Ok(Self { options, calls })
    }

    pub async fn postgres_appender(&self) -> Result<PostgresAppender, StoreError> {
        PostgresAppender::open(self.options.clone()).await
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    match tokio::time::timeout(CONNECT_MAX, options.connect()).await {
        Ok(connected) => connected.map_err(failed(CONNECT)),
        Err(elapsed) => Err(StoreError::new(CONNECT, elapsed)),
    }
}

async fn migrate(options: &PgConnectOptions) -> Result<(), StoreError> {
    let mut connection = connect(options).await?;
    let told = async {
        tokio::time::sleep(MIGRATE_SOON).await;
        tracing::warn!("migrations take long, or wait for another server's");
        std::future::pending::<std::convert::Infallible>().await
    };
    let run = tokio::time::timeout(MIGRATE_MAX, MIGRATIONS.run(&mut connection));
    let run = tokio::select! {
        run = run => run,
        never = told => match never {},
    };
    let run = run.map_err(|elapsed| StoreError::new(migrations::WHAT, elapsed))?;
    run.map_err(|cause| migrations::failed(&MIGRATIONS, cause))?;
    connection.close().await.map_err(failed(migrations::WHAT))
}

type Stored<T> = Result<T, StoreError>;

fn failed(what: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |cause| StoreError::new(what, cause)
}

/// Postgres has signed integers only; ours stay far below.
fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned<T: TryFrom<i64>>(row: &PgRow, column: &'static str) -> Result<T, sqlx::Error>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    let value: i64 = row.try_get(column)?;
    T::try_from(value).map_err(|cause| decode(column, cause))
}

fn decode(column: &str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: cause.into() }
}

fn stored_record(row: &PgRow) -> Result<StoredRecord, sqlx::Error> {
    Ok(StoredRecord {
        seq: unsigned(row, "seq")?,
        epoch: unsigned(row, "epoch")?,
        at: Timestamp(row.try_get("at")?),
        link: chain::record_link(row)?,
        body: row.try_get("body")?,
    })
}

#[async_trait]
impl Store for PostgresStore {
    async fn appender(&self) -> Stored<Box<dyn Appender>> {
        Ok(Box::new(self.postgres_appender().await?))
    }

    async fn take_over(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        let sql = "UPDATE owners SET epoch = epoch + 1 WHERE inventory = $1 RETURNING epoch";
        let query = sqlx::query(sql).bind(inventory.uuid());
        self.calls.optional("take over", query, |row| unsigned(row, "epoch")).await
    }

    async fn epoch(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        let query = sqlx::query("SELECT epoch FROM owners WHERE inventory = $1").bind(inventory.uuid());
        self.calls.optional("read the epoch", query, |row| unsigned(row, "epoch")).await
    }

    async fn clock(&self) -> Stored<Option<Timestamp>> {
        let query = sqlx::query("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms");
        let now = self.calls.one("read the clock", query, |row| row.try_get("ms").map(Timestamp)).await?;
        Ok(Some(now))
    }

    async fn records(&self, inventory: InventoryId, after: u64, limit: u32) -> Stored<Vec<StoredRecord>> {
        let sql = "SELECT seq, epoch, at, link, body FROM records WHERE inventory = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let query = sqlx::query(sql).bind(inventory.uuid()).bind(int(after)).bind(i64::from(limit));
        self.calls.all("read records", query, stored_record).await
    }

    async fn record(&self, inventory: InventoryId, seq: u64) -> Stored<Option<StoredRecord>> {
        let sql = "SELECT seq, epoch, at, link, body FROM records WHERE inventory = $1 AND seq = $2";
        let query = sqlx::query(sql).bind(inventory.uuid()).bind(int(seq));
        self.calls.optional("read a record", query, stored_record).await
    }

    async fn head(&self, inventory: InventoryId) -> Stored<Option<JournalHead>> {
        chain::head(&self.calls, inventory).await
    }

    async fn link_anew(&self, inventory: InventoryId, links: &[(u64, ChainLink)]) -> Stored<()> {
        chain::link_anew(&self.calls, inventory, links).await
    }

    async fn snapshot(&self, inventory: InventoryId, below: Option<u64>) -> Stored<Option<StoredSnapshot>> {
        snapshots::newest(&self.calls, inventory, below).await
    }

    async fn keep_snapshot(&self, snapshot: &StoredSnapshot) -> Stored<bool> {
        snapshots::keep(&self.calls, snapshot).await
    }

    async fn snapshot_seq(&self, inventory: InventoryId) -> Stored<Option<u64>> {
        snapshots::newest_seq(&self.calls, inventory).await
    }

    async fn plan(&self, inventory: InventoryId, version: u32) -> Stored<Option<StoredPlan>> {
        plans::read(&self.calls, inventory, version).await
    }

    async fn add_plan(&self, inventory: InventoryId, plan: &StoredPlan) -> Stored<Option<u32>> {
        plans::add(&self.calls, inventory, plan).await
    }

    async fn drop_plan(&self, inventory: InventoryId, version: u32) -> Stored<()> {
        plans::drop(&self.calls, inventory, version).await
    }

    async fn show_plan(&self, inventory: InventoryId, version: u32, units: u32) -> Stored<()> {
        plans::show(&self.calls, inventory, version, units).await
    }

    async fn show(&self, inventory: InventoryId, shown: &CatalogueFacts) -> Stored<()> {
        catalogue::show(&self.calls, inventory, shown).await
    }

    async fn active_since(&self, since: Timestamp) -> Stored<Vec<InventoryId>> {
        let sql = "SELECT id FROM inventories WHERE \
                   (SELECT at FROM records WHERE inventory = id ORDER BY seq DESC LIMIT 1) > $1";
        let id = |row: &PgRow| row.try_get("id").map(InventoryId::new);
        self.calls.all("list inventories", sqlx::query(sql).bind(since.0), id).await
    }

    async fn create(&self, new: &NewInventory) -> Stored<Creation> {
        catalogue::create(&self.calls, new).await
    }

    async fn inventory(&self, inventory: InventoryId) -> Stored<Option<InventoryRow>> {
        catalogue::inventory(&self.calls, inventory).await
    }

    async fn inventories_like(
        &self,
        filter: &Filter,
        after: Option<InventoryId>,
        limit: u32,
    ) -> Stored<Vec<InventoryRow>> {
        catalogue::inventories(&self.calls, filter, after, limit).await
    }

    async fn create_key(&self, key: &NewKey) -> Stored<()> {
        catalogue::create_key(&self.calls, key).await
    }

    async fn find_key(&self, hash: [u8; 32]) -> Stored<Option<SecretKey>> {
        catalogue::find_key(&self.calls, hash).await
    }

    async fn list_keys(&self) -> Stored<Vec<SecretKey>> {
        catalogue::list_keys(&self.calls).await
    }

    async fn revoke_key(&self, key: KeyId, at: Timestamp) -> Stored<bool> {
        let sql = "UPDATE secret_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id";
        let query = sqlx::query(sql).bind(key.to_string()).bind(at.0);
        Ok(self.calls.optional("revoke a key", query, |_| Ok(())).await?.is_some())
    }

    async fn secret(&self, name: &str, fresh: &[u8]) -> Stored<Vec<u8>> {
        let sql = "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        let keep = sqlx::query(sql).bind(name.to_owned()).bind(fresh.to_vec());
        self.calls.all("keep a secret", keep, |_| Ok(())).await?;
        let read = sqlx::query("SELECT value FROM secrets WHERE name = $1").bind(name.to_owned());
        self.calls.one("read a secret", read, |row| row.try_get("value")).await
    }

    async fn ping(&self) -> Stored<()> {
        self.calls.one("ping", sqlx::query(migrations::LOOK), |_| Ok(())).await
    }

    async fn probe(&self) -> Stored<()> {
        let sql = "UPDATE store SET probed_at = probed_at + 1";
        self.calls.all("try to write", sqlx::query(sql), |_| Ok(())).await?;
        Ok(())
    }

    async fn oddities(&self) -> Stored<Vec<Oddity>> {
        oddities::find(&self.options).await
    }
}
