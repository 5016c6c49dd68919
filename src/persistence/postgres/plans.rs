//! Rows of plans: one for each version.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::calls::Calls;
use super::unsigned;
use crate::domain::InventoryId;
use crate::persistence::store::{StoreError, StoredPlan};

/// One statement; of two at once that find the same version, one writes nothing and tries again.
const ADD: &str = "INSERT INTO plans (inventory, version, document, numbering) \
     SELECT $1::uuid, max(version) + 1, $2::bytea, $3::bytea FROM plans WHERE inventory = $1 HAVING count(*) > 0 \
     ON CONFLICT (inventory, version) DO NOTHING RETURNING version";
/// So many at once would have to be in each other's way.
const TRIES: u32 = 20;

pub(super) async fn read(
    calls: &Calls,
    inventory: InventoryId,
    version: u32,
) -> Result<Option<StoredPlan>, StoreError> {
    let sql = "SELECT document, numbering FROM plans WHERE inventory = $1 AND version = $2";
    let plan = |row: &PgRow| {
        Ok(StoredPlan { document: row.try_get("document")?, numbering: row.try_get("numbering")? })
    };
    let query = sqlx::query(sql).bind(inventory.uuid()).bind(i64::from(version));
    calls.optional("read a plan", query, plan).await
}

pub(super) async fn add(
    calls: &Calls,
    inventory: InventoryId,
    plan: &StoredPlan,
) -> Result<Option<u32>, StoreError> {
    let what = "keep a plan";
    for _ in 0..TRIES {
        let StoredPlan { document, numbering } = plan.clone();
        let query = sqlx::query(ADD).bind(inventory.uuid()).bind(document).bind(numbering);
        let added = calls.optional(what, query, |row| unsigned(row, "version")).await?;
        if added.is_some() {
            return Ok(added);
        }
        let known = sqlx::query("SELECT 1 FROM plans WHERE inventory = $1 LIMIT 1").bind(inventory.uuid());
        if calls.optional(what, known, |_| Ok(())).await?.is_none() {
            return Ok(None);
        }
    }
    Err(StoreError::new(what, "others keep plans of it at the same time"))
}

/// Never one that the catalogue shows.
pub(super) async fn drop(calls: &Calls, inventory: InventoryId, version: u32) -> Result<(), StoreError> {
    let sql = "DELETE FROM plans WHERE inventory = $1 AND version = $2 \
               AND version > (SELECT plan_version FROM inventories WHERE id = $1)";
    let query = sqlx::query(sql).bind(inventory.uuid()).bind(i64::from(version));
    calls.all("drop a plan", query, |_| Ok(())).await?;
    Ok(())
}

pub(super) async fn show(
    calls: &Calls,
    inventory: InventoryId,
    version: u32,
    units: u32,
) -> Result<(), StoreError> {
    let sql = "UPDATE inventories SET plan_version = $2, units = $3 WHERE id = $1 AND plan_version < $2";
    let query = sqlx::query(sql).bind(inventory.uuid()).bind(i64::from(version)).bind(i64::from(units));
    calls.all("show a plan", query, |_| Ok(())).await?;
    Ok(())
}
