//! Random halls as documents, and the plain lists that the model reads from them. The lists are made from the
//! document (`reader.rs`), never from the compiled plan, so numbering, benches and costs are checked as well.

use fairhold::domain::plan::{
    Area, Category, Floor, Item, NamedOffer, PlanDocument, Point, Row, Seat, Section, Table, Zone,
};
use fairhold::domain::{OfferNo, UnitNo};

use crate::rng::Rng;
use crate::seats::Chair;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Seat,
    Area,
    Item,
}

/// Something to sell: a seat, an area or an item, in the order of its number.
#[derive(Debug, Clone)]
pub struct Unit {
    pub id: String,
    pub kind: Kind,
    pub stock: u32,
    pub category: Option<usize>,
    /// Whether it can be picked by its own id.
    pub on_offer: bool,
    pub price: Option<i64>,
    pub zone: Option<usize>,
    pub section: Option<String>,
    pub accessible: bool,
    pub companion: bool,
    /// An area that one party takes for itself.
    pub whole: bool,
    /// The fewest guests of such a party, if each of them pays.
    pub guests: Option<u32>,
    /// Zone, section, row and label.
    pub ticket: [String; 4],
    /// It was there once.
    pub closed: bool,
}

/// A named offer: what one piece takes.
#[derive(Debug, Clone)]
pub struct Deal {
    pub id: String,
    pub price: Option<i64>,
    pub bill: Vec<(UnitNo, u32)>,
}

/// At what terms an offer can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub price: Option<i64>,
    /// What one piece takes; of guests, what all of them take.
    pub bill: Vec<(UnitNo, u32)>,
    /// The fewest and the most guests of an offer that is shared.
    pub guests: Option<(u32, u32)>,
}

#[derive(Debug, Clone, Default)]
pub struct Hall {
    /// All that there ever were, by number.
    pub units: Vec<Unit>,
    /// Where seats are, in the order of the plan, and which seat is there.
    pub chairs: Vec<Chair>,
    pub seats: Vec<UnitNo>,
    pub deals: Vec<Deal>,
    /// The ids of all offers that there ever were, by number, and the terms of those that there are.
    pub offers: Vec<String>,
    pub terms: Vec<Option<Terms>>,
    pub categories: Vec<String>,
    pub prices: Vec<Option<i64>>,
    /// Zones and the floors that they are on.
    pub zones: Vec<(String, Option<String>)>,
}

impl Hall {
    pub fn unit(&self, id: &str) -> Option<UnitNo> {
        self.units.iter().position(|unit| !unit.closed && unit.id == id).map(|at| at as UnitNo)
    }

    /// What can be picked by this id.
    pub fn offer(&self, id: &str) -> Option<OfferNo> {
        self.any_offer(id).filter(|&offer| self.terms[offer as usize].is_some())
    }

    pub fn any_offer(&self, id: &str) -> Option<OfferNo> {
        self.offers.iter().position(|known| known == id).map(|at| at as OfferNo)
    }

    pub fn offer_id(&self, offer: OfferNo) -> &str {
        &self.offers[offer as usize]
    }

    /// None: it is not on offer, or not yet.
    pub fn terms(&self, offer: OfferNo) -> Option<&Terms> {
        self.terms.get(offer as usize)?.as_ref()
    }

    pub fn guests(&self, offer: OfferNo) -> Option<(u32, u32)> {
        self.terms(offer)?.guests
    }

    pub fn is_seat(&self, unit: UnitNo) -> bool {
        self.units[unit as usize].kind == Kind::Seat
    }

    /// The seat at this place.
    pub fn seat(&self, place: usize) -> &Unit {
        &self.units[self.seats[place] as usize]
    }

    /// The places of seats among these units, in order.
    pub fn places(&self, units: impl Iterator<Item = UnitNo>) -> Vec<usize> {
        let mut places: Vec<usize> =
            units.filter_map(|unit| self.seats.iter().position(|&seat| seat == unit)).collect();
        places.sort_unstable();
        places
    }

    /// Whether they follow each other without a gap.
    pub fn are_together(&self, places: &[usize]) -> bool {
        let bench = |place: usize| self.chairs[place].bench;
        places.windows(2).all(|pair| pair[1] == pair[0] + 1 && bench(pair[0]) == bench(pair[1]))
    }
}

/// A hall of roughly 6 to 40 units; one in twenty also has a row longer than a machine word.
pub fn random(rng: &mut Rng) -> (PlanDocument, Hall) {
    let mut builder = Builder::new(rng);
    builder.categories();
    builder.zones();
    builder.areas();
    builder.items();
    builder.deals();
    let hall = Hall::read(&builder.document, None);
    (builder.document, hall)
}

struct Builder<'a> {
    rng: &'a mut Rng,
    document: PlanDocument,
    placed: bool,
    rows: u64,
}

impl<'a> Builder<'a> {
    fn new(rng: &'a mut Rng) -> Self {
        let focal = rng.percent(60).then(|| (rng.below(40) as i64, rng.below(20) as i64 - 5));
        let placed = rng.percent(70);
        let document = PlanDocument {
            name: "Hall".to_owned(),
            currency: "KRW".parse().ok(),
            focal_point: focal.map(|(x, y)| Point { x: x as f64 / 2.0, y: y as f64 / 2.0 }),
            ..PlanDocument::default()
        };
        Self { rng, document, placed, rows: 0 }
    }

    /// The last category has no seat and no area.
    fn categories(&mut self) {
        for id in ["gold", "silver", "floor", "none"] {
            let price = self.rng.percent(80).then(|| self.rng.below(200_000) as i64);
            let name = id.to_uppercase();
            self.document.categories.push(Category { id: id.to_owned(), name, price, ..Category::default() });
        }
    }

    fn zones(&mut self) {
        let zones = if self.rng.percent(8) { 0 } else { self.rng.range(1..=2) };
        self.document.floors =
            ["ground", "balcony"].map(|id| Floor { id: id.to_owned(), name: String::new() }).into();
        for z in 0..zones {
            let id = format!("z{z}");
            let floor = self.rng.percent(70).then(|| (*self.rng.one(&["ground", "balcony"])).to_owned());
            let sections =
                ["left", "right"].map(|id| Section { id: id.to_owned(), ..Section::default() }).into();
            let rows = self.rng.range(1..=4 - zones);
            let rows = (0..rows).map(|_| self.row()).collect();
            let tables = if self.rng.percent(40) { vec![self.table()] } else { Vec::new() };
            self.document.zones.push(Zone { id, floor, sections, rows, tables, ..Zone::default() });
        }
        if zones == 0 {
            self.document.zones.push(Zone { id: "standing".to_owned(), ..Zone::default() });
        }
    }

    fn row(&mut self) -> Row {
        let long = self.rng.below(80) == 0;
        let count = if long { self.rng.range(65..=140) } else { self.rng.range(1..=8) };
        let section = self.section();
        let id = format!("r{}", self.rows);
        Row { id, seats: self.seats(count), section, ..Row::default() }
    }

    fn table(&mut self) -> Table {
        let count = self.rng.range(2..=4);
        let section = self.section();
        let id = format!("t{}", self.rows);
        Table { id, seats: self.seats(count), section, ..Table::default() }
    }

    fn section(&mut self) -> Option<String> {
        self.rng.percent(50).then(|| (*self.rng.one(&["left", "right"])).to_owned())
    }

    fn seats(&mut self, count: u32) -> Vec<Seat> {
        let row = self.rows;
        self.rows += 1;
        let mixed = self.rng.percent(40);
        let usual = self.rng.below(2);
        let mut is_beside = false;
        let seats = (0..count).map(|n| {
            let category = if mixed { self.rng.below(2) } else { usual };
            let category = (!self.rng.percent(6)).then_some(category);
            // A gap before the first seat of a row means nothing.
            let gap_before = self.rng.percent(if count > 64 { 1 } else { 15 });
            // In halves of the plan's unit, which floating point keeps.
            let jitter = i64::from(self.rng.percent(20));
            let at = (2 * i64::from(n) + jitter, 3 * row as i64 + jitter);
            let at = (self.placed && !self.rng.percent(3)).then_some(at);
            let special = *self.rng.one(&[(true, false), (false, true)]);
            // Whoever comes along sits beside a wheelchair place more often than chance would have it.
            let (accessible, companion) = match is_beside && self.rng.percent(50) {
                true => (false, true),
                false if self.rng.percent(6) => special,
                false => (false, false),
            };
            is_beside = accessible;
            Seat {
                id: format!("{row}-{n}"),
                category: category.map(|category| self.document.categories[category].id.clone()),
                x: at.map(|at| at.0 as f64 / 2.0),
                y: at.map(|at| at.1 as f64 / 2.0),
                gap_before,
                accessible,
                companion,
                ..Seat::default()
            }
        });
        seats.collect()
    }

    fn areas(&mut self) {
        for zone in 0..self.document.zones.len() {
            for n in 0..self.rng.below(3) {
                let area = area(self.rng, format!("area{zone}{n}"));
                self.document.zones[zone].areas.push(area);
            }
        }
    }

    fn items(&mut self) {
        for n in 0..self.rng.range(2..=5) {
            let item = item(self.rng, format!("item{n}"));
            self.document.items.push(item);
        }
    }

    fn deals(&mut self) {
        let hall = Hall::read(&self.document, None);
        for n in 0..self.rng.range(1..=4) {
            let deal = deal(self.rng, &hall, format!("deal{n}"));
            self.document.offers.push(deal);
        }
    }
}

pub fn area(rng: &mut Rng, id: String) -> Area {
    // Mostly a category of its own, sometimes one that has seats, too.
    let category = *rng.one(&[Some("floor"), Some("floor"), Some("silver"), None]);
    let whole = rng.percent(25);
    let capacity = rng.range(1..=if whole { 6 } else { 30 });
    let min_guests = (whole && rng.percent(60)).then(|| rng.range(1..=capacity));
    Area { id, capacity, category: category.map(str::to_owned), whole, min_guests, ..Area::default() }
}

pub fn item(rng: &mut Rng, id: String) -> Item {
    let capacity = rng.range(0..=60);
    let sellable = rng.percent(50);
    let price = (sellable && rng.percent(70)).then(|| rng.below(9000) as i64);
    Item { id, capacity, sellable, price, ..Item::default() }
}

/// A recipe over few units, so that several share ingredients; some take a seat, one in a while takes a seat
/// twice, which nobody can ever have.
pub fn deal(rng: &mut Rng, hall: &Hall, id: String) -> NamedOffer {
    let there: Vec<&Unit> = hall.units.iter().filter(|unit| !unit.closed).collect();
    let others: Vec<&Unit> = there.iter().copied().filter(|unit| unit.kind != Kind::Seat).collect();
    let price = rng.percent(70).then(|| rng.below(9000) as i64);
    let mut deal = NamedOffer { id, price, ..NamedOffer::default() };
    for _ in 0..rng.range(1..=3) {
        let unit = match rng.any(&others) {
            Some(other) if !rng.percent(30) => other,
            _ => rng.one(&there),
        };
        let one = unit.kind == Kind::Seat && !rng.percent(5);
        let each = if one { 1 } else { rng.range(1..=5) };
        deal.units.entry(unit.id.clone()).or_insert(each);
    }
    deal
}
