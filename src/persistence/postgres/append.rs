//! A journal writer's connection: one fenced statement, hence one round trip and one commit, for a whole batch.

use std::time::Duration;

use async_trait::async_trait;
use rustc_hash::FxHashMap;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgSeverity};
use sqlx::{Executor, Row};
use uuid::Uuid;

use super::{CONNECT, connect, failed, int};
use crate::persistence::chain;
use crate::persistence::store::{Append, AppendError, Appender, Fenced, StoreError};

/// The wait for an answer. The server gives up long before; when it does not, its answer is not coming.
const ANSWER_MAX: Duration = Duration::from_secs(6);

const MAKE_DURABLE: &str = "make commits durable";

/// Locks the owners of the batch against a take-over until the commit, and writes the rows of those that
/// own their inventory. Rows name their owner by its place in the first two arrays, and so do the heads of their
/// journals by theirs. The answer says how many rows of each owner were written.
///
/// `FOR SHARE`, not less: a plain read or `FOR KEY SHARE` lets a stale owner write beside a take-over.
const APPEND: &str = "WITH owned AS MATERIALIZED (\
       SELECT asked.place, o.inventory, o.epoch \
       FROM UNNEST($1::uuid[], $2::bigint[]) WITH ORDINALITY AS asked (inventory, epoch, place) \
       JOIN owners o ON o.inventory = asked.inventory AND o.epoch = asked.epoch FOR SHARE OF o\
     ), written AS (\
       INSERT INTO records (inventory, seq, epoch, at, body, link) \
       SELECT o.inventory, r.seq, o.epoch, r.at, r.body, r.link \
       FROM UNNEST($3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[]) AS r (place, seq, at, body, link) \
       JOIN owned o ON o.place = r.place \
       RETURNING inventory, epoch\
     ), headed AS (\
       INSERT INTO heads (inventory, seq, link) SELECT o.inventory, h.seq, h.link \
       FROM UNNEST($8::bigint[], $9::bytea[]) WITH ORDINALITY AS h (seq, link, place) \
       JOIN owned o ON o.place = h.place \
       ON CONFLICT (inventory) DO UPDATE SET seq = excluded.seq, link = excluded.link\
     ) \
     SELECT inventory, epoch, count(*) AS rows FROM written GROUP BY inventory, epoch";

pub struct PostgresAppender {
    options: PgConnectOptions,
    /// None after an unknown outcome: such a connection is never used again.
    connection: Option<PgConnection>,
}

impl PostgresAppender {
    pub(super) async fn open(options: PgConnectOptions) -> Result<Self, StoreError> {
        let mut this = Self { options, connection: None };
        this.connection().await?;
        Ok(this)
    }

    /// As read back from the connection that appends.
    pub async fn synchronous_commit(&mut self) -> Result<String, StoreError> {
        setting(self.connection().await?, "SHOW synchronous_commit").await
    }

    async fn connection(&mut self) -> Result<&mut PgConnection, StoreError> {
        if self.connection.is_none() {
            let mut connection = connect(&self.options).await?;
            tokio::time::timeout(ANSWER_MAX, be_durable(&mut connection))
                .await
                .map_err(|elapsed| StoreError::new(CONNECT, elapsed))??;
            self.connection = Some(connection);
        }
        self.connection.as_mut().ok_or_else(|| StoreError::new(CONNECT, "no connection"))
    }
}

/// Makes the commits of this connection wait for the disk, whatever the database's default is.
async fn be_durable(connection: &mut PgConnection) -> Result<(), StoreError> {
    let what = "make commits durable";
    let setting = async |connection: &mut PgConnection, sql: &'static str| {
        sqlx::query_scalar::<_, String>(sql).fetch_one(connection).await.map_err(failed(what))
    };
    if setting(connection, "SHOW fsync").await? != "on" {
        return Err(StoreError::new(
            what,
            "this server runs with fsync = off, a crash loses what was confirmed",
        ));
    }
    // Stronger ones stay: `remote_apply`, and what waits for a synchronous standby.
    if matches!(setting(connection, "SHOW synchronous_commit").await?.as_str(), "off" | "local") {
        connection.execute("SET synchronous_commit = on").await.map_err(failed(MAKE_DURABLE))?;
    }
    Ok(())
}

async fn setting(connection: &mut PgConnection, show: &'static str) -> Result<String, StoreError> {
    sqlx::query_scalar(show).fetch_one(connection).await.map_err(failed(MAKE_DURABLE))
}

#[async_trait]
impl Appender for PostgresAppender {
    async fn append(&mut self, rows: &[Append]) -> Result<Vec<Fenced>, AppendError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let connection = self.connection().await.map_err(AppendError::NotSent)?;
        let outcome = match tokio::time::timeout(ANSWER_MAX, append(connection, rows)).await {
            Ok(outcome) => outcome.map_err(classify),
            Err(elapsed) => Err(AppendError::Unknown(StoreError::new("append", elapsed))),
        };
        let is_sound = matches!(outcome, Ok(_) | Err(AppendError::Refused(_)));
        if !is_sound {
            // Also after `Again`: a new connection may lead to another server, one that can write.
            self.connection = None;
        }
        outcome
    }
}

async fn append(connection: &mut PgConnection, rows: &[Append]) -> Result<Vec<Fenced>, sqlx::Error> {
    let batch = Batch::of(rows);
    let bodies: Vec<&[u8]> = rows.iter().map(|row| &row.body[..]).collect();
    let links: Vec<&[u8]> = rows.iter().map(|row| &row.link.0[..]).collect();
    // In the order of their owners' places: both are that of the first row of each.
    let heads = chain::heads(rows);
    let head_seqs: Vec<i64> = heads.iter().map(|head| int(head.seq)).collect();
    let head_links: Vec<&[u8]> = heads.iter().map(|head| &head.link.0[..]).collect();
    let written = sqlx::query(APPEND)
        .bind(&batch.inventories)
        .bind(&batch.epochs)
        .bind(&batch.places)
        .bind(&batch.seqs)
        .bind(&batch.times)
        .bind(&bodies)
        .bind(&links)
        .bind(&head_seqs)
        .bind(&head_links)
        .fetch_all(connection)
        .await?;
    let mut missing = batch.counts;
    for row in &written {
        let owner = (row.try_get::<Uuid, _>("inventory")?, row.try_get::<i64, _>("epoch")?);
        let count: i64 = row.try_get("rows")?;
        if missing.get(&owner) == Some(&count) {
            missing.remove(&owner);
        }
    }
    let fenced = |row: &Append| missing.remove(&(row.inventory.uuid(), int(row.epoch))).map(|_| row.owner());
    Ok(rows.iter().filter_map(fenced).collect())
}

/// The arrays of the statement.
#[derive(Default)]
struct Batch {
    inventories: Vec<Uuid>,
    epochs: Vec<i64>,
    places: Vec<i64>,
    seqs: Vec<i64>,
    times: Vec<i64>,
    /// How many rows each owner has.
    counts: FxHashMap<(Uuid, i64), i64>,
}

impl Batch {
    fn of(rows: &[Append]) -> Self {
        let mut this = Self::default();
        let mut places = FxHashMap::default();
        for row in rows {
            let owner = (row.inventory.uuid(), int(row.epoch));
            let place = *places.entry(owner).or_insert_with(|| {
                this.inventories.push(owner.0);
                this.epochs.push(owner.1);
                this.inventories.len() as i64
            });
            this.places.push(place);
            this.seqs.push(int(row.seq));
            this.times.push(row.at.0);
            *this.counts.entry(owner).or_default() += 1;
        }
        this
    }
}

/// What is known of the batch after this error. Severity ERROR means that the statement was rolled back;
/// a connection that ended, or an answer that makes no sense, means nothing at all.
fn classify(error: sqlx::Error) -> AppendError {
    let told = match &error {
        sqlx::Error::Database(database) => database
            .try_downcast_ref::<PgDatabaseError>()
            .filter(|error| error.severity() == PgSeverity::Error)
            .map(|error| helps_to_wait(error.code())),
        sqlx::Error::Encode(_) => Some(false),
        _ => None,
    };
    let cause = StoreError::new("append", error);
    match told {
        Some(true) => AppendError::Again(cause),
        Some(false) => AppendError::Refused(cause),
        None => AppendError::Unknown(cause),
    }
}

/// Conflicts, time-outs and a server that lacks something now: disk, memory, the right to write.
fn helps_to_wait(code: &str) -> bool {
    let conflict = ["40001", "40P01", "55P03", "57014", "25006"].contains(&code);
    // insufficient resources, operator intervention, system error
    conflict || ["53", "57", "58"].iter().any(|class| code.starts_with(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waiting_cures_is_told_from_what_it_does_not() {
        for code in ["40001", "40P01", "55P03", "57014", "53100", "53200", "58030", "25006"] {
            assert!(helps_to_wait(code), "{code}");
        }
        for code in ["23505", "22021", "42P01", "54000", "XX000"] {
            assert!(!helps_to_wait(code), "{code}");
        }
    }
}
