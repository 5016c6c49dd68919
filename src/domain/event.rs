//! What happened. Events carry all that an answer, a view or an audit needs, so that each can be rebuilt
//! from its record alone.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::moves::Moved;
use super::{BlockId, BuyerId, Cause, GroupId, HoldId, OfferNo, SaleId, Settings, Timestamp, UnitNo};

/// Units and how many of each.
pub type Quantities = SmallVec<[(UnitNo, u32); 2]>;

/// So many pieces of one offer and the units they take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub offer: OfferNo,
    pub quantity: u32,
    pub units: Quantities,
    /// One piece in minor units, as it was at hold time; None when unknown.
    #[serde(default)]
    pub price: Option<i64>,
}

pub type Lines = SmallVec<[Line; 1]>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Opened {
        plan_version: u32,
        settings: Settings,
    },
    Configured {
        settings: Settings,
    },
    Held {
        hold: HoldId,
        buyer: BuyerId,
        lines: Lines,
        adjacent: bool,
        expires_at: Timestamp,
        /// It is a part of this claim on several inventories.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupId>,
    },
    Extended {
        hold: HoldId,
        buyer: BuyerId,
        lines: Lines,
        adjacent: bool,
        expires_at: Timestamp,
    },
    Released {
        hold: HoldId,
    },
    /// All holds that were due, in the order of their time.
    Expired {
        holds: Vec<HoldId>,
    },
    Purchased {
        sale: SaleId,
        hold: Option<HoldId>,
        buyer: BuyerId,
        lines: Lines,
    },
    Returned {
        sale: SaleId,
        buyer: BuyerId,
        lines: Lines,
    },
    Reassigned {
        sale: SaleId,
        from: BuyerId,
        to: BuyerId,
    },
    /// All in one: what one gives up another may take.
    Moved {
        moves: Vec<Moved>,
    },
    Blocked {
        block: BlockId,
        units: Quantities,
        reason: Option<String>,
        channel: Option<String>,
    },
    Unblocked {
        block: BlockId,
    },
    Restocked {
        unit: UnitNo,
        change: i64,
        capacity: u32,
    },
}

impl Event {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Configured { .. } => "configured",
            Self::Held { .. } => "held",
            Self::Extended { .. } => "extended",
            Self::Released { .. } => "released",
            Self::Expired { .. } => "expired",
            Self::Purchased { .. } => "purchased",
            Self::Returned { .. } => "returned",
            Self::Reassigned { .. } => "reassigned",
            Self::Moved { .. } => "moved",
            Self::Blocked { .. } => "blocked",
            Self::Unblocked { .. } => "unblocked",
            Self::Restocked { .. } => "restocked",
        }
    }
}

/// One committed entry of an inventory's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub seq: u64,
    pub epoch: u64,
    pub at: Timestamp,
    /// Who asked: a buyer, a key, or `clock`.
    pub by: String,
    pub cause: Cause,
    pub events: SmallVec<[Event; 1]>,
}
