//! Live fan-out: a crowd of viewers follows one inventory while single seats are held and released at a
//! steady rate. Every viewer checks that its frames follow one another and, at the end, that the state it
//! rebuilt equals `GET …/availability`. Exit status 1 on a gap, a mismatch or a viewer that was dropped.
#![allow(clippy::print_stdout, reason = "the report is the product of this program")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use clap::Parser;
use fairhold_loadtest::board::Board;
use fairhold_loadtest::drive::{self, Drive, Driven};
use fairhold_loadtest::procfs::Cpu;
use fairhold_loadtest::setup::{Api, hall};
use fairhold_loadtest::stats::{Percentiles, median};
use fairhold_loadtest::stream::{Stream, open_stalled};
use fairhold_loadtest::watch::{Crowd, Tally, Viewer, gather};
use fairhold_loadtest::{Failure, Outcome, procfs};
use serde::Serialize;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

/// How long viewers may take to reach the last change after the drivers stopped.
const SETTLE: Duration = Duration::from_secs(15);
/// How often the server's memory is read.
const SAMPLE: Duration = Duration::from_millis(250);

/// Live fan-out generator and auditor
#[derive(Parser, Clone)]
struct Args {
    #[arg(long, default_value = "127.0.0.1:8080")]
    target: SocketAddr,
    #[arg(long, default_value_t = 1_000)]
    viewers: usize,
    /// Viewers, of all, that use Server-Sent Events
    #[arg(long, default_value_t = 0)]
    sse: usize,
    /// Viewers, of all, that rebuild the whole state; the others only follow the sequence [default: all]
    #[arg(long)]
    keep_state: Option<usize>,
    /// Changes a second
    #[arg(long, default_value_t = 500)]
    changes: u32,
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    #[arg(long, default_value_t = 20_000)]
    seats: u32,
    /// Connections that make the changes, with ten buyers each
    #[arg(long, default_value_t = 32)]
    drivers: u32,
    /// Further viewers that never read, opened for a second phase of the same length
    #[arg(long, default_value_t = 0)]
    stalled: usize,
    /// Operator key that creates the inventory
    #[arg(long, env = "FAIRHOLD_KEY", hide_env_values = true, default_value = "")]
    key: String,
    /// Use this inventory instead of a new one
    #[arg(long)]
    inventory: Option<String>,
    /// Process of the server, for its CPU time and memory
    #[arg(long)]
    server_pid: Option<u32>,
}

#[derive(Serialize)]
struct Report {
    viewers: usize,
    sse: usize,
    keeping_state: usize,
    driven: Driven,
    phases: Vec<Phase>,
    stalled: Option<Stalled>,
    gaps: u64,
    malformed: u64,
    /// snapshots in the middle of a stream: legal, but a sign of slow viewers
    restarts: u64,
    /// streams that the server ended, by close code
    closed: BTreeMap<u16, u64>,
    /// viewers that never reached the last change
    unsettled: u64,
    mismatches: u64,
    verified: u64,
}

/// A stretch of steady load.
#[derive(Serialize)]
struct Phase {
    name: &'static str,
    seconds: f64,
    frames: u64,
    frames_per_second: f64,
    /// commit to receipt
    lag: Percentiles,
    server_cpu_seconds: f64,
    client_cpu_seconds: f64,
    /// of all cores, what neither server nor generator used
    others_cpu_share: f64,
    /// median of the phase's second half
    server_rss_bytes: u64,
    server_rss_max_bytes: u64,
}

/// What viewers that never read cost the server.
#[derive(Serialize)]
struct Stalled {
    viewers: usize,
    rss_without_bytes: u64,
    rss_with_max_bytes: u64,
    bytes_per_stalled_viewer: f64,
    /// of them ended by the server within the phase
    closed: usize,
}

async fn run(args: Args) -> Outcome<Report> {
    let inventory = inventory(&args).await?;
    let keeping = args.keep_state.unwrap_or(args.viewers).min(args.viewers);
    let crowd = Crowd { viewers: args.viewers, sse: args.sse, keeping };
    let tally = Rc::new(Tally::default());
    let viewers = gather(args.target, &inventory, crowd, &tally).await?;
    let driver = start_driver(&args, &inventory).await?;

    let mut phases = vec![phase("steady", &args, &tally).await];
    let mut stalled = None;
    if args.stalled > 0 {
        let streams = open_all_stalled(&args, &inventory).await?;
        phases.push(phase("with stalled viewers", &args, &tally).await);
        stalled = Some(judge_stalled(streams, &phases).await);
    }
    let driven = driver.await.map_err(|_gone| "the driver failed")??;
    let last = settled(&args, &inventory, &viewers).await?;
    let mut report = Report {
        viewers: args.viewers,
        sse: args.sse,
        keeping_state: keeping,
        driven,
        phases,
        stalled,
        gaps: tally.gaps.get(),
        malformed: tally.malformed.get(),
        restarts: tally.restarts.get(),
        closed: tally.closed.borrow().clone(),
        unsettled: 0,
        mismatches: 0,
        verified: 0,
    };
    compare(&viewers, &last, &mut report);
    Ok(report)
}

async fn inventory(args: &Args) -> Outcome<String> {
    match &args.inventory {
        Some(id) => Ok(id.clone()),
        None => Api::open(args.target).await?.create(&args.key, "Fan-out", &hall(args.seats, 0)).await,
    }
}

type Driving = oneshot::Receiver<Result<Driven, String>>;

/// Starts the drivers on their own thread and waits until their clock runs.
async fn start_driver(args: &Args, inventory: &str) -> Outcome<Driving> {
    let phases = if args.stalled > 0 { 2 } else { 1 };
    let drive = Drive {
        addr: args.target,
        inventory: inventory.to_owned(),
        seats: args.seats,
        changes_per_second: args.changes.max(1),
        connections: args.drivers.max(1),
        duration: Duration::from_secs(args.seconds * phases),
    };
    let (started, starts) = oneshot::channel();
    let (ended, ends) = oneshot::channel();
    std::thread::spawn(move || {
        let driven = drive::run(&drive, started).map_err(|error| error.to_string());
        // nobody listens any more if the viewers failed first
        let _ = ended.send(driven);
    });
    if starts.await.is_err() {
        let why = ends.await.map_err(|_gone| "the driver panicked")?;
        return Err(Failure::from(why.err().unwrap_or_default()));
    }
    Ok(ends)
}

/// Lets one phase pass and takes its figures.
async fn phase(name: &'static str, args: &Args, tally: &Tally) -> Phase {
    tally.reset();
    let (before, start) = (Cpu::now(args.server_pid, &[]), Instant::now());
    let mut rss = Vec::new();
    while start.elapsed() < Duration::from_secs(args.seconds) {
        rss.push(args.server_pid.map_or(0, procfs::rss_bytes));
        sleep(SAMPLE).await;
    }
    let seconds = start.elapsed().as_secs_f64();
    let used = Cpu::now(args.server_pid, &[]).since(&before);
    let later: Vec<f64> = rss[rss.len() / 2..].iter().map(|bytes| *bytes as f64).collect();
    Phase {
        name,
        seconds,
        frames: tally.frames.get(),
        frames_per_second: tally.frames.get() as f64 / seconds,
        lag: tally.lag.borrow().percentiles(),
        server_cpu_seconds: used.server,
        client_cpu_seconds: used.client,
        others_cpu_share: used.others_share(seconds),
        server_rss_bytes: median(&later) as u64,
        server_rss_max_bytes: rss.iter().copied().max().unwrap_or(0),
    }
}

async fn open_all_stalled(args: &Args, inventory: &str) -> Outcome<Vec<Stream>> {
    let mut streams = Vec::with_capacity(args.stalled);
    for _ in 0..args.stalled {
        streams.push(open_stalled(args.target, inventory).await?);
    }
    Ok(streams)
}

async fn judge_stalled(streams: Vec<Stream>, phases: &[Phase]) -> Stalled {
    let (without, with) = (phases[0].server_rss_bytes, phases[1].server_rss_max_bytes);
    let viewers = streams.len();
    let drained: Vec<_> = streams
        .into_iter()
        .map(|stream| tokio::task::spawn_local(stream.ends_within(Duration::from_secs(1))))
        .collect();
    let mut closed = 0;
    for ended in drained {
        closed += usize::from(ended.await.unwrap_or(false));
    }
    Stalled {
        viewers,
        rss_without_bytes: without,
        rss_with_max_bytes: with,
        bytes_per_stalled_viewer: with.saturating_sub(without) as f64 / viewers as f64,
        closed,
    }
}

/// The last state, once the viewers have reached it or had time enough.
async fn settled(args: &Args, inventory: &str, viewers: &[Viewer]) -> Outcome<Board> {
    let mut api = Api::open(args.target).await?;
    let deadline = Instant::now() + SETTLE;
    loop {
        let snapshot = serde_json::from_value(api.availability(inventory).await?)?;
        let mut last = Board::default();
        last.apply(&snapshot, true);
        let behind = |viewer: &Viewer| !viewer.ended() && viewer.board.borrow().seq != last.seq;
        if !viewers.iter().any(behind) || Instant::now() > deadline {
            return Ok(last);
        }
        sleep(Duration::from_millis(100)).await;
    }
}

fn compare(viewers: &[Viewer], last: &Board, report: &mut Report) {
    for viewer in viewers {
        let board = viewer.board.borrow();
        match (board.seq == last.seq && board.epoch == last.epoch, !viewer.keeps || *board == *last) {
            (false, _) => report.unsettled += 1,
            (true, false) => report.mismatches += 1,
            (true, true) => report.verified += 1,
        }
    }
}

impl Report {
    fn clean(&self) -> bool {
        let faults = self.gaps + self.malformed + self.unsettled + self.mismatches + self.driven.failed;
        faults == 0 && self.closed.is_empty() && self.driven.changes > 0
    }
}

fn main() -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = tokio::task::LocalSet::new().block_on(&runtime, run(Args::parse()))?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(if report.clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
