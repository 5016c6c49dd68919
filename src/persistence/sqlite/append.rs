//! The writer's connection: one statement and one commit for a whole batch.

use std::path::PathBuf;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteError};
use sqlx::{Connection, Row};

use super::mark::Marker;
use super::{SqliteStore, failed, int};
use crate::domain::InventoryId;
use crate::persistence::chain;
use crate::persistence::store::{Append, AppendError, Appender, Fenced, StoreError};

/// Rows of `[inventory, seq, epoch, at, body, link]`, then the last of each owner as `[inventory, epoch, seq, link]`;
/// those of a pair that does not own its inventory match nothing. Both in one call: each is a way to the engine's thread.
const APPEND: &str = "INSERT INTO records (inventory, seq, epoch, at, body, link) \
     SELECT o.inventory, row.value ->> 1, o.epoch, row.value ->> 3, CAST(row.value -> 4 AS BLOB), unhex(row.value ->> 5) \
     FROM json_each($1) row \
     JOIN owners o ON o.inventory = row.value ->> 0 AND o.epoch = row.value ->> 2; \
     INSERT INTO heads (inventory, seq, link) \
     SELECT o.inventory, head.value ->> 2, unhex(head.value ->> 3) \
     FROM json_each($2) head \
     JOIN owners o ON o.inventory = head.value ->> 0 AND o.epoch = head.value ->> 1 WHERE true \
     ON CONFLICT (inventory) DO UPDATE SET seq = excluded.seq, link = excluded.link";

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
    /// None before the first connection, and where none can be kept.
    marker: Option<Marker>,
    json: [Vec<u8>; 2],
}

impl SqliteAppender {
    pub async fn open(file: PathBuf) -> Result<Self, StoreError> {
        let mut this = Self { file, connection: None, marker: None, json: Default::default() };
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
            self.marker = match self.file.parent() {
                Some(dir) => Marker::open(dir, super::confirmed(&mut connection).await?),
                None => None,
            };
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
        let heads = chain::heads(rows);
        let mut json = std::mem::take(&mut self.json);
        encode(rows, &heads, &mut json);
        let connection = match self.connection().await {
            Ok(connection) => connection,
            Err(cause) => return Err(AppendError::NotSent(cause)),
        };
        let outcome = append(connection, rows, heads.len(), &json).await;
        self.json = json;
        match outcome {
            Ok(fenced) => {
                self.mark(rows, &fenced);
                Ok(fenced)
            }
            Err(error) => {
                let error = classify(error);
                if !matches!(error, AppendError::Refused(_)) {
                    // Many errors roll back by themselves, which the connection's own count of transactions does not
                    // know: it would refuse to begin the next.
                    self.connection = None;
                }
                Err(error)
            }
        }
    }
}

impl SqliteAppender {
    fn mark(&mut self, rows: &[Append], fenced: &[Fenced]) {
        let written = rows.iter().filter(|row| !fenced.contains(&row.owner())).count();
        if let Some(marker) = &mut self.marker {
            marker.add(written as u64);
        }
    }
}

async fn append(
    connection: &mut SqliteConnection,
    rows: &[Append],
    heads: usize,
    [row_json, head_json]: &[Vec<u8>; 2],
) -> Result<Vec<Fenced>, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut fenced = Vec::new();
    if !rows.is_empty() {
        let text = |json| std::str::from_utf8(json).map_err(|cause| sqlx::Error::Encode(cause.into()));
        let append = sqlx::query(APPEND).bind(text(row_json)?).bind(text(head_json)?);
        let done = append.execute(&mut *transaction).await?;
        if done.rows_affected() < (rows.len() + heads) as u64 {
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
fn encode(rows: &[Append], heads: &[&Append], [row_json, head_json]: &mut [Vec<u8>; 2]) {
    use std::io::Write;
    row_json.clear();
    for (index, row) in rows.iter().enumerate() {
        let comma = if index == 0 { '[' } else { ',' };
        let (inventory, seq, epoch, at) = (row.inventory, row.seq, row.epoch, row.at.0);
        write!(row_json, "{comma}[\"{inventory}\",{seq},{epoch},{at},")
            .expect("a vector takes all that is written");
        row_json.extend_from_slice(&row.body);
        write!(row_json, ",\"{:032x}\"]", u128::from_be_bytes(row.link.0))
            .expect("a vector takes all that is written");
    }
    row_json.push(b']');
    head_json.clear();
    for (index, row) in heads.iter().enumerate() {
        let comma = if index == 0 { '[' } else { ',' };
        let (inventory, seq, epoch, link) =
            (row.inventory, row.seq, row.epoch, u128::from_be_bytes(row.link.0));
        write!(head_json, "{comma}[\"{inventory}\",{epoch},{seq},\"{link:032x}\"]")
            .expect("a vector takes all that is written");
    }
    head_json.push(b']');
}

const SQLITE_PERM: i32 = 3;
const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_NOMEM: i32 = 7;
const SQLITE_READONLY: i32 = 8;
const SQLITE_INTERRUPT: i32 = 9;
const SQLITE_IOERR: i32 = 10;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_PROTOCOL: i32 = 15;

/// What passes by itself, or when somebody has seen to the machine; nothing of the batch was written.
const PASSING: [i32; 9] = [
    SQLITE_PERM,
    SQLITE_BUSY,
    SQLITE_LOCKED,
    SQLITE_NOMEM,
    SQLITE_READONLY,
    SQLITE_INTERRUPT,
    SQLITE_FULL,
    SQLITE_CANTOPEN,
    SQLITE_PROTOCOL,
];

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
        Some(code) if PASSING.contains(&code) => AppendError::Again(cause),
        Some(SQLITE_IOERR) | None => AppendError::Unknown(cause),
        Some(_) => AppendError::Refused(cause),
    }
}

/// The low byte of the extended result code.
fn primary_code(error: &SqliteError) -> i32 {
    use sqlx::error::DatabaseError;
    error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(SQLITE_IOERR) & 0xff
}
