//! Takes a store as it is: after a loss, a restore, or a repair by hand.

use super::chain::{ChainBroken, ChainLink, ChainWalk};
use super::store::{Store, StoreError};
use crate::domain::InventoryId;

const PAGE: u32 = 1_000;

/// What was, or would be, taken as it is.
#[derive(Debug, Default)]
pub struct Taken {
    pub loss: Option<String>,
    pub journals: Vec<(InventoryId, ChainBroken)>,
}

/// Looks at every journal; with `is_meant` those that are not what was written are linked anew, and the store's own
/// count with them.
pub async fn accept(store: &dyn Store, is_meant: bool) -> Result<Taken, StoreError> {
    let mut taken = Taken { loss: store.loss(), journals: Vec::new() };
    let mut after = None;
    loop {
        let page = store.inventories(after, 100).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for row in &page {
            let Some(broken) = broken(store, row.id).await? else { continue };
            taken.journals.push((row.id, broken));
            if is_meant {
                // Whoever owns it now writes nothing more.
                store.take_over(row.id).await?;
                link_anew(store, row.id).await?;
            }
        }
    }
    if is_meant {
        store.forget_loss().await?;
    }
    Ok(taken)
}

async fn broken(store: &dyn Store, inventory: InventoryId) -> Result<Option<ChainBroken>, StoreError> {
    let mut walk = ChainWalk::new(inventory, store.head(inventory).await?);
    let mut seq = 0;
    loop {
        let page = store.records(inventory, seq, PAGE).await?;
        let Some(last) = page.last() else { return Ok(walk.finish().err()) };
        seq = last.seq;
        for record in &page {
            if let Err(broken) = walk.step(record) {
                return Ok(Some(broken));
            }
        }
    }
}

async fn link_anew(store: &dyn Store, inventory: InventoryId) -> Result<(), StoreError> {
    let (mut seq, mut link) = (0, ChainLink::ANCHOR);
    loop {
        let page = store.records(inventory, seq, PAGE).await?;
        let Some(last) = page.last() else {
            // None at all: there is no head either.
            return if seq == 0 { store.link_anew(inventory, &[]).await } else { Ok(()) };
        };
        seq = last.seq;
        let links: Vec<(u64, ChainLink)> = page
            .iter()
            .map(|record| {
                link = link.next(inventory, record.seq, record.epoch, record.at, &record.body);
                (record.seq, link)
            })
            .collect();
        store.link_anew(inventory, &links).await?;
    }
}
