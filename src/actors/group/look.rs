//! What can be told of a call for a group before anything is written: a call that names what does not exist leaves
//! nothing behind, however large it is.

use futures_util::{StreamExt, TryStreamExt};

use super::{GroupCall, GroupFailure, Groups, PARTS_AT_ONCE};
use crate::actors::Failure;
use crate::domain::refusal::BuyerLimit;
use crate::domain::{Caller, InventoryId, Pick, Refusal};

impl Groups {
    /// Whether all its inventories and offers exist, and no part is larger than a hold may be.
    pub(super) async fn look(&self, call: &GroupCall) -> Result<(), GroupFailure> {
        let each = call.parts.iter().cloned().enumerate().map(|(index, (inventory, offers))| {
            let (this, caller) = (self.clone(), call.caller.clone());
            async move {
                let seen = this.look_at(inventory, &offers, &caller).await;
                seen.map_err(|failure| GroupFailure::Part { index, inventory, failure })
            }
        });
        let each: Vec<_> = each.collect();
        futures_util::stream::iter(each).buffered(PARTS_AT_ONCE).try_collect().await
    }

    async fn look_at(&self, inventory: InventoryId, offers: &[Pick], caller: &Caller) -> Result<(), Failure> {
        let channel = self.inventories.channel(inventory).await?;
        if matches!(caller, Caller::Buyer(_)) && channel.is_draft() {
            return Err(Failure::InventoryUnknown);
        }
        let plan = channel.plan();
        let unknown = |pick: &Pick| plan.offer_by_id(&pick.offer).is_none();
        if let Some(index) = offers.iter().position(unknown) {
            let refusal = Refusal::UnitUnknown { id: offers[index].offer.clone(), index };
            return Err(Failure::Refused { refusal, plan });
        }
        let pieces: u64 = offers.iter().map(|pick| u64::from(pick.quantity.get())).sum();
        let (max, _) = channel.summary().settings.pieces_of_hold(caller);
        if pieces > u64::from(max) {
            let refusal = Refusal::BuyerLimit { limit: BuyerLimit::PiecesPerHold, max };
            return Err(Failure::Refused { refusal, plan });
        }
        Ok(())
    }
}
