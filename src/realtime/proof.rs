//! What a token proves to a live stream, and for how long.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::{BuyerId, Timestamp};
use crate::sources::Sources;

/// What this token proves, or why it opens nothing.
pub type Verify = Arc<dyn Fn(&str) -> Result<Proof, Unproven> + Send + Sync>;

/// Why a token opens nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproven {
    /// It does not hold.
    BadToken,
    /// It holds, and its buyer has as many streams as one may have.
    TooMany,
}

/// Who watches, until the end of the token that said so.
#[derive(Debug, Clone)]
pub struct Proof {
    pub buyer: BuyerId,
    ends_at: Timestamp,
    /// The clock that the end is of.
    clock: Sources,
}

impl Proof {
    pub fn new(buyer: BuyerId, ends_at: Timestamp, clock: Sources) -> Self {
        Self { buyer, ends_at, clock }
    }

    pub(super) fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    pub(super) fn left(&self) -> Duration {
        let left_ms = self.ends_at.since_ms(self.clock.now());
        Duration::from_millis(u64::try_from(left_ms).unwrap_or(0))
    }
}
