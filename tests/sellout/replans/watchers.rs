//! Viewers that remember every board that they saw, and say when a frame comes that they cannot understand.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use super::ledger::digest;
use super::street::{Street, lock};
use super::verdicts::Shown;
use crate::support::board::Board;
use crate::support::viewer::EventStream;

const COME_BACK_AFTER: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    WebSocket,
    /// Leaves after so many frames, too, and says where it was.
    Events(Option<usize>),
}

/// What a viewer knows, and what it has learnt of the plan on this connection.
#[derive(Debug, Default)]
pub(crate) struct Eyes {
    pub(crate) who: &'static str,
    board: Board,
    version: u64,
    /// Whether the version is known from this connection.
    is_told: bool,
    announced: Option<u64>,
    pub(crate) connections: u64,
    pub(crate) plans: u64,
    pub(crate) shown: Vec<Shown>,
    pub(crate) findings: Vec<String>,
}

impl Eyes {
    pub(crate) fn connected(&mut self) {
        (self.is_told, self.announced) = (false, None);
        self.connections += 1;
    }

    fn found(&mut self, what: impl std::fmt::Display) {
        let Self { who, board: Board { epoch, seq, .. }, .. } = *self;
        self.findings.push(format!("{who} at {epoch}:{seq}: {what}"));
    }

    pub(crate) fn take(&mut self, frame: &Value) {
        match frame["type"].as_str() {
            Some("plan") => {
                self.plans += 1;
                let version = frame["plan_version"].as_u64().unwrap_or_default();
                if version <= self.version.max(self.announced.unwrap_or(0)) {
                    let known = (self.version, self.announced);
                    self.found(format!("version {version} is announced after {known:?}"));
                }
                self.announced = Some(version);
                return;
            }
            Some("snapshot") => self.snapshot(frame["plan_version"].as_u64().unwrap_or_default()),
            Some("delta") if self.announced.is_some() => {
                self.found(format!("a delta stands between a plan and its snapshot: {frame}"));
            }
            Some("delta" | "resumed") => self.is_told = true,
            _ => return,
        }
        let before = (self.board.snapshots, self.board.deltas);
        self.board.take(frame);
        if (self.board.snapshots, self.board.deltas) == before {
            return;
        }
        let Board { epoch, seq, ref units, .. } = self.board;
        let (version, board) = (Some(self.version), Some(digest(units)));
        self.shown.push(Shown { who: self.who, epoch, seq, version, board, figures: None });
    }

    fn snapshot(&mut self, version: u64) {
        let announced = self.announced.take();
        if version < self.version || announced.is_some_and(|announced| announced != version) {
            let known = self.version;
            self.found(format!("a snapshot of {version} after {known}, announced was {announced:?}"));
        }
        if self.is_told && version != self.version && announced.is_none() {
            self.found(format!("a snapshot of version {version}, and nobody said so"));
        }
        (self.version, self.is_told) = (version, true);
    }
}

/// Somebody who watches; stops when dropped.
pub(crate) struct Watcher {
    eyes: Arc<Mutex<Eyes>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Watcher {
    /// It has its first snapshot when this returns.
    pub(crate) async fn begin(street: &Arc<Street>, who: &'static str, by: By) -> Self {
        let eyes = Arc::new(Mutex::new(Eyes { who, ..Eyes::default() }));
        let task = tokio::spawn(watch(street.clone(), by, eyes.clone()));
        let this = Self { eyes, task };
        if !this.waits(|eyes| !eyes.shown.is_empty()).await {
            street.found(format!("{who} sees nothing"));
        }
        this
    }

    /// False: it never comes.
    async fn waits(&self, is_there: impl Fn(&Eyes) -> bool) -> bool {
        let started = Instant::now();
        while !is_there(&lock(&self.eyes)) {
            if started.elapsed() > PATIENCE {
                return false;
            }
            tokio::time::sleep(COME_BACK_AFTER).await;
        }
        true
    }

    /// All that it saw up to this seq, the last.
    pub(crate) async fn reaches(self, seq: u64) -> Eyes {
        let reaches = self.waits(|eyes| eyes.board.seq >= seq).await;
        let mut eyes = std::mem::take(&mut *lock(&self.eyes));
        if !reaches {
            eyes.found(format!("it never sees {seq}"));
        }
        let gaps = std::mem::take(&mut eyes.board.gaps);
        gaps.into_iter().for_each(|gap| eyes.found(gap));
        eyes
    }
}

/// Comes back whenever it is cut off.
async fn watch(street: Arc<Street>, by: By, eyes: Arc<Mutex<Eyes>>) {
    let path = street.path("/live");
    let mut last_id: Option<String> = None;
    loop {
        match by {
            By::WebSocket => {
                let url = street.api.url(&path).replacen("http", "ws", 1);
                if let Ok((mut socket, _)) = tokio_tungstenite::connect_async(url).await {
                    lock(&eyes).connected();
                    while let Some(Ok(message)) = socket.next().await {
                        if let Message::Text(text) = message {
                            lock(&eyes).take(&serde_json::from_str(&text).unwrap_or_default());
                        }
                    }
                }
            }
            By::Events(most) => {
                if let Some(mut stream) = EventStream::open(&street.api, &path, last_id.as_deref()).await {
                    lock(&eyes).connected();
                    let mut left = most.unwrap_or(usize::MAX);
                    while let Some(event) = stream.next().await {
                        last_id = event.id.or(last_id);
                        lock(&eyes).take(&serde_json::from_str(&event.data).unwrap_or_default());
                        left -= 1;
                        if left == 0 {
                            break;
                        }
                    }
                }
            }
        }
        tokio::time::sleep(COME_BACK_AFTER).await;
    }
}
