//! What happened. Events carry all that an answer, a view or an audit needs, so that each can be rebuilt
//! from its record alone.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::allotment::{AccessCode, Draws};
use super::moves::Moved;
use super::{
    BlockId, BuyerId, Caller, Cause, Details, GroupId, HoldId, OfferNo, PlanRef, SaleId, Settings, Timestamp,
    UnitNo,
};

/// Units and how many of each.
pub type Quantities = SmallVec<[(UnitNo, u32); 2]>;

/// So many pieces of one offer and the units they take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub offer: OfferNo,
    pub quantity: u32,
    pub units: Quantities,
    /// One piece in minor units, as it was at hold time; None when unknown.
    #[serde(default)]
    pub price: Option<i64>,
}

pub type Lines = SmallVec<[Line; 1]>;

/// How best available found its places: the first of these steps that has an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Neighbours in one row, and no single seat is left beside them.
    OneRow,
    /// Neighbours in one row, but a single seat is left.
    OneRowSingleLeft,
    /// Groups in several rows of one section, nobody alone.
    Rows,
    /// Groups anywhere; alone only who cannot be with others.
    Sections,
    /// Standing room in one area.
    Area,
}

impl Step {
    /// As in JSON and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::OneRow => "one_row",
            Self::OneRowSingleLeft => "one_row_single_left",
            Self::Rows => "rows",
            Self::Sections => "sections",
            Self::Area => "area",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    Opened {
        plan_version: u32,
        settings: Settings,
        /// None: from a time when the catalogue alone knew them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Details>,
    },
    Configured {
        settings: Settings,
        /// None: as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Details>,
    },
    /// The sale is over for good.
    Cancelled {
        reason: String,
        /// The holds that end with it: all but parts of groups.
        holds: Vec<HoldId>,
    },
    Held {
        hold: HoldId,
        buyer: BuyerId,
        lines: Lines,
        adjacent: bool,
        /// None: picked, or from a time when it was not written down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<Step>,
        expires_at: Timestamp,
        /// The channel that it came through.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
        /// What of it came out of allotments; all else was on public sale.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        drawn: Draws,
        /// It is a part of this claim on several inventories.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupId>,
    },
    Extended {
        hold: HoldId,
        buyer: BuyerId,
        lines: Lines,
        adjacent: bool,
        /// None: picked, or from a time when it was not written down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<Step>,
        expires_at: Timestamp,
    },
    /// Some pieces came into the hold, others went out of it; its time stays as it is.
    Changed {
        hold: HoldId,
        buyer: BuyerId,
        removed: Lines,
        added: Lines,
        /// All of it from now on.
        lines: Lines,
        adjacent: bool,
        expires_at: Timestamp,
        /// What of `removed` goes back into allotments, and what of `added` came out of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        gave: Draws,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        took: Draws,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        drawn: Draws,
    },
    Returned {
        sale: SaleId,
        buyer: BuyerId,
        lines: Lines,
        /// What of it goes back into allotments, where they are still there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        drawn: Draws,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<AccessCode>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        release_at: Option<Timestamp>,
    },
    Unblocked {
        block: BlockId,
    },
    Restocked {
        unit: UnitNo,
        change: i64,
        capacity: u32,
    },
    /// From here on this version of the plan is in force.
    Replanned {
        #[serde(rename = "plan_version")]
        plan: PlanRef,
    },
}

impl Event {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Configured { .. } => "configured",
            Self::Cancelled { .. } => "cancelled",
            Self::Held { .. } => "held",
            Self::Extended { .. } => "extended",
            Self::Changed { .. } => "changed",
            Self::Released { .. } => "released",
            Self::Expired { .. } => "expired",
            Self::Purchased { .. } => "purchased",
            Self::Returned { .. } => "returned",
            Self::Reassigned { .. } => "reassigned",
            Self::Moved { .. } => "moved",
            Self::Blocked { .. } => "blocked",
            Self::Unblocked { .. } => "unblocked",
            Self::Restocked { .. } => "restocked",
            Self::Replanned { .. } => "replanned",
        }
    }
}

/// One committed entry of an inventory's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub seq: u64,
    pub epoch: u64,
    pub at: Timestamp,
    /// Who asked.
    pub by: Caller,
    pub cause: Cause,
    pub events: SmallVec<[Event; 1]>,
}

impl Record {
    /// The plans that it puts in force.
    pub fn plans_mut(&mut self) -> impl Iterator<Item = &mut PlanRef> {
        self.events.iter_mut().filter_map(|event| match event {
            Event::Replanned { plan } => Some(plan),
            _ => None,
        })
    }
}
