//! Heads of journals, and links that are made anew.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::calls::Calls;
use super::{decode, int, unsigned};
use crate::domain::InventoryId;
use crate::persistence::StoreError;
use crate::persistence::chain::{ChainLink, JournalHead};

/// All in one statement. Nothing else writes to a journal that was taken over.
const LINK_ANEW: &str = "WITH linked AS (\
       UPDATE records r SET link = l.link FROM UNNEST($2::bigint[], $3::bytea[]) AS l (seq, link) \
       WHERE r.inventory = $1 AND r.seq = l.seq\
     ) \
     INSERT INTO heads (inventory, seq, link) VALUES ($1, $4, $5) \
     ON CONFLICT (inventory) DO UPDATE SET seq = excluded.seq, link = excluded.link";

pub(super) async fn head(calls: &Calls, inventory: InventoryId) -> Result<Option<JournalHead>, StoreError> {
    let query = sqlx::query("SELECT seq, link FROM heads WHERE inventory = $1").bind(inventory.uuid());
    let head =
        |row: &PgRow| Ok(JournalHead { seq: unsigned(row, "seq")?, link: link(row.try_get("link")?)? });
    calls.optional("read a head", query, head).await
}

fn link(bytes: &[u8]) -> Result<ChainLink, sqlx::Error> {
    ChainLink::from_column(bytes).ok_or_else(|| decode("link", "it has another length"))
}

pub(super) fn record_link(row: &PgRow) -> Result<Option<ChainLink>, sqlx::Error> {
    row.try_get::<Option<&[u8]>, _>("link")?.map(link).transpose()
}

pub(super) async fn link_anew(
    calls: &Calls,
    inventory: InventoryId,
    links: &[(u64, ChainLink)],
) -> Result<(), StoreError> {
    let what = "link a journal anew";
    let Some((last, link)) = links.last() else {
        let query = sqlx::query("DELETE FROM heads WHERE inventory = $1").bind(inventory.uuid());
        calls.all(what, query, |_| Ok(())).await?;
        return Ok(());
    };
    let seqs: Vec<i64> = links.iter().map(|(seq, _)| int(*seq)).collect();
    let bytes: Vec<Vec<u8>> = links.iter().map(|(_, link)| link.0.to_vec()).collect();
    let query = sqlx::query(LINK_ANEW).bind(inventory.uuid()).bind(seqs).bind(bytes);
    calls.all(what, query.bind(int(*last)).bind(link.0.to_vec()), |_| Ok(())).await?;
    Ok(())
}
