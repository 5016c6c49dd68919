//! The writer's connection: one statement and one commit for a whole batch.

use std::path::PathBuf;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteError};
use sqlx::{Connection, Row};

use super::super::store::{Append, AppendError, Appender, Fenced, StoreError};
use super::{SqliteStore, failed, int};
use crate::domain::InventoryId;

/// Rows of `[inventory, seq, epoch, at, body]`; those of a pair that does not own its inventory match nothing.
const APPEND: &str = "INSERT INTO records (inventory, seq, epoch, at, body) \
     SELECT o.inventory, row.value ->> 1, o.epoch, row.value ->> 3, CAST(row.value -> 4 AS BLOB) \
     FROM json_each($1) row \
     JOIN owners o ON o.inventory = row.value ->> 0 AND o.epoch = row.value ->> 2";

/// How the connection makes a commit durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durability {
    pub journal_mode: String,
    pub synchronous: i64,
}

impl Durability {
    /// `synchronous=FULL` is 2.
    fn is_enough(&self) -> bool {
        self.journal_mode == "wal" && self.synchronous >= 2
    }
}

pub struct SqliteAppender {
    file: PathBuf,
    /// None after an unknown outcome: such a connection is never used again.
    connection: Option<SqliteConnection>,
    json: Vec<u8>,
}

impl SqliteAppender {
    pub async fn open(file: PathBuf) -> Result<Self, StoreError> {
        let mut this = Self { file, connection: None, json: Vec::new() };
        this.connection().await?;
        Ok(this)
    }

    /// As read back from the connection that appends.
    pub async fn durability(&mut self) -> Result<Durability, StoreError> {
        let connection = self.connection().await?;
        durability(connection).await
    }

    async fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        if self.connection.is_none() {
            let mut connection = SqliteStore::connect(&self.file).await?;
            let durability = durability(&mut connection).await?;
            if !durability.is_enough() {
                let cause = format!("this file system gives {durability:?}, not WAL with synchronous=FULL");
                return Err(StoreError::new("make commits durable", cause));
            }
            self.connection = Some(connection);
        }
        self.connection.as_mut().ok_or_else(|| StoreError::new("connect", "no connection"))
    }
}

async fn durability(connection: &mut SqliteConnection) -> Result<Durability, StoreError> {
    let what = "read back the durability settings";
    let journal_mode = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await;
    let synchronous = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await;
    Ok(Durability {
        journal_mode: journal_mode.map_err(failed(what))?,
        synchronous: synchronous.map_err(failed(what))?,
    })
}

#[async_trait]
impl Appender for SqliteAppender {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        let mut json = std::mem::take(&mut self.json);
        encode(rows, &mut json);
        let connection = match self.connection().await {
            Ok(connection) => connection,
            Err(cause) => return Err(AppendError::NotSent(cause)),
        };
        let outcome = append(connection, rows, &json).await;
        self.json = json;
        outcome.map_err(|error| {
            let error = classify(error);
            if matches!(error, AppendError::Unknown(_)) {
                self.connection = None;
            }
            error
        })
    }
}

async fn append(
    connection: &mut SqliteConnection,
    rows: &[Append],
    json: &[u8],
) -> Result<Vec<Fenced>, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut fenced = Vec::new();
    if !rows.is_empty() {
        let json = std::str::from_utf8(json).map_err(|cause| sqlx::Error::Encode(cause.into()))?;
        let done = sqlx::query(APPEND).bind(json).execute(&mut *transaction).await?;
        if done.rows_affected() < rows.len() as u64 {
            fenced = find_fenced(&mut transaction, rows).await?;
        }
    }
    transaction.commit().await?;
    Ok(fenced)
}

/// The pairs of the batch that do not own their inventory; read in the transaction that skipped them.
async fn find_fenced(on: &mut SqliteConnection, rows: &[Append]) -> Result<Vec<Fenced>, sqlx::Error> {
    let mut pairs: Vec<(InventoryId, u64)> = rows.iter().map(|row| (row.inventory, row.epoch)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut fenced = Vec::new();
    for (inventory, epoch) in pairs {
        let sql = "SELECT epoch FROM owners WHERE inventory = $1";
        let owner = sqlx::query(sql).bind(inventory.to_string()).fetch_optional(&mut *on).await?;
        let owner: Option<i64> = owner.map(|row| row.try_get("epoch")).transpose()?;
        if owner != Some(int(epoch)) {
            fenced.push(Fenced { inventory, epoch });
        }
    }
    Ok(fenced)
}

/// Bodies are JSON already, so they stand in the array as they are.
fn encode(rows: &[Append], json: &mut Vec<u8>) {
    use std::io::Write;
    json.clear();
    json.push(b'[');
    for (index, row) in rows.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let (inventory, seq, epoch, at) = (row.inventory, row.seq, row.epoch, row.at.0);
        write!(json, "{comma}[\"{inventory}\",{seq},{epoch},{at},")
            .expect("a vector takes all that is written");
        json.extend_from_slice(&row.body);
        json.push(b']');
    }
    json.push(b']');
}

const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_IOERR: i32 = 10;
const SQLITE_FULL: i32 = 13;

/// What is known of the batch after this error. A failed write or sync may have left a whole commit in the
/// log: only a take-over, which writes over it, can tell.
fn classify(error: sqlx::Error) -> AppendError {
    let code = match &error {
        sqlx::Error::Database(database) => database.try_downcast_ref::<SqliteError>().map(primary_code),
        sqlx::Error::Encode(_) => Some(0),
        _ => None,
    };
    let cause = StoreError::new("append", error);
    match code {
        Some(SQLITE_BUSY | SQLITE_LOCKED | SQLITE_FULL) => AppendError::Again(cause),
        Some(SQLITE_IOERR) | None => AppendError::Unknown(cause),
        Some(_) => AppendError::Refused(cause),
    }
}

/// The low byte of the extended result code.
fn primary_code(error: &SqliteError) -> i32 {
    use sqlx::error::DatabaseError;
    error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(SQLITE_IOERR) & 0xff
}
