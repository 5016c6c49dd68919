//! The program as a child process.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

const STARTS_WITHIN: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(2);

/// The program with a clean environment, working on this data directory.
pub(crate) fn program(data: &Path) -> Command {
    clean(Command::new(env!("CARGO_BIN_EXE_fairhold")), data)
}

/// Settings of whoever runs the tests are not for the server under test.
pub(crate) fn clean(mut command: Command, data: &Path) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FAIRHOLD_") {
            command.env_remove(name);
        }
    }
    std::fs::create_dir_all(data).expect("the data directory can be made");
    command.current_dir(data).env("FAIRHOLD_DATA", data);
    // All buyers of a test come from here. Tests of the budgets take it back.
    command.env("FAIRHOLD_RAISED_ADDRESSES", "127.0.0.1");
    command
}

/// Runs a command of the program to its end.
pub(crate) fn run(data: &Path, args: &[&str]) -> Output {
    program(data).args(args).output().expect("the program starts")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A port that nobody listens on, outside the range from which clients get theirs.
pub(crate) fn free_port() -> u16 {
    let first = uuid::Uuid::now_v7().as_u64_pair().1 % 8_000;
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (0..8_000).map(|n| 12_000 + ((first + n) % 8_000) as u16).find(free).expect("one of so many is free")
}

/// A fresh secret key of this role.
pub(crate) fn secret_key(data: &Path, role: &str) -> String {
    let output = run(data, &["keys", "create", "--role", role]);
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).lines().last().expect("the key is the last line").to_owned()
}

/// What `fairhold check --json` says; `clean` is whether it exits with 0.
pub(crate) struct Check {
    pub(crate) clean: bool,
    pub(crate) report: serde_json::Value,
}

pub(crate) fn check(data: &Path) -> Check {
    let output = run(data, &["check", "--json"]);
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| stderr(&output).into());
    Check { clean: output.status.success(), report }
}

/// A server on a port of its own; killed when dropped.
pub(crate) struct Server {
    child: Child,
    address: String,
    log: PathBuf,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_at(data, 0)
    }

    /// On this port, so that it can come back where it was.
    pub(crate) fn start_at(data: &Path, port: u16) -> Self {
        let mut command = program(data);
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        Self::spawn(command, data)
    }

    /// Any command that will serve on this port. It need not live that long.
    pub(crate) fn launch(mut command: Command, data: &Path, port: u16) -> Self {
        let log = data.join("server.log");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(open(&log)).spawn();
        let child = child.expect("the server starts");
        Self { child, address: format!("http://127.0.0.1:{port}"), log }
    }

    /// Any command that ends up printing the address as `fairhold serve` does.
    pub(crate) fn spawn(mut command: Command, data: &Path) -> Self {
        let log = data.join("server.log");
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(open(&log)).spawn();
        let mut child = spawned.expect("the server starts");
        let address = first_address(&mut child);
        let Ok(address) = address.recv_timeout(STARTS_WITHIN) else {
            let _ended_already = child.kill();
            panic!("no address within {STARTS_WITHIN:?}:\n{}", tail(&log));
        };
        Self { child, address, log }
    }

    /// `http://127.0.0.1:…`
    pub(crate) fn url(&self) -> &str {
        &self.address
    }

    /// SIGKILL: nothing of it runs any more when this returns.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// SIGSTOP: it stands still, and does not know.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT.
    pub(crate) fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        rustix::process::kill_process(Pid::from_child(&self.child), signal).expect("it was running");
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// How it ended, and when, counted from now.
    pub(crate) async fn ended(&mut self, within: Duration) -> (ExitStatus, Duration) {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return (status, started.elapsed());
            }
            assert!(started.elapsed() < within, "still running after {within:?}:\n{}", self.tail());
            tokio::time::sleep(POLL).await;
        }
    }

    /// The end of its log.
    pub(crate) fn tail(&self) -> String {
        tail(&self.log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
        if std::thread::panicking() {
            println!("the server's log ends with\n{}", self.tail());
        }
    }
}

/// Reads all that the child prints, so that it never waits for us; sends the address.
fn first_address(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    let stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
    std::thread::spawn(move || {
        for line in stdout.lines().map_while(Result::ok) {
            if let Some((_, url)) = line.split_once("address    ") {
                let _asker_left = sender.send(url.trim().to_owned());
            }
        }
    });
    receiver
}

fn open(log: &Path) -> std::fs::File {
    std::fs::File::options().create(true).append(true).open(log).expect("a log file")
}

pub(crate) fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
