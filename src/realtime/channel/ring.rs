//! What was published last, for viewers that come back.

use std::collections::VecDeque;

use crate::domain::UnitNo;

/// Deltas that a returning viewer can be given.
pub(super) const RING_DELTAS_MAX: usize = 1_024;
/// And their size in memory.
pub(super) const RING_BYTES_MAX: usize = 1024 * 1024;

/// The deltas behind what is published, oldest first.
#[derive(Default)]
pub(super) struct Ring {
    deltas: VecDeque<(u64, Box<[UnitNo]>)>,
    bytes: usize,
}

impl Ring {
    pub(super) fn push(&mut self, from: u64, units: Box<[UnitNo]>) {
        self.bytes += Self::cost(&units);
        self.deltas.push_back((from, units));
        while self.deltas.len() > RING_DELTAS_MAX || self.bytes > RING_BYTES_MAX {
            let Some((_, oldest)) = self.deltas.pop_front() else { break };
            self.bytes -= Self::cost(&oldest);
        }
    }

    fn cost(units: &[UnitNo]) -> usize {
        32 + std::mem::size_of_val(units)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// All units changed since a frame boundary; None: that is too long ago, or no boundary.
    pub(super) fn since(&self, seq: u64) -> Option<Vec<UnitNo>> {
        let first = self.deltas.iter().position(|&(from, _)| from == seq)?;
        let mut units: Vec<UnitNo> =
            self.deltas.range(first..).flat_map(|(_, units)| units.iter().copied()).collect();
        units.sort_unstable();
        units.dedup();
        Some(units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_boundary_that_is_still_here_can_be_resumed_from() {
        let mut ring = Ring::default();
        ring.push(3, [7, 8].into());
        ring.push(5, [8, 9].into());
        assert_eq!(ring.since(3), Some(vec![7, 8, 9]));
        assert_eq!(ring.since(5), Some(vec![8, 9]));
        for seq in [0, 2, 4, 6, 7] {
            assert_eq!(ring.since(seq), None, "{seq}");
        }
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let mut ring = Ring::default();
        (0..=RING_DELTAS_MAX as u64).for_each(|from| ring.push(from, [1].into()));
        assert_eq!(ring.since(0), None);
        assert!(ring.since(1).is_some());
        assert_eq!(ring.deltas.len(), RING_DELTAS_MAX);
    }

    #[test]
    fn or_when_they_are_too_large() {
        let mut ring = Ring::default();
        let wide: Vec<UnitNo> = (0..40_000).collect();
        (0..10).for_each(|from| ring.push(from, wide.clone().into()));
        assert!(ring.bytes <= RING_BYTES_MAX && ring.deltas.len() == 6, "{}", ring.deltas.len());
        assert!(ring.since(3).is_none() && ring.since(4).is_some());
        (10..2_000).for_each(|from| ring.push(from, [].into()));
        assert_eq!(ring.bytes, ring.deltas.iter().map(|(_, units)| Ring::cost(units)).sum::<usize>());
    }
}
