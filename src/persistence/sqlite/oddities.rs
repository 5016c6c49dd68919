//! What the tables say against each other, and what the engine says about its file.

use sqlx::sqlite::SqlitePool;

use crate::persistence::oddities::{oddity, questions};
use crate::persistence::store::Oddity;

/// Ids are text here, and one that cannot be read keeps a whole page of the list from being read.
const BAD_IDS: &str = "SELECT id, 'no id has this form' FROM inventories \
     WHERE length(id) <> 36 OR id NOT GLOB 'inv_*' OR substr(id, 5) GLOB '*[^0-9a-f]*'";
const INTEGRITY: &str =
    "SELECT 'store', integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'";

pub(super) async fn find(pool: &SqlitePool) -> Result<Vec<Oddity>, sqlx::Error> {
    let mut found = Vec::new();
    let own = [("catalogue", BAD_IDS.to_owned()), ("store", INTEGRITY.to_owned())];
    for (rule, sql) in questions().into_iter().chain(own) {
        let rows: Vec<(String, String)> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await?;
        found.extend(rows.into_iter().map(|row| oddity(rule, row)));
    }
    Ok(found)
}
