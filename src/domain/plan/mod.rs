//! A plan: the layout document and, compiled from it, numbered units, rows and offers.
//!
//! Units are numbered in a fixed order: seats (zone by zone: rows, then tables), then areas, then items.
//! A [`Plan`] cannot be wrong: [`Plan::compile`] lists every defect of the document or returns none.

mod check;
mod compile;
mod document;
mod shape;

use std::ops::RangeInclusive;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub use check::is_color;
pub use document::{
    Area, Category, Floor, Item, NamedOffer, PlanDocument, Point, Row, Seat, Section, Size, Table, Zone,
};
pub use shape::{Shape, Style};

use super::money::{Currency, Money};
use super::{OfferNo, UnitNo};

/// The most units in one inventory.
pub const UNITS_MAX: usize = 200_000;
/// The largest capacity or bill quantity.
pub const QUANTITY_MAX: u32 = 1_000_000_000;
/// The highest price in minor units: sums of 50 pieces stay exact in JSON numbers.
pub const PRICE_MAX: i64 = 100_000_000_000;

/// Something wrong in a plan, and where: a JSON pointer into the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defect {
    pub code: String,
    pub pointer: String,
    pub detail: String,
}

impl Defect {
    pub fn new(code: &str, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), pointer: pointer.into(), detail: detail.into() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    Seat,
    Area,
    Item,
}

/// One claimable thing.
#[derive(Debug, Clone)]
pub struct Unit {
    pub id: Arc<str>,
    pub label: Arc<str>,
    pub kind: UnitKind,
    /// The first stock. What is left is the inventory's business.
    pub capacity: u32,
    pub category: Option<u32>,
    pub zone: Option<u32>,
    /// An index into [`Plan::sections`].
    pub section: Option<u32>,
    /// The row of a seat, an index into [`Plan::rows`].
    pub row: Option<u32>,
    pub at: Option<Point>,
    pub gap_before: bool,
    pub accessible: bool,
    pub companion: bool,
    pub restricted_view: bool,
    /// An area that is taken all at once, or a seat of a table that is: best available leaves it alone.
    pub whole: bool,
}

/// A part of a zone.
#[derive(Debug, Clone)]
pub struct PlanSection {
    pub id: Arc<str>,
    pub name: Arc<str>,
    pub entrance: Option<Arc<str>>,
    pub zone: u32,
}

/// Seats beside each other: a row, or the seats of a table.
#[derive(Debug, Clone)]
pub struct SeatRow {
    pub id: Arc<str>,
    pub label: Arc<str>,
    pub zone: u32,
    pub section: Option<u32>,
    pub is_table: bool,
    /// A table that is sold as a whole.
    pub whole: bool,
    /// The unit numbers of its seats: consecutive, in order.
    pub seats: std::ops::Range<UnitNo>,
}

/// What can be picked.
#[derive(Debug, Clone)]
struct Offer {
    id: Arc<str>,
    label: Arc<str>,
    price: Option<i64>,
    bill: Box<[(UnitNo, u32)]>,
}

/// A compiled plan. Immutable; shared by everybody who needs it.
#[derive(Debug)]
pub struct Plan {
    document: PlanDocument,
    units: Vec<Unit>,
    rows: Vec<SeatRow>,
    sections: Vec<PlanSection>,
    /// The document's offers, then its whole tables.
    named: Vec<Offer>,
    /// Price of a unit that is its own offer, by unit; None where it is not an offer at all.
    own_price: Vec<Option<OwnOffer>>,
    unit_by_id: FxHashMap<Arc<str>, UnitNo>,
    offer_by_id: FxHashMap<Arc<str>, OfferNo>,
    seats: u32,
}

#[derive(Debug, Clone, Copy)]
struct OwnOffer {
    price: Option<i64>,
    /// How many of the unit one piece takes.
    takes: u32,
    /// The fewest guests, where the quantity of a pick is their number and the unit is taken once for all.
    min_guests: Option<u32>,
}

impl Plan {
    /// The document's plan, or all of its defects.
    pub fn compile(document: PlanDocument) -> Result<Self, Vec<Defect>> {
        compile::compile(document)
    }

    pub fn document(&self) -> &PlanDocument {
        &self.document
    }

    pub fn currency(&self) -> Option<Currency> {
        self.document.currency
    }

    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    pub fn unit(&self, unit: UnitNo) -> &Unit {
        &self.units[unit as usize]
    }

    pub fn unit_by_id(&self, id: &str) -> Option<UnitNo> {
        self.unit_by_id.get(id).copied()
    }

    pub fn rows(&self) -> &[SeatRow] {
        &self.rows
    }

    /// The sections of all zones, zone by zone.
    pub fn sections(&self) -> &[PlanSection] {
        &self.sections
    }

    /// Where the zone looks: its own focal point, else the plan's.
    pub fn focal_point(&self, zone: Option<u32>) -> Option<Point> {
        let own = zone.and_then(|zone| self.document.zones[zone as usize].focal_point);
        own.or(self.document.focal_point)
    }

    /// The id of the zone's floor.
    pub fn floor_of(&self, zone: u32) -> Option<&str> {
        self.document.zones[zone as usize].floor.as_deref()
    }

    /// How many seats there are: units `0..seats` are seats, the others are areas and items.
    pub fn seats(&self) -> u32 {
        self.seats
    }

    pub fn is_seat(&self, unit: UnitNo) -> bool {
        unit < self.seats
    }

    pub fn categories(&self) -> &[Category] {
        &self.document.categories
    }

    pub fn category_by_id(&self, id: &str) -> Option<u32> {
        let found = self.document.categories.iter().position(|category| category.id == id)?;
        u32::try_from(found).ok()
    }

    pub fn offer_by_id(&self, id: &str) -> Option<OfferNo> {
        self.offer_by_id.get(id).copied()
    }

    /// Offers with a name of their own, whole tables among them.
    pub fn named_offers(&self) -> impl Iterator<Item = OfferNo> {
        let first = self.units.len() as OfferNo;
        first..first + self.named.len() as OfferNo
    }

    /// The offer's id: a unit's own, or a name.
    pub fn offer_id(&self, offer: OfferNo) -> &Arc<str> {
        match self.named(offer) {
            Some(named) => &named.id,
            None => &self.unit(offer).id,
        }
    }

    pub fn offer_label(&self, offer: OfferNo) -> &Arc<str> {
        match self.named(offer) {
            Some(named) => &named.label,
            None => &self.unit(offer).label,
        }
    }

    /// What one piece costs; None when unknown.
    pub fn offer_price(&self, offer: OfferNo) -> Option<i64> {
        match self.named(offer) {
            Some(named) => named.price,
            None => self.own_price[offer as usize].and_then(|own| own.price),
        }
    }

    /// Whether the unit can be bought by its own id.
    pub fn is_own_offer(&self, unit: UnitNo) -> bool {
        self.own_price[unit as usize].is_some()
    }

    /// How many guests may share the offer, if its quantity is their number.
    pub fn guests(&self, offer: OfferNo) -> Option<RangeInclusive<u32>> {
        let own = self.own_price.get(offer as usize)?.as_ref()?;
        Some(own.min_guests?..=own.takes)
    }

    /// Calls `each` with every unit and quantity that one piece of the offer takes.
    pub fn bill(&self, offer: OfferNo, mut each: impl FnMut(UnitNo, u32)) {
        match self.named(offer) {
            Some(named) => named.bill.iter().for_each(|&(unit, quantity)| each(unit, quantity)),
            None => each(offer, self.own_price[offer as usize].map_or(1, |own| own.takes)),
        }
    }

    /// The same for so many pieces; guests take a unit once, however many they are.
    pub fn bill_of(&self, offer: OfferNo, pieces: u32, mut each: impl FnMut(UnitNo, u64)) {
        let times = if self.guests(offer).is_some() { 1 } else { u64::from(pieces) };
        self.bill(offer, |unit, quantity| each(unit, u64::from(quantity) * times));
    }

    pub fn money(&self, amount: Option<i64>) -> Option<Money> {
        Some(Money { amount: amount?, currency: self.currency()? })
    }

    fn named(&self, offer: OfferNo) -> Option<&Offer> {
        self.named.get((offer as usize).checked_sub(self.units.len())?)
    }
}
