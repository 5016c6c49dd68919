//! What an inventory's owner asks before it decides for somebody, and what it tells when it has: how much is held
//! without paying, and what the journal keeps because of whom.

use std::fmt;
use std::sync::Arc;

use super::inventory::InventoryActor;
use crate::domain::{Action, Event, Record, State, Timestamp};
use crate::limits::{Asker, Counted, HoldingRules, Holdings, Limiter, TurnedAway, Unlimited};
use crate::telemetry;

/// The rules of all inventories, and whoever counts for the whole server.
#[derive(Clone)]
pub struct BudgetOptions {
    pub limiter: Arc<dyn Limiter>,
    /// None: as much as the inventory's own settings allow.
    pub holding: Option<HoldingRules>,
}

impl Default for BudgetOptions {
    fn default() -> Self {
        Self { limiter: Arc::new(Unlimited), holding: None }
    }
}

impl fmt::Debug for BudgetOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BudgetOptions").field("holding", &self.holding).finish_non_exhaustive()
    }
}

/// One inventory's.
pub(super) struct Budgets {
    limiter: Arc<dyn Limiter>,
    holdings: Option<Holdings>,
}

impl Budgets {
    pub(super) fn of(state: &State, options: &BudgetOptions) -> Self {
        let holdings = options.holding.map(|rules| Holdings::of(state, rules));
        Self { limiter: options.limiter.clone(), holdings }
    }
}

impl InventoryActor {
    /// Whether somebody's budget would be fuller, if this inventory were put away and loaded anew.
    pub(super) fn has_budgets_that_matter(&self) -> bool {
        let now = self.state.not_before(self.sources.now());
        self.budgets.holdings.as_ref().is_some_and(|holdings| holdings.matters(now))
    }

    /// Whether whoever asks may do so much of it. Nobody asks for what is due.
    pub(super) fn may(
        &mut self,
        asker: Option<&Asker>,
        action: &Action,
        now: Timestamp,
    ) -> Result<(), TurnedAway> {
        match (&mut self.budgets.holdings, asker) {
            (Some(holdings), Some(asker)) => holdings.ask(asker, action, &self.state, now),
            _ => Ok(()),
        }
    }

    /// After a record was applied, of which the journal will keep so many bytes.
    pub(super) fn book(&mut self, record: &Record, bytes: usize, asker: Option<&Asker>) {
        if let Some(holdings) = &mut self.budgets.holdings {
            holdings.learn(record, &self.state, asker);
        }
        if let Some(asker) = asker {
            self.budgets.limiter.spend(asker, Counted::JournalByte, bytes as u64);
        }
    }
}

/// How holds ended.
pub(super) fn count_ends(record: &Record) {
    for event in &record.events {
        match event {
            Event::Purchased { hold: Some(_), .. } => telemetry::hold_ended("purchased"),
            Event::Released { .. } => telemetry::hold_ended("released"),
            Event::Expired { holds } => holds.iter().for_each(|_| telemetry::hold_ended("expired")),
            _ => {}
        }
    }
}
