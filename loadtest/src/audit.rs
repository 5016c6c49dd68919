//! What a store holds after a run, to compare with what was acknowledged.

use std::time::{Duration, Instant};

use crate::baselines::store::Count;
use crate::board::Board;
use crate::report::Audit;
use crate::setup::Api;
use crate::{Failure, Outcome};

/// How long a baseline that writes later may take to write the rest.
const DRAIN: Duration = Duration::from_secs(120);

/// Taken pieces, and those that are wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub taken: u64,
    pub wrong: u64,
}

impl Found {
    /// Right if all that was acknowledged is there, and no more than may be.
    pub fn against(self, acknowledged: u64, unknown: u64) -> Audit {
        let expected = acknowledged..=acknowledged + unknown;
        let ok = self.wrong == 0 && expected.contains(&self.taken);
        Audit { acknowledged, unknown, taken: self.taken, wrong: self.wrong, ok }
    }
}

/// Counts the seats that are taken now, in all inventories of a server.
pub async fn seats(api: &mut Api, inventories: &[String], seats: u32) -> Outcome<Found> {
    let mut taken = 0;
    for inventory in inventories {
        let snapshot = serde_json::from_value(api.availability(inventory).await?)?;
        let mut board = Board::default();
        board.apply(&snapshot, true);
        taken += board.taken(seats);
    }
    Ok(Found { taken, wrong: 0 })
}

/// Counts the orders of a baseline, once all of them are written.
pub async fn orders(api: &mut Api) -> Outcome<Found> {
    let began = Instant::now();
    loop {
        let (status, body) = api.call("GET", "/audit", "", "").await?;
        let count: Count =
            serde_json::from_value(body).map_err(|error| format!("audit answered {status}: {error}"))?;
        if count.pending == 0 {
            return Ok(Found { taken: count.orders, wrong: count.wrong });
        }
        if began.elapsed() > DRAIN {
            return Err(Failure::from(format!("{} orders are still not written", count.pending)));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_is_right_only_with_all_that_was_acknowledged_and_nothing_twice() {
        let right = |taken, wrong| Found { taken, wrong }.against(100, 2).ok;
        assert!(right(100, 0) && right(102, 0));
        assert!(!right(99, 0), "one is lost");
        assert!(!right(103, 0), "one too many");
        assert!(!right(100, 1), "one was sold twice");
    }
}
