//! Stored snapshots: whose turn it is, and what becomes of one that is not kept.

use std::sync::atomic::Ordering;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use tokio::sync::oneshot;

use super::copying::CopyState;
use super::directory::{Directory, Loaded, World};
use super::shared::Gone;
use crate::domain::{InventoryId, State};
use crate::persistence::{LoadError, recovery};

impl Directory {
    /// Of the inventory that needs it most.
    pub(super) fn store_a_snapshot(&mut self, all: &[Loaded], context: &mut Context<Self>) {
        if self.is_snapshotting {
            return;
        }
        let (every, quiet) = (self.world.options.snapshot_every, self.world.options.snapshot_quiet);
        let now = self.world.sources.now();
        let behind = |loaded: &Loaded| {
            let shared = &loaded.shared;
            let behind = shared.committed_seq().saturating_sub(shared.snapshot_seq.load(Ordering::Relaxed));
            let idle_ms = now.0 - shared.used_at.load(Ordering::Relaxed);
            let is_quiet = behind > 0 && i128::from(idle_ms) >= quiet.as_millis() as i128;
            // A copy costs what the inventory is large, so a large one waits for more records.
            let every = every.max(shared.channel.plan().units().len() as u64);
            let is_due = behind >= every || is_quiet;
            (is_due && shared.gone() == Gone::No && shared.snapshot_pause.is_over(now)).then_some(behind)
        };
        let worst = all
            .iter()
            .filter_map(|loaded| Some((behind(loaded)?, loaded.clone())))
            .max_by_key(|(behind, _)| *behind);
        let Some((_, loaded)) = worst else { return };
        self.is_snapshotting = true;
        let world = self.world.clone();
        let task = async move { store_snapshot(&world, &loaded).await };
        context.spawn(task.into_actor(self).map(|(), this, _| this.is_snapshotting = false));
    }
}

pub(super) async fn snapshot_seq(
    world: &World,
    state: &State,
    inventory: InventoryId,
) -> Result<u64, LoadError> {
    let newest = world.store.snapshot_seq(inventory).await?;
    // Record 1 needs no snapshot.
    Ok(newest.unwrap_or(1).min(state.seq()))
}

async fn store_snapshot(world: &World, loaded: &Loaded) {
    let shared = &loaded.shared;
    let (to, copy) = oneshot::channel();
    loaded.address.do_send(CopyState { to });
    // It is lost with the incarnation.
    let Ok(copied) = copy.await else { return };
    let kept = async {
        let snapshot = recovery::snapshot(copied, &world.plans, shared.id, shared.epoch).await?;
        let is_kept = world.store.keep_snapshot(&snapshot).await?;
        Ok::<_, LoadError>(is_kept.then_some(snapshot.seq))
    };
    let pause = &shared.snapshot_pause;
    match kept.await {
        Ok(Some(seq)) => {
            shared.snapshot_seq.store(seq, Ordering::Relaxed);
            pause.kept();
        }
        // Another server has taken over; the next append will tell this one.
        Ok(None) => pause.failed(world.sources.now()),
        Err(cause) => {
            pause.failed(world.sources.now());
            tracing::warn!(inventory = %shared.id, %cause, "a snapshot was not kept");
        }
    }
}
