//! Files of 200,000 seats: how long they take, and how much memory beside the file itself. Run alone, by name,
//! with `--ignored --nocapture`.

use std::fmt::Write as _;
use std::time::Instant;

use super::*;
use crate::domain::plan::UNITS_MAX;

const ROW: usize = 100;
/// Beside the file.
const MEMORY_MIB_MAX: u64 = 200;

/// As the tools of seats.io write it, with all the fields that nobody here reads.
fn chart() -> String {
    let mut file =
        String::from(r#"{"name":"Large","categories":{"list":[{"label":"C","key":9}]},"subChart":{"rows":["#);
    for row in 0..UNITS_MAX / ROW {
        let comma = if row == 0 { "" } else { "," };
        let _ = write!(file, r#"{comma}{{"label":"{row}","curve":0,"objectType":"row","seats":["#);
        for seat in 0..ROW {
            let comma = if seat == 0 { "" } else { "," };
            let _ = write!(
                file,
                r#"{comma}{{"x":{seat}.94,"y":{row}.56,"label":"{seat}","categoryLabel":"C","categoryAccessible":false,"categoryKey":9,"restrictedView":false,"accessible":false,"companionSeat":false,"disabledBySocialDistancingRules":false,"uuid":"uuid{row}{seat}","published":true}}"#
            );
        }
        file.push_str("]}");
    }
    file.push_str("]}}");
    file
}

fn grid() -> String {
    let mut file = String::new();
    for row in 0..UNITS_MAX / ROW {
        for seat in 0..ROW {
            let _ = write!(file, "C:R{row}-{seat},");
        }
        file.push('\n');
    }
    file
}

/// The most memory that this process ever had, in MiB.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn measure(what: &str, file: &str) {
    let before = peak_mib().unwrap_or(0);
    let start = Instant::now();
    let options = ImportOptions { file_name: Some("large".to_owned()), ..ImportOptions::default() };
    let imported = read(file.as_bytes(), &options, &mut |_, _| {}).unwrap();
    let (elapsed, memory) = (start.elapsed(), peak_mib().unwrap_or(0) - before);
    println!("{what}: {} MiB read in {elapsed:?}, {memory} MiB beside it", file.len() >> 20);
    assert_eq!(imported.report.seats as usize, UNITS_MAX);
    assert!(memory <= MEMORY_MIB_MAX, "{memory} MiB");
}

#[test]
#[ignore = "memory is that of the whole process: alone, by name"]
fn a_large_chart_takes_little_memory() {
    measure("chart", &chart());
}

#[test]
#[ignore = "memory is that of the whole process: alone, by name"]
fn a_large_grid_takes_little_memory() {
    measure("grid", &grid());
}

/// A line of so many cells would be a list of their ends, 16 bytes each.
#[test]
#[ignore = "memory is that of the whole process: alone, by name"]
fn a_file_of_nothing_but_separators_takes_little_memory() {
    for file in
        [format!("R:A1{}", ",".repeat(30 << 20)), format!("R:A1{}\n", ",".repeat(9_999)).repeat(3_000)]
    {
        let before = peak_mib().unwrap_or(0);
        let options = ImportOptions { format: Format::Csv, ..ImportOptions::default() };
        let report = read(file.as_bytes(), &options, &mut |_, _| {}).unwrap_err();
        let memory = peak_mib().unwrap_or(0) - before;
        println!(
            "{} MiB of separators, {memory} MiB beside them: {}",
            file.len() >> 20,
            report.defects[0].code
        );
        assert!(memory <= MEMORY_MIB_MAX, "{memory} MiB");
    }
}

#[test]
#[ignore = "it is large"]
fn no_more_cells_are_read_than_a_plan_may_have_seats() {
    let report = read("C:1,".repeat(30).as_bytes(), &ImportOptions::default(), &mut |_, _| {}).unwrap_err();
    assert_eq!(report.seats, 30);
    let file = format!("{}\n", "C:1,".repeat(1_000)).repeat(UNITS_MAX / 1_000 + 300);
    let report = read(file.as_bytes(), &ImportOptions::default(), &mut |_, _| {}).unwrap_err();
    assert_eq!(report.seats as usize, UNITS_MAX + 1_000);
}
