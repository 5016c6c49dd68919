//! Who has what: holds, sales, buyers' accounts, and what is remembered for a day (ended holds and
//! idempotency keys). All bounded, by stock or by a limit named here.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::allotment::{Blocks, Draws};
use super::event::{Lines, Step};
use super::keys::Keys;
use super::{BuyerId, GroupId, HoldId, SaleId, Timestamp};

/// How long ended holds and idempotency keys are remembered.
pub const MEMORY_MS: i64 = 24 * 60 * 60 * 1000;
/// The most ended holds that are remembered.
pub const ENDED_HOLDS_MAX: usize = 65_536;

/// A live claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub buyer: BuyerId,
    pub lines: Lines,
    pub adjacent: bool,
    /// How best available found it; None: picked.
    pub step: Option<Step>,
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
    pub extensions: u32,
    /// The channel that it came through.
    pub channel: Option<String>,
    /// What of it came out of allotments.
    pub drawn: Draws,
    pub group: Option<GroupId>,
}

/// A claim made permanent; `lines` is what is left of it after returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    pub buyer: BuyerId,
    pub lines: Lines,
    /// What of it came out of allotments.
    pub drawn: Draws,
    pub sold_at: Timestamp,
    /// What came back of it.
    pub back: Option<Box<Back>>,
}

/// What came back of a sale, all together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    pub lines: Lines,
    /// When the last of it did.
    pub at: Timestamp,
}

/// One buyer's figures, for the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    pub live_holds: u32,
    pub held: u32,
    pub sold: u32,
}

impl Account {
    pub fn pieces(self) -> u64 {
        u64::from(self.held) + u64::from(self.sold)
    }
}

/// How a hold ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    Expired,
    Released,
    Purchased,
}

pub fn pieces(lines: &Lines) -> u32 {
    lines.iter().map(|line| line.quantity).sum()
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// Boxed, as sales are: a table that grows moves its entries, and nobody is served meanwhile.
    pub(super) holds: FxHashMap<HoldId, Box<Hold>>,
    /// Live holds by the time they end, except parts of groups.
    pub(super) due: BTreeSet<(Timestamp, HoldId)>,
    pub(super) ended: Ended,
    pub(super) accounts: FxHashMap<BuyerId, Account>,
    pub(super) sales: FxHashMap<SaleId, Box<Sale>>,
    pub(super) blocks: Blocks,
    pub(super) keys: Keys,
    /// Live holds that are a part of a group; each has one here.
    pub(super) parts: BTreeMap<GroupId, HoldId>,
    /// The same by the time at which the group has to be asked what becomes of them.
    pub(super) parts_due: BTreeSet<(Timestamp, HoldId)>,
}

impl Ledger {
    /// Where a hold stands by its time.
    pub(super) fn due_of(&mut self, group: Option<GroupId>) -> &mut BTreeSet<(Timestamp, HoldId)> {
        if group.is_some() { &mut self.parts_due } else { &mut self.due }
    }

    pub(super) fn account(&self, buyer: &BuyerId) -> Account {
        self.accounts.get(buyer).copied().unwrap_or_default()
    }

    /// Changes a buyer's account; None if a figure would fall below zero. Empty accounts are forgotten.
    pub(super) fn book(
        &mut self,
        buyer: &BuyerId,
        change: impl FnOnce(&mut Account) -> Option<()>,
    ) -> Option<()> {
        let mut account = self.account(buyer);
        change(&mut account)?;
        if account == Account::default() {
            self.accounts.remove(buyer);
        } else if let Some(kept) = self.accounts.get_mut(buyer) {
            *kept = account;
        } else {
            self.accounts.insert(buyer.clone(), account);
        }
        Some(())
    }
}

/// Holds that are over, oldest dropped first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ended {
    by_id: FxHashMap<HoldId, (End, BuyerId)>,
    order: VecDeque<(Timestamp, HoldId)>,
}

impl Ended {
    pub(super) fn get(&self, hold: HoldId) -> Option<&(End, BuyerId)> {
        self.by_id.get(&hold)
    }

    pub(super) fn add(&mut self, at: Timestamp, hold: HoldId, end: End, buyer: BuyerId) {
        self.by_id.insert(hold, (end, buyer));
        self.order.push_back((at, hold));
    }

    pub(super) fn forget(&mut self, now: Timestamp) {
        while let Some(&(at, hold)) = self.order.front() {
            if now.since_ms(at) < MEMORY_MS && self.order.len() <= ENDED_HOLDS_MAX {
                break;
            }
            self.order.pop_front();
            self.by_id.remove(&hold);
        }
    }
}
