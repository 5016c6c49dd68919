//! Stored snapshots: the last two of each inventory.

use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use super::super::store::StoredSnapshot;
use super::{decode, int, unsigned};
use crate::domain::{InventoryId, Timestamp};

type Queried<T> = Result<T, sqlx::Error>;

const NEWEST: &str = "SELECT seq, epoch, at, figures, body FROM snapshots \
     WHERE inventory = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1";

const KEEP: &str = "INSERT OR REPLACE INTO snapshots (inventory, seq, epoch, at, figures, body) \
     SELECT inventory, $2, $3, $4, $5, $6 FROM owners WHERE inventory = $1 AND epoch = $3";

/// A broken snapshot is replaced by the one before it.
const DROP_OLDER: &str = "DELETE FROM snapshots WHERE inventory = $1 AND seq < \
     (SELECT seq FROM snapshots WHERE inventory = $1 ORDER BY seq DESC LIMIT 1 OFFSET 1)";

pub(super) async fn newest(
    pool: &SqlitePool,
    inventory: InventoryId,
    below: Option<u64>,
) -> Queried<Option<StoredSnapshot>> {
    let query = sqlx::query(NEWEST).bind(inventory.to_string()).bind(int(below.unwrap_or(u64::MAX)));
    query.fetch_optional(pool).await?.as_ref().map(|row| stored(inventory, row)).transpose()
}

pub(super) async fn newest_seq(pool: &SqlitePool, inventory: InventoryId) -> Queried<Option<u64>> {
    let sql = "SELECT max(seq) FROM snapshots WHERE inventory = $1";
    let seq: Option<i64> = sqlx::query_scalar(sql).bind(inventory.to_string()).fetch_one(pool).await?;
    Ok(seq.and_then(|seq| u64::try_from(seq).ok()))
}

/// False: its epoch does not own the inventory.
pub(super) async fn keep(pool: &SqlitePool, snapshot: &StoredSnapshot) -> Queried<bool> {
    let inventory = snapshot.inventory.to_string();
    let figures =
        serde_json::to_string(&snapshot.figures).map_err(|cause| sqlx::Error::Encode(cause.into()))?;
    let kept = sqlx::query(KEEP)
        .bind(&inventory)
        .bind(int(snapshot.seq))
        .bind(int(snapshot.epoch))
        .bind(snapshot.at.0)
        .bind(figures)
        .bind(&snapshot.body[..])
        .execute(pool)
        .await?;
    sqlx::query(DROP_OLDER).bind(&inventory).execute(pool).await?;
    Ok(kept.rows_affected() == 1)
}

fn stored(inventory: InventoryId, row: &SqliteRow) -> Queried<StoredSnapshot> {
    let figures: &str = row.try_get("figures")?;
    Ok(StoredSnapshot {
        inventory,
        epoch: unsigned(row, "epoch")?,
        seq: unsigned(row, "seq")?,
        at: Timestamp(row.try_get("at")?),
        figures: serde_json::from_str(figures).map_err(|cause| decode("figures", cause))?,
        body: row.try_get::<Vec<u8>, _>("body")?.into(),
    })
}
