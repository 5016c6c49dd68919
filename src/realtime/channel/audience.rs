//! A channel's viewers: how they come, what they get first, how they are counted, how they leave.

use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use tokio::time::Instant;

use super::super::frame::{Frame, Position, SharedFrame};
use super::super::hub::HubOptions;
use super::super::proof::Proof;
use super::super::view::HoldChange;
use super::super::viewer::{Start, Viewer};
use super::{Channel, Inner};
use crate::domain::BuyerId;
use crate::telemetry;

/// The number of viewers is told at most this often.
const COUNT_EVERY: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Audience {
    pub(super) viewers: FxHashMap<u64, Arc<Viewer>>,
    next: u64,
    /// The connections that each buyer has proved to be theirs.
    pub(super) buyers: FxHashMap<BuyerId, SmallVec<[Arc<Viewer>; 1]>>,
    count_told: u64,
    count_told_at: Option<Instant>,
    is_count_scheduled: bool,
    /// Somebody has not been told the count, though it may be the same again.
    has_newcomer: bool,
}

/// A viewer's place in the channel; it leaves when this is dropped.
pub struct Joined {
    channel: Arc<Channel>,
    pub(in super::super) viewer: Arc<Viewer>,
    id: u64,
}

impl Joined {
    /// From now on this connection also gets the buyer's own holds, beginning with those that live.
    /// A newer token of the same buyer only moves the end.
    pub(in super::super) fn authorise(&mut self, proof: Proof) {
        let buyer = proof.buyer.clone();
        if self.viewer.prove(proof) {
            self.channel.authorise(&self.viewer, buyer);
        }
    }

    /// A number to spread timers by.
    pub(in super::super) fn jitter(&self) -> u64 {
        self.id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
    }

    /// When the first ping is due: pings of many viewers that came together do not go out together.
    pub(in super::super) fn first_ping(&self) -> Duration {
        self.spread(self.options().ping_every)
    }

    pub(in super::super) fn first_beat(&self) -> Duration {
        self.spread(self.options().beat_every)
    }

    fn spread(&self, every: Duration) -> Duration {
        let half_ms = u64::try_from(every.as_millis() / 2).unwrap_or(u64::MAX).max(1);
        every - Duration::from_millis(self.jitter() % half_ms)
    }

    pub(in super::super) fn options(&self) -> &HubOptions {
        self.channel.hub.options()
    }

    /// Instead of a queue that was dropped.
    pub(in super::super) fn snapshot_instead(&self) -> SharedFrame {
        self.channel.snapshot_instead(&self.viewer)
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.channel.leave(self);
    }
}

impl Channel {
    /// A place among the viewers; None: there are too many, or the server is ending.
    pub(in super::super) fn join(
        self: &Arc<Self>,
        transport: &'static str,
        resume: Option<Position>,
    ) -> Option<Joined> {
        if !self.hub.admit(transport) {
            return None;
        }
        let start = resume.map_or(Start::Fresh, Start::Resume);
        let viewer = Viewer::new(transport, start, self.hub.options().write_max);
        let mut inner = self.lock();
        let inner = &mut *inner;
        if inner.audience.viewers.is_empty() {
            // While nobody watched there was no hurry; now there is.
            inner.due = None;
            self.publish_now(inner);
        }
        let id = inner.audience.next;
        inner.audience.next += 1;
        inner.audience.viewers.insert(id, viewer.clone());
        // Else it begins with the publication that is on its way, and reads nothing older than the view.
        if inner.published.seq == inner.view.seq
            && let Some(start) = viewer.take_start()
        {
            self.begin(inner, &viewer, start);
        }
        self.schedule_count(inner);
        Some(Joined { channel: self.clone(), viewer, id })
    }

    pub(super) fn begin(self: &Arc<Self>, inner: &mut Inner, viewer: &Viewer, start: Start) {
        if let Start::Resume(position) = start {
            if let Some(frames) = self.missing(inner, position) {
                frames.iter().for_each(|frame| viewer.push(frame));
                return self.welcome(inner, viewer);
            }
            telemetry::resync("resume");
        }
        let snapshot = self.snapshot_frame(inner);
        viewer.push(&snapshot);
        self.welcome(inner, viewer);
    }

    /// All that a returning viewer has missed, in one delta; None: not all of it is here.
    fn missing(&self, inner: &Inner, position: Position) -> Option<Vec<SharedFrame>> {
        let published = inner.published;
        if position.epoch != published.epoch {
            return None;
        }
        let resumed = Frame::resumed(position.seq, published);
        if position.seq == published.seq {
            return Some(vec![resumed]);
        }
        let units = inner.ring.since(position.seq)?;
        Some(vec![resumed, self.delta(inner, position.seq, &units)])
    }

    /// The board as published, for a viewer whose queue was dropped; behind the news of its plan, if that is new.
    pub(in super::super) fn snapshot_instead(self: &Arc<Self>, viewer: &Viewer) -> SharedFrame {
        let mut inner = self.lock();
        let next = viewer.take_snapshot(self.snapshot_frame(&mut inner));
        self.welcome(&mut inner, viewer);
        next
    }

    /// What follows a snapshot or a resumption: the inventory's facts, the buyer's live holds, and soon the number
    /// of viewers.
    pub(super) fn welcome(self: &Arc<Self>, inner: &mut Inner, viewer: &Viewer) {
        viewer.push(&self.facts_frame(inner));
        if let Some(buyer) = viewer.buyer() {
            self.push_holds(inner, viewer, &buyer);
        }
        inner.audience.has_newcomer = true;
        self.schedule_count(inner);
    }

    fn authorise(&self, viewer: &Arc<Viewer>, buyer: BuyerId) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        // Who has not begun yet, or waits for a snapshot, is told behind that.
        self.push_holds(inner, viewer, &buyer);
        inner.audience.buyers.entry(buyer).or_default().push(viewer.clone());
    }

    fn push_holds(&self, inner: &Inner, viewer: &Viewer, buyer: &BuyerId) {
        for (id, hold) in inner.view.holds_of(buyer) {
            viewer.push(&self.hold_frame(inner, &HoldChange { id, hold, state: "held" }));
        }
    }

    fn leave(self: &Arc<Self>, joined: &Joined) {
        let mut inner = self.lock();
        let audience = &mut inner.audience;
        audience.viewers.remove(&joined.id);
        if let Some(buyer) = joined.viewer.last_buyer()
            && let Some(connections) = audience.buyers.get_mut(&buyer)
        {
            connections.retain(|viewer| !Arc::ptr_eq(viewer, &joined.viewer));
            if connections.is_empty() {
                audience.buyers.remove(&buyer);
            }
        }
        self.schedule_count(&mut inner);
        self.hub.dismiss(joined.viewer.transport);
    }

    fn schedule_count(self: &Arc<Self>, inner: &mut Inner) {
        let audience = &mut inner.audience;
        if audience.is_count_scheduled {
            return;
        }
        audience.is_count_scheduled = true;
        let delay =
            audience.count_told_at.map_or(Duration::ZERO, |last| COUNT_EVERY.saturating_sub(last.elapsed()));
        let this = self.clone();
        self.hub.after(delay, move || this.tell_count());
    }

    fn tell_count(&self) {
        let mut inner = self.lock();
        let audience = &mut inner.audience;
        audience.is_count_scheduled = false;
        let count = audience.viewers.len() as u64;
        if count != audience.count_told || audience.has_newcomer {
            audience.count_told_at = Some(Instant::now());
            audience.count_told = count;
            audience.has_newcomer = false;
            let frame = Frame::viewers(count);
            audience.viewers.values().for_each(|viewer| viewer.push(&frame));
        }
    }

    pub fn viewer_count(&self) -> usize {
        self.lock().audience.viewers.len()
    }

    pub(in super::super) fn viewers_now(&self) -> Vec<Arc<Viewer>> {
        self.lock().audience.viewers.values().cloned().collect()
    }
}
