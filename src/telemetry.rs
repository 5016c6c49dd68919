//! Logs and metrics: names, units and labels in one place. Never ids as labels, never secrets or personal
//! data in a log.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

const SECONDS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Two say `error` for every request that is no HTTP and every frame that is no WebSocket's: anybody could fill our
/// log. The third says at every start that what exists need not be made.
const QUIET: &str = "actix_http::h1::dispatcher=off,actix_http::ws::codec=off,sqlx::postgres::notice=warn";
/// How often histograms are drained: at 50,000 samples a second this keeps some megabytes.
const DRAIN_EVERY: Duration = Duration::from_secs(5);
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0];

/// Installs the recorder; once per process. Later calls get the same handle.
pub fn metrics_handle() -> Result<PrometheusHandle, BuildError> {
    // A lock, not a `OnceLock`: of two servers that start at once, one would find the recorder taken and no handle.
    static HANDLE: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut known = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*known {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_records".to_owned()), SIZES)?
        .install_recorder()?;
    describe();
    keep_drained(handle.clone());
    Ok(known.insert(handle).clone())
}

/// A histogram keeps every sample until somebody reads the metrics or this moves them into its buckets.
fn keep_drained(handle: PrometheusHandle) {
    let drain = move || {
        loop {
            std::thread::sleep(DRAIN_EVERY);
            handle.run_upkeep();
        }
    };
    let thread = std::thread::Builder::new().name("metrics".to_owned()).spawn(drain);
    if let Err(cause) = thread {
        tracing::warn!(%cause, "histograms are drained only when they are read");
    }
}

/// Pretty on a terminal, JSON otherwise; `FAIRHOLD_LOG` filters (default `info`). On stderr.
pub fn init_logs(filter: &str) {
    // A line that cannot be written is lost. To say so on the same stderr would panic, in whatever thread it was: with
    // the log on a disk that is full nothing would be served any more.
    let builder = tracing_subscriber::fmt().with_env_filter(quiet(filter)).with_writer(std::io::stderr);
    let builder = builder.log_internal_errors(false);
    // A second initialisation, as in tests, keeps the first.
    let _first_wins = if std::io::stderr().is_terminal() {
        builder.compact().try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
}

fn quiet(filter: &str) -> EnvFilter {
    EnvFilter::try_new(format!("{QUIET},{filter}"))
        .unwrap_or_else(|_| EnvFilter::new(format!("{QUIET},info")))
}

fn describe() {
    describe_counter!(
        "fairhold_commands_total",
        Unit::Count,
        "commands by name and outcome: committed, lost, replayed, unchanged, panicked, or the code of a refusal"
    );
    describe_histogram!("fairhold_journal_batch_records", Unit::Count, "entries in one commit");
    describe_histogram!("fairhold_journal_commit_seconds", Unit::Seconds, "time of one commit");
    describe_gauge!("fairhold_journal_queue_records", Unit::Count, "entries that wait for the writer");
    describe_gauge!("fairhold_journal_stalled", Unit::Count, "journal writers that wait for the store");
    describe_gauge!("fairhold_inventories_loaded", Unit::Count, "inventories with an actor in memory");
    describe_gauge!(
        "fairhold_inventories_unserved",
        Unit::Count,
        "inventories that could not be loaded when it was last tried"
    );
    describe_gauge!("fairhold_store_failing", Unit::Count, "1 while the store does not take what is written");
    describe_gauge!(
        "fairhold_clock_behind_seconds",
        Unit::Seconds,
        "how far the server's own clock is behind the machine's, which it reads once at start"
    );
    describe_counter!("fairhold_inventories_poisoned_total", Unit::Count, "actors given up, by cause");
    describe_counter!("fairhold_inventories_evicted_total", Unit::Count, "idle inventories put away");
    describe_histogram!("fairhold_inventory_load_seconds", Unit::Seconds, "take-over, snapshot and tail");
    describe_histogram!(
        "fairhold_hold_expiry_lag_seconds",
        Unit::Seconds,
        "from a hold's end to its release"
    );
    describe_counter!(
        "fairhold_best_available_holds_total",
        Unit::Count,
        "holds of the best places that there were, by the step that found them"
    );
    describe_counter!(
        "fairhold_admission_refused_total",
        Unit::Count,
        "commands turned away, by what was full"
    );
    describe_counter!(
        "fairhold_idempotency_keys_dropped_total",
        Unit::Count,
        "keys forgotten before their day was over"
    );
    describe_counter!(
        "fairhold_groups_total",
        Unit::Count,
        "groups by outcome: held, refused, aborted, replayed, released, expired, sold"
    );
    describe_gauge!(
        "fairhold_groups_unfinished",
        Unit::Count,
        "groups for which something is left to do, at the last sweep"
    );
    describe_limits();
    describe_live();
}

fn describe_limits() {
    describe_counter!(
        "fairhold_turned_away_total",
        Unit::Count,
        "requests beyond a budget, by reason (calls, sessions, journal_bytes, wrong_codes, streams, pieces_held, \
         cooling_down, holding_time) and by whose budget it was (address, buyer, key)"
    );
    describe_counter!(
        "fairhold_holds_ended_total",
        Unit::Count,
        "holds by their end: purchased, released or expired; those that were not purchased are the unpaid ones"
    );
    describe_counter!("fairhold_wrong_codes_total", Unit::Count, "codes that opened no allotment");
    describe_gauge!(
        "fairhold_limited_subjects",
        Unit::Count,
        "addresses, buyers and keys of which the limiter remembers something"
    );
}

fn describe_live() {
    describe_gauge!("fairhold_live_viewers", Unit::Count, "open live connections, by transport");
    describe_counter!("fairhold_live_frames_total", Unit::Count, "frames handed to viewers, by type");
    describe_counter!("fairhold_live_bytes_total", Unit::Bytes, "bytes of these frames");
    describe_counter!(
        "fairhold_live_deltas_published_total",
        Unit::Count,
        "deltas encoded, once for all viewers"
    );
    describe_counter!(
        "fairhold_live_records_published_total",
        Unit::Count,
        "records conflated into these deltas"
    );
    describe_counter!(
        "fairhold_live_resyncs_total",
        Unit::Count,
        "snapshots sent instead of deltas, by cause"
    );
    describe_counter!(
        "fairhold_live_slow_closes_total",
        Unit::Count,
        "viewers closed because they did not keep up"
    );
    describe_counter!(
        "fairhold_live_sockets_refused_total",
        Unit::Count,
        "sockets closed for what their frames are, by cause"
    );
    describe_histogram!(
        "fairhold_live_publish_lag_seconds",
        Unit::Seconds,
        "from a commit to its frame being published"
    );
}

pub(crate) fn journal_queue(len: usize) {
    static GAUGE: LazyLock<Gauge> = LazyLock::new(|| gauge!("fairhold_journal_queue_records"));
    GAUGE.set(len as f64);
}

pub(crate) fn journal_commit(entries: usize, took: Duration) {
    static BATCH: LazyLock<Histogram> = LazyLock::new(|| histogram!("fairhold_journal_batch_records"));
    static TIME: LazyLock<Histogram> = LazyLock::new(|| histogram!("fairhold_journal_commit_seconds"));
    BATCH.record(entries as f64);
    TIME.record(took.as_secs_f64());
}

pub(crate) fn journal_stalled(writers: usize) {
    static GAUGE: LazyLock<Gauge> = LazyLock::new(|| gauge!("fairhold_journal_stalled"));
    GAUGE.set(writers as f64);
}

/// A counter of commands; keep the handle, since looking it up costs more than counting.
pub(crate) fn commands(command: &'static str, outcome: &'static str) -> Counter {
    counter!("fairhold_commands_total", "command" => command, "outcome" => outcome)
}

/// A counter of holds by best available; keep the handle.
pub(crate) fn best_available_holds(step: &'static str) -> Counter {
    counter!("fairhold_best_available_holds_total", "step" => step)
}

pub(crate) fn admission_refused(full: &'static str) {
    counter!("fairhold_admission_refused_total", "full" => full).increment(1);
}

pub(crate) fn inventories_loaded(count: usize) {
    gauge!("fairhold_inventories_loaded").set(count as f64);
}

pub(crate) fn inventories_unserved(count: usize) {
    gauge!("fairhold_inventories_unserved").set(count as f64);
}

pub(crate) fn store_failing(is_failing: bool) {
    gauge!("fairhold_store_failing").set(if is_failing { 1.0 } else { 0.0 });
}

pub(crate) fn inventory_poisoned(cause: &'static str) {
    counter!("fairhold_inventories_poisoned_total", "cause" => cause).increment(1);
}

pub(crate) fn inventory_evicted() {
    counter!("fairhold_inventories_evicted_total").increment(1);
}

pub(crate) fn inventory_loaded(took: Duration) {
    histogram!("fairhold_inventory_load_seconds").record(took.as_secs_f64());
}

pub(crate) fn expiry_lag(lag_ms: i64) {
    static LAG: LazyLock<Histogram> = LazyLock::new(|| histogram!("fairhold_hold_expiry_lag_seconds"));
    LAG.record(lag_ms.max(0) as f64 / 1000.0);
}

pub(crate) fn keys_dropped(count: u64) {
    counter!("fairhold_idempotency_keys_dropped_total").increment(count);
}

pub(crate) fn group_ended(outcome: &'static str) {
    counter!("fairhold_groups_total", "outcome" => outcome).increment(1);
}

pub(crate) fn groups_unfinished(count: usize) {
    gauge!("fairhold_groups_unfinished").set(count as f64);
}

/// Handles are kept: an attack is counted here as often as it asks.
pub(crate) fn turned_away(reason: &'static str, whose: &'static str) {
    static COUNTERS: Mutex<BTreeMap<(&'static str, &'static str), Counter>> = Mutex::new(BTreeMap::new());
    let mut counters = COUNTERS.lock().unwrap_or_else(PoisonError::into_inner);
    let counter = counters.entry((reason, whose));
    let name = "fairhold_turned_away_total";
    counter.or_insert_with(|| counter!(name, "reason" => reason, "whose" => whose)).increment(1);
}

pub(crate) fn hold_ended(end: &'static str) {
    static PURCHASED: LazyLock<Counter> = LazyLock::new(|| ended("purchased"));
    static RELEASED: LazyLock<Counter> = LazyLock::new(|| ended("released"));
    static EXPIRED: LazyLock<Counter> = LazyLock::new(|| ended("expired"));
    match end {
        "purchased" => PURCHASED.increment(1),
        "released" => RELEASED.increment(1),
        _ => EXPIRED.increment(1),
    }
}

fn ended(end: &'static str) -> Counter {
    counter!("fairhold_holds_ended_total", "end" => end)
}

pub(crate) fn wrong_code() {
    counter!("fairhold_wrong_codes_total").increment(1);
}

pub(crate) fn limited_subjects(count: usize) {
    static GAUGE: LazyLock<Gauge> = LazyLock::new(|| gauge!("fairhold_limited_subjects"));
    GAUGE.set(count as f64);
}

pub(crate) fn viewers(transport: &'static str, change: f64) {
    gauge!("fairhold_live_viewers", "transport" => transport).increment(change);
}

pub(crate) fn resync(cause: &'static str) {
    counter!("fairhold_live_resyncs_total", "cause" => cause).increment(1);
}

pub(crate) fn slow_close() {
    counter!("fairhold_live_slow_closes_total").increment(1);
}

pub(crate) fn socket_refused(cause: &'static str) {
    counter!("fairhold_live_sockets_refused_total", "cause" => cause).increment(1);
}

pub(crate) fn published(records: u64, lag: Duration) {
    static DELTAS: LazyLock<Counter> = LazyLock::new(|| counter!("fairhold_live_deltas_published_total"));
    static RECORDS: LazyLock<Counter> = LazyLock::new(|| counter!("fairhold_live_records_published_total"));
    static LAG: LazyLock<Histogram> = LazyLock::new(|| histogram!("fairhold_live_publish_lag_seconds"));
    DELTAS.increment(1);
    RECORDS.increment(records);
    LAG.record(lag.as_secs_f64());
}

pub(crate) fn frame_sent(kind: &'static str, len: usize) {
    static DELTAS: LazyLock<Counter> =
        LazyLock::new(|| counter!("fairhold_live_frames_total", "type" => "delta"));
    static BYTES: LazyLock<Counter> = LazyLock::new(|| counter!("fairhold_live_bytes_total"));
    BYTES.increment(len as u64);
    match kind {
        "delta" => DELTAS.increment(1),
        other => counter!("fairhold_live_frames_total", "type" => other).increment(1),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_anybody_may_send_writes_no_errors() {
        for filter in ["info", "debug", "fairhold=trace"] {
            let lines = Lines::default();
            let writer = lines.clone();
            let log = tracing_subscriber::fmt().with_env_filter(quiet(filter));
            let log = log.with_ansi(false).with_writer(move || writer.clone()).finish();
            tracing::subscriber::with_default(log, || {
                tracing::error!(target: "actix_http::ws::codec", "Unfinished fragment");
                tracing::error!(target: "actix_http::h1::dispatcher", "stream error");
                tracing::error!("of our own");
            });
            let lines = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
            assert!(lines.contains("of our own") && lines.lines().count() == 1, "{filter}: {lines}");
        }
    }
}
