//! A plan: the layout document and, compiled from it, numbered units, rows and offers.
//!
//! The first version of a plan numbers its units in the order of the document: seats (zone by zone: rows, then
//! tables), then areas, then items. Numbers are for life: a later version keeps them and appends what is new
//! ([`Numbering`]). Where a seat stands among the others is its *place*, which a new version may change.
//! A [`Plan`] cannot be wrong: [`Plan::compile`] lists every defect of the document or returns none.

pub mod alike;
mod check;
mod compile;
mod counted;
mod difference;
mod document;
mod numbering;
mod shape;

use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub use check::is_color;
pub use counted::Counted;
pub use difference::{Change, Changed, difference};
pub use document::{
    Area, Category, Floor, Item, NamedOffer, PlanDocument, Point, Row, Seat, Section, Size, Table, Zone,
};
pub use numbering::{Numbering, Printed};
pub use shape::{Shape, Style};

use super::benches::Benches;
use super::money::{Currency, Money};
use super::{OfferNo, PlaceNo, UnitNo};
use numbering::Stood;

/// The most units that one piece of an offer takes.
pub const UNITS_PER_OFFER_MAX: usize = 200;
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
    /// An area whose pieces are guests, on offer or not: it is taken once for all of them.
    pub shared: bool,
    /// No longer in the plan: where it stood. It keeps its number and its id.
    closed: Option<Arc<Stood>>,
}

impl Unit {
    /// Whether a later version of the plan left it out.
    pub fn is_closed(&self) -> bool {
        self.closed.is_some()
    }
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
    /// The places of its seats: consecutive, in order.
    pub seats: std::ops::Range<PlaceNo>,
}

/// What can be picked.
#[derive(Debug, Clone)]
enum Offer {
    /// A unit by its own id.
    Own(OwnOffer),
    Named(Box<Deal>),
}

/// An offer with a name of its own.
#[derive(Debug, Clone)]
struct Deal {
    id: Arc<str>,
    label: Arc<str>,
    price: Option<i64>,
    bill: Box<[(UnitNo, u32)]>,
    /// No longer in the plan; it keeps its number and its id.
    is_closed: bool,
}

#[derive(Debug, Clone, Copy)]
struct OwnOffer {
    unit: UnitNo,
    terms: Option<Terms>,
}

/// At what terms a unit is its own offer.
#[derive(Debug, Clone, Copy)]
struct Terms {
    price: Option<i64>,
    /// How many of the unit one piece takes.
    takes: u32,
    /// The fewest guests, where the quantity of a pick is their number and the unit is taken once for all.
    min_guests: Option<u32>,
}

/// A compiled plan. Immutable; shared by everybody who needs it.
#[derive(Debug)]
pub struct Plan {
    document: PlanDocument,
    /// By unit number, closed ones among them.
    units: Vec<Unit>,
    rows: Vec<SeatRow>,
    sections: Vec<PlanSection>,
    /// By offer number, closed ones among them.
    offers: Vec<Offer>,
    /// The document's offers, then its whole tables.
    named: Vec<OfferNo>,
    /// By unit: the number of its own offer, whether it is one now or not.
    own_offer: Vec<OfferNo>,
    unit_by_id: FxHashMap<Arc<str>, UnitNo>,
    /// Offers with a name of their own.
    deal_by_id: FxHashMap<Arc<str>, OfferNo>,
    /// By place: the seat there.
    places: Vec<UnitNo>,
    /// By unit: its place, or [`NO_PLACE`].
    place_of: Vec<PlaceNo>,
    counted: Counted,
    /// What no new plan may have; a stored one may, and goes on having it.
    oddities: Vec<Defect>,
    benches: OnceLock<Arc<Benches>>,
}

/// No plan has so many places.
const NO_PLACE: PlaceNo = PlaceNo::MAX;

impl Plan {
    /// The document as the first version of a plan, or all of its defects.
    pub fn compile(document: PlanDocument) -> Result<Self, Vec<Defect>> {
        compile::compile(document, None)
    }

    /// The same for one that was stored as a first version: it may have what new plans may not have any more.
    pub fn compile_stored(document: PlanDocument) -> Result<Self, Vec<Defect>> {
        compile::compile_stored(document, None)
    }

    /// The document as the version whose [`Plan::numbering`] this is: how a stored one is read.
    pub fn compile_numbered(document: PlanDocument, numbering: &Numbering) -> Result<Self, Vec<Defect>> {
        compile::compile_stored(document, Some(numbering))
    }

    /// The document as the version behind this one: what is known keeps its number, what is left out is closed.
    pub fn compile_after(document: PlanDocument, previous: &Self) -> Result<Self, Vec<Defect>> {
        compile::compile(document, Some(previous))
    }

    pub fn document(&self) -> &PlanDocument {
        &self.document
    }

    pub fn currency(&self) -> Option<Currency> {
        self.document.currency
    }

    /// By number; closed units stay.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    pub fn unit(&self, unit: UnitNo) -> &Unit {
        &self.units[unit as usize]
    }

    /// The unit in the plan that has this id.
    pub fn unit_by_id(&self, id: &str) -> Option<UnitNo> {
        self.unit_by_id.get(id).copied().filter(|&unit| !self.unit(unit).is_closed())
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

    /// The seats by place: zone by zone, rows, then tables. Closed seats have no place.
    pub fn places(&self) -> &[UnitNo] {
        &self.places
    }

    pub fn unit_at(&self, place: PlaceNo) -> UnitNo {
        self.places[place as usize]
    }

    /// Where a seat stands; None: it is closed, or no seat.
    pub fn place_of(&self, unit: UnitNo) -> Option<PlaceNo> {
        Some(self.place_of[unit as usize]).filter(|&place| place != NO_PLACE)
    }

    pub fn is_seat(&self, unit: UnitNo) -> bool {
        self.counted.index_of(unit).is_none()
    }

    /// The units that are no seats.
    pub fn counted(&self) -> &Counted {
        &self.counted
    }

    /// Made when first asked for, and kept: a plan has many states, and they all share them.
    pub(super) fn benches(&self) -> &Arc<Benches> {
        self.benches.get_or_init(|| Arc::new(Benches::new(self)))
    }

    /// Makes what states on this plan need, so that no actor has to.
    pub fn prepare(&self) {
        self.benches();
    }

    pub fn categories(&self) -> &[Category] {
        &self.document.categories
    }

    pub fn category_by_id(&self, id: &str) -> Option<u32> {
        let found = self.document.categories.iter().position(|category| category.id == id)?;
        u32::try_from(found).ok()
    }

    /// The offer that can be picked by this id.
    pub fn offer_by_id(&self, id: &str) -> Option<OfferNo> {
        self.known_offer(id).filter(|&offer| self.is_open(offer))
    }

    /// The offer that has, or once had, this id: who has pieces of it may give them back for ever.
    pub fn known_offer(&self, id: &str) -> Option<OfferNo> {
        let own = self.unit_by_id.get(id).map(|&unit| self.own_offer[unit as usize]);
        own.or_else(|| self.deal_by_id.get(id).copied())
    }

    fn is_open(&self, offer: OfferNo) -> bool {
        match self.offer(offer) {
            Offer::Own(own) => own.terms.is_some(),
            Offer::Named(deal) => !deal.is_closed,
        }
    }

    /// Offers with a name of their own that can be picked, whole tables among them.
    pub fn named_offers(&self) -> impl Iterator<Item = OfferNo> {
        self.named.iter().copied()
    }

    /// The offer's id: a unit's own, or a name.
    pub fn offer_id(&self, offer: OfferNo) -> &Arc<str> {
        match self.offer(offer) {
            Offer::Own(own) => &self.unit(own.unit).id,
            Offer::Named(deal) => &deal.id,
        }
    }

    pub fn offer_label(&self, offer: OfferNo) -> &Arc<str> {
        match self.offer(offer) {
            Offer::Own(own) => &self.unit(own.unit).label,
            Offer::Named(deal) => &deal.label,
        }
    }

    /// What one piece costs; None when unknown.
    pub fn offer_price(&self, offer: OfferNo) -> Option<i64> {
        match self.offer(offer) {
            Offer::Own(own) => own.terms?.price,
            Offer::Named(deal) => deal.price,
        }
    }

    /// The unit as an offer; None: it cannot be bought by its own id.
    pub fn own_offer(&self, unit: UnitNo) -> Option<OfferNo> {
        Some(self.own_offer[unit as usize]).filter(|&offer| self.is_open(offer))
    }

    /// How many guests may share the offer, if its quantity is their number.
    pub fn guests(&self, offer: OfferNo) -> Option<RangeInclusive<u32>> {
        let Offer::Own(OwnOffer { terms: Some(terms), .. }) = self.offer(offer) else { return None };
        Some(terms.min_guests?..=terms.takes)
    }

    /// Whether its pieces are guests, who leave as they came: together. It holds also while it is off offer.
    pub fn is_shared(&self, offer: OfferNo) -> bool {
        matches!(self.offer(offer), Offer::Own(own) if self.unit(own.unit).shared)
    }

    /// Calls `each` with every unit and quantity that one piece of the offer takes.
    pub fn bill(&self, offer: OfferNo, mut each: impl FnMut(UnitNo, u32)) {
        match self.offer(offer) {
            Offer::Own(own) => each(own.unit, own.terms.map_or(1, |terms| terms.takes)),
            Offer::Named(deal) => deal.bill.iter().for_each(|&(unit, quantity)| each(unit, quantity)),
        }
    }

    /// How many units the offer takes.
    pub fn bill_len(&self, offer: OfferNo) -> usize {
        match self.offer(offer) {
            Offer::Own(_) => 1,
            Offer::Named(deal) => deal.bill.len(),
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

    fn offer(&self, offer: OfferNo) -> &Offer {
        &self.offers[offer as usize]
    }
}
