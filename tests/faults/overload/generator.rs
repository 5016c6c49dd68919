//! Purchases at a rate that does not wait for answers, on connections that cost as little as possible.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

/// More than the server lets into one inventory: the rest is there to be refused.
const CONNECTIONS: usize = 4_000;
const TICK: Duration = Duration::from_millis(1);
const INTERVAL: Duration = Duration::from_millis(250);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Load {
    pub(super) address: String,
    pub(super) path: String,
    pub(super) token: String,
    /// What each purchase is of, as JSON.
    pub(super) offers: String,
    pub(super) phases: Vec<Phase>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Phase {
    /// A second; None: as many as keep so many in flight.
    rate: Option<f64>,
    in_flight: usize,
    seconds: f64,
}

impl Phase {
    pub(super) fn closed(in_flight: usize, seconds: f64) -> Self {
        Self { rate: None, in_flight, seconds }
    }

    pub(super) fn open(rate: f64, seconds: f64) -> Self {
        Self { rate: Some(rate), in_flight: usize::MAX, seconds }
    }
}

/// What happened in a part of a phase. Answers count where they came.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Interval {
    pub(super) phase: usize,
    pub(super) seconds: f64,
    pub(super) accepted: u64,
    /// 503, told to come back.
    pub(super) refused: u64,
    /// Any other answer, or none.
    pub(super) failed: u64,
    /// Due, and no connection was free.
    pub(super) unsent: u64,
    /// Of those that were accepted, from the moment of sending.
    pub(super) waits_us: Vec<u64>,
}

#[derive(Default)]
struct Shared {
    idle: Vec<usize>,
    now: Interval,
    sent: u64,
}

pub(super) fn run(load: &Load) -> Vec<Interval> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, drive(load))
}

async fn drive(load: &Load) -> Vec<Interval> {
    let shared = Rc::new(RefCell::new(Shared::default()));
    let mut lanes = Vec::new();
    for number in 0..CONNECTIONS {
        let (sender, jobs) = mpsc::channel(1);
        let stream = TcpStream::connect(&load.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        shared.borrow_mut().idle.push(number);
        tokio::task::spawn_local(lane(number, stream, load.clone(), jobs, shared.clone()));
        lanes.push(sender);
    }
    let mut intervals = Vec::new();
    for (number, phase) in load.phases.iter().enumerate() {
        run_phase(number, phase, &lanes, &shared, &mut intervals).await;
    }
    // The rest of the answers.
    let started = Instant::now();
    while shared.borrow().idle.len() < CONNECTIONS && started.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(TICK).await;
    }
    let mut last = std::mem::take(&mut shared.borrow_mut().now);
    last.phase = load.phases.len() - 1;
    intervals.push(last);
    intervals
}

async fn run_phase(
    number: usize,
    phase: &Phase,
    lanes: &[mpsc::Sender<()>],
    shared: &RefCell<Shared>,
    intervals: &mut Vec<Interval>,
) {
    let (started, mut due, mut since) = (Instant::now(), 0, Instant::now());
    while started.elapsed().as_secs_f64() < phase.seconds {
        tokio::time::sleep(TICK).await;
        {
            let mut shared = shared.borrow_mut();
            let wanted = match phase.rate {
                Some(rate) => (started.elapsed().as_secs_f64() * rate) as u64 - due,
                None => (phase.in_flight + shared.idle.len()).saturating_sub(CONNECTIONS) as u64,
            };
            due += wanted;
            for _ in 0..wanted {
                match shared.idle.pop() {
                    Some(lane) => lanes[lane].try_send(()).unwrap(),
                    None => shared.now.unsent += 1,
                }
            }
        }
        if since.elapsed() >= INTERVAL {
            let ended = std::mem::take(&mut shared.borrow_mut().now);
            intervals.push(Interval { phase: number, seconds: since.elapsed().as_secs_f64(), ..ended });
            since = Instant::now();
        }
    }
    let ended = std::mem::take(&mut shared.borrow_mut().now);
    intervals.push(Interval { phase: number, seconds: since.elapsed().as_secs_f64(), ..ended });
}

/// One connection: a purchase whenever it is told to.
async fn lane(
    number: usize,
    mut stream: TcpStream,
    load: Load,
    mut jobs: mpsc::Receiver<()>,
    shared: Rc<RefCell<Shared>>,
) {
    let mut buffer = Vec::with_capacity(4_096);
    let run = uuid::Uuid::now_v7();
    while jobs.recv().await.is_some() {
        let sent = {
            let mut shared = shared.borrow_mut();
            shared.sent += 1;
            shared.sent
        };
        let body = format!(r#"{{"buyer":"customer-{}","offers":{}}}"#, sent % 1_000, load.offers);
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {run}-{sent}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            load.path,
            load.address,
            load.token,
            body.len()
        );
        let asked = Instant::now();
        let status = call(&mut stream, request.as_bytes(), &mut buffer).await;
        let waited = asked.elapsed();
        let mut shared = shared.borrow_mut();
        match status {
            Ok(201) => {
                shared.now.accepted += 1;
                shared.now.waits_us.push(waited.as_micros() as u64);
            }
            Ok(503) => shared.now.refused += 1,
            // A lane that is broken stays away.
            Err(_gone) => {
                shared.now.failed += 1;
                return;
            }
            Ok(_other) => shared.now.failed += 1,
        }
        shared.idle.push(number);
    }
}

/// The status of the answer, once it is whole.
async fn call(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> std::io::Result<u16> {
    buffer.clear();
    stream.write_all(request).await?;
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length =
            text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if buffer.len() >= head + 4 + length.unwrap_or(0) {
            return text
                .get(9..12)
                .and_then(|code| code.parse().ok())
                .ok_or(std::io::ErrorKind::InvalidData.into());
        }
    }
}
