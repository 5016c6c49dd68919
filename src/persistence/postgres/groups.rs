//! Rows of groups. Each call is one statement, so none can be left half done.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::PostgresStore;
use super::catalogue::hex;
use crate::domain::{GroupId, Timestamp};
use crate::persistence::StoreError;
use crate::persistence::groups::{
    Begun, GroupChange, GroupRow, GroupRows, KEYS_KEPT_MS, NewGroup, RawGroup, encode,
};

type Stored<T> = Result<T, StoreError>;

/// The key may be given up between two looks at it; no more often than this.
const LOOKS_MAX: usize = 8;

/// Those of a key, of an id, or all: what is null does not count.
const SELECT: &str = "SELECT id, state, unfinished, created_at, body, fingerprint FROM groups \
     WHERE ($1::text IS NULL OR key = $1) AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id > $3) \
     ORDER BY id LIMIT $4";

#[async_trait]
impl GroupRows for PostgresStore {
    async fn begin_group(&self, new: &NewGroup) -> Stored<Begun> {
        const WHAT: &str = "begin a group";
        const FORGET: &str = "WITH gone AS (DELETE FROM groups WHERE state = 'aborted' AND created_at < $1) \
             UPDATE groups SET key = NULL WHERE key IS NOT NULL AND created_at < $1";
        const INSERT: &str = "INSERT INTO groups (id, key, fingerprint, state, unfinished, created_at, changed_at, body) \
             VALUES ($1, $2, $3, 'holding', true, $4, $4, $5) ON CONFLICT (key) DO NOTHING RETURNING id";
        let forget = sqlx::query(FORGET).bind(new.at.0 - KEYS_KEPT_MS);
        self.calls.all(WHAT, forget, |_| Ok(())).await?;
        let (key, fingerprint) = (hex(new.key.0), hex(new.key.1));
        for _ in 0..LOOKS_MAX {
            let insert = sqlx::query(INSERT)
                .bind(new.id.uuid())
                .bind(key.clone())
                .bind(fingerprint.clone())
                .bind(new.at.0)
                .bind(encode(&new.group));
            if self.calls.optional(WHAT, insert, |_| Ok(())).await?.is_some() {
                return Ok(Begun::Fresh);
            }
            let theirs = |row: &PgRow| Ok((row.try_get::<String, _>("fingerprint")?, raw(row)?));
            let known = self.calls.optional(WHAT, select(Some(key.clone()), None, None, 1), theirs).await?;
            if let Some((theirs, row)) = known {
                let same = theirs == fingerprint;
                return Ok(if same { Begun::Known(Box::new(row.read()?)) } else { Begun::Mismatch });
            }
        }
        Err(StoreError::new(WHAT, "its key comes and goes"))
    }

    async fn change_group(&self, change: &GroupChange) -> Stored<bool> {
        let sql = "UPDATE groups SET state = $3, unfinished = $4, changed_at = $5, body = COALESCE($6, body), \
                   key = CASE WHEN $7 THEN NULL ELSE key END WHERE id = $1 AND state = $2 RETURNING id";
        let query = sqlx::query(sql)
            .bind(change.id.uuid())
            .bind(change.from.name())
            .bind(change.to.name())
            .bind(change.unfinished)
            .bind(change.at.0)
            .bind(change.body())
            .bind(change.forgets_key());
        Ok(self.calls.optional("change a group", query, |_| Ok(())).await?.is_some())
    }

    async fn group(&self, group: GroupId) -> Stored<Option<GroupRow>> {
        let row = self.calls.optional("read a group", select(None, Some(group), None, 1), raw).await?;
        row.map(RawGroup::read).transpose()
    }

    async fn unfinished_groups(&self, before: Timestamp, limit: u32) -> Stored<Vec<GroupRow>> {
        let sql = "SELECT id, state, unfinished, created_at, body FROM groups \
                   WHERE unfinished AND changed_at < $1 ORDER BY changed_at LIMIT $2";
        let query = sqlx::query(sql).bind(before.0).bind(i64::from(limit));
        self.calls.all("list groups", query, raw).await?.into_iter().map(RawGroup::read).collect()
    }

    async fn groups(&self, after: Option<GroupId>, limit: u32) -> Stored<Vec<GroupRow>> {
        let rows = self.calls.all("list groups", select(None, None, after, limit), raw).await?;
        rows.into_iter().map(RawGroup::read).collect()
    }
}

fn select(
    key: Option<String>,
    id: Option<GroupId>,
    after: Option<GroupId>,
    limit: u32,
) -> sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments> {
    let query = sqlx::query(SELECT).bind(key).bind(id.map(GroupId::uuid));
    query.bind(after.map(GroupId::uuid)).bind(i64::from(limit))
}

fn raw(row: &PgRow) -> Result<RawGroup, sqlx::Error> {
    Ok(RawGroup {
        id: GroupId::new(row.try_get("id")?),
        state: row.try_get("state")?,
        unfinished: row.try_get("unfinished")?,
        created_at: row.try_get("created_at")?,
        body: row.try_get("body")?,
    })
}
