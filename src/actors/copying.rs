//! Copies of an inventory's state for its snapshots: a copy leaves when all that it holds is committed.

use actix::{Handler, Message};
use tokio::sync::oneshot;

use super::inventory::InventoryActor;
use crate::persistence::recovery::Copied;
use crate::persistence::{Entry, Loss, Sink};

/// Asks for a copy of the state. It is sent when all of it is committed; if that fails, never.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct CopyState {
    pub(super) to: oneshot::Sender<Copied>,
}

impl Handler<CopyState> for InventoryActor {
    type Result = ();

    fn handle(&mut self, message: CopyState, _: &mut Self::Context) {
        let sink = Box::new(Copying { copied: Copied::of(&self.state), to: message.to });
        self.journal.append(Entry::Barrier { inventory: self.shared.id, epoch: self.shared.epoch, sink });
    }
}

/// A copy that waits for the records in it.
struct Copying {
    copied: Copied,
    to: oneshot::Sender<Copied>,
}

impl Sink for Copying {
    fn committed(self: Box<Self>) {
        // Nobody waits for it when the server ends.
        let _ending = self.to.send(self.copied);
    }

    fn lost(self: Box<Self>, _: Loss) {}
}
