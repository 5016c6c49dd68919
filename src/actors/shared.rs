//! What the world shares of a loaded inventory: one value per incarnation of its owner.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, AtomicU64, Ordering};

use tokio::sync::Semaphore;

use super::activity::Activity;
use crate::domain::{InventoryId, State, Timestamp};
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
    pub(super) snapshot_pause: SnapshotPause,
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
            snapshot_pause: SnapshotPause::default(),
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

/// After a snapshot that was not kept the next one waits: each is a copy of the whole state.
#[derive(Debug, Default)]
pub(super) struct SnapshotPause {
    until: AtomicI64,
    failures: AtomicU32,
}

const PAUSE_FIRST_MS: i64 = 5_000;
const PAUSE_MAX_MS: i64 = 600_000;

impl SnapshotPause {
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now.0 >= self.until.load(Ordering::Relaxed)
    }

    pub(super) fn kept(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }

    /// 5, 10, 20 … seconds, at most ten minutes.
    pub(super) fn failed(&self, now: Timestamp) {
        let before = self.failures.fetch_add(1, Ordering::Relaxed);
        let wait_ms = PAUSE_FIRST_MS.saturating_mul(1 << before.min(20)).min(PAUSE_MAX_MS);
        self.until.store(now.0.saturating_add(wait_ms), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failed_snapshot_doubles_the_wait_up_to_ten_minutes() {
        let pause = SnapshotPause::default();
        let mut now = Timestamp(1_000);
        assert!(pause.is_over(now));
        let mut waits = Vec::new();
        for _ in 0..9 {
            pause.failed(now);
            let wait_ms = pause.until.load(Ordering::Relaxed) - now.0;
            assert!(!pause.is_over(now.plus_ms(wait_ms - 1)) && pause.is_over(now.plus_ms(wait_ms)));
            waits.push(wait_ms / 1_000);
            now = now.plus_ms(wait_ms);
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
        pause.kept();
        pause.failed(now);
        assert_eq!(pause.until.load(Ordering::Relaxed) - now.0, 5_000);
    }
}
