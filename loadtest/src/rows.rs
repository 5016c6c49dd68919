//! The rows of the benchmark page: which there are, what they are called, and the medians over their rounds.

use std::fmt::Write;

use serde::Serialize;

use crate::report::LoadReport;
use crate::stats::median;

/// All rows in the order of the page: the name of their files, and what the page calls them.
pub const ROWS: [(&str, &str); 15] = [
    ("bare", "bare handler, 256"),
    ("bare-token", "bare handler, token checked, 256"),
    ("hot-64", "**fairhold, Postgres, hot, 64**"),
    ("hot-256", "**fairhold, Postgres, hot, 256**"),
    ("hot-paced", "fairhold, Postgres, hot, 256, at a steady rate"),
    ("many-64", "**fairhold, Postgres, 1,000 inventories, 64**"),
    ("many-256", "**fairhold, Postgres, 1,000 inventories, 256**"),
    ("sqlite", "**fairhold, SQLite, hot, 256**"),
    ("refusals", "fairhold, SQLite, refusals, 256"),
    ("seat-lock", "a: lock the seat's row, 256"),
    ("seat-one-statement", "a′: the same in one statement, 256"),
    ("stock-lock", "b: lock one row of stock, 256"),
    ("stock-one-statement", "b′: the same in one statement, 256"),
    ("fair-lock", "c: fair Redis lock around a, 256"),
    ("redis-claim", "d: Redis script, written later (*not durable when answered*), 256"),
];

/// Beyond this share of the machine used by others, figures of a run are not worth comparing.
pub const OTHERS_CPU_SHARE_MAX: f64 = 0.1;

/// A row of the page: medians over the rounds.
#[derive(Debug, Default, Serialize)]
pub struct Row {
    pub name: String,
    pub label: String,
    pub rounds: usize,
    pub rate: f64,
    pub lowest_rate: f64,
    pub highest_rate: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    pub server_us_per_request: f64,
    /// CPU seconds a second, of server, database and Redis, generator
    pub server_cores: f64,
    pub store_cores: f64,
    pub client_cores: f64,
    /// of the worst round
    pub others_cpu_share: f64,
    /// records of one commit
    pub batch_records: Option<f64>,
    /// how long Postgres waited for one sync of its log
    pub log_sync_ms: Option<f64>,
    /// answers that nobody expects and broken connections
    pub unexpected: u64,
    pub errors: u64,
    /// rounds in which an answer was wrong or the store did not hold what was acknowledged
    pub wrong_rounds: usize,
}

impl Row {
    pub fn of(name: &str, rounds: &[LoadReport]) -> Self {
        let middle = |figure: fn(&LoadReport) -> f64| median(&rounds.iter().map(figure).collect::<Vec<_>>());
        let rates = || rounds.iter().map(|round| round.rate);
        let label = ROWS.iter().find(|(known, _)| *known == name).map_or(name, |(_, label)| label);
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            rounds: rounds.len(),
            rate: middle(|round| round.rate),
            lowest_rate: rates().fold(f64::INFINITY, f64::min),
            highest_rate: rates().fold(0.0, f64::max),
            p50_ms: middle(|round| round.p50_ms),
            p99_ms: middle(|round| round.p99_ms),
            p999_ms: middle(|round| round.p999_ms),
            server_us_per_request: middle(|round| {
                share(round.server_cpu_seconds * 1e6, round.completed as f64)
            }),
            server_cores: middle(|round| share(round.server_cpu_seconds, round.seconds)),
            store_cores: middle(|round| share(round.store_cpu_seconds, round.seconds)),
            client_cores: middle(|round| share(round.client_cpu_seconds, round.seconds)),
            others_cpu_share: rounds.iter().map(|round| round.others_cpu_share).fold(0.0, f64::max),
            batch_records: median_of(rounds.iter().filter_map(|round| round.batch_records)),
            log_sync_ms: median_of(rounds.iter().filter_map(|round| round.log_sync_ms)),
            unexpected: rounds.iter().map(|round| round.unexpected).sum(),
            errors: rounds.iter().map(|round| round.errors).sum(),
            wrong_rounds: rounds.iter().filter(|round| !round.is_right()).count(),
        }
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn median_of(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| median(&values))
}

/// The table of all rows; `first` is the row of fairhold that every other is compared with.
pub fn table(rows: &[Row], first: &str) -> String {
    let rate_of = |name: &str| rows.iter().find(|row| row.name == name).map_or(0.0, |row| row.rate);
    let mut text = String::from(
        "| row, connections | answers/s (lowest to highest) | p50 ms | p99 ms | p99.9 ms | cores: server | store | generator | others % | server µs/answer | records a commit | log sync ms | of bare | fairhold hot 256 is |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for row in rows {
        // writing to a String cannot fail
        let _ = writeln!(
            text,
            "| {} | {:.0} ({:.0} to {:.0}) | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} | {:.1} | {} | {} | {} | {} |",
            row.label,
            row.rate,
            row.lowest_rate,
            row.highest_rate,
            row.p50_ms,
            row.p99_ms,
            row.p999_ms,
            row.server_cores,
            row.store_cores,
            row.client_cores,
            row.others_cpu_share * 100.0,
            row.server_us_per_request,
            optional(row.batch_records, 1),
            optional(row.log_sync_ms, 2),
            ratio(row.rate, rate_of("bare"), ""),
            ratio(rate_of(first), row.rate, " ×"),
        );
    }
    text
}

fn optional(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.digits$}"))
}

fn ratio(rate: f64, base: f64, unit: &str) -> String {
    if base > 0.0 && rate > 0.0 { format!("{:.2}{unit}", rate / base) } else { "–".to_owned() }
}

/// What a reader must know before anything else: rounds that were wrong, and a machine that was busy.
pub fn warnings(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| row.wrong_rounds > 0) {
        let _ = write!(
            text,
            "**FAILED: in {} of {} rounds of \"{}\" an answer was wrong, or the store did not hold what was \
             acknowledged.**\n\n",
            row.wrong_rounds, row.rounds, row.label
        );
    }
    let worst = rows.iter().map(|row| row.others_cpu_share).fold(0.0, f64::max);
    if worst > OTHERS_CPU_SHARE_MAX {
        let _ = write!(
            text,
            "**The machine was busy with other work: up to {:.0} % of its CPU time. Rates and latencies are \
             worse than on an idle machine, and ratios are rough.**\n\n",
            worst * 100.0
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Audit;

    fn run(rate: f64) -> LoadReport {
        LoadReport {
            rate,
            seconds: 10.0,
            completed: 1_000,
            server_cpu_seconds: 0.02,
            store_cpu_seconds: 5.0,
            ..LoadReport::default()
        }
    }

    #[test]
    fn a_busy_machine_and_a_wrong_store_are_named_on_the_page() {
        let busy = Row::of("hot-256", &[LoadReport { others_cpu_share: 0.4, ..run(1.0) }]);
        assert!(warnings(&[busy]).contains("40 %"));
        let audit = Some(Audit { acknowledged: 2, taken: 1, ..Audit::default() });
        let wrong = Row::of("seat-lock", &[run(1.0), LoadReport { audit, ..run(1.0) }]);
        assert!(warnings(&[wrong]).contains("FAILED: in 1 of 2 rounds"));
        assert_eq!(warnings(&[Row::of("bare", &[run(1.0)])]), "");
    }

    #[test]
    fn rows_hold_medians_and_the_table_ratios() {
        let bare = Row::of("bare", &[run(100.0), run(300.0), run(200.0)]);
        assert!((bare.server_us_per_request - 20.0).abs() < 1e-9 && (bare.store_cores - 0.5).abs() < 1e-9);
        let logged = |ms| LoadReport { batch_records: Some(12.5), log_sync_ms: Some(ms), ..run(80.0) };
        let hot = Row::of("hot-256", &[0.3, 0.1, 0.2].map(logged));
        let seats = Row::of("seat-lock", &[run(10.0)]);
        let text = table(&[bare, hot, seats], "hot-256");
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[2].starts_with("| bare handler, 256 | 200 (100 to 300) |"), "{text}");
        assert!(lines[3].ends_with("| 12.5 | 0.20 | 0.40 | 1.00 × |"), "{text}");
        assert!(lines[4].ends_with("| – | – | 0.05 | 8.00 × |"), "{text}");
    }
}
