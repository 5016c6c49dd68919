//! What became of records whose outcome nobody told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::persistence::health::WriteHealth;
use crate::persistence::store::{Fenced, Store, StoreError};
use crate::telemetry;

pub(super) const BACKOFF_FIRST: Duration = Duration::from_millis(5);
pub(super) const BACKOFF_MAX: Duration = Duration::from_secs(1);

/// A writer that waits for the store, for as long as this lives.
pub(super) struct Stall(Arc<AtomicUsize>);

impl Stall {
    pub(super) fn begin(writers: &Arc<AtomicUsize>) -> Self {
        telemetry::journal_stalled(writers.fetch_add(1, Ordering::Relaxed) + 1);
        Self(writers.clone())
    }
}

impl Drop for Stall {
    fn drop(&mut self) {
        telemetry::journal_stalled(self.0.fetch_sub(1, Ordering::Relaxed) - 1);
    }
}

/// The last seq that this owner wrote, once nobody can write under its epoch any more.
pub(super) async fn settle(
    store: &dyn Store,
    owner: Fenced,
    first: u64,
    (stalled_writers, health): (&Arc<AtomicUsize>, &WriteHealth),
) -> u64 {
    let mut backoff = BACKOFF_FIRST;
    let mut stalled = None;
    loop {
        match settle_once(store, owner, first).await {
            Ok(last) => {
                health.succeeded();
                return last;
            }
            Err(cause) => {
                health.failed(&cause);
                tracing::warn!(inventory = %owner.inventory, %cause, "cannot settle a commit yet");
            }
        }
        stalled.get_or_insert_with(|| Stall::begin(stalled_writers));
        tokio::time::sleep(backoff).await;
        backoff = (backoff * 2).min(BACKOFF_MAX);
    }
}

async fn settle_once(store: &dyn Store, owner: Fenced, first: u64) -> Result<u64, StoreError> {
    store.take_over(owner.inventory).await?;
    let mut last = first - 1;
    loop {
        let tail = store.records(owner.inventory, last, 1_000).await?;
        let ours = tail.iter().take_while(|record| record.epoch == owner.epoch);
        let Some(record) = ours.last() else { return Ok(last) };
        last = record.seq;
    }
}
