//! What becomes of a part whose time has come: its owner asks the group's row, and the row is changed before
//! anything here is. So a group that was promised is not given up in one place while it lives in another.

use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, SpawnHandle, WrapFuture};
use rustc_hash::FxHashSet;

use crate::actors::inventory::InventoryActor;
use crate::actors::shared::Gone;
use crate::domain::group::{GroupState, PartStep};
use crate::domain::{Action, GroupId, Timestamp};
use crate::persistence::{GroupChange, Store, StoreError};
use crate::telemetry;

/// Rows that one inventory asks for at the same time.
const ASKED_MAX: usize = 16;
/// A row that cannot be read, or that others are at work on, is asked again after this.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// A row that changes under our eyes is looked at so often.
const LOOKS_MAX: usize = 4;

/// Which groups an inventory has asked about.
#[derive(Default)]
pub(in crate::actors) struct PartsAsked {
    asked: FxHashSet<GroupId>,
    timer: Option<(Timestamp, SpawnHandle)>,
}

/// What the row says of a part that is due. None: others see to it, ask again.
async fn judge(store: &dyn Store, group: GroupId, now: Timestamp) -> Result<Option<PartStep>, StoreError> {
    for _ in 0..LOOKS_MAX {
        let Some(row) = store.group(group).await? else {
            return Ok(Some(PartStep::Expire));
        };
        match row.state {
            GroupState::Released => return Ok(Some(PartStep::Release)),
            GroupState::Expired | GroupState::Aborted => return Ok(Some(PartStep::Expire)),
            GroupState::Purchasing | GroupState::Sold => return Ok(None),
            GroupState::Holding | GroupState::Held => {}
        }
        if let Some(until) = row.group.expires_at
            && until > now
        {
            return Ok(Some(PartStep::Keep { until }));
        }
        let to = if row.state == GroupState::Held { GroupState::Expired } else { GroupState::Aborted };
        let (from, at) = (row.state, now);
        // All parts of a held group end at the same time; of one that was not decided some may have longer.
        let unfinished = to == GroupState::Aborted;
        let change = GroupChange { id: group, from, to, unfinished, at, group: None };
        if store.change_group(&change).await? {
            telemetry::group_ended(to.name());
            return Ok(Some(PartStep::Expire));
        }
    }
    Ok(None)
}

impl InventoryActor {
    /// Asks about the parts that are due; keeps one timer, at or before the next that will be.
    pub(in crate::actors) fn rearm_parts(&mut self, context: &mut Context<Self>) {
        if self.parts.asked.len() >= ASKED_MAX {
            return;
        }
        let asked = &self.parts.asked;
        let next = self.state.parts_due().find(|(_, group)| !asked.contains(group));
        let Some((due, _)) = next else { return };
        let wait_ms = due.since_ms(self.state.not_before(self.sources.now()));
        if wait_ms <= 0 {
            return self.ask_rows(context);
        }
        match self.parts.timer {
            Some((at, _)) if at <= due => return,
            Some((_, handle)) => {
                context.cancel_future(handle);
            }
            None => {}
        }
        let wait = Duration::from_millis(wait_ms.unsigned_abs());
        let handle = context.run_later(wait, |this, context| {
            this.parts.timer = None;
            this.rearm_parts(context);
        });
        self.parts.timer = Some((due, handle));
    }

    fn ask_rows(&mut self, context: &mut Context<Self>) {
        if self.shared.gone() != Gone::No {
            return;
        }
        let now = self.state.not_before(self.sources.now());
        let asked = &self.parts.asked;
        let due = self.state.parts_due().take_while(|(at, _)| *at <= now).map(|(_, group)| group);
        let due: Vec<GroupId> =
            due.filter(|group| !asked.contains(group)).take(ASKED_MAX - asked.len()).collect();
        for group in due {
            self.parts.asked.insert(group);
            let store = self.store.clone();
            let asking = async move { judge(&*store, group, now).await };
            let told = move |verdict, this: &mut Self, context: &mut Context<Self>| {
                this.told(group, verdict, context);
            };
            context.spawn(asking.into_actor(self).map(told));
        }
        self.rearm_parts(context);
    }

    fn told(
        &mut self,
        group: GroupId,
        verdict: Result<Option<PartStep>, StoreError>,
        context: &mut Context<Self>,
    ) {
        let now = self.state.not_before(self.sources.now());
        if self.shared.gone() != Gone::No || !self.expire(now) {
            return;
        }
        match verdict {
            Ok(Some(step)) => {
                self.parts.asked.remove(&group);
                self.of_itself(Action::Part { group, step }, now);
            }
            Ok(None) => self.ask_again(group, context),
            Err(cause) => {
                tracing::warn!(%group, %cause, "a group's row cannot be read");
                self.ask_again(group, context);
            }
        }
        self.rearm(context);
    }

    fn ask_again(&mut self, group: GroupId, context: &mut Context<Self>) {
        context.run_later(AGAIN_AFTER, move |this, context| {
            this.parts.asked.remove(&group);
            this.rearm_parts(context);
        });
    }
}
