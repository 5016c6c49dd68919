//! Calls beside the journal: one statement each, on a pooled connection, bounded in time, and safe to be
//! abandoned by whoever asked.

use std::time::Duration;

use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::query::Query;

use super::{CONNECT_MAX, STATEMENT_MAX, failed};
use crate::persistence::StoreError;

/// How long the answer may take to arrive after the server has had its time.
const TRANSFER_MAX: Duration = Duration::from_millis(500);

type Statement = Query<'static, Postgres, PgArguments>;

#[derive(Debug, Clone)]
pub(super) struct Calls {
    pool: PgPool,
}

impl Calls {
    pub(super) fn new(options: PgConnectOptions, connections: u32) -> Self {
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(1))
            .acquire_timeout(CONNECT_MAX)
            .connect_lazy_with(options);
        Self { pool }
    }

    pub(super) async fn all<T>(
        &self,
        what: &'static str,
        statement: Statement,
        read: impl Fn(&PgRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.run(what, statement).await?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(failed(what))
    }

    pub(super) async fn optional<T>(
        &self,
        what: &'static str,
        statement: Statement,
        read: impl Fn(&PgRow) -> Result<T, sqlx::Error>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(what, statement, read).await?.pop())
    }

    pub(super) async fn one<T>(
        &self,
        what: &'static str,
        statement: Statement,
        read: impl Fn(&PgRow) -> Result<T, sqlx::Error>,
    ) -> Result<T, StoreError> {
        let row = self.optional(what, statement, read).await?;
        row.ok_or_else(|| StoreError::new(what, sqlx::Error::RowNotFound))
    }

    /// In a task of its own: an asker that goes away must not leave half a conversation in the pool.
    async fn run(&self, what: &'static str, statement: Statement) -> Result<Vec<PgRow>, StoreError> {
        let pool = self.pool.clone();
        let task = tokio::spawn(async move {
            let mut connection = pool.acquire().await.map_err(failed(what))?;
            let answer = statement.fetch_all(&mut *connection);
            match tokio::time::timeout(STATEMENT_MAX + TRANSFER_MAX, answer).await {
                Ok(Ok(rows)) => Ok(rows),
                Ok(Err(cause)) => {
                    if !matches!(cause, sqlx::Error::Database(_)) {
                        cut(connection);
                    }
                    Err(StoreError::new(what, cause))
                }
                Err(elapsed) => {
                    cut(connection);
                    Err(StoreError::new(what, elapsed))
                }
            }
        });
        task.await.map_err(|panic| StoreError::new(what, panic))?
    }
}

/// Closes it without a word to the other side, which may not be there to hear it.
fn cut(connection: PoolConnection<Postgres>) {
    drop(connection.detach());
}
