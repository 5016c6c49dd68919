//! How fast this disk makes a small append durable: the floor under every commit of the journal.
#![allow(clippy::print_stdout, reason = "the report is the product of this program")]

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use fairhold_loadtest::Outcome;
use fairhold_loadtest::report::ProbeReport;
use fairhold_loadtest::stats::Latencies;

/// Appends and fdatasync, one after the other
#[derive(Parser)]
struct Args {
    /// Where to write the scratch file
    #[arg(long)]
    data: PathBuf,
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    #[arg(long, default_value_t = 4096)]
    bytes: usize,
}

fn main() -> Outcome<()> {
    let args = Args::parse();
    let path = args.data.join("fdatasync-probe");
    let mut file = File::create(&path)?;
    let block = vec![b'x'; args.bytes];
    let mut latencies = Latencies::default();
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(args.seconds) {
        let began = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        latencies.add(began.elapsed());
    }
    let rate = latencies.percentiles().count as f64 / start.elapsed().as_secs_f64();
    std::fs::remove_file(&path)?;
    let found = latencies.percentiles();
    let report = ProbeReport {
        bytes: args.bytes,
        count: found.count,
        rate,
        p50_ms: found.p50_ms,
        p99_ms: found.p99_ms,
    };
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
