//! Rows of groups, as both engines keep them.

use async_trait::async_trait;

use super::StoreError;
use super::codec::unreadable_row;
use crate::domain::group::{Group, GroupState};
use crate::domain::{GroupId, Timestamp};

type Stored<T> = Result<T, StoreError>;

/// How long a group is found by the key of the call that asked for it, and how long a group that never came
/// about is remembered at all.
pub(super) const KEYS_KEPT_MS: i64 = crate::domain::ledger::MEMORY_MS;

/// What failed when a row cannot be understood.
pub(super) const READ_GROUP: &str = "read a group";

/// What an engine does for groups.
#[async_trait]
pub trait GroupRows {
    /// Keeps the row of a new group, unless the same call has one.
    async fn begin_group(&self, new: &NewGroup) -> Stored<Begun>;

    /// What `begin_group` would find of a key, hash and fingerprint, without keeping anything.
    async fn known_group(&self, key: (u128, u128)) -> Stored<Option<Begun>>;

    /// Forgets the keys of groups that are a day old, and those that never came about altogether.
    async fn forget_groups(&self, now: Timestamp) -> Stored<()>;

    /// False: it was not in the state that the change is from, and is as it was. Of a group that never came about
    /// and of which nothing is left the row goes.
    async fn change_group(&self, change: &GroupChange) -> Stored<bool>;

    async fn group(&self, group: GroupId) -> Stored<Option<GroupRow>>;

    /// Groups for which something is left to do and whose row has not changed since `before`, oldest first.
    async fn unfinished_groups(&self, before: Timestamp, limit: u32) -> Stored<Vec<GroupRow>>;

    /// By id, after `after`.
    async fn groups(&self, after: Option<GroupId>, limit: u32) -> Stored<Vec<GroupRow>>;
}

/// A group whose parts are about to be held.
#[derive(Debug, Clone)]
pub struct NewGroup {
    pub id: GroupId,
    pub at: Timestamp,
    /// Hash and fingerprint of the call's key.
    pub key: (u128, u128),
    pub group: Group,
}

/// What became of a [`NewGroup`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is the one of this key.
    Fresh,
    /// The same call began this one before.
    Known(Box<GroupRow>),
    /// The key was used for another call.
    Mismatch,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    pub id: GroupId,
    pub state: GroupState,
    /// Something is left to be done for its parts.
    pub unfinished: bool,
    pub created_at: Timestamp,
    pub group: Group,
}

/// A step from one state to the next, taken by one of all who try.
#[derive(Debug, Clone)]
pub struct GroupChange {
    pub id: GroupId,
    pub from: GroupState,
    pub to: GroupState,
    pub unfinished: bool,
    pub at: Timestamp,
    /// None: as it was.
    pub group: Option<Group>,
}

impl GroupChange {
    /// What never came about leaves nothing, once nothing of it is held: the same call may be made again, and must
    /// not find seats taken by its own remains; and calls that are refused must not fill the store.
    pub(super) fn forgets_all(&self) -> bool {
        self.to == GroupState::Aborted && !self.unfinished
    }

    /// What this step is called, by whoever stands between caller and engine.
    pub(super) fn name(&self) -> &'static str {
        match self.to {
            same if same == self.from => "group_done",
            GroupState::Holding => "group_holding",
            GroupState::Held => "group_held",
            GroupState::Purchasing => "group_purchasing",
            GroupState::Sold => "group_sold",
            GroupState::Released => "group_released",
            GroupState::Expired => "group_expired",
            GroupState::Aborted => "group_aborted",
        }
    }

    pub(super) fn body(&self) -> Option<Vec<u8>> {
        self.group.as_ref().map(encode)
    }
}

pub(super) fn encode(group: &Group) -> Vec<u8> {
    serde_json::to_vec(group).expect("a group has only string keys")
}

/// What an engine read, before it is understood.
pub(super) struct RawGroup {
    pub(super) id: GroupId,
    pub(super) state: String,
    pub(super) unfinished: bool,
    pub(super) created_at: i64,
    pub(super) body: Vec<u8>,
}

impl RawGroup {
    pub(super) fn read(self) -> Result<GroupRow, StoreError> {
        let Self { id, state, unfinished, created_at, body } = self;
        let unknown = || StoreError::new(READ_GROUP, format!("unknown state {state:?}"));
        let state = GroupState::from_name(&state).ok_or_else(unknown)?;
        let unreadable = |cause| StoreError::new(READ_GROUP, unreadable_row(&body, &cause));
        let group = serde_json::from_slice(&body).map_err(unreadable)?;
        Ok(GroupRow { id, state, unfinished, created_at: Timestamp(created_at), group })
    }
}
