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
        const INSERT: &str = "INSERT INTO groups (id, key, fingerprint, state, unfinished, created_at, changed_at, body) \
             VALUES ($1, $2, $3, 'holding', true, $4, $4, $5) ON CONFLICT (key) DO NOTHING RETURNING id";
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
            if let Some(known) = self.known_group(new.key).await? {
                return Ok(known);
            }
        }
        Err(StoreError::new(WHAT, "its key comes and goes"))
    }

    async fn known_group(&self, key: (u128, u128)) -> Stored<Option<Begun>> {
        let theirs = |row: &PgRow| Ok((row.try_get::<String, _>("fingerprint")?, raw(row)?));
        let query = select(Some(hex(key.0)), None, None, 1);
        let known = self.calls.optional("look for a group", query, theirs).await?;
        let Some((theirs, row)) = known else { return Ok(None) };
        let is_same = theirs == hex(key.1);
        Ok(Some(if is_same { Begun::Known(Box::new(row.read()?)) } else { Begun::Mismatch }))
    }

    async fn forget_groups(&self, now: Timestamp) -> Stored<()> {
        const FORGET: &str = "WITH gone AS (DELETE FROM groups WHERE state = 'aborted' AND created_at < $1) \
             UPDATE groups SET key = NULL WHERE key IS NOT NULL AND created_at < $1";
        let forget = sqlx::query(FORGET).bind(now.0 - KEYS_KEPT_MS);
        self.calls.all("forget groups", forget, |_| Ok(())).await?;
        Ok(())
    }

    async fn change_group(&self, change: &GroupChange) -> Stored<bool> {
        const WHAT: &str = "change a group";
        let sql = "UPDATE groups SET state = $3, unfinished = $4, changed_at = $5, body = COALESCE($6, body) \
                   WHERE id = $1 AND state = $2 RETURNING id";
        if change.forgets_all() {
            let gone = sqlx::query("DELETE FROM groups WHERE id = $1 AND state = $2 RETURNING id");
            let gone = gone.bind(change.id.uuid()).bind(change.from.name());
            return Ok(self.calls.optional(WHAT, gone, |_| Ok(())).await?.is_some());
        }
        let query = sqlx::query(sql)
            .bind(change.id.uuid())
            .bind(change.from.name())
            .bind(change.to.name())
            .bind(change.unfinished)
            .bind(change.at.0)
            .bind(change.body());
        Ok(self.calls.optional(WHAT, query, |_| Ok(())).await?.is_some())
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
