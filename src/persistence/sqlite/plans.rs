//! Rows of plans: one for each version.

use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use super::super::store::StoredPlan;
use crate::domain::InventoryId;

type Queried<T> = Result<T, sqlx::Error>;

/// One statement, so that no two get the same version.
const ADD: &str = "INSERT INTO plans (inventory, version, document, numbering) \
     SELECT $1, max(version) + 1, $2, $3 FROM plans WHERE inventory = $1 HAVING count(*) > 0 RETURNING version";

pub(super) async fn read(
    pool: &SqlitePool,
    inventory: InventoryId,
    version: u32,
) -> Queried<Option<StoredPlan>> {
    let sql = "SELECT document, numbering FROM plans WHERE inventory = $1 AND version = $2";
    let plan = |row: SqliteRow| {
        Ok(StoredPlan { document: row.try_get("document")?, numbering: row.try_get("numbering")? })
    };
    let query = sqlx::query(sql).bind(inventory.to_string()).bind(version);
    query.fetch_optional(pool).await?.map(plan).transpose()
}

pub(super) async fn add(
    pool: &SqlitePool,
    inventory: InventoryId,
    plan: &StoredPlan,
) -> Queried<Option<u32>> {
    let StoredPlan { document, numbering } = plan;
    let query = sqlx::query_scalar(ADD).bind(inventory.to_string()).bind(document).bind(numbering);
    // All rows of one: it is committed after the last of them.
    Ok(query.fetch_all(pool).await?.pop())
}

/// Never one that the catalogue shows.
pub(super) async fn drop(pool: &SqlitePool, inventory: InventoryId, version: u32) -> Queried<()> {
    let sql = "DELETE FROM plans WHERE inventory = $1 AND version = $2 \
               AND version > (SELECT plan_version FROM inventories WHERE id = $1)";
    sqlx::query(sql).bind(inventory.to_string()).bind(version).execute(pool).await?;
    Ok(())
}

pub(super) async fn show(pool: &SqlitePool, inventory: InventoryId, version: u32, units: u32) -> Queried<()> {
    let sql = "UPDATE inventories SET plan_version = $2, units = $3 WHERE id = $1 AND plan_version < $2";
    sqlx::query(sql).bind(inventory.to_string()).bind(version).bind(units).execute(pool).await?;
    Ok(())
}
