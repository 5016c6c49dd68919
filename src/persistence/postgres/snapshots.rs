//! Stored snapshots: the last two of each inventory.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::calls::Calls;
use super::{decode, int, unsigned};
use crate::domain::{InventoryId, Timestamp};
use crate::persistence::{StoreError, StoredSnapshot};

const NEWEST: &str = "SELECT seq, epoch, at, figures, body FROM snapshots \
     WHERE inventory = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1";

const KEEP: &str = "WITH owned AS MATERIALIZED \
       (SELECT inventory FROM owners WHERE inventory = $1 AND epoch = $3 FOR SHARE) \
     INSERT INTO snapshots (inventory, seq, epoch, at, figures, body) \
     SELECT inventory, $2::bigint, $3::bigint, $4::bigint, $5::text, $6::bytea FROM owned \
     ON CONFLICT (inventory, seq) DO UPDATE SET epoch = excluded.epoch, at = excluded.at, \
       figures = excluded.figures, body = excluded.body \
     RETURNING seq";

/// A broken snapshot is replaced by the one before it.
const DROP_OLDER: &str = "DELETE FROM snapshots WHERE inventory = $1 AND seq < \
     (SELECT seq FROM snapshots WHERE inventory = $1 ORDER BY seq DESC LIMIT 1 OFFSET 1)";

pub(super) async fn newest(
    calls: &Calls,
    inventory: InventoryId,
    below: Option<u64>,
) -> Result<Option<StoredSnapshot>, StoreError> {
    let query = sqlx::query(NEWEST).bind(inventory.uuid()).bind(int(below.unwrap_or(u64::MAX)));
    calls.optional("read a snapshot", query, |row| stored(inventory, row)).await
}

pub(super) async fn newest_seq(calls: &Calls, inventory: InventoryId) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT seq FROM snapshots WHERE inventory = $1 ORDER BY seq DESC LIMIT 1";
    let query = sqlx::query(sql).bind(inventory.uuid());
    calls.optional("read a snapshot", query, |row| unsigned(row, "seq")).await
}

/// False: its epoch does not own the inventory.
pub(super) async fn keep(calls: &Calls, snapshot: &StoredSnapshot) -> Result<bool, StoreError> {
    let what = "keep a snapshot";
    let figures = serde_json::to_string(&snapshot.figures).map_err(|cause| StoreError::new(what, cause))?;
    let query = sqlx::query(KEEP)
        .bind(snapshot.inventory.uuid())
        .bind(int(snapshot.seq))
        .bind(int(snapshot.epoch))
        .bind(snapshot.at.0)
        .bind(figures)
        .bind(snapshot.body.to_vec());
    let kept = calls.optional(what, query, |_| Ok(())).await?;
    calls.all(what, sqlx::query(DROP_OLDER).bind(snapshot.inventory.uuid()), |_| Ok(())).await?;
    Ok(kept.is_some())
}

fn stored(inventory: InventoryId, row: &PgRow) -> Result<StoredSnapshot, sqlx::Error> {
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
