//! Latencies, medians and the clock of the generators.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hdrhistogram::Histogram;
use serde::Serialize;

/// Three digits are kept of every value: 1 in 1,000.
const DIGITS: u8 = 3;
/// Longer than any time-out here; longer values count as this.
const LONGEST_US: u64 = 600_000_000;

/// Latencies in microseconds.
pub struct Latencies(Histogram<u64>);

/// What a report says of latencies, in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Percentiles {
    pub count: u64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    pub max_ms: f64,
}

impl Default for Latencies {
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1, LONGEST_US, DIGITS).expect("the bounds are constants that fit"))
    }
}

impl Latencies {
    pub fn add(&mut self, latency: Duration) {
        self.add_us(u64::try_from(latency.as_micros()).unwrap_or(LONGEST_US));
    }

    pub fn add_us(&mut self, latency_us: u64) {
        self.0.saturating_record(latency_us.clamp(1, LONGEST_US));
    }

    pub fn percentiles(&self) -> Percentiles {
        let ms = |quantile: f64| self.0.value_at_quantile(quantile) as f64 / 1_000.0;
        Percentiles {
            count: self.0.len(),
            p50_ms: ms(0.5),
            p99_ms: ms(0.99),
            p999_ms: ms(0.999),
            max_ms: self.0.max() as f64 / 1_000.0,
        }
    }
}

/// Microseconds of the wall clock, to compare with `at_ms` of a frame made on the same machine.
#[allow(clippy::disallowed_methods, reason = "a generator measures real time and is never replayed")]
pub fn wall_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(0)
}

/// The middle value, or the mean of the two in the middle; 0 of nothing.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

/// A small random source (xorshift); good enough to pick seats, no more.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_is_the_mean_of_the_middle() {
        assert!((median(&[4.0, 1.0, 3.0, 2.0]) - 2.5).abs() < 1e-9);
        assert!((median(&[9.0, 1.0, 3.0]) - 3.0).abs() < 1e-9);
        assert!(median(&[]).abs() < 1e-9);
    }

    #[test]
    fn percentiles_are_milliseconds() {
        let mut latencies = Latencies::default();
        (1..=1_000).for_each(|n| latencies.add_us(n * 1_000));
        let found = latencies.percentiles();
        assert!((found.p50_ms - 500.0).abs() < 1.0 && (found.p99_ms - 990.0).abs() < 1.0);
    }
}
