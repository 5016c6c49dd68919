//! Groups: the saga that holds, gives back and purchases on several inventories as one.
//!
//! Promises: all parts or none, also over a crash at any point. One row per group decides, by steps from one
//! state to the next that only one of all who try can take
//! ([`change_group`](crate::persistence::GroupRows::change_group)); what the parts do follows from it. Everything here may be done twice, by two servers at once, or begun by one and ended by
//! another: commands carry keys made of the group's id. It refuses to know how a request looks.
//!
//! | file | holds |
//! |---|---|
//! | `group` | what can be asked |
//! | `group/look` | what can be told of a call before anything is written |
//! | `group/saga` | holding, and doing for the parts what the row says |
//! | `group/judge` | what becomes of a part whose time has come |
//! | `group/sweep` | groups that were left unfinished |

mod judge;
mod look;
mod saga;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use tokio::sync::Semaphore;

use super::{Failure, Inventories};
use crate::domain::command::Pick;
use crate::domain::group::{Group, GroupPurchase, GroupState, Part};
use crate::domain::{
    BuyerId, Caller, Checkout, GroupId, InventoryId, KeyUse, Plan, Record, Refusal, Timestamp,
};
use crate::limits::Asker;
use crate::persistence::{GroupChange, GroupRow, Store, StoreError, codec};
use crate::sources::Sources;
use crate::telemetry;

pub(super) use judge::PartsAsked;

/// Nobody waits longer for an answer; what was begun goes on.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(5);
/// Groups at work at the same time, and parts of one that are looked at together.
pub(in crate::actors) const AT_WORK_MAX: usize = 128;
const PARTS_AT_ONCE: usize = 8;
/// A group that is changed under us is looked at anew so often.
const ATTEMPTS_MAX: usize = 4;

/// A claim on several inventories.
#[derive(Debug, Clone)]
pub struct GroupCall {
    pub caller: Caller,
    pub key: KeyUse,
    pub buyer: BuyerId,
    /// In the order of the request; each inventory once.
    pub parts: Vec<(InventoryId, Vec<Pick>)>,
    /// Whose budget it is taken from; None: nobody's.
    pub asker: Option<Asker>,
}

/// A group as it is shown.
#[derive(Debug)]
pub struct GroupShown {
    pub id: GroupId,
    pub state: GroupState,
    pub buyer: BuyerId,
    pub expires_at: Option<Timestamp>,
    pub now: Timestamp,
    /// The call was made before.
    pub replayed: bool,
    /// In the order of the request.
    pub parts: Vec<PartShown>,
}

/// One inventory's part: the record that holds it and the one that sold it.
#[derive(Debug, Clone)]
pub struct PartShown {
    pub inventory: InventoryId,
    pub plan: Arc<Plan>,
    pub held: Option<Arc<Record>>,
    pub sold: Option<Arc<Record>>,
}

/// Why nothing came of it. What is not final may be repeated with the same key.
#[derive(Debug, Clone)]
pub enum GroupFailure {
    /// One part cannot be had; `index` is its place in the request. All others are free again.
    Part {
        index: usize,
        inventory: InventoryId,
        failure: Failure,
    },
    /// There is no such group, or it is somebody else's.
    Unknown,
    /// It is over, or sold.
    Over(GroupState),
    /// The key was used for another request.
    Mismatch,
    /// What was asked for may still happen.
    Pending,
    /// It was given up, and nothing is held.
    GivenUp,
    Store(StoreError),
    /// Too many groups are at work.
    Overloaded,
    Panicked,
}

impl From<StoreError> for GroupFailure {
    fn from(cause: StoreError) -> Self {
        Self::Store(cause)
    }
}

type Shown = Result<GroupShown, GroupFailure>;

/// All groups. Cheap to clone.
#[derive(Clone)]
pub struct Groups {
    inventories: Inventories,
    store: Arc<dyn Store>,
    sources: Sources,
    at_work: Arc<Semaphore>,
}

impl Groups {
    pub fn new(inventories: Inventories, store: Arc<dyn Store>, sources: Sources) -> Self {
        let at_work = Arc::new(Semaphore::new(AT_WORK_MAX));
        Self { inventories, store, sources, at_work }
    }

    /// Holds all parts or none.
    pub async fn hold(&self, call: GroupCall) -> Shown {
        let this = self.clone();
        self.to_its_end(async move { this.hold_all(&call).await }).await
    }

    /// The group as it is now, for whoever may see it.
    pub async fn show(&self, group: GroupId, caller: &Caller) -> Shown {
        let (this, caller) = (self.clone(), caller.clone());
        let mut shown = self
            .to_its_end(async move {
                let row = this.own(group, &caller).await?;
                this.shown(&row, false).await
            })
            .await?;
        let is_over = shown.expires_at.is_some_and(|end| end <= shown.now);
        if shown.state == GroupState::Held && is_over {
            shown.state = GroupState::Expired;
        }
        Ok(shown)
    }

    /// Gives all parts back; so it is already for what is over or sold. What is kept of it is taken from the budget of
    /// `asker`.
    pub async fn release(
        &self,
        group: GroupId,
        caller: Caller,
        asker: Option<Asker>,
    ) -> Result<(), GroupFailure> {
        let this = self.clone();
        self.to_its_end(async move {
            let row = this.own(group, &caller).await?;
            if row.state != GroupState::Held {
                return Ok(());
            }
            if this.change(&row, GroupState::Released, true, None).await? {
                telemetry::group_ended("released");
                let released = GroupRow { state: GroupState::Released, ..row };
                this.release_parts(&released, asker.as_ref()).await;
            }
            Ok(())
        })
        .await
    }

    /// Sells all parts, or refuses before any is.
    pub async fn purchase(&self, group: GroupId, caller: Caller, key: KeyUse, asker: Option<Asker>) -> Shown {
        let this = self.clone();
        self.to_its_end(async move {
            for _ in 0..ATTEMPTS_MAX {
                let row = this.own(group, &caller).await?;
                if let Some(shown) = this.purchase_once(row, &caller, key, asker.as_ref()).await? {
                    return Ok(shown);
                }
            }
            Err(GroupFailure::Pending)
        })
        .await
    }

    /// None: the row was changed under us.
    async fn purchase_once(
        &self,
        row: GroupRow,
        caller: &Caller,
        key: KeyUse,
        asker: Option<&Asker>,
    ) -> Result<Option<GroupShown>, GroupFailure> {
        let purchase = GroupPurchase::new(key, caller.clone());
        match row.state {
            GroupState::Holding | GroupState::Aborted => Err(GroupFailure::Unknown),
            GroupState::Released | GroupState::Expired => Err(GroupFailure::Over(row.state)),
            GroupState::Purchasing | GroupState::Sold => match &row.group.purchase {
                Some(earlier) if earlier.key != purchase.key => Err(GroupFailure::Over(GroupState::Sold)),
                Some(earlier) if earlier.fingerprint != purchase.fingerprint => Err(GroupFailure::Mismatch),
                _ => self.sell_parts(row, true, asker).await.map(Some),
            },
            GroupState::Held => {
                self.may_purchase(&row, caller).await?;
                let group = Group { purchase: Some(purchase), ..row.group.clone() };
                if !self.change(&row, GroupState::Purchasing, true, Some(&group)).await? {
                    return Ok(None);
                }
                let row = GroupRow { state: GroupState::Purchasing, unfinished: true, group, ..row };
                self.sell_parts(row, false, asker).await.map(Some)
            }
        }
    }

    /// Before its end, and by whom every one of its inventories lets purchase.
    async fn may_purchase(&self, row: &GroupRow, caller: &Caller) -> Result<(), GroupFailure> {
        for part in &row.group.parts {
            let (index, inventory) = (part.index, part.inventory);
            let refused = |failure| GroupFailure::Part { index, inventory, failure };
            let channel = self.inventories.channel(inventory).await.map_err(refused)?;
            if row.group.expires_at.is_none_or(|end| end <= channel.now()) {
                return Err(GroupFailure::Over(GroupState::Expired));
            }
            let now = channel.summary();
            let needs_key = now.settings.checkout == Checkout::Key && matches!(caller, Caller::Buyer(_));
            let refusal = match now.cancelled {
                Some(_) => Refusal::Cancelled,
                None if needs_key => Refusal::PurchaseNeedsKey,
                None => continue,
            };
            return Err(refused(Failure::Refused { refusal, plan: channel.plan() }));
        }
        Ok(())
    }

    async fn own(&self, group: GroupId, caller: &Caller) -> Result<GroupRow, GroupFailure> {
        let row = self.store.group(group).await?;
        row.filter(|row| caller.may_touch(&row.group.buyer)).ok_or(GroupFailure::Unknown)
    }

    /// Takes the row a step further; false: somebody else has.
    async fn change(
        &self,
        row: &GroupRow,
        to: GroupState,
        unfinished: bool,
        group: Option<&Group>,
    ) -> Result<bool, StoreError> {
        let at = self.now().await?;
        let (id, from) = (row.id, row.state);
        let change = GroupChange { id, from, to, unfinished, at, group: group.cloned() };
        self.store.change_group(&change).await
    }

    /// The time that all servers of one store agree on.
    async fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(self.store.clock().await?.unwrap_or_else(|| self.sources.now()))
    }

    /// The group with its records, read from the journal.
    async fn shown(&self, row: &GroupRow, replayed: bool) -> Shown {
        let each = row.group.parts.clone().into_iter().map(|part| {
            let this = self.clone();
            async move { this.part_shown(&part).await }
        });
        let parts = futures_util::stream::iter(each).buffered(PARTS_AT_ONCE);
        let parts: Vec<(usize, PartShown, Timestamp)> = parts.try_collect().await?;
        let now = parts.iter().map(|(_, _, now)| *now).max().unwrap_or_default();
        let parts = parts.into_iter().map(|(index, part, _)| (index, part)).collect();
        Ok(shown(row, parts, now, replayed))
    }

    async fn part_shown(&self, part: &Part) -> Result<(usize, PartShown, Timestamp), GroupFailure> {
        let (index, inventory) = (part.index, part.inventory);
        let channel = self.inventories.channel(inventory).await;
        let channel = channel.map_err(|failure| GroupFailure::Part { index, inventory, failure })?;
        let held = self.record(inventory, part.held.map(|(_, seq)| seq)).await?;
        let sold = self.record(inventory, part.sold.map(|(_, seq)| seq)).await?;
        Ok((index, PartShown { inventory, plan: channel.plan(), held, sold }, channel.now()))
    }

    async fn record(
        &self,
        inventory: InventoryId,
        seq: Option<u64>,
    ) -> Result<Option<Arc<Record>>, StoreError> {
        let Some(seq) = seq else { return Ok(None) };
        let stored = self.store.record(inventory, seq).await?;
        let read =
            |stored| codec::decode_record(&stored).map_err(|cause| StoreError::new("read a group", cause));
        Ok(stored.map(read).transpose()?.map(Arc::new))
    }

    /// In a task of its own: whoever asked may leave, or be told to ask again, but what was begun is ended.
    async fn to_its_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, GroupFailure>> + Send + 'static,
    ) -> Result<T, GroupFailure> {
        let Ok(permit) = self.at_work.clone().try_acquire_owned() else {
            telemetry::admission_refused("groups");
            return Err(GroupFailure::Overloaded);
        };
        let task = tokio::spawn(async move {
            let _until_its_end = permit;
            work.await
        });
        match tokio::time::timeout(ANSWER_WAIT_MAX, task).await {
            Ok(Ok(done)) => done,
            Ok(Err(panic)) => {
                tracing::error!(%panic, "a group's work panicked");
                Err(GroupFailure::Panicked)
            }
            Err(_elapsed) => Err(GroupFailure::Pending),
        }
    }
}

fn shown(row: &GroupRow, mut parts: Vec<(usize, PartShown)>, now: Timestamp, replayed: bool) -> GroupShown {
    parts.sort_by_key(|(index, _)| *index);
    GroupShown {
        id: row.id,
        state: row.state,
        buyer: row.group.buyer.clone(),
        expires_at: row.group.expires_at,
        now,
        replayed,
        parts: parts.into_iter().map(|(_, part)| part).collect(),
    }
}
