//! Makes the benchmark page of the files that `bench.sh` collected: medians over the rounds, ratios to the
//! baselines, and the same figures as JSON.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use fairhold_loadtest::report::{LoadReport, ProbeReport, Row, table, warning};
use fairhold_loadtest::stats::median;
use fairhold_loadtest::{Failure, Outcome};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The runs of a round, in the order of the table.
const RUNS: [&str; 4] = ["bare", "bare-token", "holds", "refusals"];

/// Benchmark page from collected results
#[derive(Parser)]
struct Args {
    /// Files named RUN-ROUND.json, fanout.json and stalled.json
    #[arg(long)]
    results: PathBuf,
    /// Where latest.md and latest.json go
    #[arg(long)]
    out: PathBuf,
    #[arg(long)]
    date: String,
    #[arg(long)]
    revision: String,
}

/// All rounds of one run.
fn rounds<T: DeserializeOwned>(results: &Path, run: &str) -> Outcome<Vec<T>> {
    let mut found = Vec::new();
    for round in 1.. {
        let path = results.join(format!("{run}-{round}.json"));
        let Ok(text) = fs::read(&path) else { break };
        found.push(serde_json::from_slice(&text)?);
    }
    if found.is_empty() { Err(Failure::from(format!("no result of {run:?}"))) } else { Ok(found) }
}

fn fanout(results: &Path, name: &str) -> Value {
    let text = fs::read(results.join(format!("{name}.json"))).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or(Value::Null)
}

fn fanout_table(fanout: &Value, stalled: &Value) -> String {
    let mut text = String::from(
        "| viewers | changes/s | frames/s | commit to viewer p50 ms | p99 ms | max ms | server CPU s/s | others' CPU % | gaps | mismatches | dropped |\n\
         |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for (run, number) in [(fanout, 0), (stalled, 0), (stalled, 1)] {
        let phase = &run["phases"][number];
        let figure = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let stalled = if number == 0 { 0 } else { run["stalled"]["viewers"].as_u64().unwrap_or(0) };
        let also = if stalled == 0 { String::new() } else { format!(" + {stalled} stalled") };
        // writing to a String cannot fail
        let _ = writeln!(
            text,
            "| {}{also} | {:.0} | {:.0} | {:.1} | {:.1} | {:.1} | {:.2} | {:.0} | {} | {} | {} |",
            run["viewers"],
            figure(&run["driven"]["rate"]),
            figure(&phase["frames_per_second"]),
            figure(&phase["lag"]["p50_ms"]),
            figure(&phase["lag"]["p99_ms"]),
            figure(&phase["lag"]["max_ms"]),
            figure(&phase["server_cpu_seconds"]) / figure(&phase["seconds"]),
            figure(&phase["others_cpu_share"]) * 100.0,
            run["gaps"],
            run["mismatches"],
            run["closed"].as_object().map_or(0, |codes| codes.values().filter_map(Value::as_u64).sum()),
        );
    }
    text
}

fn stalled_sentence(stalled: &Value) -> String {
    let mib = |field: &str| stalled["stalled"][field].as_f64().unwrap_or(f64::NAN) / 1024.0 / 1024.0;
    format!(
        "A viewer that never reads costs {:.1} KiB of server memory at most ({} of them: {:.1} MiB without, \
         {:.1} MiB at the peak with); {} of them were closed by the server.",
        stalled["stalled"]["bytes_per_stalled_viewer"].as_f64().unwrap_or(f64::NAN) / 1024.0,
        stalled["stalled"]["viewers"],
        mib("rss_without_bytes"),
        mib("rss_with_max_bytes"),
        stalled["stalled"]["closed"],
    )
}

fn page(
    args: &Args,
    rows: &[Row],
    probe: &str,
    fanout: &Value,
    stalled: &Value,
    setup: &LoadReport,
) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "# Benchmarks\n\n\
         {date}, revision {revision}, {cores} cores shared by server and generator, loopback, release build.\n\
         {connections} keep-alive connections, {seconds:.0} s a run, medians of {rounds} in turn.\n\n\
         `bare` reads the same request and answers as many bytes, and does nothing else; `bare-token` also\n\
         checks the buyer's token. `holds`: every answer is a durable hold of one seat, one hot inventory of\n\
         200,000 seats at a time. `refusals`: every seat asked for is sold already.\n\n\
         {warning}{table}\n{probe}\n\n## Live fan-out\n\n{live}\n{stalled}\n",
        date = args.date,
        revision = args.revision,
        connections = setup.connections,
        seconds = setup.seconds,
        rounds = rows.first().map_or(0, |row| row.rounds),
        warning = warning(rows),
        table = table(rows),
        live = fanout_table(fanout, stalled),
        stalled = stalled_sentence(stalled),
    )
}

fn probe_sentence(probes: &[ProbeReport]) -> String {
    let middle = |figure: fn(&ProbeReport) -> f64| median(&probes.iter().map(figure).collect::<Vec<_>>());
    format!(
        "This disk makes a 4 KiB append durable (fdatasync) {:.0} times a second: p50 {:.2} ms, p99 {:.2} ms.",
        middle(|probe| probe.rate),
        middle(|probe| probe.p50_ms),
        middle(|probe| probe.p99_ms)
    )
}

fn main() -> Outcome<()> {
    let args = Args::parse();
    let mut rows = Vec::new();
    for run in RUNS {
        rows.push(Row::of(run, &rounds(&args.results, run)?));
    }
    let holds: Vec<LoadReport> = rounds(&args.results, "holds")?;
    let probes: Vec<ProbeReport> = rounds(&args.results, "probe")?;
    let (fanout, stalled) = (fanout(&args.results, "fanout"), fanout(&args.results, "stalled"));
    let text = page(&args, &rows, &probe_sentence(&probes), &fanout, &stalled, &holds[0]);
    let figures = json!({
        "date": args.date, "revision": args.revision, "rows": rows, "probe": probes,
        "fanout": fanout, "stalled": stalled,
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
    });
    fs::create_dir_all(&args.out)?;
    fs::write(args.out.join("latest.md"), text)?;
    fs::write(args.out.join("latest.json"), serde_json::to_string_pretty(&figures)? + "\n")?;
    Ok(())
}
