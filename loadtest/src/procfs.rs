//! CPU time and memory of a process, from `/proc`. Linux only; zero where it cannot be read.

use std::fs;

/// `USER_HZ`: fixed at 100 for user space on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// User and system seconds that a process has used since its start.
pub fn cpu_seconds(pid: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // the second field is the name in brackets and may hold blanks
    let Some((_, rest)) = text.rsplit_once(')') else { return 0.0 };
    let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_PER_SECOND
}

/// Resident bytes of a process.
pub fn rss_bytes(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_a_gone_one_has_none() {
        assert!(rss_bytes(std::process::id()) > 100_000);
        assert_eq!(rss_bytes(u32::MAX), 0);
        assert!(cpu_seconds(u32::MAX) < f64::EPSILON);
    }
}
