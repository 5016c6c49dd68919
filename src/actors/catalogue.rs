//! The catalogue follows the journal: what lists show of an inventory is told to its row after the commit, when
//! the inventory is loaded, and once for what a release before has made.

use std::sync::Arc;

use super::Inventories;
use super::directory::World;
use super::shared::Gone;
use crate::domain::{Details, InventoryId, State};
use crate::persistence::{CatalogueFacts, LoadError, Offload, Plans, StoreError, recovery};
use crate::realtime::Channel;

/// Rows looked at together.
const PAGE: u32 = 200;

impl Inventories {
    /// Has the row show what is committed. What fails is told when the inventory is loaded again.
    pub async fn tell_catalogue(&self, inventory: InventoryId, channel: &Channel) {
        let committed = channel.summary();
        let (details, cancelled) = (Some(&*committed.details), committed.cancelled.as_deref());
        let shown = CatalogueFacts::new(committed.settings_version, &committed.settings, details, cancelled);
        if let Err(cause) = self.store.show(inventory, &shown).await {
            tracing::warn!(%inventory, %cause, "the catalogue was not told of a change");
        }
    }

    /// The committed view of an inventory that is in memory here; nothing is loaded, and it is not kept from being
    /// put away.
    pub fn loaded_channel(&self, inventory: InventoryId) -> Option<Arc<Channel>> {
        let loaded = self.loaded.get(&inventory)?;
        (loaded.shared.gone() == Gone::No).then(|| loaded.shared.channel.clone())
    }

    /// Tells the catalogue of inventories of which it was never told: those of a release before.
    pub async fn complete_catalogue(&self, offload: Offload) -> Result<usize, StoreError> {
        let (plans, mut after, mut told) = (Plans::new(offload), None, 0);
        loop {
            let page = self.store.inventories(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(told) };
            after = Some(last.id);
            for row in page.iter().filter(|row| row.shown.is_none()) {
                match recovery::load(&*self.store, &plans, row.id).await {
                    Ok(recovered) => {
                        self.store.show(row.id, &CatalogueFacts::of(&recovered.state)).await?;
                        told += 1;
                    }
                    Err(cause) => tracing::warn!(inventory = %row.id, %cause, "the catalogue cannot be told"),
                }
            }
        }
    }
}

/// The row shows what is in force, also when whoever put it in force did not live to say so there. What it alone
/// knows of the inventory, if that is so.
pub(super) async fn catch_up(
    world: &World,
    state: &State,
    inventory: InventoryId,
) -> Result<Option<Details>, LoadError> {
    let (version, units) = (state.plan_version(), state.plan().units().len() as u32);
    if version > 1
        && let Err(cause) = world.store.show_plan(inventory, version, units).await
    {
        tracing::warn!(%inventory, %cause, "the catalogue was not brought up to date");
    }
    if state.settings_version() == 1 && state.details().is_some() {
        return Ok(None); // as it was made
    }
    let row = world.store.inventory(inventory).await?.ok_or(LoadError::Unknown)?;
    let is_behind = row.shown.as_ref().is_none_or(|shown| shown.seq < state.settings_version());
    if is_behind && let Err(cause) = world.store.show(inventory, &CatalogueFacts::of(state)).await {
        tracing::warn!(%inventory, %cause, "the catalogue was not brought up to date");
    }
    Ok(state.details().is_none().then(|| row.details()))
}
