//! The seating plans of pretix (its `seating-plan.schema.json`, all versions so far).
//!
//! Seats keep their `seat_guid` as id and get absolute positions (zone + row + seat). Areas are drawings
//! there, so they are here. Categories are known by their names; pretix has no prices. Fields that the
//! schema requires but that nothing depends on may be missing; what would change which seats there are, what
//! they are called or where they stand is a defect, with a pointer into the file.

mod areas;
mod fields;
mod marks;
mod seats;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;

use serde_json::Value;

use super::alike::Places;
use super::findings::{Findings, mended, quote};
use super::look::{Look, Top};
use super::pattern::filled;
use super::pointer::At;
use super::unique::Ids;
use super::{Draft, Format, Progress, Reader, Report, census, json, without_mark};
use marks::Marks;
pub(super) use write::to_pretix;

use crate::domain::plan::{Area, Category, PlanDocument, Point, QUANTITY_MAX, Row, Size, Zone};

const ORIGIN: Point = Point { x: 0.0, y: 0.0 };

/// Reads seating plans of pretix.
pub(super) struct Pretix;

impl Reader for Pretix {
    fn format(&self) -> Format {
        Format::Pretix
    }

    fn fits(&self, look: &Look<'_>) -> bool {
        look.top.as_ref().is_some_and(Top::has_guids)
    }

    fn read(&self, file: &[u8], progress: Progress<'_>) -> Result<Draft, Box<Report>> {
        progress(0.3);
        let bytes = without_mark(file);
        let root = json::object(bytes)?;
        progress(0.5);
        let draft = convert(&root, progress);
        Ok(Draft { left_out: census::left_out(bytes, &fields::PLAN), ..draft })
    }
}

/// Reads a plan. `progress` hears the share that is done, from a half to all.
fn convert(root: &Value, progress: &mut dyn FnMut(f64)) -> Draft {
    let mut reader = PlanReader { ids: Ids::of(guids(root)), ..PlanReader::default() };
    let name = reader.findings.text(root, &At::Root, "name").unwrap_or_default();
    reader.categories(root);
    let size = reader.plan_size(root);
    let zones = reader.zones(root, progress);
    let PlanReader { findings, categories, places, .. } = reader;
    let document = PlanDocument { name, size, categories, zones, ..PlanDocument::default() };
    Draft { document, findings, places, ..Draft::default() }
}

#[derive(Default)]
struct PlanReader {
    findings: Findings,
    categories: Vec<Category>,
    /// By name: whether the file lists it.
    category_names: BTreeMap<String, bool>,
    /// By name: what its name and its fields say of its seats.
    category_marks: BTreeMap<String, Marks>,
    ids: Ids,
    places: Places,
}

/// What a seat is told about its row.
struct RowOf<'a> {
    zone_id: &'a str,
    number: &'a str,
    /// What people read: `row_label`, else the number.
    label: &'a str,
    /// How people read its seats; `%s` is the seat's number.
    seat_label: Option<&'a str>,
    /// The how-many-eth row of this number it is in its zone.
    occurrence: u32,
    /// Where its seats are counted from.
    origin: Point,
    /// What it and its zone say of all its seats.
    marks: Marks,
    /// The numbers of seats that an aisle parts from the seat before, and of those for wheelchairs.
    breaks: Vec<String>,
    wheelchairs: Vec<String>,
}

impl PlanReader {
    fn categories(&mut self, root: &Value) {
        let list = At::Root.key("categories");
        for (n, value) in self.findings.list(root, &At::Root, "categories").iter().enumerate() {
            let at = list.index(n);
            if !self.findings.object(value, &at) {
                continue;
            }
            let name_at = at.key("name");
            let Some(name) = self.findings.text(value, &at, "name") else {
                self.findings.cured("id_missing", name_at, "a category needs a name", "was dropped");
                continue;
            };
            let color = self.findings.color(value, &at, "color");
            self.category_marks
                .entry(name.clone())
                .or_insert_with(|| Marks::of(value).and(Marks::in_words(&name)));
            if self.category_names.insert(name.clone(), true).is_none() {
                self.categories.push(Category { id: name.clone(), name, color, price: None });
            } else {
                let wrong = format!("category {} exists already", quote(&name));
                self.findings.cured("duplicate_id", name_at, wrong, "was dropped, the first one stays");
            }
        }
    }

    fn plan_size(&mut self, root: &Value) -> Option<Size> {
        let size = root.get("size").filter(|size| !size.is_null())?;
        let at = At::Root.key("size");
        let without = "the plan is without a size";
        let width = self.findings.size(size, &at, "width", without);
        let height = self.findings.size(size, &at, "height", without);
        Some(Size { width: width?, height: height? })
    }

    fn zones(&mut self, root: &Value, progress: &mut dyn FnMut(f64)) -> Vec<Zone> {
        let zones = self.findings.list(root, &At::Root, "zones");
        let mut ids = Ids::of(zones.iter().filter_map(|zone| good_text(zone, "zone_id")));
        let list = At::Root.key("zones");
        let mut read = Vec::with_capacity(zones.len());
        for (z, value) in zones.iter().enumerate() {
            if self.findings.object(value, &list.index(z)) {
                read.push(self.zone(value, &list.index(z), z, &mut ids));
            }
            progress(0.5 + 0.5 * (z + 1) as f64 / zones.len() as f64);
        }
        read
    }

    fn zone(&mut self, value: &Value, at: &At<'_>, z: usize, ids: &mut Ids) -> Zone {
        let name = self.findings.text(value, at, "name").unwrap_or_default();
        let id = self.zone_id(value, at, &name, z, ids);
        let name = filled(&name, &id);
        let has_position = value.get("position").is_some_and(|position| !position.is_null());
        if !has_position {
            let wrong = "a zone needs a position";
            self.findings.cured("position_missing", at.key("position"), wrong, "is now 0, 0");
        }
        let origin = self.findings.point(value, at, "position").unwrap_or(ORIGIN);
        let marks = Marks::of(value).and(Marks::in_words(&name));
        let rows = self.rows(value, at, (&id, origin), marks);
        let mut shapes = Vec::new();
        let mut areas = Vec::new();
        let list = at.key("areas");
        for (n, area) in self.findings.list(value, at, "areas").iter().enumerate() {
            let before = shapes.len();
            areas::draw(&mut self.findings, area, &list.index(n), origin, &mut shapes);
            if let Some(standing) = self.standing(area, &list.index(n), (&id, &name)) {
                let shape = (shapes.len() > before).then(|| shapes.remove(before));
                areas.push(Area { shape, ..standing });
            }
        }
        areas.extend(self.standing(value, at, (&id, &name)));
        Zone { id, name, rows, areas, shapes, ..Zone::default() }
    }

    /// Places without numbers: pretix knows none, but files have zones and drawings with room for so many people.
    fn standing(&mut self, value: &Value, at: &At<'_>, (zone_id, zone_name): (&str, &str)) -> Option<Area> {
        let (field, capacity) = fields::capacity(value)?;
        let Some(capacity) = capacity else {
            let wrong = format!("must be a whole number between 1 and {QUANTITY_MAX}");
            self.findings.cured("capacity_range", at.key(field), wrong, "nobody can stand there");
            return None;
        };
        let text = |key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let in_drawing = value.get("text").and_then(|text| text.get("text")).and_then(Value::as_str);
        let label = text("name").or(text("label")).or(in_drawing).filter(|label| !label.is_empty());
        let label = filled(label.unwrap_or(zone_name), zone_id);
        let label = self.findings.sound(label, at);
        let own = text("id").or(text("area_id")).or(text("uuid")).map(str::to_owned);
        let own = own
            .unwrap_or_else(|| format!("{zone_id}-{}", if label.is_empty() { "standing" } else { &label }));
        let wanted = self.findings.sound(own, at);
        let id = if self.ids.claim_fresh(&wanted) { wanted } else { self.ids.another(&wanted, 0) };
        self.places.insert(id.clone(), at.to_string().into());
        let category = self.category(value, at);
        Some(Area { id, label, capacity, category, ..Area::default() })
    }

    /// Its `zone_id`; older files have none, there it is the name.
    fn zone_id(&mut self, value: &Value, at: &At<'_>, name: &str, z: usize, ids: &mut Ids) -> String {
        let Some(id) = self.findings.text(value, at, "zone_id") else {
            let id = if name.is_empty() { format!("zone-{}", z + 1) } else { name.to_owned() };
            return if ids.claim_fresh(&id) { id } else { ids.another(&id, 0) };
        };
        if ids.claim(&id) {
            return id;
        }
        let fresh = ids.another(&id, 0);
        let wrong = format!("zone {} exists already", quote(&id));
        let done = format!("{} is now {}", quote(&id), quote(&fresh));
        self.findings.cured("duplicate_id", at.key("zone_id"), wrong, done);
        fresh
    }

    fn rows(
        &mut self,
        zone: &Value,
        at: &At<'_>,
        (zone_id, origin): (&str, Point),
        of_zone: Marks,
    ) -> Vec<Row> {
        let values = self.findings.list(zone, at, "rows");
        let mut ids = Ids::of(values.iter().filter_map(|row| good_text(row, "row_number")));
        let mut occurrences: BTreeMap<String, u32> = BTreeMap::new();
        let list = at.key("rows");
        let mut rows = Vec::with_capacity(values.len());
        for (r, value) in values.iter().enumerate() {
            let at = list.index(r);
            if !self.findings.object(value, &at) {
                continue;
            }
            let number = self.findings.text(value, &at, "row_number").unwrap_or_default();
            let label = self.findings.text(value, &at, "row_label");
            let label = label.map_or_else(|| number.clone(), |pattern| filled(&pattern, &number));
            let label = self.findings.sound(label, &at.key("row_label"));
            let seat_label = self.findings.text(value, &at, "seat_label");
            let occurrence = occurrences.entry(number.clone()).or_insert(0);
            *occurrence += 1;
            let row = RowOf {
                zone_id,
                number: &number,
                label: &label,
                seat_label: seat_label.as_deref(),
                occurrence: *occurrence,
                origin: sum(origin, self.findings.point(value, &at, "position").unwrap_or(ORIGIN)),
                marks: of_zone.and(Marks::of(value)).and(Marks::in_words(&label)),
                breaks: fields::numbers(value, fields::BREAKS),
                wheelchairs: fields::numbers(value, fields::WHEELCHAIRS),
            };
            let seats = self.seats(value, &at, &row);
            if seats.is_empty() {
                let done = format!("row {} was dropped", quote(&number));
                self.findings.cured("row_empty", at.key("seats"), "has no seats", done);
                continue;
            }
            let taken = !number.is_empty() && !ids.claim(&number);
            let id = if taken { ids.another(&number, row.occurrence) } else { number };
            rows.push(Row { id, label, seats, ..Row::default() });
        }
        rows
    }
}

fn sum(a: Point, b: Point) -> Point {
    Point { x: a.x + b.x, y: a.y + b.y }
}

/// A text as it will be after mending; without a word about what is wrong with it.
fn good_text(value: &Value, key: &str) -> Option<String> {
    let text = value.get(key)?.as_str()?;
    Some(mended(text).unwrap_or_else(|| text.to_owned()))
}

/// Every guid of the file.
fn guids(root: &Value) -> Vec<String> {
    let rows = elements(root, "zones").flat_map(|zone| elements(zone, "rows"));
    let seats = rows.flat_map(|row| elements(row, "seats"));
    seats.filter_map(|seat| good_text(seat, "seat_guid")).collect()
}

fn elements<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}
