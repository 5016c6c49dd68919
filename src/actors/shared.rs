//! What the world shares of a loaded inventory: one value per incarnation of its owner.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};

use tokio::sync::Semaphore;

use super::activity::Activity;
use crate::domain::{InventoryId, State};
use crate::realtime::Channel;
use crate::sources::Sources;
use crate::telemetry;

/// Why an incarnation takes nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Gone {
    /// It is in service.
    No = 0,
    Evicted,
    Poisoned,
    /// Another server has taken over.
    Fenced,
}

/// What the world shares of a loaded inventory: one value per incarnation.
pub(super) struct Shared {
    pub(super) id: InventoryId,
    pub(super) epoch: u64,
    pub(super) channel: Arc<Channel>,
    pub(super) permits: Arc<Semaphore>,
    committed_seq: AtomicU64,
    gone: AtomicU8,
    gone_at: AtomicI64,
    pub(super) used_at: AtomicI64,
    pub(super) snapshot_seq: AtomicU64,
    pub(super) activity: Activity,
    sources: Sources,
    /// With the inventory's own time.
    pub(super) clock: Sources,
}

impl Shared {
    pub(super) fn new(
        state: &State,
        channel: Arc<Channel>,
        id: InventoryId,
        epoch: u64,
        in_flight_max: usize,
        sources: Sources,
        clock: Sources,
    ) -> Self {
        Self {
            id,
            epoch,
            channel,
            permits: Arc::new(Semaphore::new(in_flight_max)),
            committed_seq: AtomicU64::new(state.seq()),
            gone: AtomicU8::new(Gone::No as u8),
            gone_at: AtomicI64::new(0),
            used_at: AtomicI64::new(sources.now().0),
            snapshot_seq: AtomicU64::new(0),
            activity: Activity::since(clock.now()),
            clock,
            sources,
        }
    }

    pub(super) fn gone(&self) -> Gone {
        match self.gone.load(Ordering::Acquire) {
            0 => Gone::No,
            1 => Gone::Evicted,
            2 => Gone::Poisoned,
            _ => Gone::Fenced,
        }
    }

    /// Milliseconds since it went.
    pub(super) fn gone_for_ms(&self) -> i64 {
        self.sources.now().0 - self.gone_at.load(Ordering::Acquire)
    }

    /// The first reason stays.
    pub(super) fn go(&self, why: Gone) {
        let first = self
            .gone
            .compare_exchange(Gone::No as u8, why as u8, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if first {
            self.gone_at.store(self.sources.now().0, Ordering::Release);
            match why {
                Gone::Poisoned => telemetry::inventory_poisoned("poisoned"),
                Gone::Fenced => telemetry::inventory_poisoned("fenced"),
                Gone::Evicted => telemetry::inventory_evicted(),
                Gone::No => {}
            }
        }
    }

    pub(super) fn committed_seq(&self) -> u64 {
        self.committed_seq.load(Ordering::Acquire)
    }

    /// To be called in the order of the journal, when the view has moved.
    pub(super) fn set_committed(&self, seq: u64) {
        self.committed_seq.store(seq, Ordering::Release);
    }

    pub(super) fn touch(&self) {
        self.used_at.store(self.sources.now().0, Ordering::Relaxed);
    }
}
