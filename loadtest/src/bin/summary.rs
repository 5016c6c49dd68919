//! Makes the benchmark page of the files that `bench.sh` collected: medians over the rounds, the floors, and
//! the same figures as JSON.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use fairhold_loadtest::report::{LoadReport, ProbeReport};
use fairhold_loadtest::rows::{self, ROWS, Row, warnings};
use fairhold_loadtest::stats::median;
use fairhold_loadtest::{Failure, Outcome, floors, live};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Benchmark page from collected results
#[derive(Parser)]
struct Args {
    /// Files named RUN-ROUND.json, slow-RUN-ROUND.json, probe-N.json, fanout.json, stalled.json
    #[arg(long)]
    results: PathBuf,
    /// Where latest.md and latest.json go
    #[arg(long)]
    out: PathBuf,
    #[arg(long)]
    date: String,
    #[arg(long)]
    revision: String,
    /// Version and settings of Postgres
    #[arg(long, default_value = "")]
    postgres: String,
    /// Pool sizes that the baselines run with
    #[arg(long, default_value = "")]
    pools: String,
    /// Runs that were repeated because others used the machine
    #[arg(long, default_value_t = 0)]
    repeated: usize,
}

/// All rounds of one run; none if it was left out.
fn rounds<T: DeserializeOwned>(results: &Path, run: &str) -> Outcome<Vec<T>> {
    let mut found = Vec::new();
    for round in 1.. {
        let path = results.join(format!("{run}-{round}.json"));
        let Ok(text) = fs::read(&path) else { break };
        let report = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        found.push(report);
    }
    Ok(found)
}

/// The rows that were run, by the prefix of their files.
fn rows_of(results: &Path, prefix: &str) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    for (name, _) in ROWS {
        let found: Vec<LoadReport> = rounds(results, &format!("{prefix}{name}"))?;
        if !found.is_empty() {
            rows.push(Row::of(name, &found));
        }
    }
    Ok(rows)
}

fn fanout(results: &Path, name: &str) -> Value {
    let text = fs::read(results.join(format!("{name}.json"))).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or(Value::Null)
}

/// Everything that the page shows.
struct Found {
    rows: Vec<Row>,
    slow: Vec<Row>,
    probes: Vec<ProbeReport>,
    seconds: f64,
    fanout: Value,
    stalled: Value,
}

impl Found {
    fn collect(results: &Path) -> Outcome<Self> {
        let hot: Vec<LoadReport> = rounds(results, floors::FAIRHOLD)?;
        let seconds = hot.first().ok_or_else(|| Failure::from("no result of fairhold"))?.seconds;
        Ok(Self {
            rows: rows_of(results, "")?,
            slow: rows_of(results, "slow-")?,
            probes: rounds(results, "probe")?,
            seconds,
            fanout: fanout(results, "fanout"),
            stalled: fanout(results, "stalled"),
        })
    }

    fn probed(&self, figure: fn(&ProbeReport) -> f64) -> f64 {
        median(&self.probes.iter().map(figure).collect::<Vec<_>>())
    }

    fn probe_sentence(&self) -> String {
        let each: Vec<String> = self.probes.iter().map(|probe| format!("{:.2}", probe.p50_ms)).collect();
        format!(
            "This disk makes a 4 KiB append durable (fdatasync) {:.0} times a second: p50 {:.2} ms, p99 {:.2} ms; \
             p50 before each round and after the last: {} ms.",
            self.probed(|probe| probe.rate),
            self.probed(|probe| probe.p50_ms),
            self.probed(|probe| probe.p99_ms),
            each.join(", ")
        )
    }
}

fn page(args: &Args, found: &Found, floors: &[floors::Floor]) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "# Benchmarks\n\n\
         {date}, revision {revision}, {cores} cores shared by server, database, Redis and generator, loopback,\n\
         release build. One generator for all, keep-alive connections, {seconds:.0} s a run, medians of {rounds} in\n\
         turn; {repeated} runs were repeated because others used more than 10 % of the machine.\n\n\
         What each row does and how to read the table: [loadtest/README.md](../../loadtest/README.md). In fairhold's\n\
         rows and in a, a′, b, b′ and c an answer is a committed sale or hold; after every run the store was compared\n\
         with what was acknowledged.\n\n\
         {warnings}{table}\n{probe}\n\nPostgres: {postgres}. Connections of the pools, the best of several: {pools}.\n\n\
         ## Floors\n\n{floors}\n\
         ## The same with 2 ms more for every sync of Postgres\n\n{slow}\n\
         ## Live fan-out\n\n{live}\n{stalled}\n",
        date = args.date,
        revision = args.revision,
        seconds = found.seconds,
        rounds = found.rows.iter().map(|row| row.rounds).max().unwrap_or(0),
        repeated = args.repeated,
        warnings = warnings(&found.rows) + &warnings(&found.slow),
        table = rows::table(&found.rows, floors::FAIRHOLD),
        probe = found.probe_sentence(),
        postgres = args.postgres,
        pools = args.pools,
        floors = floors::table(floors),
        slow = rows::table(&found.slow, floors::FAIRHOLD),
        live = live::fanout_table(&found.fanout, &found.stalled),
        stalled = live::stalled_sentence(&found.stalled),
    )
}

fn main() -> Outcome<()> {
    let args = Args::parse();
    let found = Found::collect(&args.results)?;
    let floors = floors::judge(&found.rows, found.probed(|probe| probe.p50_ms));
    let text = page(&args, &found, &floors);
    let figures = json!({
        "date": args.date, "revision": args.revision, "postgres": args.postgres, "pools": args.pools,
        "cores": std::thread::available_parallelism().map_or(0, usize::from), "repeated": args.repeated,
        "rows": found.rows, "floors": floors, "slow_rows": found.slow, "probe": found.probes,
        "fanout": found.fanout, "stalled": found.stalled,
    });
    fs::create_dir_all(&args.out)?;
    fs::write(args.out.join("latest.md"), text)?;
    fs::write(args.out.join("latest.json"), serde_json::to_string_pretty(&figures)? + "\n")?;
    Ok(())
}
