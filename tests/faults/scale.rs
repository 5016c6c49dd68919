//! How much of each test: a little in every test run, all of it with `make faults`.

use std::fmt::Display;
use std::io::Write;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};

use crate::support::postgres::Cluster;
use crate::support::rng::Rng;

pub(crate) const SEED: &str = "FAIRHOLD_FAULTS_SEED";

pub(crate) fn is_full() -> bool {
    std::env::var("FAIRHOLD_FAULTS").is_ok_and(|size| size == "full")
}

/// How often, how many, how long; `FAIRHOLD_FAULTS_TIMES` stands above both.
pub(crate) fn times(small: usize, full: usize) -> usize {
    let given = std::env::var("FAIRHOLD_FAULTS_TIMES").ok().and_then(|text| text.parse().ok());
    given.unwrap_or(if is_full() { full } else { small })
}

pub(crate) fn seed() -> u64 {
    Rng::seed(SEED)
}

/// A Postgres of one's own, to be mistreated.
pub(crate) async fn cluster() -> Cluster {
    if is_full() { Cluster::start().await } else { Cluster::quick().await }
}

/// Tests that measure, or that need both cores, take turns.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}

/// What is said of a time counts at full size only, where nothing else runs beside it.
pub(crate) fn in_time(is_so: bool, told: impl Display) {
    assert!(is_so || !is_full(), "{told}");
}

/// Measured times, asked for their middle and their worst.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
        self.0.sort_unstable();
    }

    /// The `percent` smallest are not above it.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let index = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn max(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }
}

impl FromIterator<Duration> for Times {
    fn from_iter<T: IntoIterator<Item = Duration>>(times: T) -> Self {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort_unstable();
        Self(times)
    }
}

impl Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.is_empty() {
            true => f.write_str("-"),
            false => write!(f, "{:.0?}/{:.0?}", self.percentile(50), self.max()),
        }
    }
}

/// A line of the table that `make faults` ends with: test, size, violations, recovery (median/max), figures.
pub(crate) fn report(test: &str, size: &str, violations: usize, recovery: &Times, figures: &str) {
    let line = format!("{test} | {size} | {violations} | {recovery} | {figures}");
    println!("{line}");
    let Some(file) = std::env::var_os("FAIRHOLD_FAULTS_REPORT") else { return };
    let mut file = std::fs::File::options().create(true).append(true).open(file).expect("the report's file");
    writeln!(file, "{line}").expect("the report's file");
}
