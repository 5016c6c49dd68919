//! One inventory's live stream: the committed view, what was published of it, and who watches.
//!
//! The view moves with every commit; a tick later the difference goes out as one delta. A live snapshot is
//! always of what was published, so that the next delta follows it without a gap.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rustc_hash::FxHashMap;

use super::frame::{Delta, Frame, Position, SharedFrame, snapshot_text};
use super::hub::Hub;
use super::plan_text::PlanText;
use super::view::{Board, Changes, HeldView, HoldChange, View};
use super::viewer::{Start, Viewer};
use crate::domain::answer::{HoldFacts, Source};
use crate::domain::state::Figures;
use crate::domain::{BuyerId, HoldId, InventoryId, Plan, Record, Settings, Timestamp, UnitNo};
use crate::telemetry;

/// Deltas that a returning viewer can be given.
const RING_DELTAS_MAX: usize = 1_024;
/// And their size in memory.
const RING_BYTES_MAX: usize = 1024 * 1024;
/// The number of viewers is told at most this often.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// The committed facts of an inventory, without its units.
#[derive(Debug, Clone)]
pub struct Summary {
    pub epoch: u64,
    pub seq: u64,
    pub at: Timestamp,
    pub plan_version: u32,
    pub settings: Settings,
    pub settings_version: u64,
    pub figures: Figures,
    pub viewers: u64,
}

pub struct Channel {
    inventory: InventoryId,
    hub: Hub,
    inner: Mutex<Inner>,
    plan_text: OnceLock<Arc<PlanText>>,
}

struct Inner {
    plan: Arc<Plan>,
    view: View,
    published: Position,
    published_board: Board,
    /// Units changed since, possibly more than once.
    changed: Vec<UnitNo>,
    /// Records since, and when the first of them came.
    unpublished: u64,
    unpublished_since: Option<Instant>,
    /// Frames for single buyers, to go out behind the next delta.
    private: Vec<(BuyerId, SharedFrame)>,
    ring: Ring,
    /// Of what is published; made when first asked for.
    snapshot: Option<SharedFrame>,
    /// Of the view, with its position.
    availability: Option<(Position, Bytes)>,
    viewers: FxHashMap<u64, Arc<Viewer>>,
    next_viewer: u64,
    /// How many connections each buyer has proved to be theirs.
    buyers: FxHashMap<BuyerId, u32>,
    is_scheduled: bool,
    last_published: Option<Instant>,
    count_told: u64,
    count_told_at: Option<Instant>,
    is_count_scheduled: bool,
}

/// The deltas behind what is published, oldest first.
#[derive(Default)]
struct Ring {
    deltas: VecDeque<(u64, Box<[UnitNo]>)>,
    bytes: usize,
}

impl Ring {
    fn push(&mut self, from: u64, units: Box<[UnitNo]>) {
        self.bytes += Self::cost(&units);
        self.deltas.push_back((from, units));
        while self.deltas.len() > RING_DELTAS_MAX || self.bytes > RING_BYTES_MAX {
            let Some((_, oldest)) = self.deltas.pop_front() else { break };
            self.bytes -= Self::cost(&oldest);
        }
    }

    fn cost(units: &[UnitNo]) -> usize {
        32 + std::mem::size_of_val(units)
    }

    fn clear(&mut self) {
        *self = Self::default();
    }

    /// All units changed since a frame boundary; None: that is too long ago, or no boundary.
    fn since(&self, seq: u64) -> Option<Vec<UnitNo>> {
        let first = self.deltas.iter().position(|&(from, _)| from == seq)?;
        let mut units: Vec<UnitNo> =
            self.deltas.range(first..).flat_map(|(_, units)| units.iter().copied()).collect();
        units.sort_unstable();
        units.dedup();
        Some(units)
    }
}

/// A viewer's place in the channel; it leaves when this is dropped.
pub struct Joined {
    channel: Arc<Channel>,
    pub(super) viewer: Arc<Viewer>,
    id: u64,
    buyer: Option<BuyerId>,
}

impl Joined {
    /// From now on this connection also gets the buyer's own holds, beginning with those that live.
    pub(super) fn authorise(&mut self, buyer: BuyerId) {
        if self.buyer.is_none() {
            self.channel.authorise(&self.viewer, &buyer);
            self.buyer = Some(buyer);
        }
    }

    /// A number to spread timers by.
    pub(super) fn viewer_jitter(&self) -> u64 {
        self.id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
    }

    /// Instead of a queue that was dropped.
    pub(super) fn snapshot(&self) -> SharedFrame {
        let mut inner = self.channel.lock();
        self.viewer.snapshot_taken();
        self.channel.snapshot_frame(&mut inner)
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.channel.leave(self);
    }
}

impl Channel {
    pub(super) fn new(inventory: InventoryId, hub: Hub, plan: Arc<Plan>, view: View) -> Self {
        let published = Position { epoch: view.epoch, seq: view.seq };
        let inner = Inner {
            published_board: view.board.clone(),
            published,
            plan,
            view,
            changed: Vec::new(),
            unpublished: 0,
            unpublished_since: None,
            private: Vec::new(),
            ring: Ring::default(),
            snapshot: None,
            availability: None,
            viewers: FxHashMap::default(),
            next_viewer: 0,
            buyers: FxHashMap::default(),
            is_scheduled: false,
            last_published: None,
            count_told: 0,
            count_told_at: None,
            is_count_scheduled: false,
        };
        Self { inventory, hub, inner: Mutex::new(inner), plan_text: OnceLock::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic under this lock")
    }

    // --- readers

    /// The board as of the last committed record, as JSON.
    pub fn availability(&self) -> Bytes {
        let mut inner = self.lock();
        let at = Position { epoch: inner.view.epoch, seq: inner.view.seq };
        if let Some((_, text)) = inner.availability.as_ref().filter(|(of, _)| *of == at) {
            return text.clone();
        }
        let (plan, view) = (&inner.plan, &inner.view);
        let text = snapshot_text(self.inventory, at, view.plan_version, plan.seats(), &view.board);
        let text = Bytes::from(text);
        inner.availability = Some((at, text.clone()));
        text
    }

    pub fn summary(&self) -> Summary {
        let inner = self.lock();
        let view = &inner.view;
        Summary {
            epoch: view.epoch,
            seq: view.seq,
            at: view.at,
            plan_version: view.plan_version,
            settings: view.settings.clone(),
            settings_version: view.settings_version,
            figures: view.figures,
            viewers: inner.viewers.len() as u64,
        }
    }

    /// The buyer's live holds, oldest first.
    pub fn holds_of(&self, buyer: &BuyerId) -> Vec<(HoldId, HeldView)> {
        self.lock().view.holds_of(buyer)
    }

    pub fn plan(&self) -> Arc<Plan> {
        self.lock().plan.clone()
    }

    pub fn plan_text(&self) -> Arc<PlanText> {
        let (plan, version) = {
            let inner = self.lock();
            (inner.plan.clone(), inner.view.plan_version)
        };
        self.plan_text.get_or_init(|| Arc::new(PlanText::new(&plan, version))).clone()
    }

    /// Whether the view equals this one: for tests and audits.
    pub fn shows(&self, view: &View) -> bool {
        self.lock().view.board == view.board
    }

    // --- the writer's side

    /// Moves the view to a committed record and has the change published.
    pub fn commit(self: &Arc<Self>, record: &Record) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        if record.seq <= inner.view.seq {
            return; // a reload has read it already
        }
        let mut changes = Changes { units: std::mem::take(&mut inner.changed), ..Changes::default() };
        inner.view.apply(&inner.plan, record, &mut changes);
        inner.changed = changes.units;
        inner.unpublished += 1;
        inner.unpublished_since.get_or_insert_with(Instant::now);
        if !inner.buyers.is_empty() {
            for change in &changes.holds {
                if inner.buyers.contains_key(&change.hold.buyer) {
                    let frame = self.hold_frame(inner, change);
                    inner.private.push((change.hold.buyer.clone(), frame));
                }
            }
        }
        self.schedule(inner);
    }

    /// Another incarnation of the owner: whatever viewers know is replaced by a snapshot.
    pub(super) fn reset(&self, plan: Arc<Plan>, view: View) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        inner.published = Position { epoch: view.epoch, seq: view.seq };
        inner.published_board = view.board.clone();
        inner.plan = plan;
        inner.view = view;
        inner.changed.clear();
        inner.private.clear();
        inner.unpublished = 0;
        inner.unpublished_since = None;
        inner.ring.clear();
        inner.snapshot = None;
        let viewers: Vec<Arc<Viewer>> = inner.viewers.values().cloned().collect();
        for viewer in viewers {
            match viewer.take_start() {
                Some(start) => self.begin(inner, &viewer, start),
                None => {
                    telemetry::resync("epoch");
                    viewer.resync();
                }
            }
        }
    }

    fn schedule(self: &Arc<Self>, inner: &mut Inner) {
        if inner.is_scheduled {
            return;
        }
        inner.is_scheduled = true;
        let tick = self.hub.tick(!inner.viewers.is_empty());
        let delay = inner.last_published.map_or(Duration::ZERO, |last| tick.saturating_sub(last.elapsed()));
        let this = self.clone();
        self.hub.after(delay, move || this.publish());
    }

    fn publish(&self) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        inner.is_scheduled = false;
        inner.last_published = Some(Instant::now());
        let frame = self.next_delta(inner);
        let mut starting = Vec::new();
        for viewer in inner.viewers.values() {
            match (viewer.take_start(), &frame) {
                (Some(start), _) => starting.push((viewer.clone(), start)),
                (None, Some(frame)) => viewer.push(frame),
                (None, None) => {}
            }
        }
        for (viewer, start) in starting {
            self.begin(inner, &viewer, start);
        }
        for (buyer, frame) in std::mem::take(&mut inner.private) {
            inner
                .viewers
                .values()
                .filter(|viewer| viewer.is_buyer(&buyer))
                .for_each(|viewer| viewer.push(&frame));
        }
    }

    /// What has changed since the last one, and from now on counts as published. None: nothing was committed.
    fn next_delta(&self, inner: &mut Inner) -> Option<SharedFrame> {
        let (from, to) = (inner.published.seq, inner.view.seq);
        if from == to {
            return None;
        }
        let mut units = std::mem::take(&mut inner.changed);
        units.sort_unstable();
        units.dedup();
        inner.published = Position { epoch: inner.view.epoch, seq: to };
        let seats = inner.plan.seats();
        for &unit in &units {
            match unit.checked_sub(seats) {
                None => inner.published_board.set_status(unit, inner.view.board.status(unit)),
                Some(other) => {
                    inner.published_board.available[other as usize] =
                        inner.view.board.available[other as usize];
                }
            }
        }
        let frame = self.delta(inner, from, &units);
        inner.ring.push(from, units.into());
        inner.snapshot = None;
        let lag = inner.unpublished_since.take().map_or(Duration::ZERO, |since| since.elapsed());
        telemetry::published(std::mem::take(&mut inner.unpublished), lag);
        Some(frame)
    }

    fn delta(&self, inner: &Inner, from: u64, units: &[UnitNo]) -> SharedFrame {
        let Position { epoch, seq: to } = inner.published;
        let seats = inner.plan.seats();
        Delta { epoch, from, to, at_ms: inner.view.at.0, units, seats, board: &inner.published_board }
            .encode()
    }

    // --- the viewers' side

    /// A place among the viewers; None: there are too many, or the server is ending.
    pub(super) fn join(
        self: &Arc<Self>,
        transport: &'static str,
        resume: Option<Position>,
    ) -> Option<Joined> {
        if !self.hub.admit(transport) {
            return None;
        }
        let start = resume.map_or(Start::Fresh, Start::Resume);
        let viewer = Viewer::new(transport, start);
        let mut inner = self.lock();
        let inner = &mut *inner;
        let id = inner.next_viewer;
        inner.next_viewer += 1;
        inner.viewers.insert(id, viewer.clone());
        // Else it begins with the publication that is on its way, and reads nothing older than the view.
        if inner.published.seq == inner.view.seq
            && let Some(start) = viewer.take_start()
        {
            self.begin(inner, &viewer, start);
        }
        self.schedule_count(inner);
        Some(Joined { channel: self.clone(), viewer, id, buyer: None })
    }

    fn begin(&self, inner: &mut Inner, viewer: &Viewer, start: Start) {
        if let Start::Resume(position) = start {
            if let Some(frames) = self.missing(inner, position) {
                frames.iter().for_each(|frame| viewer.push(frame));
                return;
            }
            telemetry::resync("resume");
        }
        let snapshot = self.snapshot_frame(inner);
        viewer.push(&snapshot);
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

    fn snapshot_frame(&self, inner: &mut Inner) -> SharedFrame {
        if let Some(frame) = &inner.snapshot {
            return frame.clone();
        }
        let (plan, at) = (&inner.plan, inner.published);
        let text =
            snapshot_text(self.inventory, at, inner.view.plan_version, plan.seats(), &inner.published_board);
        let frame = Frame::snapshot(text, at);
        inner.snapshot = Some(frame.clone());
        frame
    }

    fn authorise(&self, viewer: &Viewer, buyer: &BuyerId) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        viewer.set_buyer(buyer.clone());
        *inner.buyers.entry(buyer.clone()).or_default() += 1;
        for (id, hold) in inner.view.holds_of(buyer) {
            let frame = self.hold_frame(inner, &HoldChange { id, hold, state: "held" });
            viewer.push(&frame);
        }
    }

    fn hold_frame(&self, inner: &Inner, change: &HoldChange) -> SharedFrame {
        let HoldChange { id, hold, state } = change;
        let source = Source {
            inventory: self.inventory,
            plan: &inner.plan,
            epoch: inner.view.epoch,
            seq: inner.view.seq,
        };
        let facts = HoldFacts {
            id: *id,
            buyer: &hold.buyer,
            lines: &hold.lines,
            adjacent: hold.adjacent,
            expires_at: hold.expires_at,
            state,
        };
        let answer = source.hold(facts, self.hub.sources().now());
        Frame::hold(&serde_json::to_string(&answer).expect("an answer has only string keys"))
    }

    fn leave(self: &Arc<Self>, joined: &Joined) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        inner.viewers.remove(&joined.id);
        if let Some(buyer) = &joined.buyer
            && let Some(connections) = inner.buyers.get_mut(buyer)
        {
            *connections -= 1;
            if *connections == 0 {
                inner.buyers.remove(buyer);
            }
        }
        self.schedule_count(inner);
        self.hub.dismiss(joined.viewer.transport);
    }

    fn schedule_count(self: &Arc<Self>, inner: &mut Inner) {
        if inner.is_count_scheduled {
            return;
        }
        inner.is_count_scheduled = true;
        let delay =
            inner.count_told_at.map_or(Duration::ZERO, |last| COUNT_EVERY.saturating_sub(last.elapsed()));
        let this = self.clone();
        self.hub.after(delay, move || this.tell_count());
    }

    fn tell_count(&self) {
        let mut inner = self.lock();
        inner.is_count_scheduled = false;
        let count = inner.viewers.len() as u64;
        inner.count_told_at = Some(Instant::now());
        if count != inner.count_told || count == 1 {
            inner.count_told = count;
            let frame = Frame::viewers(count);
            inner.viewers.values().for_each(|viewer| viewer.push(&frame));
        }
    }

    pub fn viewer_count(&self) -> usize {
        self.lock().viewers.len()
    }

    pub(super) fn viewers_now(&self) -> Vec<Arc<Viewer>> {
        self.lock().viewers.values().cloned().collect()
    }
}
