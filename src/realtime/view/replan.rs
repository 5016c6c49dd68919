//! Another plan in force: the board grows, and shows what was added, moved in size or closed.

use std::sync::Arc;

use super::{Changes, Status, View};
use crate::domain::plan::{Change, difference};
use crate::domain::{Plan, PlanRef, UnitNo};

impl View {
    pub(super) fn replanned(&mut self, plan: &mut Arc<Plan>, to: &PlanRef, changes: &mut Changes) {
        // It came out of the actor's hands, so it is there.
        let Some(next) = to.plan.clone() else { return };
        let gone = Arc::make_mut(&mut self.blocks).forget(|unit| next.unit(unit).is_closed());
        for &(unit, quantity) in &gone {
            let quantity = u64::from(quantity);
            self.figures.blocked -= quantity;
            self.figures.capacity -= quantity;
            changes.units.push(unit);
        }
        let counted = next.counted();
        self.board.statuses.resize(counted.all().div_ceil(4), 0);
        self.board.available.resize(counted.units().len(), 0);
        for (unit, change) in difference(plan, &next) {
            let more = match change {
                Change::Added(capacity) | Change::Reopened(capacity) => i64::from(capacity),
                Change::Closed => -i64::from(self.board.left(&next, unit)),
                Change::By(more) => more,
            };
            self.figures.capacity = self.figures.capacity.saturating_add_signed(more);
            self.figures.available = self.figures.available.saturating_add_signed(more);
            self.show(&next, unit, change, more);
            changes.units.push(unit);
        }
        self.plan_version = to.version;
        *plan = next;
    }

    fn show(&mut self, plan: &Plan, unit: UnitNo, change: Change, more: i64) {
        match (plan.counted().index_of(unit), change) {
            (Some(index), _) => self.board.add(index, more),
            (None, Change::Closed) => self.board.set_status(unit, Status::Blocked as u8),
            (None, _) => self.board.set_status(unit, Status::Free as u8),
        }
    }
}
