//! Whether the parts of each group did what its row says.
//!
//! Rows are read before the journals and again behind them. A server may be at work meanwhile, and rows only
//! go forward: what a journal shows must be allowed by the later row, what the earlier row promised must stand
//! in the journals.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Violation;
use crate::domain::group::GroupState;
use crate::domain::{Event, GroupId, HoldId, InventoryId};
use crate::persistence::{GroupRow, Store, StoreError};

const PAGE: u32 = 1_000;

/// What one inventory's journal shows of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Held,
    Sold,
    Over,
}

/// The parts in one journal.
#[derive(Debug, Default)]
pub(super) struct PartsSeen {
    parts: FxHashMap<HoldId, (GroupId, Fate)>,
}

impl PartsSeen {
    pub(super) fn next(&mut self, event: &Event) {
        match event {
            Event::Held { hold, group: Some(group), .. } => {
                self.parts.insert(*hold, (*group, Fate::Held));
            }
            Event::Purchased { hold: Some(hold), .. } => self.ends(*hold, Fate::Sold),
            Event::Released { hold } => self.ends(*hold, Fate::Over),
            Event::Expired { holds } => holds.iter().for_each(|hold| self.ends(*hold, Fate::Over)),
            _ => {}
        }
    }

    fn ends(&mut self, hold: HoldId, fate: Fate) {
        if let Some((_, now)) = self.parts.get_mut(&hold) {
            *now = fate;
        }
    }
}

/// All groups of a store.
#[derive(Debug, Default)]
pub(super) struct GroupsAudit {
    before: BTreeMap<GroupId, GroupRow>,
    seen: BTreeMap<GroupId, BTreeMap<InventoryId, Fate>>,
}

impl GroupsAudit {
    /// To be made before any journal is read.
    pub(super) async fn begin(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self { before: rows(store).await?, seen: BTreeMap::new() })
    }

    pub(super) fn len(&self) -> u64 {
        self.before.len() as u64
    }

    pub(super) fn add(&mut self, inventory: InventoryId, parts: PartsSeen) {
        for (group, fate) in parts.parts.into_values() {
            self.seen.entry(group).or_default().insert(inventory, fate);
        }
    }

    /// To be called when all journals are read.
    pub(super) async fn finish(self, store: &dyn Store) -> Result<Vec<Violation>, StoreError> {
        let after = rows(store).await?;
        let mut violations = Vec::new();
        for (group, parts) in &self.seen {
            // What never came about is forgotten after a day.
            let state = after.get(group).map_or(GroupState::Aborted, |row| row.state);
            for (inventory, fate) in parts {
                let is_allowed = match fate {
                    Fate::Held => true,
                    Fate::Sold => matches!(state, GroupState::Purchasing | GroupState::Sold),
                    Fate::Over => state.is_over(),
                };
                if !is_allowed {
                    violations.push(violation(*group, *inventory, &format!("{fate:?}"), state));
                }
            }
        }
        for (id, row) in &self.before {
            let parts = self.seen.get(id);
            for part in &row.group.parts {
                let fate = parts.and_then(|parts| parts.get(&part.inventory)).copied();
                let is_kept = match row.state {
                    GroupState::Held | GroupState::Purchasing => fate.is_some(),
                    GroupState::Sold => fate == Some(Fate::Sold),
                    _ => true,
                };
                if !is_kept {
                    let found = fate.map_or_else(|| "missing".to_owned(), |fate| format!("{fate:?}"));
                    violations.push(violation(*id, part.inventory, &found, row.state));
                }
            }
        }
        Ok(violations)
    }
}

fn violation(group: GroupId, inventory: InventoryId, found: &str, state: GroupState) -> Violation {
    let detail = format!("{group} is {}, its part here is {}", state.name(), found.to_lowercase());
    Violation { inventory: inventory.to_string(), seq: None, rule: "groups", detail }
}

async fn rows(store: &dyn Store) -> Result<BTreeMap<GroupId, GroupRow>, StoreError> {
    let mut rows = BTreeMap::new();
    let mut after = None;
    loop {
        let page = store.groups(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Some(last.id);
        rows.extend(page.into_iter().map(|row| (row.id, row)));
    }
}
