//! Keeps the write-ahead log bounded without a commit paying for it.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::sqlite::SqliteConnection;

use super::SqliteStore;

const EVERY: Duration = Duration::from_secs(1);
/// Below this size the log stays as it is.
const WAL_WORTH_IT: u64 = 4 * 1024 * 1024;
/// Beyond this size writers wait until the log starts over.
const WAL_MAX: u64 = 512 * 1024 * 1024;

/// Runs until it is dropped.
pub(super) async fn run(file: PathBuf) {
    let mut wal = file.clone().into_os_string();
    wal.push("-wal");
    let mut connection = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let size = std::fs::metadata(&wal).map_or(0, |wal| wal.len());
        if size < WAL_WORTH_IT {
            continue;
        }
        if let Err(cause) = checkpoint(&file, &mut connection, size).await {
            tracing::warn!(%cause, wal_bytes = size, "checkpoint failed");
            connection = None;
        }
    }
}

async fn checkpoint(
    file: &std::path::Path,
    connection: &mut Option<SqliteConnection>,
    size: u64,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    if connection.is_none() {
        *connection = Some(SqliteStore::connect(file).await?);
    }
    let Some(connection) = connection.as_mut() else { return Ok(()) };
    let sql =
        if size > WAL_MAX { "PRAGMA wal_checkpoint(RESTART)" } else { "PRAGMA wal_checkpoint(PASSIVE)" };
    sqlx::query(sql).execute(&mut *connection).await?;
    Ok(())
}
