//! Random halls, twice: as the document that the server compiles, and as plain lists that the model reads.
//! The lists are made beside the document, not from the compiled plan, so numbering, benches and costs are
//! checked as well.

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
}

/// A named offer: what one piece takes.
#[derive(Debug, Clone)]
pub struct Deal {
    pub id: String,
    pub price: Option<i64>,
    pub bill: Vec<(UnitNo, u32)>,
}

#[derive(Debug, Clone, Default)]
pub struct Hall {
    pub units: Vec<Unit>,
    /// Where the seats are: the first units, in their order.
    pub chairs: Vec<Chair>,
    pub deals: Vec<Deal>,
    pub categories: Vec<String>,
    pub prices: Vec<Option<i64>>,
    /// Zones and the floors that they are on.
    pub zones: Vec<(String, Option<String>)>,
}

impl Hall {
    pub fn unit(&self, id: &str) -> Option<UnitNo> {
        self.units.iter().position(|unit| unit.id == id).map(|at| at as UnitNo)
    }

    /// Units on offer keep their number; named offers are numbered after all units.
    pub fn offer(&self, id: &str) -> Option<OfferNo> {
        let own = self.units.iter().position(|unit| unit.on_offer && unit.id == id);
        let named = || Some(self.deals.iter().position(|deal| deal.id == id)? + self.units.len());
        own.or_else(named).map(|at| at as OfferNo)
    }

    pub fn offer_id(&self, offer: OfferNo) -> &str {
        match self.units.get(offer as usize) {
            Some(unit) => &unit.id,
            None => &self.deals[offer as usize - self.units.len()].id,
        }
    }

    pub fn price(&self, offer: OfferNo) -> Option<i64> {
        match self.units.get(offer as usize) {
            Some(unit) => unit.price,
            None => self.deals[offer as usize - self.units.len()].price,
        }
    }

    /// What one piece of an offer takes.
    pub fn bill(&self, offer: OfferNo) -> Vec<(UnitNo, u32)> {
        match self.units.get(offer as usize) {
            Some(unit) => vec![(offer, if unit.whole { unit.stock } else { 1 })],
            None => self.deals[offer as usize - self.units.len()].bill.clone(),
        }
    }

    /// The fewest and the most guests of an offer that is shared.
    pub fn guests(&self, offer: OfferNo) -> Option<(u32, u32)> {
        let unit = self.units.get(offer as usize)?;
        Some((unit.guests?, unit.stock))
    }

    /// What so many pieces take: guests share one.
    pub fn bill_of(&self, offer: OfferNo, quantity: u32) -> Vec<(UnitNo, u64)> {
        let times = if self.guests(offer).is_some() { 1 } else { u64::from(quantity) };
        self.bill(offer).into_iter().map(|(unit, one)| (unit, u64::from(one) * times)).collect()
    }

    pub fn is_seat(&self, unit: UnitNo) -> bool {
        self.units[unit as usize].kind == Kind::Seat
    }

    pub fn are_neighbours(&self, left: UnitNo, right: UnitNo) -> bool {
        right == left + 1 && self.chairs[left as usize].bench == self.chairs[right as usize].bench
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
    (builder.document, builder.hall)
}

struct Builder<'a> {
    rng: &'a mut Rng,
    document: PlanDocument,
    hall: Hall,
    /// In halves of the plan's unit.
    focal: Option<(i64, i64)>,
    placed: bool,
    rows: u64,
    benches: usize,
    /// Zones and sections that have rows.
    parts: Vec<(usize, Option<String>)>,
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
        Self { rng, document, hall: Hall::default(), focal, placed, rows: 0, benches: 0, parts: Vec::new() }
    }

    /// The last category has no seat and no area.
    fn categories(&mut self) {
        for id in ["gold", "silver", "floor", "none"] {
            let price = self.rng.percent(80).then(|| self.rng.below(200_000) as i64);
            self.hall.categories.push(id.to_owned());
            self.hall.prices.push(price);
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
            self.hall.zones.push((id.clone(), floor.clone()));
            let sections =
                ["left", "right"].map(|id| Section { id: id.to_owned(), ..Section::default() }).into();
            let rows = self.rng.range(1..=4 - zones);
            let rows = (0..rows).map(|_| self.row(z as usize)).collect();
            let tables = if self.rng.percent(40) { vec![self.table(z as usize)] } else { Vec::new() };
            self.document.zones.push(Zone { id, floor, sections, rows, tables, ..Zone::default() });
        }
        if zones == 0 {
            self.hall.zones.push(("standing".to_owned(), None));
            self.document.zones.push(Zone { id: "standing".to_owned(), ..Zone::default() });
        }
    }

    fn row(&mut self, zone: usize) -> Row {
        let long = self.rng.below(80) == 0;
        let count = if long { self.rng.range(65..=140) } else { self.rng.range(1..=8) };
        let section = self.section();
        let id = format!("r{}", self.rows);
        Row { id, seats: self.seats(zone, &section, count), section, ..Row::default() }
    }

    fn table(&mut self, zone: usize) -> Table {
        let count = self.rng.range(2..=4);
        let section = self.section();
        let id = format!("t{}", self.rows);
        Table { id, seats: self.seats(zone, &section, count), section, ..Table::default() }
    }

    fn section(&mut self) -> Option<String> {
        self.rng.percent(50).then(|| (*self.rng.one(&["left", "right"])).to_owned())
    }

    /// The number of a section, or of the zone itself.
    fn part(&mut self, zone: usize, section: &Option<String>) -> usize {
        let part = (zone, section.clone());
        let known = self.parts.iter().position(|known| *known == part);
        known.unwrap_or_else(|| {
            self.parts.push(part);
            self.parts.len() - 1
        })
    }

    fn seats(&mut self, zone: usize, section: &Option<String>, count: u32) -> Vec<Seat> {
        let part = self.part(zone, section);
        let row = self.rows;
        self.rows += 1;
        let mixed = self.rng.percent(40);
        let usual = self.rng.below(2);
        let seats = (0..count).map(|n| {
            let category = if mixed { self.rng.below(2) } else { usual };
            let category = (!self.rng.percent(6)).then_some(category);
            // A gap before the first seat of a row means nothing.
            let gap_before = self.rng.percent(if count > 64 { 1 } else { 15 });
            if n == 0 || gap_before {
                self.benches += 1;
            }
            let jitter = i64::from(self.rng.percent(20));
            let at = (2 * i64::from(n) + jitter, 3 * row as i64 + jitter);
            let at = (self.placed && !self.rng.percent(3)).then_some(at);
            let middle_twice = u64::from(count - 1);
            let by_order = 1000 * row + 50 * (2 * u64::from(n)).abs_diff(middle_twice);
            let cost = match (self.focal, at) {
                (Some(focal), Some(at)) => distance(focal, at),
                _ => by_order,
            };
            let middle = 50 * (2 * i64::from(n) - i64::from(count) + 1);
            let place = at.map_or((middle, 1000 * row as i64), |at| (50 * at.0, 50 * at.1));
            self.hall.chairs.push(Chair { bench: self.benches, part, cost, at: place });
            let special = *self.rng.one(&[(true, false), (false, true)]);
            let (accessible, companion) = if self.rng.percent(6) { special } else { (false, false) };
            let (zone, section) = (Some(zone), section.clone());
            let on_offer = category.is_some();
            let price = category.and_then(|category| self.document.categories[category].price);
            let id = format!("{row}-{n}");
            let unit = Unit {
                id: id.clone(),
                kind: Kind::Seat,
                stock: 1,
                category,
                on_offer,
                price,
                zone,
                section,
                accessible,
                companion,
                whole: false,
                guests: None,
            };
            self.hall.units.push(unit);
            Seat {
                id,
                category: category.map(|category| self.hall.categories[category].clone()),
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
                let id = format!("area{zone}{n}");
                // Mostly a category of its own, sometimes one that has seats, too.
                let category = *self.rng.one(&[Some(2), Some(2), Some(1), None]);
                let whole = self.rng.percent(25);
                let stock = self.rng.range(1..=if whole { 6 } else { 30 });
                let guests = (whole && self.rng.percent(60)).then(|| self.rng.range(1..=stock));
                let named = category.map(|category| self.hall.categories[category].clone());
                self.document.zones[zone].areas.push(Area {
                    id: id.clone(),
                    capacity: stock,
                    category: named,
                    whole,
                    min_guests: guests,
                    ..Area::default()
                });
                let price = category.and_then(|category| self.document.categories[category].price);
                self.stocked(id, Kind::Area, stock, category, category.is_some(), price);
                let area = self.hall.units.last_mut().expect("just added");
                area.zone = Some(zone);
                (area.whole, area.guests) = (whole, guests.filter(|_| category.is_some()));
            }
        }
    }

    fn items(&mut self) {
        for n in 0..self.rng.range(2..=5) {
            let id = format!("item{n}");
            let stock = self.rng.range(0..=60);
            let sellable = self.rng.percent(50);
            let price = (sellable && self.rng.percent(70)).then(|| self.rng.below(9000) as i64);
            self.document.items.push(Item {
                id: id.clone(),
                capacity: stock,
                sellable,
                price,
                ..Item::default()
            });
            self.stocked(id, Kind::Item, stock, None, sellable, price);
        }
    }

    fn stocked(
        &mut self,
        id: String,
        kind: Kind,
        stock: u32,
        category: Option<usize>,
        on_offer: bool,
        price: Option<i64>,
    ) {
        self.hall.units.push(Unit {
            id,
            kind,
            stock,
            category,
            on_offer,
            price,
            zone: None,
            section: None,
            accessible: false,
            companion: false,
            whole: false,
            guests: None,
        });
    }

    /// Recipes over few units, so that they share ingredients; some take a seat, one in a while takes a
    /// seat twice, which nobody can ever have.
    fn deals(&mut self) {
        let units = self.hall.units.len();
        let items: Vec<usize> = (0..units).filter(|&n| self.hall.units[n].kind != Kind::Seat).collect();
        for n in 0..self.rng.range(1..=4) {
            let id = format!("deal{n}");
            let price = self.rng.percent(70).then(|| self.rng.below(9000) as i64);
            let mut bill: Vec<(UnitNo, u32)> = Vec::new();
            for _ in 0..self.rng.range(1..=3) {
                let unit = if self.rng.percent(30) { self.rng.below(units) } else { *self.rng.one(&items) };
                let one = self.hall.units[unit].kind == Kind::Seat && !self.rng.percent(5);
                let each = if one { 1 } else { self.rng.range(1..=5) };
                if bill.iter().all(|&(there, _)| there != unit as UnitNo) {
                    bill.push((unit as UnitNo, each));
                }
            }
            bill.sort_unstable();
            let name = |&(unit, each): &(UnitNo, u32)| (self.hall.units[unit as usize].id.clone(), each);
            let units = bill.iter().map(name).collect();
            self.document.offers.push(NamedOffer { id: id.clone(), price, units, ..NamedOffer::default() });
            self.hall.deals.push(Deal { id, price, bill });
        }
    }
}

/// Hundredths of the plan's unit, rounded down, from positions in halves of it: all in whole numbers.
fn distance(focal: (i64, i64), at: (i64, i64)) -> u64 {
    let (dx, dy) = (focal.0.abs_diff(at.0), focal.1.abs_diff(at.1));
    (2500 * (dx * dx + dy * dy)).isqrt()
}
