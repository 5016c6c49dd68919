//! What the tables say against each other.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor};

use super::{connect, failed};
use crate::persistence::StoreError;
use crate::persistence::oddities::{oddity, questions};
use crate::persistence::store::Oddity;

const WHAT: &str = "look for oddities";

/// On a connection of its own: a large journal takes longer than a server's calls may.
pub(super) async fn find(options: &PgConnectOptions) -> Result<Vec<Oddity>, StoreError> {
    let mut connection = connect(options).await?;
    connection.execute("SET statement_timeout = 0").await.map_err(failed(WHAT))?;
    let mut found = Vec::new();
    for (rule, sql) in questions() {
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&mut connection).await;
        let rows: Vec<(String, String)> = rows.map_err(failed(WHAT))?;
        found.extend(rows.into_iter().map(|row| oddity(rule, row)));
    }
    connection.close().await.map_err(failed(WHAT))?;
    Ok(found)
}
