//! Rows of groups. Each call is one statement, so none can be left half done.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::catalogue::{hex, id};
use super::{SqliteStore, failed};
use crate::domain::{GroupId, Timestamp};
use crate::persistence::StoreError;
use crate::persistence::groups::{
    Begun, GroupChange, GroupRow, GroupRows, KEYS_KEPT_MS, NewGroup, RawGroup, encode,
};

type Stored<T> = Result<T, StoreError>;

/// The key may be given up between two looks at it; no more often than this.
const LOOKS_MAX: usize = 8;
const COLUMNS: &str = "SELECT id, state, unfinished, created_at, body, fingerprint FROM groups";

#[async_trait]
impl GroupRows for SqliteStore {
    async fn begin_group(&self, new: &NewGroup) -> Stored<Begun> {
        const WHAT: &str = "begin a group";
        let (key, fingerprint) = (hex(new.key.0), hex(new.key.1));
        let sql = "INSERT INTO groups (id, key, fingerprint, state, unfinished, created_at, changed_at, body) \
                   VALUES ($1, $2, $3, 'holding', 1, $4, $4, $5) ON CONFLICT (key) DO NOTHING";
        for _ in 0..LOOKS_MAX {
            let insert = sqlx::query(sql).bind(new.id.to_string()).bind(&key).bind(&fingerprint);
            let insert = insert.bind(new.at.0).bind(encode(&new.group));
            if insert.execute(&self.pool).await.map_err(failed(WHAT))?.rows_affected() == 1 {
                return Ok(Begun::Fresh);
            }
            if let Some(known) = self.known_group(new.key).await? {
                return Ok(known);
            }
        }
        Err(StoreError::new(WHAT, "its key comes and goes"))
    }

    async fn known_group(&self, key: (u128, u128)) -> Stored<Option<Begun>> {
        const WHAT: &str = "look for a group";
        let select = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE key = $1"));
        let known = sqlx::query(select).bind(hex(key.0)).fetch_optional(&self.pool).await;
        let Some(row) = known.map_err(failed(WHAT))? else { return Ok(None) };
        let theirs: String = row.try_get("fingerprint").map_err(failed(WHAT))?;
        let is_same = theirs == hex(key.1);
        Ok(Some(if is_same { Begun::Known(Box::new(group_row(&row)?)) } else { Begun::Mismatch }))
    }

    async fn forget_groups(&self, now: Timestamp) -> Stored<()> {
        for sql in [
            "UPDATE groups SET key = NULL WHERE key IS NOT NULL AND created_at < $1",
            "DELETE FROM groups WHERE state = 'aborted' AND created_at < $1",
        ] {
            let query = sqlx::query(sql).bind(now.0 - KEYS_KEPT_MS).execute(&self.pool);
            query.await.map_err(failed("forget groups"))?;
        }
        Ok(())
    }

    async fn change_group(&self, change: &GroupChange) -> Stored<bool> {
        const WHAT: &str = "change a group";
        let sql = "UPDATE groups SET state = $3, unfinished = $4, changed_at = $5, body = COALESCE($6, body) \
                   WHERE id = $1 AND state = $2";
        if change.forgets_all() {
            let gone = sqlx::query("DELETE FROM groups WHERE id = $1 AND state = $2");
            let gone = gone.bind(change.id.to_string()).bind(change.from.name());
            let done = gone.execute(&self.pool).await.map_err(failed(WHAT))?;
            return Ok(done.rows_affected() == 1);
        }
        let query = sqlx::query(sql)
            .bind(change.id.to_string())
            .bind(change.from.name())
            .bind(change.to.name())
            .bind(change.unfinished)
            .bind(change.at.0)
            .bind(change.body());
        let done = query.execute(&self.pool).await.map_err(failed(WHAT))?;
        Ok(done.rows_affected() == 1)
    }

    async fn group(&self, group: GroupId) -> Stored<Option<GroupRow>> {
        let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id = $1"));
        let row = sqlx::query(sql).bind(group.to_string()).fetch_optional(&self.pool).await;
        row.map_err(failed("read a group"))?.as_ref().map(group_row).transpose()
    }

    async fn unfinished_groups(&self, before: Timestamp, limit: u32) -> Stored<Vec<GroupRow>> {
        let sql = format!("{COLUMNS} WHERE unfinished AND changed_at < $1 ORDER BY changed_at LIMIT $2");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(before.0).bind(limit);
        query.fetch_all(&self.pool).await.map_err(failed("list groups"))?.iter().map(group_row).collect()
    }

    async fn groups(&self, after: Option<GroupId>, limit: u32) -> Stored<Vec<GroupRow>> {
        let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE id > $1 ORDER BY id LIMIT $2"));
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let query = sqlx::query(sql).bind(after).bind(limit);
        query.fetch_all(&self.pool).await.map_err(failed("list groups"))?.iter().map(group_row).collect()
    }
}

fn group_row(row: &SqliteRow) -> Stored<GroupRow> {
    let raw = || {
        Ok(RawGroup {
            id: id(row, "id")?,
            state: row.try_get("state")?,
            unfinished: row.try_get("unfinished")?,
            created_at: row.try_get("created_at")?,
            body: row.try_get("body")?,
        })
    };
    raw().map_err(failed("read a group"))?.read()
}
