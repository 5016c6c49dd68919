//! Closed-loop load: a fixed number of keep-alive connections, each asks for one seat, waits for the
//! answer and asks for the next; with `--rate` no faster than that. Prints one JSON object; exit status 1 when an answer was unexpected or
//! the seats taken are not those acknowledged.
#![allow(clippy::print_stdout, reason = "the report is the product of this program")]

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use clap::Parser;
use fairhold_loadtest::client::Conn;
use fairhold_loadtest::metrics::Meters;
use fairhold_loadtest::procfs::Cpu;
use fairhold_loadtest::report::{Audit, LoadReport};
use fairhold_loadtest::setup::{Api, SEAT_ID_BYTES, SEATS_MAX, hall, seat_id};
use fairhold_loadtest::stats::{Latencies, wall_us};
use fairhold_loadtest::wire::baseline_inventory;
use fairhold_loadtest::{Outcome, audit, token};
use tokio::time::Instant;

/// Closed-loop hold generator
#[derive(Parser, Clone)]
struct Args {
    #[arg(long, default_value = "127.0.0.1:8080")]
    target: SocketAddr,
    #[arg(long, default_value_t = 256)]
    connections: usize,
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Load before the clock starts
    #[arg(long, default_value_t = 2)]
    warmup_seconds: u64,
    /// Inventories, filled one after the other
    #[arg(long, default_value_t = 6)]
    inventories: u32,
    /// Go round all inventories, seat by seat, instead
    #[arg(long)]
    spread: bool,
    #[arg(long, default_value_t = 200_000)]
    seats: u32,
    /// Buyers, each with a token
    #[arg(long, default_value_t = 10_000)]
    buyers: usize,
    /// Operator key that creates the inventories
    #[arg(long, env = "FAIRHOLD_KEY", hide_env_values = true, default_value = "")]
    key: String,
    /// Requests a second of all connections together, at equal distances [default: as fast as they are answered]
    #[arg(long)]
    rate: Option<f64>,
    /// Ask only for seats that are sold
    #[arg(long)]
    refusals: bool,
    /// Seats sold first, with --refusals
    #[arg(long, default_value_t = 1_000)]
    sold: u32,
    /// The target is the bare baseline: no setup, tokens made here with this secret
    #[arg(long, value_name = "SECRET")]
    bare: Option<String>,
    /// The target is a baseline shop: it has its events already, tokens are made here with this secret
    #[arg(long, value_name = "SECRET", conflicts_with_all = ["bare", "refusals"])]
    baseline: Option<String>,
    /// Process of the server, for its CPU time
    #[arg(long)]
    server_pid: Option<u32>,
    /// Processes of database and Redis, for their CPU time with that of their children
    #[arg(long)]
    store_pid: Vec<u32>,
    /// Postgres behind the server, to ask how long its syncs take
    #[arg(long, value_name = "URL")]
    store_url: Option<String>,
}

/// What all connections share. One thread, so no locks.
struct Run {
    args: Args,
    /// everything of a request before the token, per inventory
    heads: Vec<Vec<u8>>,
    inventories: Vec<String>,
    tokens: Vec<String>,
    nonce: u64,
    next: Cell<u64>,
    starts: Instant,
    counts_from: Instant,
    ends: Instant,
    tally: RefCell<Tally>,
}

#[derive(Default)]
struct Tally {
    latencies: Latencies,
    report: LoadReport,
    /// with the warm-up, for the audit
    acknowledged: u64,
    unknown: u64,
}

impl Run {
    async fn prepare(args: &Args) -> Outcome<Self> {
        let (inventories, tokens) = match (&args.bare, &args.baseline) {
            (Some(secret), _) => (vec![baseline_inventory(0)], token::pool(secret, args.buyers)?),
            (None, Some(secret)) => {
                ((0..args.inventories).map(baseline_inventory).collect(), token::pool(secret, args.buyers)?)
            }
            (None, None) => set_up(args).await?,
        };
        let head = |inventory: &String| {
            format!(
                "POST /v1/inventories/{inventory}/holds HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nAuthorization: Bearer ",
                args.target,
                body_bytes()
            )
        };
        let starts = Instant::now();
        let counts_from = starts + Duration::from_secs(args.warmup_seconds);
        Ok(Self {
            args: args.clone(),
            heads: inventories.iter().map(|inventory| head(inventory).into_bytes()).collect(),
            inventories,
            tokens,
            nonce: wall_us(),
            next: Cell::new(0),
            starts,
            counts_from,
            ends: counts_from + Duration::from_secs(args.seconds),
            tally: RefCell::default(),
        })
    }

    /// The number of the next request.
    fn take_number(&self) -> u64 {
        self.next.replace(self.next.get() + 1)
    }

    /// Waits until this request is due; the moment that its latency counts from. A request that no
    /// connection was free for counts from when it was due: others' slow answers are its wait.
    async fn wait_for_turn(&self, number: u64) -> Instant {
        let now = Instant::now();
        let Some(rate) = self.args.rate else { return now };
        let due = self.starts + Duration::from_secs_f64(number as f64 / rate);
        if due <= now {
            return due;
        }
        tokio::time::sleep_until(due).await;
        // not `due`: how late this program's own timer is does not count
        Instant::now()
    }

    /// Writes a request, or returns false when all seats were asked for.
    fn fill(&self, number: u64, request: &mut Vec<u8>) -> bool {
        let (inventory, seat) = self.place(number);
        let Some(head) = self.heads.get(inventory) else { return false };
        let token = &self.tokens[usize::try_from(number).unwrap_or(0) % self.tokens.len()];
        request.clear();
        request.extend_from_slice(head);
        request.extend_from_slice(token.as_bytes());
        // writing to a Vec cannot fail
        let _ = write!(request, "\r\nIdempotency-Key: {:x}-{number:012}\r\n\r\n", self.nonce);
        request.extend_from_slice(BODY_HEAD);
        request.extend_from_slice(&seat_id(seat));
        request.extend_from_slice(BODY_TAIL);
        true
    }

    fn place(&self, number: u64) -> (usize, u32) {
        let within = |size: u32| u32::try_from(number % u64::from(size)).unwrap_or(0);
        if self.args.refusals {
            return (0, within(self.args.sold));
        }
        if self.args.bare.is_some() {
            return (0, within(self.args.seats));
        }
        let (inventories, seats) = (u64::from(self.args.inventories), u64::from(self.args.seats));
        if number >= inventories * seats {
            return (usize::MAX, 0);
        }
        let (inventory, seat) = if self.args.spread {
            (number % inventories, number / inventories)
        } else {
            (number / seats, number % seats)
        };
        (usize::try_from(inventory).unwrap_or(usize::MAX), u32::try_from(seat).unwrap_or(0))
    }

    fn count(&self, began: Instant, status: u16, body: &[u8]) {
        let mut tally = self.tally.borrow_mut();
        let now = Instant::now();
        tally.acknowledged += u64::from(status == 201);
        if !self.expects(status) {
            tally.report.unexpected += 1;
            let example = || format!("{status}: {}", String::from_utf8_lossy(body));
            tally.report.unexpected_example.get_or_insert_with(example);
        }
        if now >= self.counts_from && now < self.ends {
            tally.latencies.add(now - began);
            tally.report.completed += 1;
            *tally.report.statuses.entry(status).or_default() += 1;
        }
    }

    fn count_broken(&self) {
        let mut tally = self.tally.borrow_mut();
        tally.report.errors += 1;
        tally.unknown += 1;
    }

    /// A 503 sheds load and is counted, but is no fault.
    fn expects(&self, status: u16) -> bool {
        status == 503 || status == if self.args.refusals { 409 } else { 201 }
    }
}

const BODY_HEAD: &[u8] = br#"{"offers":[{"offer":""#;
const BODY_TAIL: &[u8] = br#""}]}"#;

fn body_bytes() -> usize {
    BODY_HEAD.len() + SEAT_ID_BYTES + BODY_TAIL.len()
}

async fn set_up(args: &Args) -> Outcome<(Vec<String>, Vec<String>)> {
    let mut api = Api::open(args.target).await?;
    let plan = hall(args.seats.min(SEATS_MAX), 0);
    let mut inventories = Vec::new();
    for number in 0..if args.refusals { 1 } else { args.inventories } {
        inventories.push(api.create(&args.key, &format!("Load {number}"), &plan).await?);
    }
    // in memory before the clock starts: loading a hall of 200,000 seats is measured elsewhere
    for inventory in &inventories {
        api.availability(inventory).await?;
    }
    let buyers = api.buyers(args.buyers).await?;
    if args.refusals {
        api.sell(&inventories[0], &buyers[0].token, args.sold).await?;
    }
    Ok((inventories, buyers.into_iter().map(|buyer| buyer.token).collect()))
}

async fn ask(run: Rc<Run>, mut conn: Conn) {
    let mut request = Vec::with_capacity(1024);
    while Instant::now() < run.ends {
        let number = run.take_number();
        if !run.fill(number, &mut request) {
            run.tally.borrow_mut().report.exhausted = true;
            return;
        }
        let began = run.wait_for_turn(number).await;
        match conn.call(&request).await {
            Ok(answer) => run.count(began, answer.status, answer.body),
            Err(_broken) => {
                run.count_broken();
                let Ok(again) = Conn::open(run.args.target).await else { return };
                conn = again;
            }
        }
    }
}

async fn load(run: &Rc<Run>) -> Outcome<LoadReport> {
    let mut tasks = Vec::new();
    for _ in 0..run.args.connections {
        let conn = Conn::open(run.args.target).await?;
        tasks.push(tokio::task::spawn_local(ask(Rc::clone(run), conn)));
    }
    let is_fairhold = run.args.bare.is_none() && run.args.baseline.is_none();
    let server = is_fairhold.then_some(run.args.target);
    let mut meters = Meters::open(server, run.args.store_url.as_deref()).await?;
    tokio::time::sleep_until(run.counts_from).await;
    let before = Cpu::now(run.args.server_pid, &run.args.store_pid);
    meters.start().await?;
    let started = Instant::now();
    while Instant::now() < run.ends && !tasks.iter().all(tokio::task::JoinHandle::is_finished) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let used = Cpu::now(run.args.server_pid, &run.args.store_pid).since(&before);
    let seconds = started.elapsed().as_secs_f64();
    let (batch_records, log_sync_ms) = meters.finish().await?;
    for task in tasks {
        task.await?;
    }
    let mut tally = run.tally.borrow_mut();
    let found = tally.latencies.percentiles();
    let mut report = std::mem::take(&mut tally.report);
    report.mode = mode(&run.args).to_owned();
    report.connections = run.args.connections;
    report.seconds = seconds;
    report.rate = report.completed as f64 / seconds;
    (report.p50_ms, report.p99_ms, report.p999_ms) = (found.p50_ms, found.p99_ms, found.p999_ms);
    (report.server_cpu_seconds, report.client_cpu_seconds) = (used.server, used.client);
    report.store_cpu_seconds = used.store;
    report.others_cpu_share = used.others_share(seconds);
    (report.batch_records, report.log_sync_ms) = (batch_records, log_sync_ms);
    Ok(report)
}

fn mode(args: &Args) -> &'static str {
    match (&args.bare, &args.baseline, args.refusals) {
        (Some(_), ..) => "bare",
        (None, Some(_), _) => "baseline",
        (None, None, true) => "refusals",
        (None, None, false) => "holds",
    }
}

/// Compares what was acknowledged with what the server, or the database of a baseline, shows now.
async fn audited(run: &Run) -> Outcome<Audit> {
    let mut api = Api::open(run.args.target).await?;
    let found = match run.args.baseline {
        Some(_) => audit::orders(&mut api).await?,
        None => audit::seats(&mut api, &run.inventories, run.args.seats).await?,
    };
    let (acknowledged, unknown) = (run.tally.borrow().acknowledged, run.tally.borrow().unknown);
    let sold = if run.args.refusals { u64::from(run.args.sold) } else { 0 };
    Ok(found.against(acknowledged + sold, unknown))
}

async fn run(args: Args) -> Outcome<ExitCode> {
    let run = Rc::new(Run::prepare(&args).await?);
    let mut report = load(&run).await?;
    if args.bare.is_none() {
        report.audit = Some(audited(&run).await?);
    }
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(if report.is_right() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn main() -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, run(Args::parse()))
}
