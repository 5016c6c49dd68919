//! Inventories and keys: rows that no actor serves.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::calls::Calls;
use super::{decode, unsigned};
use crate::domain::{InventoryId, Timestamp};
use crate::persistence::store::{CREATIONS_KEPT_MS, CatalogueFacts, NewKey, Role, StoreError};
use crate::persistence::{Creation, Filter, InventoryRow, NewInventory, SecretKey};

/// All rows of a new inventory, unless its key was used before. A key that somebody uses at the same time is
/// waited for, so exactly one of the two writes.
const CREATE: &str = "WITH fresh AS (\
       INSERT INTO creations (key, fingerprint, inventory, at) SELECT $1::text, $2::text, $3::uuid, $4::bigint WHERE $1 IS NOT NULL \
       ON CONFLICT (key) DO NOTHING RETURNING inventory\
     ), id AS (\
       SELECT inventory FROM fresh UNION ALL SELECT $3::uuid WHERE $1 IS NULL\
     ), plan AS (\
       INSERT INTO plans (inventory, version, document) SELECT inventory, 1, $5::bytea FROM id\
     ), owner AS (\
       INSERT INTO owners (inventory, epoch) SELECT inventory, 0 FROM id\
     ), record AS (\
       INSERT INTO records (inventory, seq, epoch, at, body, link) \
       SELECT inventory, 1, 0, $4::bigint, $6::bytea, $15::bytea FROM id\
     ), head AS (\
       INSERT INTO heads (inventory, seq, link) SELECT inventory, 1, $15::bytea FROM id\
     ) \
     INSERT INTO inventories (id, name, created_at, plan_version, units, figures, starts_at, search, \
       listing, shown, shown_seq) \
     SELECT inventory, $7::text, $4::bigint, 1, $8::bigint, $9::text, $10::bigint, $11::text, \
       $12::text, $13::text, $14::bigint FROM id RETURNING id";

pub(super) async fn create(calls: &Calls, new: &NewInventory) -> Result<Creation, StoreError> {
    let what = "create an inventory";
    let figures = serde_json::to_string(&new.figures).map_err(|cause| StoreError::new(what, cause))?;
    let (key, fingerprint) = new.idempotency.unzip();
    if key.is_some() {
        let forget = sqlx::query("DELETE FROM creations WHERE at < $1").bind(new.at.0 - CREATIONS_KEPT_MS);
        calls.all(what, forget, |_| Ok(())).await?;
    }
    let query = sqlx::query(CREATE)
        .bind(key.map(hex))
        .bind(fingerprint.map(hex))
        .bind(new.id.uuid())
        .bind(new.at.0)
        .bind(new.plan.clone())
        .bind(new.first_record.to_vec())
        .bind(new.shown.name().map(str::to_owned))
        .bind(i64::from(new.units))
        .bind(figures)
        .bind(new.shown.starts_at())
        .bind(new.shown.search())
        .bind(new.shown.listing())
        .bind(new.shown.json())
        .bind(new.shown.seq.cast_signed())
        .bind(new.first_link().0.to_vec());
    if calls.optional(what, query, |_| Ok(())).await?.is_some() {
        return Ok(Creation::Created);
    }
    let query = sqlx::query("SELECT fingerprint, inventory FROM creations WHERE key = $1").bind(key.map(hex));
    let earlier = |row: &PgRow| Ok((row.try_get("fingerprint")?, row.try_get("inventory")?));
    let (known, inventory): (String, _) = calls.one(what, query, earlier).await?;
    let is_same = Some(known) == fingerprint.map(hex);
    Ok(if is_same { Creation::Replayed(InventoryId::new(inventory)) } else { Creation::Mismatch })
}

const LIST: &str = "SELECT i.id, i.name, i.created_at, i.starts_at, i.plan_version, i.units, i.shown, i.shown_seq, \
     COALESCE(s.figures, i.figures) AS figures, COALESCE(s.seq, 1) AS seq, COALESCE(s.at, i.created_at) AS as_of \
     FROM inventories i LEFT JOIN LATERAL \
       (SELECT figures, seq, at FROM snapshots WHERE inventory = i.id ORDER BY seq DESC LIMIT 1) s ON true \
     WHERE ($1::uuid IS NULL OR i.id > $1) AND ($2::uuid IS NULL OR i.id = $2) \
       AND ($4::text IS NULL OR strpos(COALESCE(i.search, lower(i.name)), $4) > 0) \
       AND ($5::bigint IS NULL OR i.starts_at >= $5) AND ($6::bigint IS NULL OR i.starts_at < $6) \
       AND ($7::boolean OR i.listing = 'public') \
     ORDER BY i.id LIMIT $3";

pub(super) async fn inventories(
    calls: &Calls,
    filter: &Filter,
    after: Option<InventoryId>,
    limit: u32,
) -> Result<Vec<InventoryRow>, StoreError> {
    let only: Option<uuid::Uuid> = None;
    let query = sqlx::query(LIST).bind(after.map(InventoryId::uuid)).bind(only).bind(i64::from(limit));
    let time = |at: Option<Timestamp>| at.map(|at| at.0);
    let query = query.bind(filter.search()).bind(time(filter.starts_from)).bind(time(filter.starts_until));
    let query = query.bind(!filter.public_only);
    calls.all("list inventories", query, inventory_row).await
}

pub(super) async fn inventory(
    calls: &Calls,
    inventory: InventoryId,
) -> Result<Option<InventoryRow>, StoreError> {
    let after: Option<uuid::Uuid> = None;
    let (text, time): (Option<String>, Option<i64>) = (None, None);
    let query = sqlx::query(LIST).bind(after).bind(inventory.uuid()).bind(1_i64);
    let query = query.bind(text).bind(time).bind(time).bind(true);
    calls.optional("read an inventory", query, inventory_row).await
}

const SHOW: &str = "UPDATE inventories SET shown = $3::text, shown_seq = $2::bigint, name = COALESCE($4::text, name), \
     search = COALESCE($5::text, search), listing = COALESCE($6::text, listing), \
     starts_at = CASE WHEN $4::text IS NULL THEN starts_at ELSE $7::bigint END \
     WHERE id = $1 AND COALESCE(shown_seq, 0) < $2";

pub(super) async fn show(
    calls: &Calls,
    inventory: InventoryId,
    shown: &CatalogueFacts,
) -> Result<(), StoreError> {
    let query = sqlx::query(SHOW).bind(inventory.uuid()).bind(shown.seq.cast_signed()).bind(shown.json());
    let query = query.bind(shown.name().map(str::to_owned)).bind(shown.search());
    let query = query.bind(shown.listing()).bind(shown.starts_at());
    calls.all("show an inventory", query, |_| Ok(())).await?;
    Ok(())
}

fn inventory_row(row: &PgRow) -> Result<InventoryRow, sqlx::Error> {
    let figures: &str = row.try_get("figures")?;
    let shown_seq = row.try_get::<Option<i64>, _>("shown_seq")?.unwrap_or_default().cast_unsigned();
    let shown =
        CatalogueFacts::read(row.try_get("shown")?, shown_seq).map_err(|cause| decode("shown", cause))?;
    Ok(InventoryRow {
        id: InventoryId::new(row.try_get("id")?),
        name: row.try_get("name")?,
        created_at: Timestamp(row.try_get("created_at")?),
        starts_at: row.try_get::<Option<i64>, _>("starts_at")?.map(Timestamp),
        plan_version: unsigned(row, "plan_version")?,
        units: unsigned(row, "units")?,
        figures: serde_json::from_str(figures).map_err(|cause| decode("figures", cause))?,
        seq: unsigned(row, "seq")?,
        as_of: Timestamp(row.try_get("as_of")?),
        shown,
    })
}

pub(super) async fn create_key(calls: &Calls, key: &NewKey) -> Result<(), StoreError> {
    let NewKey { id, role, name, hash, at } = key;
    let sql = "INSERT INTO secret_keys (hash, id, role, name, created_at) VALUES ($1, $2, $3, $4, $5)";
    let query = sqlx::query(sql)
        .bind(hash.to_vec())
        .bind(id.to_string())
        .bind(role.name())
        .bind(name.clone())
        .bind(at.0);
    calls.all("create a key", query, |_| Ok(())).await?;
    Ok(())
}

pub(super) async fn find_key(calls: &Calls, hash: [u8; 32]) -> Result<Option<SecretKey>, StoreError> {
    let sql = "SELECT id, role, name FROM secret_keys WHERE hash = $1 AND revoked_at IS NULL";
    calls.optional("find a key", sqlx::query(sql).bind(hash.to_vec()), secret_key).await
}

pub(super) async fn list_keys(calls: &Calls) -> Result<Vec<SecretKey>, StoreError> {
    let sql = "SELECT id, role, name FROM secret_keys WHERE revoked_at IS NULL ORDER BY id";
    calls.all("list keys", sqlx::query(sql), secret_key).await
}

fn secret_key(row: &PgRow) -> Result<SecretKey, sqlx::Error> {
    let role: &str = row.try_get("role")?;
    let role = Role::from_name(role).ok_or_else(|| decode("role", format!("unknown role {role:?}")))?;
    let id = row.try_get::<&str, _>("id")?.parse().map_err(|cause| decode("id", cause))?;
    Ok(SecretKey { id, role, name: row.try_get("name")? })
}

pub(super) fn hex(bits: u128) -> String {
    format!("{bits:032x}")
}
