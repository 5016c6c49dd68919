//! Inventories and keys: rows that no actor serves.

use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Connection, Row};

use super::super::store::{
    CREATIONS_KEPT_MS, CatalogueFacts, Creation, Filter, InventoryRow, NewInventory, NewKey, Role, SecretKey,
};
use super::{decode, unsigned};
use crate::domain::{InventoryId, Timestamp};

type Queried<T> = Result<T, sqlx::Error>;

/// All rows of a new inventory in one transaction, or the inventory that the same call created before.
pub(super) async fn create(pool: &SqlitePool, new: &NewInventory) -> Queried<Creation> {
    // A task of its own: a caller that goes away must not leave a transaction open in the pool.
    let (pool, new) = (pool.clone(), new.clone());
    let task = tokio::spawn(async move {
        let mut connection = pool.acquire().await?;
        let created = create_on(&mut connection, &new).await;
        if created.is_err() {
            // A full disk rolls back by itself, and the connection does not know: nothing could begin on it again.
            drop(connection.detach());
        }
        created
    });
    task.await.map_err(|panic| sqlx::Error::Io(std::io::Error::other(panic)))?
}

async fn create_on(connection: &mut sqlx::SqliteConnection, new: &NewInventory) -> Queried<Creation> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    if let Some(earlier) = earlier_creation(&mut transaction, new).await? {
        return Ok(earlier);
    }
    insert(&mut transaction, new).await?;
    transaction.commit().await?;
    Ok(Creation::Created)
}

async fn earlier_creation(on: &mut sqlx::SqliteConnection, new: &NewInventory) -> Queried<Option<Creation>> {
    let Some((key, fingerprint)) = new.idempotency else { return Ok(None) };
    sqlx::query("DELETE FROM creations WHERE at < $1")
        .bind(new.at.0 - CREATIONS_KEPT_MS)
        .execute(&mut *on)
        .await?;
    let sql = "SELECT fingerprint, inventory FROM creations WHERE key = $1";
    let Some(row) = sqlx::query(sql).bind(hex(key)).fetch_optional(&mut *on).await? else { return Ok(None) };
    if row.try_get::<&str, _>("fingerprint")? != hex(fingerprint) {
        return Ok(Some(Creation::Mismatch));
    }
    Ok(Some(Creation::Replayed(id(&row, "inventory")?)))
}

async fn insert(on: &mut sqlx::SqliteConnection, new: &NewInventory) -> Queried<()> {
    let inventory = new.id.to_string();
    let figures = serde_json::to_string(&new.figures).map_err(|cause| sqlx::Error::Encode(cause.into()))?;
    let sql = "INSERT INTO inventories (id, name, created_at, plan_version, units, figures, starts_at, search, \
         listing, shown, shown_seq) VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10)";
    sqlx::query(sql)
        .bind(&inventory)
        .bind(new.shown.name())
        .bind(new.at.0)
        .bind(new.units)
        .bind(figures)
        .bind(new.shown.starts_at())
        .bind(new.shown.search())
        .bind(new.shown.listing())
        .bind(new.shown.json())
        .bind(new.shown.seq.cast_signed())
        .execute(&mut *on)
        .await?;
    let sql = "INSERT INTO plans (inventory, version, document) VALUES ($1, 1, $2)";
    sqlx::query(sql).bind(&inventory).bind(&new.plan).execute(&mut *on).await?;
    let sql = "INSERT INTO owners (inventory, epoch) VALUES ($1, 0)";
    sqlx::query(sql).bind(&inventory).execute(&mut *on).await?;
    let sql = "INSERT INTO records (inventory, seq, epoch, at, body, link) VALUES ($1, 1, 0, $2, $3, $4)";
    let query = sqlx::query(sql).bind(&inventory).bind(new.at.0).bind(&new.first_record[..]);
    query.bind(&new.first_link().0[..]).execute(&mut *on).await?;
    let sql = "INSERT INTO heads (inventory, seq, link) VALUES ($1, 1, $2)";
    sqlx::query(sql).bind(&inventory).bind(&new.first_link().0[..]).execute(&mut *on).await?;
    if let Some((key, fingerprint)) = new.idempotency {
        let sql = "INSERT INTO creations (key, fingerprint, inventory, at) VALUES ($1, $2, $3, $4)";
        let query = sqlx::query(sql).bind(hex(key)).bind(hex(fingerprint)).bind(&inventory).bind(new.at.0);
        query.execute(&mut *on).await?;
    }
    Ok(())
}

const LIST: &str = "SELECT i.id, i.name, i.created_at, i.starts_at, i.plan_version, i.units, i.shown, i.shown_seq, \
     COALESCE(s.figures, i.figures) AS figures, COALESCE(s.seq, 1) AS seq, COALESCE(s.at, i.created_at) AS as_of \
     FROM inventories i LEFT JOIN snapshots s ON s.inventory = i.id AND s.seq = \
       (SELECT max(seq) FROM snapshots WHERE inventory = i.id) \
     WHERE i.id >= $1 AND i.id <= $2 AND i.id <> $3 \
       AND ($5 IS NULL OR instr(COALESCE(i.search, lower(i.name)), $5) > 0) \
       AND ($6 IS NULL OR i.starts_at >= $6) AND ($7 IS NULL OR i.starts_at < $7) \
       AND ($8 OR i.listing = 'public') \
     ORDER BY i.id LIMIT $4";
/// Sorts behind every id.
const LAST: &str = "inv_~";

pub(super) async fn inventories(
    pool: &SqlitePool,
    filter: &Filter,
    after: Option<InventoryId>,
    limit: u32,
) -> Queried<Vec<InventoryRow>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let query = sqlx::query(LIST).bind(&after).bind(LAST).bind(&after).bind(limit);
    let time = |at: Option<Timestamp>| at.map(|at| at.0);
    let query = query.bind(filter.search()).bind(time(filter.starts_from)).bind(time(filter.starts_until));
    let query = query.bind(!filter.public_only);
    query.fetch_all(pool).await?.iter().map(inventory_row).collect()
}

pub(super) async fn inventory(pool: &SqlitePool, inventory: InventoryId) -> Queried<Option<InventoryRow>> {
    let id = inventory.to_string();
    let (text, time): (Option<String>, Option<i64>) = (None, None);
    let query =
        sqlx::query(LIST).bind(&id).bind(&id).bind("").bind(1).bind(text).bind(time).bind(time).bind(true);
    query.fetch_optional(pool).await?.as_ref().map(inventory_row).transpose()
}

const SHOW: &str = "UPDATE inventories SET shown = $3, shown_seq = $2, name = COALESCE($4, name), \
     search = COALESCE($5, search), listing = COALESCE($6, listing), \
     starts_at = CASE WHEN $4 IS NULL THEN starts_at ELSE $7 END \
     WHERE id = $1 AND COALESCE(shown_seq, 0) < $2";

pub(super) async fn show(pool: &SqlitePool, inventory: InventoryId, shown: &CatalogueFacts) -> Queried<()> {
    let query =
        sqlx::query(SHOW).bind(inventory.to_string()).bind(shown.seq.cast_signed()).bind(shown.json());
    let query = query.bind(shown.name()).bind(shown.search()).bind(shown.listing()).bind(shown.starts_at());
    query.execute(pool).await?;
    Ok(())
}

fn inventory_row(row: &SqliteRow) -> Queried<InventoryRow> {
    let figures: &str = row.try_get("figures")?;
    let shown_seq = row.try_get::<Option<i64>, _>("shown_seq")?.unwrap_or_default().cast_unsigned();
    let shown =
        CatalogueFacts::read(row.try_get("shown")?, shown_seq).map_err(|cause| decode("shown", cause))?;
    Ok(InventoryRow {
        id: id(row, "id")?,
        name: row.try_get("name")?,
        created_at: Timestamp(row.try_get("created_at")?),
        starts_at: row.try_get::<Option<i64>, _>("starts_at")?.map(Timestamp),
        plan_version: row.try_get("plan_version")?,
        units: row.try_get("units")?,
        figures: serde_json::from_str(figures).map_err(|cause| decode("figures", cause))?,
        seq: unsigned(row, "seq")?,
        as_of: Timestamp(row.try_get("as_of")?),
        shown,
    })
}

pub(super) async fn create_key(pool: &SqlitePool, key: &super::NewKey) -> Queried<()> {
    let NewKey { id, role, name, hash, at } = key;
    let sql = "INSERT INTO secret_keys (hash, id, role, name, created_at) VALUES ($1, $2, $3, $4, $5)";
    let query = sqlx::query(sql).bind(&hash[..]).bind(id.to_string()).bind(role.name()).bind(name).bind(at.0);
    query.execute(pool).await?;
    Ok(())
}

pub(super) async fn find_key(pool: &SqlitePool, hash: [u8; 32]) -> Queried<Option<SecretKey>> {
    let sql = "SELECT id, role, name FROM secret_keys WHERE hash = $1 AND revoked_at IS NULL";
    let row = sqlx::query(sql).bind(&hash[..]).fetch_optional(pool).await?;
    row.as_ref().map(secret_key).transpose()
}

pub(super) async fn list_keys(pool: &SqlitePool) -> Queried<Vec<SecretKey>> {
    let sql = "SELECT id, role, name FROM secret_keys WHERE revoked_at IS NULL ORDER BY id";
    sqlx::query(sql).fetch_all(pool).await?.iter().map(secret_key).collect()
}

fn secret_key(row: &SqliteRow) -> Queried<SecretKey> {
    let role: &str = row.try_get("role")?;
    let role = Role::from_name(role).ok_or_else(|| decode("role", format!("unknown role {role:?}")))?;
    Ok(SecretKey { id: id(row, "id")?, role, name: row.try_get("name")? })
}

pub(super) fn id<T: std::str::FromStr<Err = crate::domain::ids::BadId>>(
    row: &SqliteRow,
    column: &'static str,
) -> Queried<T> {
    row.try_get::<&str, _>(column)?.parse().map_err(|cause| decode(column, cause))
}

pub(super) fn hex(bits: u128) -> String {
    format!("{bits:032x}")
}
