//! Random halls, twice: as the document that the server compiles, and as plain lists that the model reads.
//! The lists are made beside the document, not from the compiled plan, so numbering, benches and costs are
//! checked as well.

use fairhold::domain::plan::{Area, Category, Item, NamedOffer, PlanDocument, Point, Row, Seat, Table, Zone};
use fairhold::domain::{OfferNo, UnitNo};

use crate::rng::Rng;

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
    /// An area that one party takes for itself.
    pub whole: bool,
    /// The fewest guests of such a party, if each of them pays.
    pub guests: Option<u32>,
    /// Seats with the same bench are neighbours when their numbers follow each other.
    pub bench: usize,
    /// How far from the best place, in hundredths.
    pub cost: u64,
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
    pub deals: Vec<Deal>,
    pub categories: Vec<String>,
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
        right == left + 1 && self.units[left as usize].bench == self.units[right as usize].bench
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
        Self { rng, document, hall: Hall::default(), focal, placed, rows: 0, benches: 0 }
    }

    /// The last category has no seat and no area.
    fn categories(&mut self) {
        for id in ["gold", "silver", "floor", "none"] {
            let price = self.rng.percent(80).then(|| self.rng.below(200_000) as i64);
            self.hall.categories.push(id.to_owned());
            let name = id.to_uppercase();
            self.document.categories.push(Category { id: id.to_owned(), name, price, ..Category::default() });
        }
    }

    fn zones(&mut self) {
        let zones = if self.rng.percent(8) { 0 } else { self.rng.range(1..=2) };
        for z in 0..zones {
            let id = format!("z{z}");
            let rows = self.rng.range(1..=4 - zones);
            let rows = (0..rows).map(|_| self.row()).collect();
            let tables = if self.rng.percent(40) { vec![self.table()] } else { Vec::new() };
            self.document.zones.push(Zone { id, rows, tables, ..Zone::default() });
        }
        if zones == 0 {
            self.document.zones.push(Zone { id: "standing".to_owned(), ..Zone::default() });
        }
    }

    fn row(&mut self) -> Row {
        let long = self.rng.below(80) == 0;
        let count = if long { self.rng.range(65..=140) } else { self.rng.range(1..=8) };
        Row { id: format!("r{}", self.rows), seats: self.seats(count), ..Row::default() }
    }

    fn table(&mut self) -> Table {
        let count = self.rng.range(2..=4);
        Table { id: format!("t{}", self.rows), seats: self.seats(count), ..Table::default() }
    }

    fn seats(&mut self, count: u32) -> Vec<Seat> {
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
            self.seat(format!("{row}-{n}"), category, gap_before, at, cost)
        });
        seats.collect()
    }

    fn seat(
        &mut self,
        id: String,
        category: Option<usize>,
        gap_before: bool,
        at: Option<(i64, i64)>,
        cost: u64,
    ) -> Seat {
        self.hall.units.push(Unit {
            id: id.clone(),
            kind: Kind::Seat,
            stock: 1,
            category,
            on_offer: category.is_some(),
            price: category.and_then(|category| self.document.categories[category].price),
            whole: false,
            guests: None,
            bench: self.benches,
            cost,
        });
        Seat {
            id,
            category: category.map(|category| self.hall.categories[category].clone()),
            x: at.map(|at| at.0 as f64 / 2.0),
            y: at.map(|at| at.1 as f64 / 2.0),
            gap_before,
            ..Seat::default()
        }
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
        let (whole, guests) = (false, None);
        let unit = Unit { id, kind, stock, category, on_offer, price, whole, guests, bench: 0, cost: 0 };
        self.hall.units.push(unit);
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
