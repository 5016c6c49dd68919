//! CPU time and memory of a process, from `/proc`. Linux only; zero where it cannot be read.

use std::fs;

/// `USER_HZ`: fixed at 100 for user space on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// User and system seconds that a process has used since its start.
pub fn cpu_seconds(pid: u32) -> f64 {
    stat(pid, 2)
}

/// The same of a process with all its children, those that ended too: a database has a process for each connection.
pub fn family_cpu_seconds(pid: u32) -> f64 {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    stat(pid, 4) + children.map(family_cpu_seconds).sum::<f64>()
}

/// The first of: user and system time, user and system time of children that ended and were waited for.
fn stat(pid: u32, fields: usize) -> f64 {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // the second field is the name in brackets and may hold blanks
    let Some((_, rest)) = text.rsplit_once(')') else { return 0.0 };
    let ticks = rest.split_whitespace().skip(11).take(fields).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_PER_SECOND
}

/// Seconds that processes kept all CPUs together busy since the machine started, with what a hypervisor took
/// away. Interrupts are left out: on loopback they are mostly the run's own packets, booked on no process.
pub fn machine_cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<f64> = fields.filter_map(|field| field.parse().ok()).collect();
    // user, nice, system; idle, iowait, irq, softirq; steal. Guests are part of user
    let busy = ticks.iter().take(3).chain(ticks.get(7));
    busy.sum::<f64>() / TICKS_PER_SECOND
}

/// CPU seconds at one moment.
#[derive(Clone, Copy)]
pub struct Cpu {
    pub server: f64,
    /// database and Redis
    pub store: f64,
    pub client: f64,
    pub machine: f64,
}

impl Cpu {
    /// So far, of the server if its process is known, of its stores, of this program, and of the whole machine.
    pub fn now(server: Option<u32>, stores: &[u32]) -> Self {
        Self {
            server: server.map_or(0.0, cpu_seconds),
            store: stores.iter().copied().map(family_cpu_seconds).sum(),
            client: cpu_seconds(std::process::id()),
            machine: machine_cpu_seconds(),
        }
    }

    /// What was used since an earlier moment.
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            server: self.server - earlier.server,
            store: self.store - earlier.store,
            client: self.client - earlier.client,
            machine: self.machine - earlier.machine,
        }
    }

    /// The share of the machine that everybody else used within `seconds`: 0 on an idle machine.
    pub fn others_share(&self, seconds: f64) -> f64 {
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        ((self.machine - self.server - self.store - self.client) / (cores * seconds)).clamp(0.0, 1.0)
    }
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
        assert!(machine_cpu_seconds() >= cpu_seconds(std::process::id()));
    }

    #[test]
    fn a_family_counts_children_that_run_and_children_that_ended() {
        let busy = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
        let script = format!("({busy}) ; ({busy}; echo; read _wait) & wait");
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &script]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        let mut line = [0];
        std::io::Read::read_exact(shell.stdout.as_mut().unwrap(), &mut line).unwrap();
        let (alone, family) = (cpu_seconds(shell.id()), family_cpu_seconds(shell.id()));
        shell.kill().unwrap();
        shell.wait().unwrap();
        assert!(family >= alone + 0.1, "{family} with children, {alone} without");
    }

    #[test]
    fn the_others_share_is_what_server_and_client_did_not_use() {
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        let used = Cpu { server: cores, store: cores, client: cores, machine: 4.0 * cores };
        assert!((used.others_share(10.0) - 0.1).abs() < 1e-9);
    }
}
