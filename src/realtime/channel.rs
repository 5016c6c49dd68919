//! One inventory's live stream: the committed view, what was published of it, and who watches.
//!
//! The view moves with every commit; a tick later the difference goes out as one delta. A live snapshot is
//! always of what was published, so that the next delta follows it without a gap.

mod audience;
mod frames;
mod publish;
mod ring;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use bytes::Bytes;
use tokio::time::Instant;

use self::audience::Audience;
pub use self::audience::Joined;
use self::frames::marked;
use self::ring::Ring;
use super::frame::{Frame, Position, SharedFrame, snapshot_text};
use super::hub::Hub;
use super::plan_text::PlanText;
use super::view::{Board, Changes, HeldView, View};
use super::viewer::{Viewer, close};
use crate::domain::allotment::Blocks;
use crate::domain::details::public_window;
use crate::domain::facts::PublicSale;
use crate::domain::state::Figures;
use crate::domain::{
    BuyerId, Cancelled, Details, HoldId, InventoryId, Listing, OfferNo, Plan, Record, Settings, Timestamp,
    UnitNo,
};
use crate::sources::Sources;
use crate::telemetry;

/// The committed facts of an inventory, without its units.
#[derive(Debug, Clone)]
pub struct Summary {
    pub epoch: u64,
    pub seq: u64,
    pub at: Timestamp,
    pub plan_version: u32,
    /// It may have changed since: nobody can own the inventory now.
    pub is_stale: bool,
    pub settings: Arc<Settings>,
    pub settings_version: u64,
    pub details: Arc<Details>,
    pub cancelled: Option<Arc<Cancelled>>,
    pub figures: Figures,
    pub sale: PublicSale,
    /// The inventory's time: what is said here is so now.
    pub now: Timestamp,
    pub viewers: u64,
}

/// What could be had of each offer, as committed.
#[derive(Debug, Clone)]
pub struct OffersLeft {
    pub epoch: u64,
    pub seq: u64,
    /// The plan that they are of.
    pub plan: Arc<Plan>,
    pub offers: Vec<(OfferNo, u32)>,
}

pub struct Channel {
    inventory: InventoryId,
    hub: Hub,
    /// Beside the lock: every call asks.
    is_draft: AtomicBool,
    inner: Mutex<Inner>,
}

struct Inner {
    /// Of the view.
    plan: Arc<Plan>,
    /// The same as readers get it; made when first asked for.
    plan_text: Arc<OnceLock<Arc<PlanText>>>,
    view: View,
    /// The inventory's own time.
    clock: Sources,
    /// Nobody owns the inventory and nobody can take it over: the view is the last one, and may be old.
    is_stale: bool,
    published: Position,
    published_board: Board,
    /// A plan that was put in force since has other units.
    published_plan: Arc<Plan>,
    published_plan_version: u32,
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
    /// Whether the view is sold out, with its position.
    sold_out: Option<(Position, bool)>,
    /// Of the view, and how its sale stands there.
    facts: Option<(PublicSale, SharedFrame)>,
    /// They changed since the last publication.
    has_new_facts: bool,
    audience: Audience,
    /// When the next publication is due; None: nothing waits for one.
    due: Option<Instant>,
    last_published: Option<Instant>,
}

impl Inner {
    /// How the public sale stands, and when.
    fn public_sale(&mut self) -> (Timestamp, PublicSale) {
        let (view, now) = (&self.view, self.clock.now());
        let at = Position { epoch: view.epoch, seq: view.seq };
        let known = self.sold_out.filter(|(of, _)| *of == at).map(|(_, is_sold_out)| is_sold_out);
        let is_sold_out = known.unwrap_or_else(|| view.is_sold_out(&self.plan));
        self.sold_out = Some((at, is_sold_out));
        let window = public_window(&view.settings, Some(&view.details));
        (now, PublicSale::at(now, window, view.cancelled.is_some(), is_sold_out))
    }
}

impl Channel {
    pub(super) fn new(inventory: InventoryId, hub: Hub, plan: Arc<Plan>, view: View, clock: Sources) -> Self {
        let published = Position { epoch: view.epoch, seq: view.seq };
        let is_draft = AtomicBool::new(view.details.listing == Listing::Draft);
        let inner = Inner {
            published_board: view.board.clone(),
            published_plan: plan.clone(),
            published_plan_version: view.plan_version,
            published,
            plan,
            plan_text: Arc::default(),
            clock,
            view,
            is_stale: false,
            changed: Vec::new(),
            unpublished: 0,
            unpublished_since: None,
            private: Vec::new(),
            ring: Ring::default(),
            snapshot: None,
            availability: None,
            sold_out: None,
            facts: None,
            has_new_facts: false,
            audience: Audience::default(),
            due: None,
            last_published: None,
        };
        Self { inventory, hub, is_draft, inner: Mutex::new(inner) }
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
        let text = snapshot_text(self.inventory, at, view.plan_version, plan.counted(), &view.board);
        let text = Bytes::from(marked(text, inner.is_stale));
        inner.availability = Some((at, text.clone()));
        text
    }

    /// Whether only secret keys may know of it.
    pub fn is_draft(&self) -> bool {
        self.is_draft.load(Ordering::Acquire)
    }

    pub fn summary(&self) -> Summary {
        let mut inner = self.lock();
        let (now, sale) = inner.public_sale();
        let view = &inner.view;
        Summary {
            now,
            sale,
            details: view.details.clone(),
            cancelled: view.cancelled.clone(),
            epoch: view.epoch,
            seq: view.seq,
            at: view.at,
            plan_version: view.plan_version,
            is_stale: inner.is_stale,
            settings: view.settings.clone(),
            settings_version: view.settings_version,
            figures: view.figures,
            viewers: inner.audience.viewers.len() as u64,
        }
    }

    /// The buyer's live holds, oldest first.
    pub fn holds_of(&self, buyer: &BuyerId) -> Vec<(HoldId, Arc<HeldView>)> {
        self.lock().view.holds_of(buyer)
    }

    /// Of all offers that are not simply one seat, so many pieces.
    pub fn offers_left(&self) -> OffersLeft {
        // What is copied here is small; the sums are made without the lock that commits need.
        let (plan, view) = {
            let inner = self.lock();
            (inner.plan.clone(), inner.view.stock())
        };
        let own = plan.counted().units().iter().filter_map(|&unit| plan.own_offer(unit));
        let offers = own.chain(plan.named_offers());
        let offers = offers.map(|offer| (offer, view.left_of(&plan, offer))).collect();
        OffersLeft { epoch: view.epoch, seq: view.seq, plan, offers }
    }

    /// What is off sale, as committed.
    pub fn blocks(&self) -> Arc<Blocks> {
        self.lock().view.blocks.clone()
    }

    /// The inventory's time.
    pub fn now(&self) -> Timestamp {
        self.lock().clock.now()
    }

    pub fn plan(&self) -> Arc<Plan> {
        self.lock().plan.clone()
    }

    /// The plan as readers get it; made off the caller's thread, once per version.
    pub async fn plan_text(&self) -> Arc<PlanText> {
        let (plan, version, details, text) = {
            let inner = self.lock();
            let view = &inner.view;
            (inner.plan.clone(), view.plan_version, view.details.clone(), inner.plan_text.clone())
        };
        if let Some(text) = text.get() {
            return text.clone();
        }
        let make = move || text.get_or_init(|| Arc::new(PlanText::new(plan, version, &details.name))).clone();
        let made = tokio::task::spawn_blocking(make.clone()).await;
        made.unwrap_or_else(|_panicked| make())
    }

    // --- the writer's side

    /// Moves the view to a committed record and has the change published.
    pub fn commit(self: &Arc<Self>, record: &Record) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        if record.seq <= inner.view.seq || record.epoch < inner.view.epoch {
            return; // a reload has read it already
        }
        let mut changes = Changes { units: std::mem::take(&mut inner.changed), ..Changes::default() };
        let (version, details) = (inner.view.plan_version, inner.view.details.clone());
        inner.view.apply(&mut inner.plan, record, &mut changes);
        if inner.view.plan_version != version || inner.view.details.name != details.name {
            inner.plan_text = Arc::default();
        }
        inner.changed = changes.units;
        if changes.facts {
            self.facts_changed(inner);
        }
        inner.unpublished += 1;
        inner.unpublished_since.get_or_insert_with(Instant::now);
        for change in &changes.holds {
            if inner.audience.buyers.contains_key(&change.hold.buyer) {
                let frame = self.hold_frame(inner, change);
                inner.private.push((change.hold.buyer.clone(), frame));
            }
        }
        self.schedule(inner);
    }

    /// Another incarnation of the owner: whatever viewers know is replaced by a snapshot.
    pub(super) fn reset(self: &Arc<Self>, plan: Arc<Plan>, view: View, clock: Sources) {
        let mut inner = self.lock();
        let inner = &mut *inner;
        inner.published = Position { epoch: view.epoch, seq: view.seq };
        let is_replanned = view.plan_version != inner.published_plan_version;
        let replanned = is_replanned.then(|| Frame::plan(view.plan_version));
        if view.plan_version != inner.view.plan_version || view.details.name != inner.view.details.name {
            inner.plan_text = Arc::default();
        }
        inner.published_board = view.board.clone();
        inner.published_plan = plan.clone();
        inner.published_plan_version = view.plan_version;
        inner.plan = plan;
        inner.clock = clock;
        inner.view = view;
        inner.is_stale = false;
        inner.availability = None;
        inner.changed.clear();
        inner.private.clear();
        inner.unpublished = 0;
        inner.unpublished_since = None;
        inner.ring.clear();
        inner.snapshot = None;
        inner.availability = None;
        inner.sold_out = None;
        self.facts_changed(inner);
        inner.has_new_facts = false; // each viewer is welcomed anew
        let viewers: Vec<Arc<Viewer>> = inner.audience.viewers.values().cloned().collect();
        for viewer in viewers {
            match viewer.take_start() {
                Some(start) => self.begin(inner, &viewer, start),
                None => {
                    telemetry::resync("epoch");
                    viewer.resync();
                    if let Some(plan) = &replanned {
                        viewer.replan(plan, None);
                    }
                }
            }
        }
    }

    /// Nobody owns the inventory any more and nobody can take it over: readers and viewers are told that what they see
    /// may be old, until the next [`Hub::open`].
    pub fn fall_behind(&self) {
        let mut inner = self.lock();
        if std::mem::replace(&mut inner.is_stale, true) {
            return;
        }
        inner.availability = None;
        inner.snapshot = None;
        for viewer in inner.audience.viewers.values() {
            telemetry::resync("stale");
            viewer.resync();
        }
    }

    fn facts_changed(&self, inner: &mut Inner) {
        inner.facts = None;
        inner.has_new_facts = true;
        let is_draft = inner.view.details.listing == Listing::Draft;
        if is_draft && !self.is_draft.swap(is_draft, Ordering::AcqRel) {
            // Who may still see it comes back.
            inner.audience.viewers.values().for_each(|viewer| viewer.close(close::HIDDEN));
        }
        self.is_draft.store(is_draft, Ordering::Release);
    }
}
