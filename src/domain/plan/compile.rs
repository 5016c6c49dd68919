//! From a document to a plan, or to the list of all that is wrong with it.

mod fields;
mod number;
mod offers;
mod sections;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    Area, Deal, Defect, Numbering, Plan, PlanDocument, PlanSection, Row, Seat, SeatRow, Table, Terms, Unit,
    UnitKind, alike, check,
};
use crate::domain::PlaceNo;
use crate::domain::text;
use fields::finite;
use number::Known;

/// A new plan, behind `previous` if there is one. What that has had already, the new one may keep.
pub(super) fn compile(document: PlanDocument, previous: Option<&Plan>) -> Result<Plan, Vec<Defect>> {
    let numbering = previous.map(Plan::numbering);
    let alike = alike::defects(&document, previous.map(Plan::document));
    let plan = read(document, numbering.as_ref(), previous);
    let known = previous.map(|plan| plan.oddities.as_slice()).unwrap_or_default();
    let is_new =
        |odd: &&Defect| known.iter().all(|known| (&known.code, &known.detail) != (&odd.code, &odd.detail));
    match plan {
        Ok(plan) => {
            let odd: Vec<Defect> =
                alike.into_iter().chain(plan.oddities.iter().filter(is_new).cloned()).collect();
            if odd.is_empty() { Ok(plan) } else { Err(odd) }
        }
        Err((mut defects, odd)) => {
            defects.extend(alike.into_iter().chain(odd.iter().filter(is_new).cloned()));
            Err(defects)
        }
    }
}

/// A plan as it is stored.
pub(super) fn compile_stored(
    document: PlanDocument,
    numbering: Option<&Numbering>,
) -> Result<Plan, Vec<Defect>> {
    read(document, numbering, None).map_err(|(defects, _)| defects)
}

/// `numbering` is what numbers stand for already, `previous` the plan that it is of, as far as that is at hand. Fails
/// with the defects, and with what is wrong only in a new plan.
fn read(
    document: PlanDocument,
    numbering: Option<&Numbering>,
    previous: Option<&Plan>,
) -> Result<Plan, (Vec<Defect>, Vec<Defect>)> {
    let known = Known::new(numbering, previous);
    let mut compiler = Compiler { known, ..Compiler::default() };
    compiler.names(&document);
    compiler.sections(&document);
    check::check(&document, &mut compiler.defects, &mut compiler.oddities);
    compiler.seats(&document);
    let places = compiler.units.len();
    compiler.areas(&document);
    compiler.items(&document);
    compiler.offers(&document);
    compiler.whole_tables(&document);
    if compiler.units.is_empty() {
        compiler.defect("plan_empty", "", "the plan has nothing to sell: no seat, area or item");
    }
    compiler.something_for_sale();
    compiler.not_too_many();
    compiler.same_currency(&document);
    compiler.known_currency(&document);
    compiler.look_alikes();
    let oddities = std::mem::take(&mut compiler.oddities);
    match compiler.finish(document, places) {
        Ok(plan) => Ok(Plan { oddities, ..plan }),
        Err(defects) => Err((defects, oddities)),
    }
}

/// What is read of a document, in its order: numbers come last.
#[derive(Default)]
struct Compiler<'k> {
    known: Known<'k>,
    defects: Vec<Defect>,
    /// What no new plan may have.
    oddities: Vec<Defect>,
    categories: FxHashMap<String, u32>,
    prices: Vec<Option<i64>>,
    /// Seats by place, then the others.
    units: Vec<Unit>,
    /// Of each of them.
    terms: Vec<Option<Terms>>,
    rows: Vec<SeatRow>,
    sections: Vec<PlanSection>,
    /// By zone and id.
    section_by_id: FxHashMap<(usize, String), u32>,
    /// Their bills name units by their index here.
    deals: Vec<Deal>,
    index_by_id: FxHashMap<Arc<str>, u32>,
    deal_by_id: FxHashMap<Arc<str>, usize>,
    priced: bool,
}

impl Compiler<'_> {
    fn defect(&mut self, code: &str, pointer: impl Into<String>, detail: impl Into<String>) {
        self.defects.push(Defect::new(code, pointer, detail));
    }

    fn odd(&mut self, code: &str, pointer: impl Into<String>, detail: impl Into<String>) {
        self.oddities.push(Defect::new(code, pointer, detail));
    }

    fn something_for_sale(&mut self) {
        let is_for_sale = !self.deals.is_empty() || self.terms.iter().any(Option::is_some);
        // Where categories are not known, that is why.
        let follows = self.defects.iter().any(|defect| defect.code == "category_unknown");
        if !is_for_sale && !follows && !self.units.is_empty() {
            let detail = "nothing can be bought: no seat or area has a category, no item is sellable, and there is no offer";
            self.odd("nothing_for_sale", "", detail);
        }
    }

    fn known_currency(&mut self, document: &PlanDocument) {
        if let Some(currency) = document.currency.filter(|currency| currency.decimals().is_none()) {
            let detail = format!("{currency} is no currency of ISO 4217");
            self.odd("currency_unknown", "/currency", detail);
        }
    }

    /// Ids that differ only in letters of other scripts that look the same.
    fn look_alikes(&mut self) {
        let ids = self.units.iter().map(|unit| &unit.id).chain(self.deals.iter().map(|deal| &deal.id));
        let mut looks: FxHashMap<String, Arc<str>> = FxHashMap::default();
        let mut found = Vec::new();
        for id in ids {
            let Some(look) = text::latin_look(id) else { continue };
            let is_id =
                self.index_by_id.contains_key(look.as_str()) || self.deal_by_id.contains_key(look.as_str());
            let other = if is_id { Some(look.as_str().into()) } else { looks.insert(look, id.clone()) };
            found.extend(
                other.filter(|other| other != id).map(|other| format!("{id:?} looks like {other:?}")),
            );
        }
        found.into_iter().for_each(|detail| self.odd("id_looks_alike", "", detail));
    }

    fn names(&mut self, document: &PlanDocument) {
        self.text("name", &document.name, "");
        for (n, category) in document.categories.iter().enumerate() {
            let at = format!("/categories/{n}");
            self.id(&category.id, &at);
            self.text("name", &category.name, &at);
            self.price(category.price, &at);
            if self.categories.insert(category.id.clone(), n as u32).is_some() {
                self.defect(
                    "duplicate_id",
                    format!("{at}/id"),
                    format!("category {:?} exists already", category.id),
                );
            }
            self.prices.push(category.price);
        }
        let mut floors = FxHashMap::default();
        for (n, floor) in document.floors.iter().enumerate() {
            self.id(&floor.id, &format!("/floors/{n}"));
            if floors.insert(floor.id.as_str(), ()).is_some() {
                self.defect(
                    "duplicate_id",
                    format!("/floors/{n}/id"),
                    format!("floor {:?} exists already", floor.id),
                );
            }
        }
        let mut zones = FxHashMap::default();
        for (n, zone) in document.zones.iter().enumerate() {
            self.id(&zone.id, &format!("/zones/{n}"));
            if zones.insert(zone.id.as_str(), ()).is_some() {
                self.defect(
                    "duplicate_id",
                    format!("/zones/{n}/id"),
                    format!("zone {:?} exists already", zone.id),
                );
            }
            if zone.floor.as_deref().is_some_and(|floor| !floors.contains_key(floor)) {
                self.defect("floor_unknown", format!("/zones/{n}/floor"), "no floor has this id");
            }
        }
    }

    fn seats(&mut self, document: &PlanDocument) {
        for (z, zone) in document.zones.iter().enumerate() {
            for (r, row) in zone.rows.iter().enumerate() {
                self.row(z, &Bench::of_row(row), &format!("/zones/{z}/rows/{r}"));
            }
            for (t, table) in zone.tables.iter().enumerate() {
                self.row(z, &Bench::of_table(table), &format!("/zones/{z}/tables/{t}"));
            }
        }
    }

    fn row(&mut self, zone: usize, bench: &Bench<'_>, at: &str) {
        let Bench { id, label, seats, is_table, whole, .. } = *bench;
        if seats.is_empty() {
            self.defect("row_empty", format!("{at}/seats"), "has no seats");
        }
        let section = self.section(zone, bench.section, at);
        let of_all = self.category(bench.category, at);
        if bench.category.is_some() && !whole {
            self.defect("whole_missing", format!("{at}/category"), "only a whole table has a category");
        }
        let first = self.units.len() as PlaceNo;
        let row = self.rows.len() as u32;
        for (s, seat) in seats.iter().enumerate() {
            let at = format!("{at}/seats/{s}");
            let category = self.category(seat.category.as_deref(), &at);
            let point = self.point(seat.x, seat.y, &at);
            self.unit(
                Unit {
                    id: seat.id.as_str().into(),
                    label: or_id(&seat.label, &seat.id),
                    kind: UnitKind::Seat,
                    capacity: 1,
                    category: if whole { of_all } else { category },
                    zone: Some(zone as u32),
                    section,
                    row: Some(row),
                    at: point,
                    gap_before: seat.gap_before && s > 0,
                    accessible: seat.accessible,
                    companion: seat.companion,
                    restricted_view: seat.restricted_view,
                    whole,
                    shared: false,
                    closed: None,
                },
                category.filter(|_| !whole).map(|category| self.terms(category, 1, None)),
                &at,
            );
        }
        let seats = first..self.units.len() as PlaceNo;
        let (id, label, zone) = (id.into(), label.into(), zone as u32);
        self.rows.push(SeatRow { id, label, zone, section, is_table, whole, seats });
    }

    fn terms(&self, category: u32, takes: u32, min_guests: Option<u32>) -> Terms {
        Terms { price: self.prices[category as usize], takes, min_guests }
    }

    fn areas(&mut self, document: &PlanDocument) {
        for (z, zone) in document.zones.iter().enumerate() {
            for (a, area) in zone.areas.iter().enumerate() {
                self.area(z, area, &format!("/zones/{z}/areas/{a}"));
            }
        }
    }

    fn area(&mut self, zone: usize, area: &Area, at: &str) {
        let &Area { capacity, whole, min_guests, .. } = area;
        let section = self.section(zone, area.section.as_deref(), at);
        let category = self.category(area.category.as_deref(), at);
        let point = self.point(area.x, area.y, at);
        self.capacity(capacity, 1, at);
        if min_guests.is_some() && !whole {
            self.defect("whole_missing", format!("{at}/min_guests"), "only a whole area counts guests");
        }
        if min_guests.is_some_and(|guests| !(1..=capacity).contains(&guests)) {
            let detail = "must be between 1 and the capacity";
            self.defect("quantity_range", format!("{at}/min_guests"), detail);
        }
        let takes = if whole { capacity } else { 1 };
        self.unit(
            Unit {
                id: area.id.as_str().into(),
                label: or_id(&area.label, &area.id),
                kind: UnitKind::Area,
                capacity,
                category,
                zone: Some(zone as u32),
                section,
                row: None,
                at: point,
                gap_before: false,
                accessible: false,
                companion: false,
                restricted_view: false,
                whole,
                shared: min_guests.is_some(),
                closed: None,
            },
            category.map(|category| self.terms(category, takes, min_guests)),
            at,
        );
    }

    fn items(&mut self, document: &PlanDocument) {
        for (n, item) in document.items.iter().enumerate() {
            let at = format!("/items/{n}");
            self.price(item.price, &at);
            self.capacity(item.capacity, 0, &at);
            if item.price.is_some() && !item.sellable {
                self.defect(
                    "price_unused",
                    format!("{at}/price"),
                    "the item has a price but is not sellable",
                );
            }
            let own = item.sellable.then_some(Terms { price: item.price, takes: 1, min_guests: None });
            self.unit(
                Unit {
                    id: item.id.as_str().into(),
                    label: or_id(&item.label, &item.id),
                    kind: UnitKind::Item,
                    capacity: item.capacity,
                    category: None,
                    zone: None,
                    section: None,
                    row: None,
                    at: None,
                    gap_before: false,
                    accessible: false,
                    companion: false,
                    restricted_view: false,
                    whole: false,
                    shared: false,
                    closed: None,
                },
                own,
                &at,
            );
        }
    }

    fn unit(&mut self, unit: Unit, terms: Option<Terms>, at: &str) {
        self.id(&unit.id, at);
        self.same_kind(&unit, at);
        let index = self.units.len() as u32;
        if self.index_by_id.contains_key(&unit.id) {
            self.defect("duplicate_id", format!("{at}/id"), format!("unit {:?} exists already", unit.id));
        } else {
            self.index_by_id.insert(unit.id.clone(), index);
        }
        self.units.push(unit);
        self.terms.push(terms);
    }

    fn finish(mut self, document: PlanDocument, places: usize) -> Result<Plan, Vec<Defect>> {
        if self.priced && document.currency.is_none() {
            self.defect("currency_missing", "/currency", "there are prices, so a currency is needed");
        }
        let of_zones = document.zones.iter().enumerate();
        let of_zones = of_zones.map(|(z, zone)| (format!("/zones/{z}/focal_point"), zone.focal_point));
        for (at, point) in of_zones.chain([("/focal_point".to_owned(), document.focal_point)]) {
            if point.is_some_and(|point| !finite(point)) {
                self.defect("position_not_finite", at, "is not a finite number");
            }
        }
        if !self.defects.is_empty() {
            return Err(self.defects);
        }
        self.number(document, places)
    }
}

/// A row or a table.
struct Bench<'a> {
    id: &'a str,
    label: &'a str,
    section: Option<&'a str>,
    seats: &'a [Seat],
    is_table: bool,
    whole: bool,
    /// Of all its seats.
    category: Option<&'a str>,
}

impl<'a> Bench<'a> {
    fn of_row(Row { id, label, section, seats }: &'a Row) -> Self {
        let section = section.as_deref();
        Self { id, label, section, seats, is_table: false, whole: false, category: None }
    }

    fn of_table(Table { id, label, section, seats, whole, category, shape: _ }: &'a Table) -> Self {
        let (section, category) = (section.as_deref(), category.as_deref());
        Self { id, label, section, seats, is_table: true, whole: *whole, category }
    }
}

/// What people read: the label, or without one the id.
fn or_id(label: &str, id: &str) -> Arc<str> {
    if label.is_empty() { id.into() } else { label.into() }
}
