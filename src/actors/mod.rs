//! Who owns what. One actor per inventory serialises its commands; the directory finds, loads, evicts and
//! restarts them. Callers hold [`Inventories`], never an address.

use std::sync::Arc;

use crate::domain::{Plan, Record, Refusal};

/// How a command ended well.
#[derive(Debug, Clone)]
pub enum Done {
    /// It is in the journal.
    Committed {
        record: Arc<Record>,
        plan: Arc<Plan>,
        /// The record is that of an earlier call with the same key.
        replayed: bool,
    },
    /// It was so already; there is no record.
    Nothing,
}

/// How a command ended otherwise. All of these changed nothing, except that what is `CommitPending` may
/// still be committed; every one but `Refused` and `Panicked` may be repeated with the same key.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    #[error("refused: {}", refusal.code())]
    Refused { refusal: Refusal, plan: Arc<Plan> },
    #[error("no such inventory")]
    InventoryUnknown,
    /// Too many commands are under way in this inventory, or in the journal.
    #[error("too many commands under way")]
    Overloaded,
    /// The store has not answered for five seconds.
    #[error("the commit is pending")]
    CommitPending,
    /// The record is not in the journal and never will be.
    #[error("not committed")]
    NotCommitted,
    /// The inventory cannot be loaded now.
    #[error("the inventory is not available")]
    Unavailable { retry_after_seconds: u32 },
    /// A defect of ours; the state is as before.
    #[error("the command panicked")]
    Panicked,
}
