//! An inventory at one seq: all that a decision needs to know.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::allotment::{Block, Blocks};
use super::command::KeyUse;
use super::keys::KeyLimits;
use super::ledger::{Account, Hold, Ledger, Sale};
use super::limits::ByCategory;
use super::seating::Seating;
use super::settings::Window;
use super::stock::{Level, Stock};
use super::{
    BlockId, BuyerId, Caller, Cancelled, Details, GroupId, HoldId, Plan, SaleId, Settings, Timestamp, UnitNo,
    details,
};

/// What is remembered of an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recall {
    New,
    /// The same request succeeded in this record.
    Done {
        seq: u64,
    },
    /// The key was used for another request.
    Mismatch,
}

/// Everything an inventory is, as of record `seq`.
#[derive(Debug, Clone)]
pub struct State {
    pub(super) plan: Arc<Plan>,
    pub(super) seating: Seating,
    pub(super) by_category: ByCategory,
    pub(super) limits: KeyLimits,
    pub(super) kept: Kept,
}

/// The part of the state that a snapshot stores; the rest is derived from plan and stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub(super) seq: u64,
    pub(super) epoch: u64,
    /// Time of the last record: the inventory's time never runs backwards.
    pub(super) at: Timestamp,
    pub(super) plan_version: u32,
    #[serde(with = "settings_as_json")]
    pub(super) settings: Settings,
    /// The seq of the record that made these settings and details, or cancelled: their version.
    pub(super) settings_seq: u64,
    /// None: the journal is silent about them.
    pub(super) details: Option<Details>,
    pub(super) cancelled: Option<Cancelled>,
    pub(super) stock: Stock,
    pub(super) ledger: Ledger,
}

/// So that a new setting does not change the layout of snapshots.
mod settings_as_json {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

    use super::Settings;

    pub(super) fn serialize<S: Serializer>(settings: &Settings, to: S) -> Result<S::Ok, S::Error> {
        serde_json::to_string(settings).map_err(ser::Error::custom)?.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Settings, D::Error> {
        serde_json::from_str(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

impl Kept {
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The plan that it is of.
    pub fn plan_version(&self) -> u32 {
        self.plan_version
    }
}

/// Pieces of all units by their standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Figures {
    pub capacity: u64,
    pub held: u64,
    pub sold: u64,
    pub blocked: u64,
    pub available: u64,
}

impl Figures {
    pub fn of(levels: &[Level]) -> Self {
        levels.iter().fold(Self::default(), |sum, level| Self {
            capacity: sum.capacity + u64::from(level.capacity),
            held: sum.held + u64::from(level.held),
            sold: sum.sold + u64::from(level.sold),
            blocked: sum.blocked + u64::from(level.blocked),
            available: sum.available + u64::from(level.available()),
        })
    }
}

impl State {
    /// Before record 1: nothing is open yet.
    pub fn new(plan: Arc<Plan>) -> Self {
        let kept = Kept {
            seq: 0,
            epoch: 0,
            at: Timestamp::default(),
            plan_version: 0,
            settings: Settings::default(),
            settings_seq: 0,
            details: None,
            cancelled: None,
            stock: Stock::new(&plan),
            ledger: Ledger::default(),
        };
        Self {
            seating: Seating::new(&plan, |_| true),
            by_category: ByCategory::default(),
            limits: KeyLimits::default(),
            plan,
            kept,
        }
    }

    /// What a snapshot kept, on its plan. None if the two do not belong together.
    pub fn restore(plan: Arc<Plan>, kept: Kept) -> Option<Self> {
        if kept.stock.levels().len() != plan.units().len() {
            return None;
        }
        let seating = Seating::new(&plan, |seat| kept.stock.available(seat) > 0);
        let by_category = ByCategory::count(&plan, &kept.settings, &kept.ledger);
        Some(Self { plan, seating, by_category, limits: KeyLimits::default(), kept })
    }

    /// The same with other limits of what is remembered of idempotency keys.
    #[must_use]
    pub fn remembering(mut self, limits: KeyLimits) -> Self {
        self.limits = limits;
        self.kept.ledger.keys.forget(self.kept.at, limits);
        self
    }

    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    pub fn seq(&self) -> u64 {
        self.kept.seq
    }

    pub fn epoch(&self) -> u64 {
        self.kept.epoch
    }

    pub fn at(&self) -> Timestamp {
        self.kept.at
    }

    pub fn plan_version(&self) -> u32 {
        self.kept.plan_version
    }

    pub fn settings(&self) -> &Settings {
        &self.kept.settings
    }

    pub fn settings_version(&self) -> u64 {
        self.kept.settings_seq
    }

    pub fn details(&self) -> Option<&Details> {
        self.kept.details.as_ref()
    }

    pub fn cancelled(&self) -> Option<&Cancelled> {
        self.kept.cancelled.as_ref()
    }

    pub(super) fn public_window(&self) -> Window {
        details::public_window(self.settings(), self.details())
    }

    /// Whether somebody holds or owns something.
    pub(super) fn is_claimed(&self) -> bool {
        !self.kept.ledger.accounts.is_empty()
    }

    pub fn levels(&self) -> &[Level] {
        self.kept.stock.levels()
    }

    pub fn figures(&self) -> Figures {
        Figures::of(self.levels())
    }

    pub fn available(&self, unit: UnitNo) -> u32 {
        self.kept.stock.available(unit)
    }

    pub fn hold(&self, hold: HoldId) -> Option<&Hold> {
        self.kept.ledger.holds.get(&hold).map(|hold| &**hold)
    }

    /// All live holds, in the order of their end.
    pub fn holds(&self) -> impl Iterator<Item = (HoldId, &Hold)> {
        let ledger = &self.kept.ledger;
        ledger.due.union(&ledger.parts_due).filter_map(|&(_, id)| Some((id, self.hold(id)?)))
    }

    /// This inventory's part of a group while it is held.
    pub fn part(&self, group: GroupId) -> Option<(HoldId, &Hold)> {
        let id = *self.kept.ledger.parts.get(&group)?;
        Some((id, self.hold(id)?))
    }

    /// Held parts of groups, in the order in which their groups have to be asked about them.
    pub fn parts_due(&self) -> impl Iterator<Item = (Timestamp, GroupId)> {
        let group = |id| self.hold(id).and_then(|hold| hold.group);
        self.kept.ledger.parts_due.iter().filter_map(move |&(at, id)| Some((at, group(id)?)))
    }

    pub fn sale(&self, sale: SaleId) -> Option<&Sale> {
        self.kept.ledger.sales.get(&sale).map(|sale| &**sale)
    }

    /// All sales, in no order that means anything.
    pub fn sales(&self) -> impl ExactSizeIterator<Item = (SaleId, &Sale)> {
        self.kept.ledger.sales.iter().map(|(id, sale)| (*id, &**sale))
    }

    pub fn blocks(&self) -> impl Iterator<Item = (BlockId, &Block)> {
        self.kept.ledger.blocks.iter()
    }

    pub fn account(&self, buyer: &BuyerId) -> Account {
        self.kept.ledger.account(buyer)
    }

    pub fn accounts(&self) -> impl Iterator<Item = (&BuyerId, Account)> {
        self.kept.ledger.accounts.iter().map(|(buyer, account)| (buyer, *account))
    }

    /// All blocks, in the order in which they were made.
    pub fn all_blocks(&self) -> &Blocks {
        &self.kept.ledger.blocks
    }

    /// When the next hold ends that expires by its time alone (no part of a group does), or the next allotment
    /// goes on public sale.
    pub fn next_due(&self) -> Option<Timestamp> {
        let ledger = &self.kept.ledger;
        let hold = ledger.due.first().map(|&(at, _)| at);
        hold.into_iter().chain(ledger.blocks.next_release()).min()
    }

    pub fn has_holds(&self) -> bool {
        !self.kept.ledger.due.is_empty() || !self.kept.ledger.parts_due.is_empty()
    }

    pub fn recall(&self, key: Option<KeyUse>) -> Recall {
        match key.and_then(|key| Some((key, self.kept.ledger.keys.get(key.hash)?))) {
            None => Recall::New,
            Some((key, (fingerprint, seq))) if key.fingerprint == fingerprint => Recall::Done { seq },
            Some(_) => Recall::Mismatch,
        }
    }

    /// Whether the key of one more command that changes something for good can be remembered.
    pub(super) fn has_room_for_key(&self, caller: &Caller, now: Timestamp) -> bool {
        self.kept.ledger.keys.has_room(caller, now, self.limits)
    }

    pub fn keys_remembered(&self) -> usize {
        self.kept.ledger.keys.len()
    }

    pub fn keys_dropped_early(&self) -> u64 {
        self.kept.ledger.keys.dropped_early
    }

    /// The time of a command: never before the last record's.
    pub fn not_before(&self, clock: Timestamp) -> Timestamp {
        clock.max(self.kept.at)
    }
}
