//! Nobody here holds in several inventories at once: there are no rows of groups.

use async_trait::async_trait;
use fairhold::domain::{GroupId, Timestamp};
use fairhold::persistence::{Begun, GroupChange, GroupRow, GroupRows, NewGroup, StoreError};

use crate::store::NodeStore;

type Stored<T> = Result<T, StoreError>;

#[async_trait]
impl GroupRows for NodeStore {
    async fn known_group(&self, _: (u128, u128)) -> Stored<Option<Begun>> {
        Ok(None)
    }

    async fn forget_groups(&self, _: Timestamp) -> Stored<()> {
        Ok(())
    }

    async fn begin_group(&self, _: &NewGroup) -> Stored<Begun> {
        Err(StoreError::new("begin a group", "there are none"))
    }

    async fn change_group(&self, _: &GroupChange) -> Stored<bool> {
        Ok(false)
    }

    async fn group(&self, _: GroupId) -> Stored<Option<GroupRow>> {
        Ok(None)
    }

    async fn unfinished_groups(&self, _: Timestamp, _: u32) -> Stored<Vec<GroupRow>> {
        Ok(Vec::new())
    }

    async fn groups(&self, _: Option<GroupId>, _: u32) -> Stored<Vec<GroupRow>> {
        Ok(Vec::new())
    }
}
