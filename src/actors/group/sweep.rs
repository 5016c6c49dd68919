//! Groups that were left unfinished: by a crash, or by a store that was away for long.

use std::time::Duration;

use futures_util::StreamExt;

use super::Groups;
use crate::domain::group::{GroupState, PART_SECONDS};
use crate::persistence::{GroupRow, StoreError};
use crate::telemetry;

const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// Keys that are a day old are forgotten at every so many sweeps.
const FORGET_EVERY: u32 = 12;
/// Whoever changed the row has so long to go on with it.
const GRACE_MS: i64 = 10_000;
/// Of a group that nobody has decided, no part is held any more.
const UNDECIDED_MAX_MS: i64 = 1000 * (PART_SECONDS as i64 + 5);
/// Groups that one sweep looks at, and how many at the same time.
const SWEPT_MAX: u32 = 1_000;
const AT_ONCE: usize = 8;

impl Groups {
    /// Takes up what others have left: all of it at the start, later what nobody is at work on. For as long
    /// as the server lives.
    pub async fn keep_going(self) {
        let mut grace_ms = -1;
        for sweep in 0u32.. {
            if sweep.is_multiple_of(FORGET_EVERY)
                && let Err(cause) = self.forget().await
            {
                tracing::warn!(%cause, "old groups are not forgotten");
            }
            match self.sweep(grace_ms).await {
                Ok(()) => grace_ms = GRACE_MS,
                Err(cause) => tracing::warn!(%cause, "unfinished groups cannot be read"),
            }
            tokio::time::sleep(SWEEP_EVERY).await;
        }
    }

    async fn forget(&self) -> Result<(), StoreError> {
        self.store.forget_groups(self.now().await?).await
    }

    pub(in crate::actors) async fn sweep(&self, grace_ms: i64) -> Result<(), StoreError> {
        let now = self.now().await?;
        let all = self.store.unfinished_groups(now.plus_ms(1), SWEPT_MAX).await?;
        telemetry::groups_unfinished(all.len());
        let left = match grace_ms {
            ..0 => all,
            _ => self.store.unfinished_groups(now.plus_ms(-grace_ms), SWEPT_MAX).await?,
        };
        let is_due = |row: &GroupRow| {
            row.state != GroupState::Holding || now.since_ms(row.created_at) > UNDECIDED_MAX_MS
        };
        let due = left.into_iter().filter(is_due);
        futures_util::stream::iter(due).for_each_concurrent(AT_ONCE, |row| self.take_up(row)).await;
        Ok(())
    }

    async fn take_up(&self, row: GroupRow) {
        tracing::info!(group = %row.id, state = row.state.name(), "an unfinished group is taken up");
        match row.state {
            GroupState::Holding => match self.change(&row, GroupState::Aborted, true, None).await {
                Ok(true) => {
                    telemetry::group_ended("aborted");
                    self.release_parts(&GroupRow { state: GroupState::Aborted, ..row }, None).await;
                }
                Ok(false) => {}
                Err(cause) => tracing::warn!(group = %row.id, %cause, "a group is left as it is"),
            },
            GroupState::Held => self.keep_parts(&row, None).await,
            GroupState::Purchasing => {
                let group = row.id;
                if let Err(failure) = self.sell_parts(row, false, None).await {
                    tracing::warn!(%group, ?failure, "a purchase is not finished yet");
                }
            }
            GroupState::Released | GroupState::Aborted => self.release_parts(&row, None).await,
            GroupState::Sold | GroupState::Expired => {}
        }
    }
}
