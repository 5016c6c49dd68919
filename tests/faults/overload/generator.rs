//! Holds, each given back by the next command of its connection, at a rate that does not wait for answers, on
//! connections that cost as little as possible. What the server keeps does not grow.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

/// More than the server lets into one inventory: the rest is there to be refused.
const CONNECTIONS: usize = 6_000;
const TICK: Duration = Duration::from_millis(1);
const INTERVAL: Duration = Duration::from_millis(250);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Load {
    pub(super) address: String,
    pub(super) path: String,
    pub(super) token: String,
    /// What each hold is of, as JSON.
    pub(super) offers: String,
}

/// All of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Script {
    pub(super) load: Load,
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
    /// Any other answer, by its status; 0 is none.
    pub(super) failed: BTreeMap<u16, u64>,
    /// Due, and no connection was free.
    pub(super) unsent: u64,
    /// Of those that were accepted, from the moment of sending.
    pub(super) waits_us: Vec<u64>,
}

#[derive(Default)]
struct Shared {
    idle: Vec<usize>,
    now: Interval,
}

pub(super) fn run(script: &Script) -> Vec<Interval> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, drive(script))
}

async fn drive(Script { load, phases }: &Script) -> Vec<Interval> {
    let shared = Rc::new(RefCell::new(Shared::default()));
    let mut lanes = Vec::new();
    for number in 0..CONNECTIONS {
        let (sender, jobs) = mpsc::channel(1);
        shared.borrow_mut().idle.push(number);
        tokio::task::spawn_local(lane(number, load.clone(), jobs, shared.clone()));
        lanes.push(sender);
    }
    let mut intervals = Vec::new();
    for (number, phase) in phases.iter().enumerate() {
        run_phase(number, phase, &lanes, &shared, &mut intervals).await;
    }
    // The rest of the answers.
    let started = Instant::now();
    while shared.borrow().idle.len() < CONNECTIONS && started.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(TICK).await;
    }
    let mut last = std::mem::take(&mut shared.borrow_mut().now);
    last.phase = phases.len() - 1;
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

/// One connection: a command whenever it is told to.
async fn lane(number: usize, load: Load, mut jobs: mpsc::Receiver<()>, shared: Rc<RefCell<Shared>>) {
    let (mut buffer, mut stream) = (Vec::with_capacity(4_096), None);
    let mut commands = Commands { load, number, sent: 0, run: uuid::Uuid::now_v7(), hold: None };
    while jobs.recv().await.is_some() {
        let request = commands.next();
        // Not before it has something to say: a server lets nobody be silent for long.
        if stream.is_none() {
            stream = connect(&commands.load.address).await.ok();
        }
        let asked = Instant::now();
        let status = match &mut stream {
            Some(stream) => call(stream, request.as_bytes(), &mut buffer).await.unwrap_or(0),
            None => 0,
        };
        let waited = asked.elapsed();
        let mut shared = shared.borrow_mut();
        match status {
            201 | 204 => {
                commands.accepted(&buffer);
                shared.now.accepted += 1;
                shared.now.waits_us.push(waited.as_micros() as u64);
            }
            503 => shared.now.refused += 1,
            other => *shared.now.failed.entry(other).or_default() += 1,
        }
        // A lane that is broken stays away.
        if status != 0 {
            shared.idle.push(number);
        }
    }
}

struct Commands {
    load: Load,
    number: usize,
    sent: u64,
    run: uuid::Uuid,
    /// Held by this connection.
    hold: Option<String>,
}

impl Commands {
    fn next(&mut self) -> String {
        let Load { address, path, token, offers } = &self.load;
        self.sent += 1;
        if let Some(hold) = &self.hold {
            return format!(
                "DELETE {path}/{hold} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n"
            );
        }
        let (number, sent, run) = (self.number, self.sent, self.run);
        let body = format!(r#"{{"buyer":"customer-{number}","offers":{offers}}}"#);
        format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: \
             {run}-{sent}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// A hold is remembered until it is given back.
    fn accepted(&mut self, answer: &[u8]) {
        self.hold = match self.hold {
            Some(_) => None,
            None => {
                let text = String::from_utf8_lossy(answer);
                text.split_once(r#""id":""#).and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned()))
            }
        };
    }
}

async fn connect(address: &str) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
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
            let status = text.get(9..12).and_then(|code| code.parse().ok());
            return status.ok_or(std::io::ErrorKind::InvalidData.into());
        }
    }
}
