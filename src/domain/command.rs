//! What can be asked of an inventory.

use std::num::NonZeroU32;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::Access;
use super::allotment::AccessCode;
use super::change::Change;
use super::group::PartStep;
use super::moves::Moving;
use super::{BlockId, BuyerId, Caller, Details, GroupId, HoldId, Plan, SaleId, SettingsPatch, Timestamp};

/// The time and a fresh id, taken once per command by whoever runs the core.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub now: Timestamp,
    pub fresh: Uuid,
}

/// An idempotency key in use: hashes, since that is all that is ever compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUse {
    /// Over caller and key.
    pub hash: u128,
    /// Over method, path and body.
    pub fingerprint: u128,
}

/// The request behind a command, kept in its record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cause {
    pub key: Option<KeyUse>,
    pub request_id: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
pub struct Command {
    pub caller: Caller,
    pub cause: Cause,
    pub action: Action,
}

impl Command {
    /// The inventory's own command to release what is due.
    pub fn expire() -> Self {
        Self { caller: Caller::Clock, cause: Cause::default(), action: Action::Expire }
    }
}

#[derive(Debug, Clone)]
pub enum Action {
    Configure {
        patch: SettingsPatch,
        expected: u64,
        /// What the catalogue knows, for an inventory whose journal does not.
        known: Option<Details>,
    },
    /// The sale ends for good: holds end, sales stay, to be returned one by one.
    Cancel {
        /// For those who have bought.
        reason: String,
    },
    Hold {
        buyer: BuyerId,
        wanted: Wanted,
        access: Access,
    },
    Extend {
        hold: HoldId,
    },
    Release {
        hold: HoldId,
    },
    /// Some pieces more in a hold, some less, all in one step.
    Change {
        hold: HoldId,
        change: Change,
    },
    Purchase {
        hold: HoldId,
    },
    /// Hold and purchase in one step.
    PurchaseNow {
        buyer: BuyerId,
        wanted: Wanted,
        access: Access,
    },
    /// Sold units come back: all that is left of the sale, or some pieces.
    Return {
        sale: SaleId,
        pieces: Option<Vec<Pick>>,
    },
    Block {
        units: Vec<(String, u32)>,
        reason: Option<String>,
        /// For whom they are kept, …
        channel: Option<String>,
        /// … who has to know this, …
        code: Option<AccessCode>,
        /// … and until when.
        release_at: Option<Timestamp>,
    },
    Unblock {
        block: BlockId,
    },
    Restock {
        unit: String,
        change: i64,
    },
    /// This plan, made from the version that was expected, as a version of its own.
    Replan {
        expected: u32,
        version: u32,
        plan: Arc<Plan>,
    },
    /// Another owner, same units.
    Reassign {
        sale: SaleId,
        to: BuyerId,
    },
    /// Same owners, other units; several at once may swap theirs.
    Move {
        moves: Vec<Moving>,
    },
    /// What this inventory does for a claim on several.
    Part {
        group: GroupId,
        step: PartStep,
    },
    Expire,
}

impl Action {
    /// Whether it claims something, or keeps a claim alive: what a cancelled sale has an end to. A part of a group
    /// that is purchased already follows its group.
    pub(super) fn is_claim(&self) -> bool {
        match self {
            Self::Hold { .. } | Self::Extend { .. } | Self::Purchase { .. } | Self::PurchaseNow { .. } => {
                true
            }
            Self::Move { .. } | Self::Change { .. } => true,
            Self::Part { step, .. } => matches!(step, PartStep::Hold { .. }),
            _ => false,
        }
    }

    /// The command's name in metrics and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Configure { .. } => "configure",
            Self::Cancel { .. } => "cancel",
            Self::Hold { .. } => "hold",
            Self::Extend { .. } => "extend",
            Self::Release { .. } => "release",
            Self::Change { .. } => "change",
            Self::Purchase { .. } => "purchase",
            Self::PurchaseNow { .. } => "purchase_now",
            Self::Return { .. } => "return",
            Self::Block { .. } => "block",
            Self::Unblock { .. } => "unblock",
            Self::Restock { .. } => "restock",
            Self::Replan { .. } => "replan",
            Self::Reassign { .. } => "reassign",
            Self::Move { .. } => "move",
            Self::Part { step, .. } => step.name(),
            Self::Expire => "expire",
        }
    }
}

/// What a buyer wants: exactly these offers, or the best that is there.
#[derive(Debug, Clone)]
pub enum Wanted {
    Offers(Vec<Pick>),
    Best(BestWanted),
}

impl Wanted {
    /// None where the server chooses.
    pub fn picks(&self) -> &[Pick] {
        match self {
            Self::Offers(picks) => picks,
            Self::Best(_) => &[],
        }
    }
}

/// So many pieces of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    pub offer: String,
    #[serde(default = "one")]
    #[schema(value_type = u32, minimum = 1)]
    pub quantity: NonZeroU32,
}

fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BestWanted {
    #[schema(value_type = u32, minimum = 1)]
    pub quantity: NonZeroU32,
    /// Only of this category.
    #[serde(default)]
    pub category: Option<String>,
    /// Only in this section.
    #[serde(default)]
    pub section: Option<String>,
    /// Only in this zone.
    #[serde(default)]
    pub zone: Option<String>,
    /// Only on this floor.
    #[serde(default)]
    pub floor: Option<String>,
    /// No piece dearer than this, in minor units; what has no price is not found.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub price_max: Option<i64>,
    /// So many of the quantity are accessible seats.
    #[serde(default)]
    #[schema(default = 0)]
    pub accessible: u32,
    /// So many of the quantity sit beside the accessible seats, on companion seats where there are any.
    #[serde(default)]
    #[schema(default = 0)]
    pub companions: u32,
    /// True: together or not at all. False: together if possible.
    #[serde(default)]
    pub adjacent: bool,
}

impl BestWanted {
    /// So many, wherever they are best.
    pub fn of(quantity: NonZeroU32) -> Self {
        Self {
            quantity,
            category: None,
            section: None,
            zone: None,
            floor: None,
            price_max: None,
            accessible: 0,
            companions: 0,
            adjacent: false,
        }
    }
}
