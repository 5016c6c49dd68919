//! The figures that the generators print, and the page that is made of many of them.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::stats::median;

/// What `holds` prints.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct LoadReport {
    pub mode: String,
    pub connections: usize,
    pub seconds: f64,
    pub completed: u64,
    pub statuses: BTreeMap<u16, u64>,
    /// connections that broke; their request may or may not have been carried out
    pub errors: u64,
    /// answers that this mode does not expect
    pub unexpected: u64,
    /// the first of them, to see what went wrong
    pub unexpected_example: Option<String>,
    pub rate: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    pub server_cpu_seconds: f64,
    /// database and Redis, with their children
    pub store_cpu_seconds: f64,
    pub client_cpu_seconds: f64,
    /// of all cores, what neither server nor generator used: the figures are clean only near 0
    pub others_cpu_share: f64,
    /// records of one commit, as the server says
    pub batch_records: Option<f64>,
    /// every seat was asked for before the time was over
    pub exhausted: bool,
    pub audit: Option<Audit>,
}

/// What the store shows as taken, against what was acknowledged.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Audit {
    pub acknowledged: u64,
    /// asked for, and the connection broke before the answer
    pub unknown: u64,
    pub taken: u64,
    /// sold twice, or taken without its order
    pub wrong: u64,
    pub ok: bool,
}

/// What `probe` prints: how fast this disk makes a small append durable.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ProbeReport {
    pub bytes: usize,
    pub count: u64,
    pub rate: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// A row of the page: medians over the rounds.
#[derive(Debug, Serialize)]
pub struct Row {
    pub name: String,
    pub rounds: usize,
    pub rate: f64,
    pub lowest_rate: f64,
    pub highest_rate: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    pub server_us_per_request: f64,
    /// of the worst round
    pub others_cpu_share: f64,
    pub unexpected: u64,
    pub errors: u64,
}

impl Row {
    pub fn of(name: &str, rounds: &[LoadReport]) -> Self {
        let middle = |figure: fn(&LoadReport) -> f64| median(&rounds.iter().map(figure).collect::<Vec<_>>());
        let rates = || rounds.iter().map(|round| round.rate);
        Self {
            name: name.to_owned(),
            rounds: rounds.len(),
            rate: middle(|round| round.rate),
            lowest_rate: rates().fold(f64::INFINITY, f64::min),
            highest_rate: rates().fold(0.0, f64::max),
            p50_ms: middle(|round| round.p50_ms),
            p99_ms: middle(|round| round.p99_ms),
            p999_ms: middle(|round| round.p999_ms),
            server_us_per_request: middle(LoadReport::server_us_per_request),
            others_cpu_share: rounds.iter().map(|round| round.others_cpu_share).fold(0.0, f64::max),
            unexpected: rounds.iter().map(|round| round.unexpected).sum(),
            errors: rounds.iter().map(|round| round.errors).sum(),
        }
    }
}

impl LoadReport {
    fn server_us_per_request(&self) -> f64 {
        if self.completed == 0 { 0.0 } else { self.server_cpu_seconds * 1e6 / self.completed as f64 }
    }
}

/// The table of all rows, with each rate as a share of the baselines.
pub fn table(rows: &[Row]) -> String {
    let rate_of = |name: &str| rows.iter().find(|row| row.name == name).map_or(0.0, |row| row.rate);
    let (bare, token) = (rate_of("bare"), rate_of("bare-token"));
    let mut text = String::from(
        "| run | requests/s (lowest to highest) | p50 ms | p99 ms | p99.9 ms | server CPU µs/request | others' CPU % | of bare | of bare-token |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for row in rows {
        // writing to a String cannot fail
        let _ = writeln!(
            text,
            "| {} | {:.0} ({:.0} to {:.0}) | {:.2} | {:.2} | {:.2} | {:.1} | {:.0} | {} | {} |",
            row.name,
            row.rate,
            row.lowest_rate,
            row.highest_rate,
            row.p50_ms,
            row.p99_ms,
            row.p999_ms,
            row.server_us_per_request,
            row.others_cpu_share * 100.0,
            share(row.rate, bare),
            share(row.rate, token),
        );
    }
    text
}

/// Beyond this share of the machine used by others, figures of a run are not worth comparing.
const OTHERS_CPU_SHARE_MAX: f64 = 0.1;

/// A warning when other processes had a good part of the machine.
pub fn warning(rows: &[Row]) -> String {
    let worst = rows.iter().map(|row| row.others_cpu_share).fold(0.0, f64::max);
    if worst <= OTHERS_CPU_SHARE_MAX {
        return String::new();
    }
    format!(
        "**The machine was busy with other work: up to {:.0} % of its CPU time. Rates and latencies are worse \
         than on an idle machine, and ratios are rough.**\n\n",
        worst * 100.0
    )
}

fn share(rate: f64, base: f64) -> String {
    if base > 0.0 { format!("{:.2}", rate / base) } else { "–".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rate: f64) -> LoadReport {
        LoadReport { rate, completed: 1_000, server_cpu_seconds: 0.02, ..LoadReport::default() }
    }

    #[test]
    fn a_busy_machine_is_named_on_the_page() {
        let busy = Row::of("holds", &[LoadReport { others_cpu_share: 0.4, ..run(1.0) }]);
        assert!(warning(&[busy]).contains("40 %"));
    }

    #[test]
    fn rows_hold_medians_and_the_table_ratios() {
        let bare = Row::of("bare", &[run(100.0), run(300.0), run(200.0)]);
        let holds = Row::of("holds", &[run(50.0)]);
        assert!((bare.server_us_per_request - 20.0).abs() < 1e-9);
        assert_eq!(warning(&[]), "");
        let text = table(&[bare, holds]);
        assert!(text.contains("| bare | 200 (100 to 300) |"), "{text}");
        assert!(text.lines().last().unwrap().ends_with("| 0.25 | – |"), "{text}");
    }
}
