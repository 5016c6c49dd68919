//! Groups: one claim on several inventories, all or nothing.
//!
//! Each inventory knows only its own part: a hold with a group. A part never ends by its time alone: when
//! it is due its owner asks what became of the group, and does that. What became of it is one row in the
//! store ([`Group`]); whoever moves that row from one state to the next has decided for all parts.

use serde::{Deserialize, Serialize};

use super::access::Reach;
use super::command::{Pick, Wanted};
use super::decide::{hold, purchased};
use super::{
    BuyerId, Caller, Event, GroupId, HoldId, InventoryId, KeyUse, Moment, Refusal, SaleId, State, Timestamp,
    caller,
};

/// How long a part is held before its group has to be decided.
pub const PART_SECONDS: u32 = 15;
/// The most inventories of one group.
pub const PARTS_MAX: usize = 100;

/// What an inventory is asked to do for a group. Only who holds the group's row asks: nobody else is let in.
#[derive(Debug, Clone)]
pub enum PartStep {
    /// Hold its part, until the group is decided.
    Hold { buyer: BuyerId, wanted: Wanted },
    /// The group is held: keep the part until then.
    Keep { until: Timestamp },
    /// The group was given back, or never came about.
    Release,
    /// The group's time is over.
    Expire,
    /// The group is being purchased.
    Purchase,
}

impl PartStep {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hold { .. } => "part_hold",
            Self::Keep { .. } => "part_keep",
            Self::Release => "part_release",
            Self::Expire => "part_expire",
            Self::Purchase => "part_purchase",
        }
    }
}

/// What the step does here; None: it is so already, or there is no such part.
pub(super) fn decide(
    state: &State,
    caller: &Caller,
    group: GroupId,
    step: &PartStep,
    moment: &Moment,
) -> Result<Option<Event>, Refusal> {
    if let PartStep::Hold { buyer, wanted } = step {
        return part(state, caller, group, buyer, wanted, moment);
    }
    let Some((id, hold)) = state.part(group) else {
        return Ok(None);
    };
    Ok(match step {
        PartStep::Hold { .. } => None,
        PartStep::Keep { until } if *until <= hold.expires_at => None,
        PartStep::Keep { until } => Some(Event::Extended {
            hold: id,
            buyer: hold.buyer.clone(),
            lines: hold.lines.clone(),
            adjacent: hold.adjacent,
            step: hold.step,
            expires_at: *until,
        }),
        PartStep::Release => Some(Event::Released { hold: id }),
        PartStep::Expire => Some(Event::Expired { holds: vec![id] }),
        PartStep::Purchase => Some(purchased(id, hold, moment.fresh)),
    })
}

/// A hold by the rules of every hold, for a short time.
fn part(
    state: &State,
    caller: &Caller,
    group: GroupId,
    buyer: &BuyerId,
    wanted: &Wanted,
    moment: &Moment,
) -> Result<Option<Event>, Refusal> {
    if state.part(group).is_some() {
        return Ok(None);
    }
    let mut event = hold(&Reach::public(state, None), caller, buyer, wanted, moment)?;
    if let Event::Held { expires_at, group: of, .. } = &mut event {
        *expires_at = moment.now.plus_seconds(PART_SECONDS);
        *of = Some(group);
    }
    Ok(Some(event))
}

/// What has become of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupState {
    /// Its parts are being held; nothing is promised.
    Holding,
    /// All parts are held, until the group's end.
    Held,
    /// All parts are being sold: there is no way back.
    Purchasing,
    Sold,
    Released,
    Expired,
    /// It never came about.
    Aborted,
}

impl GroupState {
    pub const ALL: [Self; 7] = [
        Self::Holding,
        Self::Held,
        Self::Purchasing,
        Self::Sold,
        Self::Released,
        Self::Expired,
        Self::Aborted,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Holding => "holding",
            Self::Held => "held",
            Self::Purchasing => "purchasing",
            Self::Sold => "sold",
            Self::Released => "released",
            Self::Expired => "expired",
            Self::Aborted => "aborted",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether its parts have come free, or are about to.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Released | Self::Expired | Self::Aborted)
    }
}

/// A group as its row tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub buyer: BuyerId,
    /// Who asked for it.
    #[serde(with = "caller::by")]
    pub by: Caller,
    /// In the order of their inventories.
    pub parts: Vec<Part>,
    /// Of all parts alike; None until it is held.
    pub expires_at: Option<Timestamp>,
    pub purchase: Option<GroupPurchase>,
}

/// What one inventory has to do with a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub inventory: InventoryId,
    /// Its place in the list that was asked for.
    pub index: usize,
    pub offers: Vec<Pick>,
    /// The record that holds it; known once the group is held.
    pub held: Option<(HoldId, u64)>,
    /// The record that sold it; known once the group is sold.
    pub sold: Option<(SaleId, u64)>,
}

/// The call that purchased a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupPurchase {
    /// Key hash and fingerprint, as text: JSON numbers do not hold them.
    pub key: String,
    pub fingerprint: String,
    #[serde(with = "caller::by")]
    pub by: Caller,
}

impl GroupPurchase {
    pub fn new(key: KeyUse, by: Caller) -> Self {
        let hex = |bits: u128| format!("{bits:032x}");
        Self { key: hex(key.hash), fingerprint: hex(key.fingerprint), by }
    }
}
