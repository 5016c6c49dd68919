//! A crowd of viewers on one inventory: each follows its own stream, and what they see is added up.
//! All of them run on one thread, so the sums need no lock.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::Outcome;
use crate::board::{Board, Frame, Step};
use crate::stats::{Latencies, wall_us};
use crate::stream::{Inbound, Stream, Transport, open};

/// How long the first snapshot of a viewer may take.
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Viewers are opened in groups of this size, so that the listener's backlog suffices.
const OPEN_AT_ONCE: usize = 50;

/// The sums over all viewers.
#[derive(Default)]
pub struct Tally {
    /// commit to receipt of every delta since the last `reset`
    pub lag: RefCell<Latencies>,
    pub frames: Cell<u64>,
    pub gaps: Cell<u64>,
    pub restarts: Cell<u64>,
    pub malformed: Cell<u64>,
    /// streams that the server ended, by close code (0: none given)
    pub closed: RefCell<BTreeMap<u16, u64>>,
    last: RefCell<LastFrame>,
}

/// The frame that was parsed last. All viewers get equal bytes, so one parse serves most of them; each
/// viewer's bytes are still compared in full.
struct LastFrame {
    bytes: Vec<u8>,
    frame: Rc<Frame>,
}

impl Default for LastFrame {
    fn default() -> Self {
        Self { bytes: Vec::new(), frame: Rc::new(Frame::Other) }
    }
}

/// One viewer: its state and the task that feeds it.
pub struct Viewer {
    pub board: Rc<RefCell<Board>>,
    pub keeps: bool,
    task: JoinHandle<()>,
}

/// Which viewers to open.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    pub viewers: usize,
    /// of them by Server-Sent Events
    pub sse: usize,
    /// of them with the full state, not only the sequence
    pub keeping: usize,
}

/// Opens the crowd; returns when every viewer has its first snapshot. Needs a `LocalSet`.
pub async fn gather(
    addr: SocketAddr,
    inventory: &str,
    crowd: Crowd,
    tally: &Rc<Tally>,
) -> Outcome<Vec<Viewer>> {
    let mut viewers = Vec::with_capacity(crowd.viewers);
    while viewers.len() < crowd.viewers {
        let first = viewers.len();
        for number in first..crowd.viewers.min(first + OPEN_AT_ONCE) {
            let transport = if number < crowd.sse { Transport::Sse } else { Transport::WebSocket };
            let stream = timeout(START_TIMEOUT, open(addr, inventory, transport)).await??;
            viewers.push(start(stream, number >= crowd.viewers - crowd.keeping, tally));
        }
        wait_started(&viewers[first..]).await?;
    }
    Ok(viewers)
}

fn start(stream: Stream, keeps: bool, tally: &Rc<Tally>) -> Viewer {
    let board = Rc::new(RefCell::new(Board::default()));
    let task = tokio::task::spawn_local(follow(stream, Rc::clone(&board), keeps, Rc::clone(tally)));
    Viewer { board, keeps, task }
}

async fn wait_started(viewers: &[Viewer]) -> Outcome<()> {
    let deadline = Instant::now() + START_TIMEOUT;
    while viewers.iter().any(|viewer| viewer.board.borrow().seq == 0) {
        if Instant::now() > deadline {
            return Err("a viewer got no snapshot".into());
        }
        sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

async fn follow(mut stream: Stream, board: Rc<RefCell<Board>>, keeps: bool, tally: Rc<Tally>) {
    loop {
        match stream.next().await {
            Ok(Inbound::Text(bytes)) => tally.take(&bytes, &board, keeps),
            Ok(Inbound::Closed(code)) => return tally.count_closed(code),
            Err(_broken) => return tally.count_closed(0),
        }
    }
}

impl Tally {
    fn take(&self, bytes: &[u8], board: &RefCell<Board>, keeps: bool) {
        let received_us = wall_us();
        let Some(frame) = self.parse(bytes) else { return add(&self.malformed) };
        match board.borrow_mut().apply(&frame, keeps) {
            Step::Gap => add(&self.gaps),
            Step::Restarted => add(&self.restarts),
            Step::Started | Step::Moved | Step::Ignored => {}
        }
        if let Frame::Delta(delta) = &*frame {
            add(&self.frames);
            self.lag.borrow_mut().add_us(received_us.saturating_sub(delta.at_ms * 1_000));
        }
    }

    fn parse(&self, bytes: &[u8]) -> Option<Rc<Frame>> {
        let mut last = self.last.borrow_mut();
        if last.bytes != bytes {
            last.frame = Rc::new(serde_json::from_slice(bytes).ok()?);
            last.bytes.clear();
            last.bytes.extend_from_slice(bytes);
        }
        Some(Rc::clone(&last.frame))
    }

    fn count_closed(&self, code: u16) {
        *self.closed.borrow_mut().entry(code).or_default() += 1;
    }

    /// Starts a new phase: the lag is measured afresh. Faults stay counted.
    pub fn reset(&self) {
        self.lag.take();
        self.frames.set(0);
    }
}

fn add(counter: &Cell<u64>) {
    counter.set(counter.get() + 1);
}

impl Viewer {
    pub fn ended(&self) -> bool {
        self.task.is_finished()
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
