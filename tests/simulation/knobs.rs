//! What a seed makes of the world: how many, how fast, and what goes wrong how often.

use std::time::Duration;

use crate::rng::Rng;

/// Chances are percents; a fault that is off has none.
#[derive(Debug, Clone)]
pub(crate) struct Knobs {
    pub(crate) nodes: usize,
    pub(crate) inventories: usize,
    pub(crate) buyers: usize,
    pub(crate) viewers: usize,
    pub(crate) chaos_ms: u64,
    pub(crate) hold_seconds: u32,
    /// Between two commands of one buyer, at most.
    pub(crate) think_ms: usize,
    /// A client asks another node than the inventory's own.
    pub(crate) stray: usize,
    pub(crate) network_ms: u64,
    /// Each way to the store, at most.
    pub(crate) store_ms: usize,
    pub(crate) not_sent: usize,
    pub(crate) again: usize,
    pub(crate) refused: usize,
    pub(crate) unknown: usize,
    pub(crate) read_fails: usize,
    pub(crate) take_over_fails: usize,
    pub(crate) slow_read: usize,
    pub(crate) crashes: usize,
    pub(crate) partitions: usize,
    pub(crate) pauses: usize,
    /// Times when a node, or all, are cut off from the store.
    pub(crate) store_cuts: usize,
    /// A message breaks the link.
    pub(crate) loss: usize,
    pub(crate) random_order: bool,
    /// By node: what its wall clock is ahead.
    pub(crate) ahead_ms: Vec<i64>,
    pub(crate) snapshot_every: u64,
    pub(crate) idle_after: Duration,
    pub(crate) loaded_max: usize,
    pub(crate) in_flight_max: usize,
    pub(crate) backlog_max: usize,
    pub(crate) writers: usize,
}

const HOUR_MS: usize = 3_600_000;

impl Knobs {
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        // One world in eight has no fault at all, and one owner: what only faults excuse must not happen there.
        let is_calm = rng.percent(12);
        let nodes = if is_calm { 1 } else { 2 + rng.below(2) };
        let mut fault = |most: usize| match !is_calm && rng.percent(50) {
            true => 1 + rng.below(most),
            false => 0,
        };
        let (not_sent, again, refused, unknown) = (fault(20), fault(20), fault(5), fault(20));
        let (read_fails, take_over_fails, slow_read) = (fault(25), fault(25), fault(20));
        let (crashes, partitions, pauses, store_cuts) = (fault(4), fault(4), fault(3), fault(3));
        let (loss, stray, skewed) = (fault(2), fault(40), fault(1) == 1);
        let mut ahead = || match skewed {
            true => rng.below(2 * HOUR_MS) as i64 - HOUR_MS as i64,
            false => 0,
        };
        let ahead_ms = (0..nodes).map(|_| ahead()).collect();
        Self {
            nodes,
            inventories: 1 + rng.below(3),
            buyers: 3 + rng.below(6),
            viewers: 1 + rng.below(3),
            chaos_ms: 4_000 + rng.below(8_000) as u64,
            hold_seconds: 1 + rng.below(3) as u32,
            think_ms: [40, 150, 500][rng.below(3)],
            stray,
            network_ms: [10, 20, 60][rng.below(3)],
            store_ms: [2, 10, 60][rng.below(3)],
            not_sent,
            again,
            refused,
            unknown,
            read_fails,
            take_over_fails,
            slow_read,
            crashes,
            partitions,
            pauses,
            store_cuts,
            loss,
            random_order: rng.percent(50),
            ahead_ms,
            snapshot_every: [3, 20, 10_000][rng.below(3)],
            idle_after: Duration::from_millis([1_500, 600_000][rng.below(2)]),
            loaded_max: [1, 10_000][rng.below(2)],
            in_flight_max: [2, 1_024][rng.below(2)],
            backlog_max: [3, 1_000][rng.below(2)],
            writers: 1 + rng.below(2),
        }
    }

    /// Nothing can go wrong here: no fault, and nobody else who could take over.
    pub(crate) fn is_calm(&self) -> bool {
        let faults = [
            self.not_sent,
            self.again,
            self.refused,
            self.unknown,
            self.read_fails,
            self.take_over_fails,
            self.slow_read,
            self.crashes,
            self.partitions,
            self.pauses,
            self.store_cuts,
            self.loss,
            self.stray,
        ];
        let is_right = self.ahead_ms.iter().all(|ahead| *ahead == 0);
        self.nodes == 1 && is_right && faults.iter().all(|chance| *chance == 0)
    }

    /// From here on all is well.
    pub(crate) fn heal(&mut self) {
        self.not_sent = 0;
        self.again = 0;
        self.refused = 0;
        self.unknown = 0;
        self.read_fails = 0;
        self.take_over_fails = 0;
        self.slow_read = 0;
    }
}
