//! Whether the parts of each group did what its row says.
//!
//! Rows are read before the journals and again behind them. A server may be at work meanwhile, and rows only
//! go forward: what a journal shows must be allowed by the later row, what the earlier row promised must stand
//! in the journals.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

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

/// What an earlier row promised.
#[derive(Debug)]
struct Promise {
    state: GroupState,
    inventories: SmallVec<[InventoryId; 2]>,
}

/// All groups of a store.
#[derive(Debug, Default)]
pub(super) struct GroupsAudit {
    before: BTreeMap<GroupId, Promise>,
    seen: BTreeMap<GroupId, BTreeMap<InventoryId, Fate>>,
}

impl GroupsAudit {
    /// To be made before any journal is read.
    pub(super) async fn begin(store: &dyn Store) -> Result<Self, StoreError> {
        let mut before = BTreeMap::new();
        let mut after = None;
        loop {
            let page = store.groups(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            before.extend(page.into_iter().map(|GroupRow { id, state, group, .. }| {
                let inventories = group.parts.into_iter().map(|part| part.inventory).collect();
                (id, Promise { state, inventories })
            }));
        }
        Ok(Self { before, seen: BTreeMap::new() })
    }

    pub(super) fn len(&self) -> u64 {
        self.before.len() as u64
    }

    pub(super) fn add(&mut self, inventory: InventoryId, parts: PartsSeen) {
        for (group, fate) in parts.parts.into_values() {
            self.seen.entry(group).or_default().insert(inventory, fate);
        }
    }

    /// To be called when all journals are read. Rows come page by page: there may be millions.
    pub(super) async fn finish(mut self, store: &dyn Store) -> Result<Vec<Violation>, StoreError> {
        let mut violations = self.kept_promises();
        let mut after = None;
        loop {
            let page = store.groups(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for row in &page {
                let seen = self.seen.remove(&row.id);
                violations.extend(seen.iter().flat_map(|parts| allowed(row.id, parts, row.state)));
            }
        }
        // What never came about is forgotten after a day.
        for (id, parts) in &self.seen {
            violations.extend(allowed(*id, parts, GroupState::Aborted));
        }
        Ok(violations)
    }

    /// What the earlier rows promised has to stand in the journals.
    fn kept_promises(&self) -> Vec<Violation> {
        let mut violations = Vec::new();
        for (id, Promise { state, inventories }) in &self.before {
            let parts = self.seen.get(id);
            for inventory in inventories {
                let fate = parts.and_then(|parts| parts.get(inventory)).copied();
                let is_kept = match state {
                    GroupState::Held | GroupState::Purchasing => fate.is_some(),
                    GroupState::Sold => fate == Some(Fate::Sold),
                    _ => true,
                };
                if !is_kept {
                    let found = fate.map_or_else(|| "missing".to_owned(), |fate| format!("{fate:?}"));
                    violations.push(violation(*id, *inventory, &found, *state));
                }
            }
        }
        violations
    }
}

/// What the journals show that the row, as it is now, does not allow.
fn allowed(group: GroupId, parts: &BTreeMap<InventoryId, Fate>, state: GroupState) -> Vec<Violation> {
    let is_allowed = |fate: Fate| match fate {
        Fate::Held => true,
        Fate::Sold => matches!(state, GroupState::Purchasing | GroupState::Sold),
        Fate::Over => state.is_over(),
    };
    let wrong = parts.iter().filter(|(_, fate)| !is_allowed(**fate));
    wrong.map(|(inventory, fate)| violation(group, *inventory, &format!("{fate:?}"), state)).collect()
}

fn violation(group: GroupId, inventory: InventoryId, found: &str, state: GroupState) -> Violation {
    let detail = format!("{group} is {}, its part here is {}", state.name(), found.to_lowercase());
    Violation { inventory: inventory.to_string(), seq: None, rule: "groups", detail }
}
