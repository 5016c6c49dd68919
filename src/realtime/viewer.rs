//! One connection's bounded queue. The publisher never waits for it: what does not fit is dropped and the
//! viewer gets a snapshot instead, which is legal since a board is state, not history.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::frame::{Kind, Position, SharedFrame};
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

/// What the session does next.
#[derive(Debug)]
pub(super) enum Next {
    Frame(SharedFrame),
    /// The queue was dropped: ask the channel for a snapshot.
    Snapshot,
    Close(u16),
}

#[derive(Debug)]
pub(super) struct Viewer {
    queue: Mutex<Queue>,
    wake: Notify,
    pub(super) transport: &'static str,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<SharedFrame>,
    bytes: usize,
    needs_snapshot: bool,
    overflowed_at: Option<Instant>,
    /// Waits for the next frame boundary.
    start: Option<Start>,
    closed: Option<u16>,
    buyer: Option<BuyerId>,
}

impl Viewer {
    pub(super) fn new(transport: &'static str, start: Start) -> Arc<Self> {
        let queue = Mutex::new(Queue { start: Some(start), ..Queue::default() });
        Arc::new(Self { queue, wake: Notify::new(), transport })
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
        if queue.closed.is_some() || queue.start.is_some() || queue.needs_snapshot {
            return;
        }
        let fits = queue.frames.len() < QUEUE_FRAMES_MAX && queue.bytes + frame.len() <= QUEUE_BYTES_MAX;
        // A snapshot alone may be larger than the limit: it replaces all others.
        if fits || (queue.frames.is_empty() && frame.kind == Kind::Snapshot) {
            queue.bytes += frame.len();
            queue.frames.push_back(frame.clone());
        } else {
            queue.overflow();
        }
        drop(queue);
        self.wake.notify_one();
    }

    /// Drops what waits; the session gets a snapshot next.
    pub(super) fn resync(&self) {
        let mut queue = self.queue();
        if queue.start.is_none() {
            queue.drop_frames();
            queue.needs_snapshot = true;
        }
        drop(queue);
        self.wake.notify_one();
    }

    /// To be called under the channel's lock, so that no frame falls between the snapshot and the queue.
    pub(super) fn snapshot_taken(&self) {
        let mut queue = self.queue();
        queue.drop_frames();
        queue.needs_snapshot = false;
    }

    pub(super) fn close(&self, code: u16) {
        let mut queue = self.queue();
        if queue.closed.is_none() {
            queue.closed = Some(code);
            queue.drop_frames();
        }
        drop(queue);
        self.wake.notify_one();
    }

    pub(super) fn set_buyer(&self, buyer: BuyerId) {
        self.queue().buyer = Some(buyer);
    }

    pub(super) fn is_buyer(&self, buyer: &BuyerId) -> bool {
        self.queue().buyer.as_ref() == Some(buyer)
    }

    /// Waits for what comes next. Safe to drop: nothing is taken before it is returned.
    pub(super) async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.try_next() {
                return next;
            }
            self.wake.notified().await;
        }
    }

    pub(super) fn try_next(&self) -> Option<Next> {
        let mut queue = self.queue();
        if let Some(code) = queue.closed {
            return Some(Next::Close(code));
        }
        if queue.needs_snapshot {
            return Some(Next::Snapshot);
        }
        let frame = queue.frames.pop_front()?;
        queue.bytes -= frame.len();
        Some(Next::Frame(frame))
    }
}

impl Queue {
    fn drop_frames(&mut self) {
        // A new deque: the old one may have grown, and thousands of viewers may be slow.
        self.frames = VecDeque::new();
        self.bytes = 0;
    }

    fn overflow(&mut self) {
        let now = Instant::now();
        let again = self.overflowed_at.is_some_and(|before| now.duration_since(before) < OVERFLOW_AGAIN);
        self.overflowed_at = Some(now);
        self.drop_frames();
        if again {
            self.closed = Some(close::SLOW);
            telemetry::slow_close();
        } else {
            self.needs_snapshot = true;
            telemetry::resync("overflow");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::Frame;
    use super::*;

    fn started() -> Arc<Viewer> {
        let viewer = Viewer::new("test", Start::Fresh);
        assert_eq!(viewer.take_start(), Some(Start::Fresh));
        viewer
    }

    #[test]
    fn an_overflow_drops_the_queue_and_asks_for_a_snapshot() {
        let viewer = started();
        for count in 0..=QUEUE_FRAMES_MAX as u64 {
            viewer.push(&Frame::viewers(count));
        }
        assert!(matches!(viewer.try_next(), Some(Next::Snapshot)));
        viewer.push(&Frame::viewers(1));
        assert!(matches!(viewer.try_next(), Some(Next::Snapshot)), "nothing queues up before the snapshot");
        viewer.snapshot_taken();
        assert!(viewer.try_next().is_none());
        viewer.push(&Frame::viewers(2));
        assert!(matches!(viewer.try_next(), Some(Next::Frame(_))));
    }

    #[test]
    fn a_second_overflow_within_five_seconds_closes_with_a_reconnect_code() {
        let viewer = started();
        for _ in 0..2 {
            viewer.snapshot_taken();
            for count in 0..=QUEUE_FRAMES_MAX as u64 {
                viewer.push(&Frame::viewers(count));
            }
        }
        assert!(matches!(viewer.try_next(), Some(Next::Close(close::SLOW))));
    }

    #[test]
    fn bytes_are_bounded_as_well_as_frames() {
        let viewer = started();
        let json = format!("{{\"pad\":\"{}\"}}", "x".repeat(QUEUE_BYTES_MAX / 2));
        viewer.push(&Frame::hold(&json));
        assert!(matches!(viewer.try_next(), Some(Next::Frame(_))));
        viewer.push(&Frame::hold(&json));
        viewer.push(&Frame::hold(&json));
        assert!(matches!(viewer.try_next(), Some(Next::Snapshot)));
    }
}
