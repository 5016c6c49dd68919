//! Where inventory actors live: chosen by hash over a fixed set of threads.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use actix::{Arbiter, ArbiterHandle};

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

    /// The calling thread, for tests and simulation.
    pub fn here() -> Self {
        let this = Self::default();
        this.register(Arbiter::current());
        this
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

    /// The inventory's thread; the caller's own while none is registered.
    pub(super) fn of(&self, inventory: InventoryId) -> ArbiterHandle {
        let arbiters = self.arbiters.read().expect("no panic under this lock");
        let mut hasher = rustc_hash::FxHasher::default();
        inventory.hash(&mut hasher);
        let index = (hasher.finish() >> 32) as usize;
        match arbiters.len() {
            0 => Arbiter::current(),
            count => arbiters[index % count].clone(),
        }
    }
}
