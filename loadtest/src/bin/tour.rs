//! Visits every inventory of many: sells out one after the other, so that most are idle at any time, and
//! watches the server's memory meanwhile and afterwards. Prints one JSON object; exit status 1 when an answer
//! was unexpected, when memory went on growing, or when inventories stay in memory that nobody needs.
#![allow(clippy::print_stdout, reason = "the report is the product of this program")]

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use clap::Parser;
use fairhold_loadtest::Outcome;
use fairhold_loadtest::client::{Conn, request};
use fairhold_loadtest::procfs::rss_bytes;
use fairhold_loadtest::setup::{Api, hall, seat_id};
use serde::Serialize;
use tokio::time::Instant;

/// How long the server has to put everything away after the tour.
const PUT_AWAY_WITHIN: Duration = Duration::from_secs(120);
const SAMPLE_EVERY: Duration = Duration::from_millis(500);
/// The second half of a tour may need so much more than the first: caches still fill, buyers still come.
const GROWTH_MAX: f64 = 1.15;

/// Tour of many inventories
#[derive(Parser, Debug, Clone)]
struct Args {
    #[arg(long)]
    target: SocketAddr,
    #[arg(long)]
    server_pid: u32,
    /// Operator key
    #[arg(long, env = "FAIRHOLD_KEY", hide_env_values = true)]
    key: String,
    #[arg(long, default_value_t = 10_000)]
    inventories: usize,
    /// Seats of each, bought one by one: so many records
    #[arg(long, default_value_t = 100)]
    seats: u32,
    #[arg(long, default_value_t = 64)]
    connections: usize,
    #[arg(long, default_value_t = 1_000)]
    buyers: usize,
}

/// The server at a moment.
#[derive(Debug, Clone, Copy, Serialize)]
struct Sample {
    visited: usize,
    rss_mib: f64,
    loaded: f64,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    inventories: usize,
    purchases: u64,
    unexpected: u64,
    unexpected_example: Option<String>,
    seconds: f64,
    /// Before the first inventory was made, and when all were made.
    rss_mib_empty: f64,
    rss_mib_made: f64,
    /// The most in each tenth of the tour.
    tenths: Vec<Sample>,
    /// The most of the second half as a share of the most of the first.
    growth: f64,
    loaded_max: f64,
    /// When nothing was loaded any more.
    put_away: Option<Sample>,
    ok: bool,
}

struct Tour {
    args: Args,
    inventories: Vec<String>,
    tokens: Vec<String>,
    next: Cell<usize>,
    report: RefCell<Report>,
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

async fn prepare(args: Args) -> Outcome<Tour> {
    let mut api = Api::open(args.target).await?;
    let rss_mib_empty = mib(rss_bytes(args.server_pid));
    let plan = hall(args.seats, 0);
    let mut inventories = Vec::with_capacity(args.inventories);
    for number in 0..args.inventories {
        inventories.push(api.create(&args.key, &format!("Hall {number}"), &plan).await?);
    }
    let tokens = api.buyers(args.buyers).await?.into_iter().map(|buyer| buyer.token).collect();
    let rss_mib_made = mib(rss_bytes(args.server_pid));
    let report = Report { inventories: args.inventories, rss_mib_empty, rss_mib_made, ..Report::default() };
    Ok(Tour { args, inventories, tokens, next: Cell::new(0), report: RefCell::new(report) })
}

/// Buys seat after seat of inventory after inventory.
async fn visit(tour: Rc<Tour>) -> Outcome<()> {
    let mut conn = Conn::open(tour.args.target).await?;
    let host = tour.args.target.to_string();
    loop {
        let number = tour.next.get();
        let Some(inventory) = tour.inventories.get(number) else { return Ok(()) };
        tour.next.set(number + 1);
        let path = format!("/v1/inventories/{inventory}/purchases");
        for seat in 0..tour.args.seats {
            let buyer = (number + seat as usize) % tour.tokens.len();
            let headers = [
                format!("Authorization: Bearer {}", tour.tokens[buyer]),
                format!("Idempotency-Key: tour-{number}-{seat}"),
            ];
            let body = format!(r#"{{"offers":[{{"offer":"{}"}}]}}"#, String::from_utf8_lossy(&seat_id(seat)));
            let answer = conn.call(&request("POST", &host, &path, &headers, body.as_bytes())).await?;
            let mut report = tour.report.borrow_mut();
            if answer.status == 201 {
                report.purchases += 1;
            } else {
                report.unexpected += 1;
                let example = || format!("{}: {}", answer.status, String::from_utf8_lossy(answer.body));
                report.unexpected_example.get_or_insert_with(example);
            }
        }
    }
}

async fn sample(tour: &Tour, conn: &mut Conn) -> Outcome<Sample> {
    let answer = conn.call(&request("GET", &tour.args.target.to_string(), "/metrics", &[], b"")).await?;
    let text = std::str::from_utf8(answer.body)?;
    let loaded = text.lines().find_map(|line| line.strip_prefix("fairhold_inventories_loaded "));
    // nothing is said of what never was
    let loaded = loaded.map_or(Ok(0.0), str::parse)?;
    let visited = tour.next.get().min(tour.inventories.len());
    Ok(Sample { visited, rss_mib: mib(rss_bytes(tour.args.server_pid)), loaded })
}

async fn run(args: Args) -> Outcome<ExitCode> {
    let tour = Rc::new(prepare(args).await?);
    let mut conn = Conn::open(tour.args.target).await?;
    let started = Instant::now();
    let visitors: Vec<_> =
        (0..tour.args.connections).map(|_| tokio::task::spawn_local(visit(Rc::clone(&tour)))).collect();
    let mut samples = Vec::new();
    while !visitors.iter().all(tokio::task::JoinHandle::is_finished) {
        samples.push(sample(&tour, &mut conn).await?);
        tokio::time::sleep(SAMPLE_EVERY).await;
    }
    for visitor in visitors {
        visitor.await??;
    }
    let seconds = started.elapsed().as_secs_f64();
    let put_away = wait_until_put_away(&tour, &mut conn).await?;
    let mut report = tour.report.borrow_mut();
    report.seconds = seconds;
    judge(&mut report, &samples, put_away);
    println!("{}", serde_json::to_string_pretty(&*report)?);
    Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn wait_until_put_away(tour: &Tour, conn: &mut Conn) -> Outcome<Option<Sample>> {
    let deadline = Instant::now() + PUT_AWAY_WITHIN;
    while Instant::now() < deadline {
        let now = sample(tour, conn).await?;
        if now.loaded == 0.0 {
            // the allocator gives memory back a little later
            tokio::time::sleep(Duration::from_secs(3)).await;
            return sample(tour, conn).await.map(Some);
        }
        tokio::time::sleep(SAMPLE_EVERY).await;
    }
    Ok(None)
}

fn judge(report: &mut Report, samples: &[Sample], put_away: Option<Sample>) {
    let all = report.inventories;
    let most = |from: usize, to: usize| {
        let within = samples.iter().filter(|sample| (from..=to).contains(&sample.visited));
        within.copied().max_by(|a, b| a.rss_mib.total_cmp(&b.rss_mib))
    };
    report.tenths = (0..10).filter_map(|tenth| most(all * tenth / 10, all * (tenth + 1) / 10)).collect();
    let half = |from, to| most(from, to).map_or(f64::NAN, |sample| sample.rss_mib);
    report.growth = half(all / 2, all) / half(0, all / 2);
    report.loaded_max = samples.iter().map(|sample| sample.loaded).fold(0.0, f64::max);
    report.put_away = put_away;
    let freed = put_away.is_some_and(|end| end.rss_mib < half(all / 2, all));
    report.ok = report.unexpected == 0 && report.growth <= GROWTH_MAX && freed;
}

fn main() -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, run(Args::parse()))
}
