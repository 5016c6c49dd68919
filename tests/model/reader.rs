//! A document read literally, from top to bottom: numbers, places, costs and terms as the page of the plan format
//! tells them.

use fairhold::domain::plan::{Area, Item, PlanDocument, Point, Seat};
use fairhold::domain::{OfferNo, UnitNo};

use crate::hall::{Deal, Hall, Kind, Terms, Unit};
use crate::seats::Chair;

impl Hall {
    /// What the document says, in the numbers of the hall before it.
    pub fn read(document: &PlanDocument, before: Option<&Hall>) -> Hall {
        let nothing = Hall::default();
        let before = before.unwrap_or(&nothing);
        let mut reader =
            Reader { document, units: Vec::new(), chairs: Vec::new(), parts: Vec::new(), rows: 0 };
        reader.seats();
        let places = reader.units.len();
        reader.others();
        let Reader { units: read, chairs, .. } = reader;
        let mut hall = Hall { chairs, ..Hall::default() };
        for category in &document.categories {
            hall.categories.push(category.id.clone());
            hall.prices.push(category.price);
        }
        for zone in &document.zones {
            hall.zones.push((zone.id.clone(), zone.floor.clone()));
        }
        // First all that there were, in their order; then what is new, in the order of the document.
        for old in &before.units {
            let again = read.iter().find(|unit| unit.id == old.id);
            hall.units.push(again.cloned().unwrap_or_else(|| gone(old)));
        }
        let is_new = |unit: &&Unit| before.units.iter().all(|old| old.id != unit.id);
        hall.units.extend(read.iter().filter(is_new).cloned());
        hall.seats = read[..places].iter().map(|seat| hall.unit(&seat.id).expect("just added")).collect();
        for offer in &document.offers {
            let unit = |id: &String| hall.unit(id).expect("a bill is of units");
            let mut bill: Vec<(UnitNo, u32)> =
                offer.units.iter().map(|(id, each)| (unit(id), *each)).collect();
            bill.sort_unstable();
            hall.deals.push(Deal { id: offer.id.clone(), price: offer.price, bill });
        }
        hall.number_offers(before);
        hall
    }

    fn number_offers(&mut self, before: &Hall) {
        self.offers.clone_from(&before.offers);
        let units = self.units.iter().map(|unit| &unit.id);
        for id in units.chain(self.deals.iter().map(|deal| &deal.id)) {
            if !self.offers.contains(id) {
                self.offers.push(id.clone());
            }
        }
        self.terms =
            (0..self.offers.len() as OfferNo).map(|offer| self.terms_of(self.offer_id(offer))).collect();
    }

    fn terms_of(&self, id: &str) -> Option<Terms> {
        if let Some(unit) = self.unit(id) {
            let of = &self.units[unit as usize];
            let bill = vec![(unit, if of.whole { of.stock } else { 1 })];
            let guests = of.guests.map(|least| (least, of.stock));
            return of.on_offer.then_some(Terms { price: of.price, bill, guests });
        }
        let deal = self.deals.iter().find(|deal| deal.id == id)?;
        Some(Terms { price: deal.price, bill: deal.bill.clone(), guests: None })
    }
}

/// It keeps its id, what it was, and what was printed.
fn gone(old: &Unit) -> Unit {
    Unit {
        stock: 0,
        category: None,
        on_offer: false,
        price: None,
        zone: None,
        section: None,
        accessible: false,
        companion: false,
        whole: false,
        guests: None,
        closed: true,
        ..old.clone()
    }
}

struct Reader<'a> {
    document: &'a PlanDocument,
    units: Vec<Unit>,
    chairs: Vec<Chair>,
    /// Zones and sections that have rows.
    parts: Vec<(usize, Option<String>)>,
    rows: u64,
}

impl Reader<'_> {
    fn seats(&mut self) {
        for (z, zone) in self.document.zones.iter().enumerate() {
            for row in &zone.rows {
                self.row(z, &row.section, &row.label, &row.seats);
            }
            for table in &zone.tables {
                self.row(z, &table.section, &table.label, &table.seats);
            }
        }
    }

    fn row(&mut self, zone: usize, section: &Option<String>, label: &str, seats: &[Seat]) {
        let part = (zone, section.clone());
        if !self.parts.contains(&part) {
            self.parts.push(part.clone());
        }
        let part = self.parts.iter().position(|known| *known == part).expect("just added");
        for (n, seat) in seats.iter().enumerate() {
            let before = self.chairs.last().map_or(0, |chair| chair.bench);
            let bench = if n == 0 || seat.gap_before { before + 1 } else { before };
            self.chairs.push(self.chair(bench, part, n, seats.len(), seat));
            let category = self.category(seat.category.as_ref());
            self.units.push(Unit {
                id: seat.id.clone(),
                kind: Kind::Seat,
                stock: 1,
                category,
                on_offer: category.is_some(),
                price: category.and_then(|category| self.document.categories[category].price),
                zone: Some(zone),
                section: section.clone(),
                accessible: seat.accessible,
                companion: seat.companion,
                whole: false,
                guests: None,
                ticket: self.ticket(Some(zone), section, label, or_id(&seat.label, &seat.id)),
                closed: false,
            });
        }
        self.rows += 1;
    }

    /// All in hundredths of the plan's unit, from positions in halves of it, so in whole numbers.
    fn chair(&self, bench: usize, part: usize, n: usize, count: usize, seat: &Seat) -> Chair {
        let halves = |at: f64| (at * 2.0) as i64;
        let at = seat.x.zip(seat.y).map(|(x, y)| (halves(x), halves(y)));
        let focal = self.document.focal_point.map(|Point { x, y }| (halves(x), halves(y)));
        let from_middle = 50 * (2 * n as i64 - count as i64 + 1);
        let cost = match (focal, at) {
            (Some(focal), Some(at)) => distance(focal, at),
            _ => 1000 * self.rows + from_middle.unsigned_abs(),
        };
        let by_order = (from_middle, 1000 * self.rows as i64);
        Chair { bench, part, cost, at: at.map_or(by_order, |at| (50 * at.0, 50 * at.1)) }
    }

    /// Areas, then items.
    fn others(&mut self) {
        for (z, zone) in self.document.zones.iter().enumerate() {
            for area in &zone.areas {
                let Area { id, label, section, capacity, whole, min_guests, .. } = area;
                let category = self.category(area.category.as_ref());
                self.units.push(Unit {
                    id: id.clone(),
                    kind: Kind::Area,
                    stock: *capacity,
                    category,
                    on_offer: category.is_some(),
                    price: category.and_then(|category| self.document.categories[category].price),
                    zone: Some(z),
                    section: section.clone(),
                    accessible: false,
                    companion: false,
                    whole: *whole,
                    guests: min_guests.filter(|_| category.is_some()),
                    ticket: self.ticket(Some(z), section, "", or_id(label, id)),
                    closed: false,
                });
            }
        }
        for Item { id, label, capacity, sellable, price, .. } in &self.document.items {
            self.units.push(Unit {
                id: id.clone(),
                kind: Kind::Item,
                stock: *capacity,
                category: None,
                on_offer: *sellable,
                price: *price,
                zone: None,
                section: None,
                accessible: false,
                companion: false,
                whole: false,
                guests: None,
                ticket: self.ticket(None, &None, "", or_id(label, id)),
                closed: false,
            });
        }
    }

    fn category(&self, id: Option<&String>) -> Option<usize> {
        let categories = &self.document.categories;
        id.map(|id| categories.iter().position(|category| category.id == *id).expect("a category"))
    }

    fn ticket(&self, zone: Option<usize>, section: &Option<String>, row: &str, own: &str) -> [String; 4] {
        let zone = zone.map(|zone| &self.document.zones[zone]);
        let name = zone.map_or(String::new(), |zone| zone.name.clone());
        let sections = zone.map_or(&[][..], |zone| &zone.sections);
        let section = sections.iter().find(|known| Some(&known.id) == section.as_ref());
        let section = section.map_or(String::new(), |section| section.name.clone());
        [name, section, row.to_owned(), own.to_owned()]
    }
}

fn or_id<'a>(label: &'a str, id: &'a str) -> &'a str {
    if label.is_empty() { id } else { label }
}

/// Rounded down.
fn distance(focal: (i64, i64), at: (i64, i64)) -> u64 {
    let (dx, dy) = (focal.0.abs_diff(at.0), focal.1.abs_diff(at.1));
    (2500 * (dx * dx + dy * dy)).isqrt()
}
