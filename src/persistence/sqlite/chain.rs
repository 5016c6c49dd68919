//! Heads of journals, and links that are made anew.

use sqlx::Connection;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};

use super::{decode, int, unsigned};
use crate::domain::InventoryId;
use crate::persistence::chain::{ChainLink, JournalHead};

type Queried<T> = Result<T, sqlx::Error>;

pub(super) async fn head(pool: &SqlitePool, inventory: InventoryId) -> Queried<Option<JournalHead>> {
    let sql = "SELECT seq, link FROM heads WHERE inventory = $1";
    let row = sqlx::query(sql).bind(inventory.to_string()).fetch_optional(pool).await?;
    row.map(|row| Ok(JournalHead { seq: unsigned(&row, "seq")?, link: link(row.try_get("link")?)? }))
        .transpose()
}

pub(super) fn link(bytes: &[u8]) -> Queried<ChainLink> {
    ChainLink::from_column(bytes).ok_or_else(|| decode("link", "it has another length"))
}

pub(super) fn record_link(row: &SqliteRow) -> Queried<Option<ChainLink>> {
    row.try_get::<Option<&[u8]>, _>("link")?.map(link).transpose()
}

pub(super) async fn link_anew(
    pool: &SqlitePool,
    inventory: InventoryId,
    links: &[(u64, ChainLink)],
) -> Queried<()> {
    let mut connection = pool.acquire().await?;
    let done = link_on(&mut connection, &inventory.to_string(), links).await;
    if done.is_err() {
        drop(connection.detach());
    }
    done
}

async fn link_on(
    connection: &mut SqliteConnection,
    inventory: &str,
    links: &[(u64, ChainLink)],
) -> Queried<()> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for (seq, link) in links {
        let sql = "UPDATE records SET link = $3 WHERE inventory = $1 AND seq = $2";
        let query = sqlx::query(sql).bind(inventory).bind(int(*seq)).bind(&link.0[..]);
        query.execute(&mut *transaction).await?;
    }
    sqlx::query("DELETE FROM heads WHERE inventory = $1").bind(inventory).execute(&mut *transaction).await?;
    if let Some((seq, link)) = links.last() {
        let sql = "INSERT INTO heads (inventory, seq, link) VALUES ($1, $2, $3)";
        let query = sqlx::query(sql).bind(inventory).bind(int(*seq)).bind(&link.0[..]);
        query.execute(&mut *transaction).await?;
    }
    transaction.commit().await
}
