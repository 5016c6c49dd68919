//! Holding a group, and doing for its parts what its row says.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::{ATTEMPTS_MAX, GroupCall, GroupFailure, GroupShown, Groups, PartShown, Shown, shown};
use crate::actors::{Done, Failure};
use crate::domain::command::Wanted;
use crate::domain::group::{Group, GroupState, Part, PartStep};
use crate::domain::{
    Action, Caller, Cause, Command, Event, GroupId, InventoryId, KeyUse, Record, SaleId, Timestamp,
};
use crate::limits::Asker;
use crate::persistence::{Begun, GroupRow, NewGroup};
use crate::telemetry;

/// A group whose parts cannot be had within this time is given up.
const HOLDING_MAX: Duration = Duration::from_secs(4);
/// What the row has decided is tried for so long before it is left to the next sweep.
const FOLLOWING_MAX: Duration = Duration::from_secs(10);
/// Parts that were held for nothing are given back for so long, then they are left to their time.
const GIVING_BACK_MAX: Duration = Duration::from_secs(2);
/// Between two tries of one command.
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// A part that is held, and what its inventory said.
struct HeldPart {
    shown: PartShown,
    /// When it ends at the latest: as a hold of this inventory that was made when it was.
    ends_at: Timestamp,
    now: Timestamp,
}

impl Groups {
    /// Under the row of this call's key: a fresh one, or the one that an earlier call has left.
    pub(super) async fn hold_all(&self, call: &GroupCall) -> Shown {
        let until = Instant::now() + HOLDING_MAX;
        let key = (call.key.hash, call.key.fingerprint);
        if self.store.known_group(key).await?.is_none() {
            self.look(call).await?;
        }
        for _ in 0..ATTEMPTS_MAX {
            let new = self.new_group(call).await?;
            let row = match self.store.begin_group(&new).await? {
                Begun::Fresh => {
                    let (id, state, created_at) = (new.id, GroupState::Holding, new.at);
                    GroupRow { id, state, unfinished: true, created_at, group: new.group }
                }
                Begun::Known(row) if row.state == GroupState::Holding => *row,
                Begun::Known(row) if row.state == GroupState::Aborted => {
                    self.release_parts(&row, call.asker.as_ref()).await;
                    continue;
                }
                Begun::Known(row) => return self.replayed(&row).await,
                Begun::Mismatch => return Err(GroupFailure::Mismatch),
            };
            if let Some(shown) = self.hold_parts(row, call, until).await? {
                return Ok(shown);
            }
        }
        Err(GroupFailure::GivenUp)
    }

    pub(in crate::actors) async fn new_group(&self, call: &GroupCall) -> Result<NewGroup, GroupFailure> {
        let part = |(index, (inventory, offers)): (usize, &(InventoryId, _))| Part {
            inventory: *inventory,
            index,
            offers: Vec::clone(offers),
            held: None,
            sold: None,
        };
        let mut parts: Vec<Part> = call.parts.iter().enumerate().map(part).collect();
        // Two groups that want the same meet at the first of it, so one of them has all.
        parts.sort_by_key(|part| part.inventory);
        let (buyer, by) = (call.buyer.clone(), call.caller.clone());
        let group = Group { buyer, by, parts, expires_at: None, purchase: None };
        let (id, key) = (GroupId::new(self.sources.fresh_id()), (call.key.hash, call.key.fingerprint));
        Ok(NewGroup { id, at: self.now().await?, key, group })
    }

    async fn replayed(&self, row: &GroupRow) -> Shown {
        telemetry::group_ended("replayed");
        self.shown(row, true).await
    }

    /// None: the row was given up by somebody else, so nothing is held.
    async fn hold_parts(
        &self,
        row: GroupRow,
        call: &GroupCall,
        until: Instant,
    ) -> Result<Option<GroupShown>, GroupFailure> {
        let mut held = Vec::with_capacity(row.group.parts.len());
        for part in &row.group.parts {
            match self.hold_part(&row, part, call, until).await {
                Ok(one) => held.push(one),
                Err(failure) => return self.give_up(&row, part, failure, call.asker.as_ref()).await,
            }
        }
        let now = held.iter().map(|part| part.now).max().unwrap_or_default();
        // No part is held for longer than a hold there, however long the others took.
        let expires_at = held.iter().map(|part| part.ends_at).min();
        let mut group = Group { expires_at, ..row.group.clone() };
        for (part, held) in group.parts.iter_mut().zip(&held) {
            part.held = held.shown.held.as_deref().and_then(held_by);
        }
        if !self.change(&row, GroupState::Held, true, Some(&group)).await.map_err(unclear)? {
            return self.overtaken(&row, call.asker.as_ref()).await;
        }
        telemetry::group_ended("held");
        let row = GroupRow { state: GroupState::Held, group, ..row };
        self.keep_parts(&row, call.asker.as_ref()).await;
        let parts = row.group.parts.iter().zip(held).map(|(part, held)| (part.index, held.shown)).collect();
        Ok(Some(shown(&row, parts, now, false)))
    }

    async fn hold_part(
        &self,
        row: &GroupRow,
        part: &Part,
        call: &GroupCall,
        until: Instant,
    ) -> Result<HeldPart, Failure> {
        let (buyer, wanted) = (row.group.buyer.clone(), Wanted::Offers(part.offers.clone()));
        let key = KeyUse { hash: row.id.as_u128(), fingerprint: 0 };
        let step = PartStep::Hold { buyer, wanted };
        let command = command(call.caller.clone(), Some(key), row.id, step);
        match self.insist(call.asker.as_ref(), part.inventory, &command, until).await? {
            Done::Committed { record, plan, now, .. } => {
                let settings = self.inventories.channel(part.inventory).await?.summary().settings;
                let ends_at = record.at.plus_seconds(settings.hold_seconds);
                let shown = PartShown { inventory: part.inventory, plan, held: Some(record), sold: None };
                Ok(HeldPart { shown, ends_at, now })
            }
            // It is held, but its key is forgotten: it has been there for a day.
            Done::Nothing => Err(Failure::NotCommitted),
        }
    }

    /// After a part that cannot be had. Nothing is given back before the row says that it may be.
    async fn give_up(
        &self,
        row: &GroupRow,
        part: &Part,
        failure: Failure,
        asker: Option<&Asker>,
    ) -> Result<Option<GroupShown>, GroupFailure> {
        if !self.change(row, GroupState::Aborted, true, None).await.map_err(unclear)? {
            return self.overtaken(row, asker).await;
        }
        let (index, inventory) = (part.index, part.inventory);
        telemetry::group_ended(if matches!(failure, Failure::Refused { .. } | Failure::TurnedAway(_)) {
            "refused"
        } else {
            "aborted"
        });
        let tried: Vec<&Part> =
            row.group.parts.iter().take_while(|other| other.inventory <= inventory).collect();
        let row = GroupRow { state: GroupState::Aborted, ..row.clone() };
        self.follow(&row, &tried, || PartStep::Release, GIVING_BACK_MAX, asker).await;
        Err(GroupFailure::Part { index, inventory, failure })
    }

    /// Somebody else has taken the row further: their outcome is ours.
    async fn overtaken(
        &self,
        row: &GroupRow,
        asker: Option<&Asker>,
    ) -> Result<Option<GroupShown>, GroupFailure> {
        match self.store.group(row.id).await? {
            Some(now) if now.state != GroupState::Aborted => self.replayed(&now).await.map(Some),
            _ => {
                self.release_parts(&GroupRow { state: GroupState::Aborted, ..row.clone() }, asker).await;
                Ok(None)
            }
        }
    }

    /// Each part of a held group until the group's end. Here and below, what the journal keeps of it is taken from the
    /// budget of `asker`, if somebody asked; nobody is turned away.
    pub(super) async fn keep_parts(&self, row: &GroupRow, asker: Option<&Asker>) {
        let Some(until) = row.group.expires_at else { return };
        self.follow(row, &all(row), || PartStep::Keep { until }, FOLLOWING_MAX, asker).await;
    }

    /// Each part of a group that was given back, or never came about.
    pub(super) async fn release_parts(&self, row: &GroupRow, asker: Option<&Asker>) {
        let at_most = if row.state == GroupState::Aborted { GIVING_BACK_MAX } else { FOLLOWING_MAX };
        self.follow(row, &all(row), || PartStep::Release, at_most, asker).await;
    }

    /// What is left to do for a group in this state; done, its row says so.
    async fn follow(
        &self,
        row: &GroupRow,
        parts: &[&Part],
        step: impl Fn() -> PartStep,
        at_most: Duration,
        asker: Option<&Asker>,
    ) {
        if self.for_all(row.id, parts, step, at_most, asker).await
            && let Err(cause) = self.change(row, row.state, false, None).await
        {
            tracing::warn!(group = %row.id, %cause, "a finished group's row is left as it is");
        }
    }

    /// True: all have done it.
    async fn for_all(
        &self,
        group: GroupId,
        parts: &[&Part],
        step: impl Fn() -> PartStep,
        at_most: Duration,
        asker: Option<&Asker>,
    ) -> bool {
        let until = Instant::now() + at_most;
        let each = parts.iter().map(|part| {
            let command = command(Caller::Clock, None, group, step());
            async move { self.insist(asker, part.inventory, &command, until).await }
        });
        let ended = join_all(each).await;
        let mut is_done = true;
        for (part, end) in parts.iter().zip(&ended) {
            match end {
                Ok(_) | Err(Failure::InventoryUnknown) => {}
                Err(cause) => {
                    tracing::warn!(%group, inventory = %part.inventory, %cause, "a part is left to the next sweep");
                    is_done = false;
                }
            }
        }
        is_done
    }

    /// Sells each part: there is nothing left that could refuse it.
    pub(super) async fn sell_parts(&self, row: GroupRow, replayed: bool, asker: Option<&Asker>) -> Shown {
        if row.state == GroupState::Sold {
            return self.shown(&row, replayed).await;
        }
        let until = Instant::now() + FOLLOWING_MAX;
        let key = KeyUse { hash: !row.id.as_u128(), fingerprint: 0 };
        let command = command(caller_of(&row), Some(key), row.id, PartStep::Purchase);
        let sell = |part: &Part| {
            let (inventory, command) = (part.inventory, command.clone());
            async move { self.insist(asker, inventory, &command, until).await }
        };
        let mut group = row.group.clone();
        for (part, sold) in group.parts.iter_mut().zip(join_all(row.group.parts.iter().map(sell)).await) {
            let inventory = part.inventory;
            match sold {
                Ok(Done::Committed { record, .. }) => part.sold = sold_by(&record),
                // Sold more than a day ago: its key is forgotten.
                Ok(Done::Nothing) => {
                    tracing::error!(group = %row.id, %inventory, "a part that is to be sold is not there");
                }
                Err(failure) => {
                    tracing::warn!(group = %row.id, %inventory, %failure, "a part is not sold yet");
                    return Err(GroupFailure::Pending);
                }
            }
        }
        if self.change(&row, GroupState::Sold, false, Some(&group)).await? {
            telemetry::group_ended("sold");
        }
        self.shown(&GroupRow { state: GroupState::Sold, group, ..row }, replayed).await
    }

    /// Until it is done or refused, or the time is over.
    async fn insist(
        &self,
        asker: Option<&Asker>,
        inventory: InventoryId,
        command: &Command,
        until: Instant,
    ) -> Result<Done, Failure> {
        loop {
            let failure = match self.inventories.execute_for(asker, inventory, command.clone()).await {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            let is_final = matches!(
                failure,
                Failure::Refused { .. }
                    | Failure::TurnedAway(_)
                    | Failure::InventoryUnknown
                    | Failure::Panicked
            );
            if is_final || Instant::now() + AGAIN_AFTER >= until {
                return Err(failure);
            }
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }
}

fn all(row: &GroupRow) -> Vec<&Part> {
    row.group.parts.iter().collect()
}

/// The step may have been taken or not: only a repeat can tell.
fn unclear(cause: crate::persistence::StoreError) -> GroupFailure {
    tracing::warn!(%cause, "whether a group is decided is not known");
    GroupFailure::Pending
}

fn command(caller: Caller, key: Option<KeyUse>, group: GroupId, step: PartStep) -> Command {
    Command { caller, cause: Cause { key, request_id: None }, action: Action::Part { group, step } }
}

/// Who purchases it, as far as the journal wants to know.
fn caller_of(row: &GroupRow) -> Caller {
    let by = row.group.purchase.as_ref().map(|purchase| purchase.by.clone());
    by.unwrap_or_else(|| Caller::Buyer(row.group.buyer.clone()))
}

fn held_by(record: &Record) -> Option<(crate::domain::HoldId, u64)> {
    record.events.iter().find_map(|event| match event {
        Event::Held { hold, .. } => Some((*hold, record.seq)),
        _ => None,
    })
}

fn sold_by(record: &Record) -> Option<(SaleId, u64)> {
    record.events.iter().find_map(|event| match event {
        Event::Purchased { sale, .. } => Some((*sale, record.seq)),
        _ => None,
    })
}
