//! A bucket of so many things, refilled one at a time.

use std::time::Duration;

use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Budget {
    burst: u32,
    refill: Duration,
    left: u32,
    refilled_at: Instant,
}

impl Budget {
    /// `burst` at once, and then one more after each `refill`.
    pub(super) fn full(burst: u32, refill: Duration) -> Self {
        Self { burst, refill, left: burst, refilled_at: Instant::now() }
    }

    /// Whether there was one left.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let passed = now.duration_since(self.refilled_at).as_nanos() / self.refill.as_nanos().max(1);
        let refills = u32::try_from(passed).unwrap_or(self.burst);
        self.left = self.left.saturating_add(refills).min(self.burst);
        // What is left of a refill counts for the next one.
        self.refilled_at = if refills >= self.burst { now } else { self.refilled_at + self.refill * refills };
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFILL: Duration = Duration::from_millis(200);

    #[test]
    fn a_burst_and_then_one_after_each_refill() {
        let mut budget = Budget::full(20, REFILL);
        let start = budget.refilled_at;
        assert!((0..20).all(|_| budget.take(start)));
        assert!(!budget.take(start + Duration::from_millis(199)));
        // Five a second for ten seconds, every other one late.
        let at = |n: u64| start + Duration::from_millis(n * 200 + n % 2 * 190);
        assert!((1..50).all(|n| budget.take(at(n))));
        assert!(!budget.take(at(49)));
    }

    #[test]
    fn a_long_silence_fills_the_bucket_and_no_more() {
        let mut budget = Budget::full(20, REFILL);
        let later = budget.refilled_at + Duration::from_secs(3_600);
        assert_eq!((0..100).filter(|_| budget.take(later)).count(), 20);
    }
}
