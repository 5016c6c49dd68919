//! Where inventory actors live: chosen by hash over a fixed set of threads.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use actix::{Actor, Addr, Arbiter, ArbiterHandle, Context};

use super::inventory::InventoryActor;
use crate::domain::InventoryId;

/// Threads for actors. Cheap to clone.
#[derive(Clone, Default)]
pub struct Placement {
    arbiters: Arc<RwLock<Vec<ArbiterHandle>>>,
}

impl Placement {
    /// The HTTP workers' own threads: each worker registers itself when it starts. A command then mostly
    /// runs where its request came in, and costs a quarter less.
    pub fn workers() -> Self {
        Self::default()
    }

    /// A pool of `count` threads of its own, for as long as the process runs.
    pub fn pool(count: usize) -> Self {
        let this = Self::default();
        (0..count.max(1)).for_each(|_| this.register(Arbiter::new().handle()));
        this
    }

    /// The directory's own thread, for tests and simulation: it needs no actix system, only a local set.
    pub fn here() -> Self {
        Self::default()
    }

    pub fn register(&self, arbiter: ArbiterHandle) {
        self.arbiters.write().expect("no panic under this lock").push(arbiter);
    }

    /// Waits until so many threads have registered, or five seconds.
    pub async fn registered(&self, count: usize) {
        for _ in 0..500 {
            if self.arbiters.read().expect("no panic under this lock").len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Starts an actor on the inventory's thread; on the calling one while none is registered.
    pub(super) fn start(
        &self,
        inventory: InventoryId,
        actor: impl FnOnce(&mut Context<InventoryActor>) -> InventoryActor + Send + 'static,
    ) -> Addr<InventoryActor> {
        match self.of(inventory) {
            Some(arbiter) => InventoryActor::start_in_arbiter(&arbiter, actor),
            None => InventoryActor::create(actor),
        }
    }

    fn of(&self, inventory: InventoryId) -> Option<ArbiterHandle> {
        let arbiters = self.arbiters.read().expect("no panic under this lock");
        let mut hasher = rustc_hash::FxHasher::default();
        inventory.hash(&mut hasher);
        let index = (hasher.finish() >> 32) as usize;
        arbiters.get(index % arbiters.len().max(1)).cloned()
    }
}
