//! A plan of our own as a seating plan of pretix.
//!
//! Seats keep ids, positions, rows and categories. What pretix has no field for is left out, and counted:
//! nothing is lost without a word.

mod drawings;
mod labels;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::super::export::{Exported, LeftOut};
use super::super::pattern::escaped;
use crate::domain::plan::{Category, PlanDocument, Point, Seat, Size, Zone};
use drawings::Drawing;
use labels::Numbering;

/// Apart from each other, for seats that have no position of their own.
const STEP: f64 = 20.0;

/// Writes the plan.
pub(in crate::plans) fn to_pretix(document: &PlanDocument) -> serde_json::Result<Exported> {
    let mut writer = Writer { names: category_names(&document.categories), left_out: LeftOut::default() };
    writer.what_has_no_field(document);
    let mut zones = Vec::with_capacity(document.zones.len());
    for zone in &document.zones {
        zones.push(writer.zone(zone));
    }
    let size = writer.size(document, &zones);
    let categories = document.categories.iter().map(|category| PretixCategory {
        name: writer.names[category.id.as_str()],
        color: category.color.as_deref(),
    });
    let plan = PretixPlan { name: &document.name, categories: categories.collect(), zones, size };
    Ok(Exported { text: serde_json::to_string_pretty(&plan)?, left_out: writer.left_out })
}

struct Writer<'a> {
    /// By id: the name that stands for a category.
    names: BTreeMap<&'a str, &'a str>,
    left_out: LeftOut,
}

#[derive(Serialize)]
struct PretixPlan<'a> {
    name: &'a str,
    categories: Vec<PretixCategory<'a>>,
    zones: Vec<PretixZone<'a>>,
    size: PretixSize,
}

#[derive(Serialize)]
struct PretixCategory<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<&'a str>,
}

#[derive(Serialize)]
struct PretixSize {
    width: i64,
    height: i64,
}

#[derive(Serialize)]
struct PretixZone<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    zone_id: &'a str,
    position: Point,
    rows: Vec<PretixRow<'a>>,
    areas: Vec<Drawing<'a>>,
}

#[derive(Serialize)]
struct PretixRow<'a> {
    row_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    row_label: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_label: Option<&'static str>,
    position: Point,
    seats: Vec<PretixSeat<'a>>,
}

#[derive(Serialize)]
struct PretixSeat<'a> {
    seat_guid: &'a str,
    seat_number: &'a str,
    position: Point,
    category: &'a str,
}

/// Their names, by which pretix knows them; the id of one whose name is another's, too.
fn category_names(categories: &[Category]) -> BTreeMap<&str, &str> {
    let mut uses: BTreeMap<&str, u32> = BTreeMap::new();
    for category in categories {
        *uses.entry(&category.name).or_default() += 1;
        if category.id != category.name {
            *uses.entry(&category.id).or_default() += 1;
        }
    }
    let name = |category: &'_ Category| uses[category.name.as_str()] == 1;
    let named = categories.iter().map(|category| {
        let name = if name(category) { &category.name } else { &category.id };
        (category.id.as_str(), name.as_str())
    });
    named.collect()
}

impl<'a> Writer<'a> {
    fn what_has_no_field(&mut self, document: &'a PlanDocument) {
        let PlanDocument { categories, zones, .. } = document;
        let left = &mut self.left_out;
        left.count("currency", usize::from(document.currency.is_some()));
        left.count("prices of categories", count(categories, |category| category.price.is_some()));
        left.count("ids of categories, which are known by their names", {
            count(categories, |category| self.names[category.id.as_str()] != category.id)
        });
        left.count("names of categories, since others have them", {
            count(categories, |category| self.names[category.id.as_str()] != category.name)
        });
        left.count("floors", document.floors.len());
        left.count("focal points", usize::from(document.focal_point.is_some()));
        left.count("focal points", count(zones, |zone| zone.focal_point.is_some()));
        left.count("items", document.items.len());
        left.count("offers", document.offers.len());
    }

    fn zone(&mut self, zone: &'a Zone) -> PretixZone<'a> {
        self.left_out.count("sections", zone.sections.len());
        self.left_out.count("areas as something to sell", zone.areas.len());
        self.left_out.count("tables as tables: they are rows there", zone.tables.len());
        self.left_out.count("tables sold as a whole", count(&zone.tables, |table| table.whole));
        let rows = zone.rows.iter().map(|row| (&row.id, &row.label, &row.seats, None));
        let tables = zone.tables.iter().map(|table| {
            let category = table.category.as_deref().filter(|_| table.whole);
            (&table.id, &table.label, &table.seats, category)
        });
        let mut written = Vec::with_capacity(zone.rows.len() + zone.tables.len());
        for (r, (id, label, seats, category)) in rows.chain(tables).enumerate() {
            written.push(self.row(r, id, label, seats, category));
        }
        let areas = self.drawings(zone);
        let name = Some(zone.name.as_str()).filter(|name| !name.is_empty()).map(escaped);
        PretixZone { name, zone_id: &zone.id, position: ORIGIN, rows: written, areas }
    }

    fn row(
        &mut self,
        r: usize,
        id: &'a str,
        label: &'a str,
        seats: &'a [Seat],
        of_all: Option<&'a str>,
    ) -> PretixRow<'a> {
        let numbering = Numbering::of(id, label, seats);
        self.left_out.count("labels of rows", usize::from(numbering.loses_row));
        let mut written = Vec::with_capacity(seats.len());
        for (s, seat) in seats.iter().enumerate() {
            let (seat_number, is_exact) = numbering.number(seat);
            self.left_out.count("labels of seats that are not row and number", usize::from(!is_exact));
            self.marks(seat);
            let category = of_all.or(seat.category.as_deref()).map_or("", |id| self.names[id]);
            let made_up = Point { x: STEP * s as f64, y: STEP * r as f64 };
            let position = match (seat.x, seat.y) {
                (Some(x), Some(y)) => Point { x, y },
                _ => made_up,
            };
            written.push(PretixSeat { seat_guid: &seat.id, seat_number, position, category });
        }
        let Numbering { row_label, seat_label, .. } = numbering;
        let row_label = row_label.map(escaped);
        PretixRow { row_number: id, row_label, seat_label, position: ORIGIN, seats: written }
    }

    /// What a seat says of itself beyond where it is.
    fn marks(&mut self, seat: &Seat) {
        for (what, is_so) in [
            ("gaps between seats", seat.gap_before),
            ("marks of accessible seats", seat.accessible),
            ("marks of companion seats", seat.companion),
            ("marks of a restricted view", seat.restricted_view),
            ("seats without a position: they have one made up", seat.x.is_none()),
        ] {
            self.left_out.count(what, usize::from(is_so));
        }
    }

    /// In whole pixels; without one, so that all seats are inside.
    fn size(&mut self, document: &PlanDocument, zones: &[PretixZone<'_>]) -> PretixSize {
        let whole = |length: f64| (length.ceil() as i64).max(1);
        if let Some(Size { width, height }) = document.size {
            let is_whole = width.fract() == 0.0 && height.fract() == 0.0;
            self.left_out.count("fractions of the plan's size", usize::from(!is_whole));
            return PretixSize { width: whole(width), height: whole(height) };
        }
        let rows = zones.iter().flat_map(|zone| &zone.rows);
        let places = rows.flat_map(|row| &row.seats).map(|seat| seat.position);
        let (width, height) = places.fold((0.0, 0.0), |(width, height): (f64, f64), place| {
            (width.max(place.x + STEP), height.max(place.y + STEP))
        });
        PretixSize { width: whole(width), height: whole(height) }
    }
}

const ORIGIN: Point = Point { x: 0.0, y: 0.0 };

fn count<T>(list: &[T], is_so: impl Fn(&T) -> bool) -> usize {
    list.iter().filter(|one| is_so(one)).count()
}
