//! One connection's bounded queue. The publisher never waits for it: what does not fit is dropped and the
//! viewer gets a snapshot instead, which is legal since a board is state, not history.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use smallvec::SmallVec;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::frame::{Kind, Position, SharedFrame};
use super::proof::Proof;
use crate::domain::BuyerId;
use crate::telemetry;

/// Frames and bytes that may wait for one viewer.
pub(super) const QUEUE_FRAMES_MAX: usize = 64;
pub(super) const QUEUE_BYTES_MAX: usize = 256 * 1024;
/// A second overflow within this time ends the connection.
const OVERFLOW_AGAIN: Duration = Duration::from_secs(5);

/// Close codes: 4000–4499 reconnect, 4500–4999 do not.
pub mod close {
    /// The server shuts down.
    pub const GOING_AWAY: u16 = 4000;
    /// The viewer does not keep up.
    pub const SLOW: u16 = 4001;
    /// Nothing was heard of the viewer for a minute.
    pub const SILENT: u16 = 4002;
    /// The token that was given has ended: come back with a new one.
    pub const TOKEN_OVER: u16 = 4004;
    /// The inventory became a draft: it is there for secret keys alone.
    pub const HIDDEN: u16 = 4003;
    /// The buyer has as many streams as one may have: come back when one has ended.
    pub const TOO_MANY: u16 = 4005;
    /// A message that is not of the protocol.
    pub const BAD_MESSAGE: u16 = 4500;
    /// A token that does not hold.
    pub const BAD_TOKEN: u16 = 4501;
    /// Too many messages.
    pub const FLOOD: u16 = 4502;
}

/// How a viewer gets its first frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Fresh,
    Resume(Position),
}

/// What is written next.
#[derive(Debug)]
pub(super) enum Next {
    Frame(SharedFrame),
    /// The queue was dropped: ask the channel for a snapshot.
    Snapshot,
    /// Nothing: it is closed.
    End,
}

#[derive(Debug)]
pub(super) struct Viewer {
    queue: Mutex<Queue>,
    /// Whoever writes the frames to the socket.
    writer: AtomicWaker,
    ended: Notify,
    /// Who has proved to watch, by the newest token.
    proof: Mutex<Option<Proof>>,
    pub(super) transport: &'static str,
    /// A writer that takes nothing for so long has a socket that nobody reads.
    write_max: Duration,
}

#[derive(Debug, Default)]
struct Queue {
    /// What goes before all others: another plan, and the snapshot behind it.
    ahead: SmallVec<[SharedFrame; 2]>,
    frames: VecDeque<SharedFrame>,
    bytes: usize,
    needs_snapshot: bool,
    /// Whether it has got its first frame: only then is a plan news.
    has_begun: bool,
    overflowed_at: Option<Instant>,
    /// Since when the writer has left something lying.
    waiting_since: Option<Instant>,
    /// Waits for the next frame boundary.
    start: Option<Start>,
    closed: Option<u16>,
}

impl Viewer {
    pub(super) fn new(transport: &'static str, start: Start, write_max: Duration) -> Arc<Self> {
        Arc::new(Self {
            queue: Mutex::new(Queue { start: Some(start), ..Queue::default() }),
            writer: AtomicWaker::new(),
            ended: Notify::new(),
            proof: Mutex::default(),
            transport,
            write_max,
        })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().expect("no panic under this lock")
    }

    /// The way it wants to start, once; None when it has.
    pub(super) fn take_start(&self) -> Option<Start> {
        self.queue().start.take()
    }

    pub(super) fn push(&self, frame: &SharedFrame) {
        let mut queue = self.queue();
        if queue.closed.is_some() || queue.start.is_some() {
            return;
        }
        if queue.waiting_since.is_some_and(|since| since.elapsed() > self.write_max) {
            queue.close_slow();
        } else if queue.needs_snapshot {
            return;
        } else {
            queue.add(frame);
        }
        self.wake(queue);
    }

    /// Another plan: it and the snapshot behind it go before all that waits, and of that only the buyer's own
    /// holds still mean something. Without a snapshot, one has been asked for.
    pub(super) fn replan(&self, plan: &SharedFrame, snapshot: Option<&SharedFrame>) {
        let mut queue = self.queue();
        if queue.start.is_some() || queue.closed.is_some() {
            return;
        }
        queue.ahead.clear();
        if queue.has_begun {
            queue.ahead.push(plan.clone());
        }
        if !queue.needs_snapshot {
            queue.ahead.extend(snapshot.cloned());
            queue.keep_holds();
        }
        queue.waiting_since.get_or_insert_with(Instant::now);
        self.wake(queue);
    }

    /// Drops what waits; the writer asks for a snapshot next.
    pub(super) fn resync(&self) {
        let mut queue = self.queue();
        if queue.start.is_none() && queue.closed.is_none() {
            queue.want_snapshot();
        }
        self.wake(queue);
    }

    /// The snapshot that was asked for, or what goes before it. To be called under the channel's lock, so that no
    /// frame falls between the snapshot and the queue.
    pub(super) fn take_snapshot(&self, snapshot: SharedFrame) -> SharedFrame {
        let mut queue = self.queue();
        queue.drop_frames();
        (queue.needs_snapshot, queue.has_begun) = (false, true);
        // Another plan has come since it was asked for.
        let Some(plan) = queue.ahead.pop() else { return snapshot };
        queue.ahead.push(snapshot);
        queue.waiting_since = Some(Instant::now());
        plan
    }

    pub(super) fn close(&self, code: u16) {
        let mut queue = self.queue();
        queue.close(code);
        self.wake(queue);
    }

    fn wake(&self, queue: MutexGuard<'_, Queue>) {
        let is_over = queue.closed.is_some();
        drop(queue);
        self.writer.wake();
        if is_over {
            self.ended.notify_one();
        }
    }

    /// Whether a buyer is known for the first time: the first stays, and another changes nothing.
    pub(super) fn prove(&self, proof: Proof) -> bool {
        let mut known = self.proof.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = known.is_none();
        if known.as_ref().is_none_or(|known| known.buyer == proof.buyer) {
            *known = Some(proof);
        }
        is_first
    }

    /// Whose holds are told here, as long as the token holds; behind its end the connection is closed.
    pub(super) fn buyer(&self) -> Option<BuyerId> {
        let proof = self.proof.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        if proof.is_over() {
            self.close(close::TOKEN_OVER);
            return None;
        }
        Some(proof.buyer)
    }

    /// Whose they were, also when the token has ended.
    pub(super) fn last_buyer(&self) -> Option<BuyerId> {
        self.proof.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|proof| proof.buyer.clone())
    }

    /// Waits for what is to be written next. Safe to drop: nothing is taken before it is returned.
    pub(super) async fn next(&self) -> Next {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// One writer at a time.
    pub(super) fn poll_next(&self, context: &mut Context<'_>) -> Poll<Next> {
        self.writer.register(context.waker());
        self.try_next().map_or(Poll::Pending, Poll::Ready)
    }

    pub(super) fn try_next(&self) -> Option<Next> {
        let mut queue = self.queue();
        if queue.closed.is_some() {
            return Some(Next::End);
        }
        if !queue.ahead.is_empty() {
            queue.has_begun = true;
            let frame = queue.ahead.remove(0);
            let is_all = queue.ahead.is_empty() && queue.frames.is_empty() && !queue.needs_snapshot;
            queue.waiting_since = (!is_all).then(Instant::now);
            return Some(Next::Frame(frame));
        }
        if queue.needs_snapshot {
            return Some(Next::Snapshot);
        }
        let frame = queue.frames.pop_front()?;
        queue.has_begun = true;
        queue.bytes -= frame.len();
        queue.waiting_since = (!queue.frames.is_empty()).then(Instant::now);
        Some(Next::Frame(frame))
    }

    /// Waits until it is closed, and says with which code. For one at a time.
    pub(super) async fn closed(&self) -> u16 {
        loop {
            let closed = self.queue().closed;
            match closed {
                Some(code) => return code,
                None => self.ended.notified().await,
            }
        }
    }
}

impl Queue {
    fn add(&mut self, frame: &SharedFrame) {
        let fits = self.frames.len() < QUEUE_FRAMES_MAX && self.bytes + frame.len() <= QUEUE_BYTES_MAX;
        // A snapshot alone may be larger than the limit: it replaces all others.
        if fits || (self.frames.is_empty() && frame.kind == Kind::Snapshot) {
            self.bytes += frame.len();
            self.frames.push_back(frame.clone());
            self.waiting_since.get_or_insert_with(Instant::now);
        } else if frame.len() > QUEUE_BYTES_MAX {
            // Larger than any queue: not this viewer's fault, and a snapshot says it shorter.
            telemetry::resync("large");
            self.want_snapshot();
        } else {
            self.overflow();
        }
    }

    fn want_snapshot(&mut self) {
        self.drop_frames();
        self.needs_snapshot = true;
        self.waiting_since = Some(Instant::now());
    }

    fn keep_holds(&mut self) {
        self.frames.retain(|frame| frame.kind == Kind::Hold);
        self.bytes = self.frames.iter().map(|frame| frame.len()).sum();
    }

    /// All but the news of another plan.
    fn drop_frames(&mut self) {
        self.ahead.retain(|frame| frame.kind == Kind::Plan);
        // A new deque: the old one may have grown, and thousands of viewers may be slow.
        self.frames = VecDeque::new();
        self.bytes = 0;
        self.waiting_since = None;
    }

    fn overflow(&mut self) {
        let now = Instant::now();
        let again = self.overflowed_at.is_some_and(|before| now.duration_since(before) < OVERFLOW_AGAIN);
        self.overflowed_at = Some(now);
        if again {
            self.close_slow();
        } else {
            telemetry::resync("overflow");
            self.want_snapshot();
        }
    }

    fn close_slow(&mut self) {
        telemetry::slow_close();
        self.close(close::SLOW);
    }

    fn close(&mut self, code: u16) {
        if self.closed.is_none() {
            self.closed = Some(code);
            self.drop_frames();
            self.ahead.clear();
        }
    }
}

#[cfg(test)]
#[path = "viewer/tests.rs"]
mod tests;
