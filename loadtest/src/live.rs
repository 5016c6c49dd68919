//! The part of the benchmark page on live viewers.

use std::fmt::Write;

use serde_json::Value;

/// The phases of both runs.
pub fn fanout_table(fanout: &Value, stalled: &Value) -> String {
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

/// What viewers that never read cost.
pub fn stalled_sentence(stalled: &Value) -> String {
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
