//! What an operator may set about inventories and their owners.

use std::time::Duration;

use super::budgets::BudgetOptions;
use crate::domain::keys::KeyLimits;
use crate::persistence::Offload;

/// Limits of what is kept in memory, and how much may be under way.
#[derive(Debug, Clone)]
pub struct DirectoryOptions {
    /// Commands under way in one inventory.
    pub in_flight_max: usize,
    pub idle_after: Duration,
    pub loaded_max: usize,
    /// A snapshot is stored when so many records have come since the last one, and as many as there are units.
    pub snapshot_every: u64,
    /// And for an inventory that has been quiet for this long.
    pub snapshot_quiet: Duration,
    pub sweep_every: Duration,
    /// Where plans are compiled and records replayed.
    pub offload: Offload,
    /// How many idempotency keys an inventory remembers.
    pub key_limits: KeyLimits,
    /// What anybody may have and do.
    pub budgets: BudgetOptions,
}

impl Default for DirectoryOptions {
    fn default() -> Self {
        Self {
            in_flight_max: 1_024,
            idle_after: Duration::from_secs(600),
            loaded_max: 10_000,
            snapshot_every: 10_000,
            snapshot_quiet: Duration::from_secs(5),
            sweep_every: Duration::from_secs(1),
            offload: Offload::default(),
            key_limits: KeyLimits::default(),
            budgets: BudgetOptions::default(),
        }
    }
}
