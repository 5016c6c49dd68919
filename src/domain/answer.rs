//! What callers are told, built from a record and its plan alone, so that a repeated request gets the
//! same answer after a crash.

use serde::Serialize;

use super::event::{Line, Lines, Step};
use super::ledger::Sale;
use super::moves::{Claim, Moved};
use super::time::Rfc3339;
use super::{BuyerId, Event, GroupId, HoldId, InventoryId, Money, Plan, Record, SaleId, Timestamp};

/// Pieces of one offer, the units they take, and one piece's price at hold time.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct LineAnswer<'a> {
    #[schema(example = "A-1-7")]
    pub offer: &'a str,
    pub quantity: u32,
    /// Unit id and quantity.
    #[schema(value_type = Vec<(String, u32)>)]
    pub units: Vec<(&'a str, u32)>,
    /// Null when unknown.
    #[schema(required)]
    pub price: Option<Money>,
}

/// A hold as its buyer sees it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct HoldAnswer<'a> {
    #[schema(value_type = String, example = "hold_01976f0a5c7e7d70a3f2b6f2c7b1d0aa")]
    pub id: HoldId,
    #[schema(value_type = String)]
    pub inventory: InventoryId,
    #[schema(value_type = String)]
    pub buyer: &'a BuyerId,
    /// The group that it is a part of; the whole group is given back and purchased at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub group: Option<GroupId>,
    /// `held`; in live `hold` frames also `released`, `expired` and `sold`.
    pub state: &'static str,
    pub epoch: u64,
    pub seq: u64,
    /// Whether all seats of the hold are neighbours.
    pub adjacent: bool,
    /// How best available found the places; null when they were picked.
    #[schema(required)]
    pub step: Option<Step>,
    pub lines: Vec<LineAnswer<'a>>,
    /// Null when a price is unknown.
    #[schema(required)]
    pub total: Option<Money>,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Rfc3339,
    /// From now, so that a wrong client clock does no harm; 0 when it is over.
    pub expires_in_seconds: u32,
}

/// A sale, or what came back of it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct SaleAnswer<'a> {
    #[schema(value_type = String)]
    pub id: SaleId,
    /// The hold it came from; null for a direct purchase.
    #[schema(required, value_type = Option<String>)]
    pub hold: Option<HoldId>,
    #[schema(value_type = String)]
    pub inventory: InventoryId,
    #[schema(value_type = String)]
    pub buyer: &'a BuyerId,
    /// `sold`, or `returned` for what came back.
    pub state: &'static str,
    pub epoch: u64,
    pub seq: u64,
    pub lines: Vec<LineAnswer<'a>>,
    #[schema(required)]
    pub total: Option<Money>,
}

/// What a buyer has of a sale now, in a list of them.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct SoldAnswer<'a> {
    #[schema(value_type = String)]
    pub id: SaleId,
    #[schema(value_type = String)]
    pub inventory: InventoryId,
    #[schema(value_type = String)]
    pub buyer: &'a BuyerId,
    /// `sold`, or `returned` when nothing is left of it.
    pub state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    pub sold_at: Rfc3339,
    /// What is left of it after returns.
    pub lines: Vec<LineAnswer<'a>>,
    /// Of what is left. Null when a price is unknown.
    #[schema(required)]
    pub total: Option<Money>,
    /// When the last of it came back; null when nothing did.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub returned_at: Option<Rfc3339>,
    /// What came back of it.
    pub returned: Vec<LineAnswer<'a>>,
    /// Of what came back. Null when a price is unknown.
    #[schema(required)]
    pub returned_total: Option<Money>,
}

/// A hold or sale that has other units now.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct MovedAnswer<'a> {
    /// Of the hold or the sale.
    pub id: String,
    #[schema(value_type = String)]
    pub inventory: InventoryId,
    #[schema(value_type = String)]
    pub buyer: &'a BuyerId,
    /// `held` or `sold`.
    pub state: &'static str,
    pub epoch: u64,
    pub seq: u64,
    pub from: Vec<LineAnswer<'a>>,
    pub to: Vec<LineAnswer<'a>>,
    /// All of it now, with the prices of what was taken as they are now.
    pub lines: Vec<LineAnswer<'a>>,
    #[schema(required)]
    pub total: Option<Money>,
    /// What `to` costs more than `from`, or less: to be settled with the buyer. Null when a price is unknown.
    #[schema(required)]
    pub difference: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    pub expires_at: Option<Rfc3339>,
}

/// A hold's standing beside its record, for answers and for `hold` frames.
#[derive(Debug, Clone, Copy)]
pub struct HoldFacts<'a> {
    pub id: HoldId,
    pub buyer: &'a BuyerId,
    pub lines: &'a Lines,
    pub adjacent: bool,
    pub step: Option<Step>,
    pub expires_at: Timestamp,
    pub group: Option<GroupId>,
    pub state: &'static str,
}

/// Where an answer comes from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub inventory: InventoryId,
    pub plan: &'a Plan,
    pub epoch: u64,
    pub seq: u64,
}

impl<'a> Source<'a> {
    pub fn of(inventory: InventoryId, plan: &'a Plan, record: &Record) -> Self {
        Self { inventory, plan, epoch: record.epoch, seq: record.seq }
    }

    pub fn hold(self, hold: HoldFacts<'a>, now: Timestamp) -> HoldAnswer<'a> {
        HoldAnswer {
            id: hold.id,
            inventory: self.inventory,
            buyer: hold.buyer,
            group: hold.group,
            state: hold.state,
            epoch: self.epoch,
            seq: self.seq,
            adjacent: hold.adjacent,
            step: hold.step,
            lines: self.lines(hold.lines),
            total: self.plan.money(total(hold.lines)),
            expires_at: hold.expires_at.rfc3339(),
            expires_in_seconds: seconds_left(hold.expires_at, now),
        }
    }

    /// The hold that the record made, extended or changed.
    pub fn hold_of(self, record: &'a Record, now: Timestamp) -> Option<HoldAnswer<'a>> {
        record.events.iter().find_map(|event| match event {
            Event::Held { hold, buyer, lines, adjacent, step, expires_at, .. }
            | Event::Extended { hold, buyer, lines, adjacent, step, expires_at } => {
                let group = if let Event::Held { group, .. } = event { *group } else { None };
                let facts = HoldFacts {
                    id: *hold,
                    buyer,
                    lines,
                    adjacent: *adjacent,
                    step: *step,
                    expires_at: *expires_at,
                    group,
                    state: "held",
                };
                Some(self.hold(facts, now))
            }
            Event::Changed { hold, buyer, lines, adjacent, expires_at, .. } => {
                let facts = HoldFacts {
                    id: *hold,
                    buyer,
                    lines,
                    adjacent: *adjacent,
                    step: None,
                    expires_at: *expires_at,
                    group: None,
                    state: "held",
                };
                Some(self.hold(facts, now))
            }
            _ => None,
        })
    }

    /// The sale that the record made, or what it gave back.
    pub fn sale_of(self, record: &'a Record) -> Option<SaleAnswer<'a>> {
        record.events.iter().find_map(|event| match event {
            Event::Purchased { sale, hold, buyer, lines, .. } => {
                Some(self.sale(*sale, *hold, buyer, lines, "sold"))
            }
            Event::Returned { sale, buyer, lines, .. } => {
                Some(self.sale(*sale, None, buyer, lines, "returned"))
            }
            _ => None,
        })
    }

    /// A sale as it is now.
    pub fn sold(self, id: SaleId, sale: &'a Sale) -> SoldAnswer<'a> {
        let back = sale.back.as_deref();
        SoldAnswer {
            id,
            inventory: self.inventory,
            buyer: &sale.buyer,
            state: if sale.lines.is_empty() { "returned" } else { "sold" },
            sold_at: sale.sold_at.rfc3339(),
            lines: self.lines(&sale.lines),
            total: self.plan.money(total(&sale.lines)),
            returned_at: back.map(|back| back.at.rfc3339()),
            returned: back.map(|back| self.lines(&back.lines)).unwrap_or_default(),
            returned_total: self.plan.money(back.map_or(Some(0), |back| total(&back.lines))),
        }
    }

    pub fn moved(self, moved: &'a Moved) -> MovedAnswer<'a> {
        let (id, state) = match moved.claim {
            Claim::Hold(id) => (id.to_string(), "held"),
            Claim::Sale(id) => (id.to_string(), "sold"),
        };
        let difference = total(&moved.to).zip(total(&moved.from)).map(|(to, from)| to - from);
        MovedAnswer {
            id,
            inventory: self.inventory,
            buyer: &moved.buyer,
            state,
            epoch: self.epoch,
            seq: self.seq,
            from: self.lines(&moved.from),
            to: self.lines(&moved.to),
            lines: self.lines(&moved.lines),
            total: self.plan.money(total(&moved.lines)),
            difference: self.plan.money(difference),
            expires_at: moved.expires_at.map(Timestamp::rfc3339),
        }
    }

    fn sale(
        self,
        id: SaleId,
        hold: Option<HoldId>,
        buyer: &'a BuyerId,
        lines: &'a Lines,
        state: &'static str,
    ) -> SaleAnswer<'a> {
        SaleAnswer {
            id,
            hold,
            inventory: self.inventory,
            buyer,
            state,
            epoch: self.epoch,
            seq: self.seq,
            lines: self.lines(lines),
            total: self.plan.money(total(lines)),
        }
    }

    fn lines(self, lines: &'a Lines) -> Vec<LineAnswer<'a>> {
        let line = |line: &'a Line| LineAnswer {
            offer: self.plan.offer_id(line.offer),
            quantity: line.quantity,
            units: line.units.iter().map(|&(unit, quantity)| (&*self.plan.unit(unit).id, quantity)).collect(),
            price: self.plan.money(line.price),
        };
        lines.iter().map(line).collect()
    }
}

/// Whole seconds until then, rounded up; 0 when it is over.
pub fn seconds_left(end: Timestamp, now: Timestamp) -> u32 {
    let left_ms = end.since_ms(now).max(0);
    u32::try_from((left_ms + 999) / 1000).unwrap_or(u32::MAX)
}

/// The sum of all lines; None as soon as one price is unknown.
pub fn total(lines: &Lines) -> Option<i64> {
    lines.iter().map(|line| Some(line.price? * i64::from(line.quantity))).sum()
}
