//! The charts of seats.io. Its format is not published: this follows the charts that its tools write, and tells
//! of every field that it does not know.
//!
//! Objects keep the ids that seats.io gives them (`Section-Row-Seat`, `Row-Seat`, `Table-Seat`; tables, booths
//! and areas by their label), and get absolute positions. One zone `main` holds them, or one per zone of the
//! chart and floor. What has no label, no category, or the id of another is a defect; a drawing that cannot
//! be drawn is left out.

mod areas;
mod categories;
mod chart;
mod drawings;
mod fields;
mod frame;
mod seats;
#[cfg(test)]
mod tests;
mod zones;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::alike::Places;
use super::findings::{Findings, quote};
use super::lenient::{Fields, List, Maybe};
use super::look::Look;
use super::pointer::At;
use super::unique::Ids;
use super::{Draft, Format, Progress, Reader, Report, census, json, without_mark};
use crate::domain::plan::{PlanDocument, Point, Section, Size};
use areas::Kind;
use categories::Categories;
use chart::{Chart, Named, SubChart};
use frame::Frame;
use zones::Zones;

/// What seats.io shows where a label is still to be given.
const NO_LABEL: &str = "?";

/// Reads charts of seats.io.
pub(super) struct Seatsio;

impl Reader for Seatsio {
    fn format(&self) -> Format {
        Format::Seatsio
    }

    fn fits(&self, look: &Look<'_>) -> bool {
        look.top.as_ref().is_some_and(super::look::Top::has_charts)
    }

    fn read(&self, file: &[u8], progress: Progress<'_>) -> Result<Draft, Box<Report>> {
        let bytes = without_mark(file);
        let chart: Chart =
            json::typed(bytes).map_err(|flaw| json::object(bytes).err().unwrap_or_else(|| flaw.report()))?;
        progress(0.6);
        let draft = convert(chart, Ids::unlike(bytes));
        Ok(Draft { left_out: census::left_out(bytes, &fields::CHART), ..draft })
    }
}

fn convert(mut chart: Chart, ids: Ids) -> Draft {
    let mut reader = ChartReader { section_ids: ids.clone(), ids, ..ChartReader::default() };
    let name = reader.findings.words(&chart.name, &At::Root.key("name")).unwrap_or_default();
    reader.read_categories(std::mem::take(&mut chart.categories));
    reader.declare_zones(std::mem::take(&mut chart.zones));
    let factor_at = At::Root.key("sectionScaleFactor");
    reader.section_scale = chart.section_scale_factor.read(&mut reader.findings, &factor_at, "is now 100");
    let mut document = PlanDocument { name, ..PlanDocument::default() };
    reader.charts(chart, &mut document);
    document.categories = reader.categories.list;
    (document.zones, document.floors) = reader.zones.finish();
    Draft { document, findings: reader.findings, places: reader.places, ..Draft::default() }
}

#[derive(Default)]
struct ChartReader {
    findings: Findings,
    /// Object ids: of units, and of tables that are sold as a whole.
    ids: Ids,
    section_ids: Ids,
    places: Places,
    categories: Categories,
    zones: Zones,
    /// Per cent.
    section_scale: Option<f64>,
}

/// What surrounds an object.
#[derive(Clone, Default)]
struct Scope {
    frame: Frame,
    floor: Option<usize>,
    /// The key or label of a zone of the chart.
    zone: Option<String>,
    section: Option<Label>,
    category: Option<String>,
}

/// How an object is called by the machine, and by people if that differs.
#[derive(Debug, Clone, Default, PartialEq)]
struct Label {
    id: String,
    shown: Option<String>,
}

impl Label {
    /// `Section-Row`: people read their own labels in the same order.
    fn inside(&self, outer: Option<&Self>) -> Self {
        let Some(outer) = outer else { return self.clone() };
        let differs = self.shown.is_some() || outer.shown.is_some();
        let shown = differs.then(|| format!("{}-{}", outer.shown(), self.shown()));
        Self { id: format!("{}-{}", outer.id, self.id), shown }
    }

    fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.id)
    }
}

impl ChartReader {
    fn charts(&mut self, chart: Chart, document: &mut PlanDocument) {
        let list = At::Root.key("subChartFloors");
        let floors = self.elements(chart.sub_chart_floors, &list);
        for (n, mut floor) in floors {
            let at = list.index(n);
            let inner = at.key("subChart");
            let own = std::mem::take(&mut floor.sub_chart).need(&mut self.findings, &inner);
            let number = self.zones.floor(&mut floor, n, &at, &mut self.findings);
            let scope = Scope { floor: Some(number), ..Scope::default() };
            match own {
                Some(Fields(chart)) => self.chart(*chart, &inner, &scope, document),
                None => self.chart(floor, &at, &scope, document),
            }
        }
        let at = At::Root.key("subChart");
        if let Some(Fields(chart)) = chart.sub_chart.need(&mut self.findings, &at) {
            self.chart(chart, &at, &Scope::default(), document);
        }
    }

    /// The chart of the whole house, or of a floor.
    fn chart(&mut self, mut chart: SubChart, at: &At<'_>, scope: &Scope, document: &mut PlanDocument) {
        let left_out = "the plan is without a size";
        let width = self.length(chart.width, &at.key("width"), left_out);
        let height = self.length(chart.height, &at.key("height"), left_out);
        if let (Some(width), Some(height)) = (width, height) {
            let before = document.size.unwrap_or(Size { width, height });
            document.size = Some(Size { width: width.max(before.width), height: height.max(before.height) });
        }
        let focal_point = std::mem::take(&mut chart.focal_point);
        let focal_point = self.place(focal_point, &at.key("focalPoint"), Frame::default());
        match scope.floor {
            Some(floor) => self.zones.look_at(floor, focal_point),
            None => document.focal_point = focal_point,
        }
        self.sub_chart(chart, at, scope);
    }

    fn sub_chart(&mut self, chart: SubChart, at: &At<'_>, scope: &Scope) {
        let list = at.key("sections");
        for (n, section) in self.elements(chart.sections, &list) {
            self.section(section, &list.index(n), n, scope);
        }
        // Tables first: one that is sold as a whole keeps its id, a row may be given another.
        let list = at.key("tables");
        for (n, table) in self.elements(chart.tables, &list) {
            self.table(table, &list.index(n), n, scope);
        }
        let list = at.key("rows");
        for (n, row) in self.elements(chart.rows, &list) {
            self.row(row, &list.index(n), n, scope);
        }
        for (key, areas, kind) in [
            ("generalAdmissionAreas", chart.general_admission_areas, Kind::Area),
            ("booths", chart.booths, Kind::Booth),
        ] {
            let list = at.key(key);
            for (n, area) in self.elements(areas, &list) {
                self.area(area, &list.index(n), n, kind, scope);
            }
        }
        for (key, drawings) in [("shapes", chart.shapes), ("texts", chart.texts), ("icons", chart.icons)] {
            let list = at.key(key);
            for (n, drawing) in self.elements(drawings, &list) {
                if let Some(shape) = self.drawing(drawing, &list.index(n), scope.frame) {
                    self.zones.of(scope.zone.as_deref(), scope.floor).shapes.push(shape);
                }
            }
        }
    }

    fn section(&mut self, mut section: chart::Section, at: &At<'_>, n: usize, scope: &Scope) {
        let named = section.named();
        let label = self.label(&named, at, "section", n);
        let zone = self.zone_of(&section.zone, at, scope);
        let is_new = self.section_ids.claim(&label.id);
        let id = if is_new { label.id.clone() } else { self.section_ids.another(&label.id, 0) };
        if id != label.id {
            let wrong = format!("section {} exists already", quote(&label.id));
            let done = format!("{} is now {}", quote(&label.id), quote(&id));
            self.findings.cured("duplicate_id", at.key("label"), wrong, done);
        }
        let label = Label { shown: label.shown.or_else(|| (id != label.id).then_some(label.id)), id };
        let entrance = self.findings.words(&section.entrance, &at.key("entrance"));
        let name = label.shown().to_owned();
        let corners = self.corners(section.points, &at.key("points"), scope.frame);
        let outline = drawings::outlined(&corners, label.shown());
        let own = self.zones.of(zone.as_deref(), scope.floor);
        own.sections.push(Section { id: label.id.clone(), name, entrance });
        own.shapes.extend(outline);
        let category = self.category(&named, at).or_else(|| scope.category.clone());
        let inner = at.key("subChart");
        let Some(Fields(chart)) = section.sub_chart.need(&mut self.findings, &inner) else { return };
        let corner = self.place(section.top_left, &at.key("topLeft"), scope.frame);
        let scale = self.scale(&chart, &corners);
        let frame = scope.frame.inside(corner.or_else(|| frame::upper_left(&corners)), scale);
        let scope = Scope { frame, floor: scope.floor, zone, section: Some(label), category };
        self.sub_chart(*chart, &inner, &scope);
    }

    /// The elements of a list with their places in it; those that are no objects are defects.
    fn elements<T: DeserializeOwned>(&mut self, list: List<T>, at: &At<'_>) -> Vec<(usize, T)> {
        let elements = list.need(&mut self.findings, at).unwrap_or_default();
        let mut read = Vec::with_capacity(elements.len());
        for (n, element) in elements.into_iter().enumerate() {
            match element {
                Maybe::Is(Fields(element)) => read.push((n, element)),
                Maybe::Absent | Maybe::Wrong => {
                    self.findings.beyond_repair("wrong_type", at.index(n), "must be an object");
                }
            }
        }
        read
    }

    /// What an object is called. Without a label it gets one of its kind and place.
    fn label(&mut self, named: &Named, at: &At<'_>, kind: &str, n: usize) -> Label {
        let id = self.findings.words(&named.label, &at.key("label"));
        let shown = self.findings.words(&named.displayed_label, &at.key("displayedLabel"));
        let shown = shown.or_else(|| self.findings.words(&named.display_label, &at.key("displayLabel")));
        let id = id.filter(|id| id != NO_LABEL).unwrap_or_else(|| {
            let fresh = self.ids.another(kind, n as u32 + 1);
            let wrong = format!("a {kind} needs a label");
            self.findings.cured("id_missing", at.key("label"), wrong, format!("is now {}", quote(&fresh)));
            fresh
        });
        Label { shown: shown.filter(|shown| *shown != id), id }
    }

    /// Gives an object its id; the label by which people know it stays, whatever the id becomes.
    fn claim(&mut self, label: Label, at: &At<'_>) -> (String, String) {
        let place = at.to_string().into();
        let at = at.key("label");
        let id = self.findings.sound(label.id, &at);
        let shown = label.shown.map(|shown| self.findings.sound(shown, &at));
        if self.ids.claim(&id) {
            self.places.insert(id.clone(), place);
            return (id, shown.unwrap_or_default());
        }
        let fresh = self.ids.another(&id, 0);
        self.places.insert(fresh.clone(), place);
        let done = format!("{} is now {}", quote(&id), quote(&fresh));
        self.findings.cured("duplicate_id", at, format!("{} exists already", quote(&id)), done);
        (fresh, shown.unwrap_or(id))
    }

    /// The zone that an object names, else the one around it.
    fn zone_of(&mut self, zone: &Value, at: &At<'_>, scope: &Scope) -> Option<String> {
        let at = at.key("zone");
        let Some(name) = categories::key(zone, &at, &mut self.findings) else { return scope.zone.clone() };
        let known = self.zones.known(&name);
        if known.is_none() {
            let wrong = format!("no zone has the key or label {}", quote(&name));
            self.findings.cured("zone_unknown", at, wrong, "was left out");
        }
        known.or_else(|| scope.zone.clone())
    }

    /// A length above 0.
    fn length(&mut self, length: Maybe<f64>, at: &At<'_>, left_out: &str) -> Option<f64> {
        let length = length.read(&mut self.findings, at, left_out)?;
        if length > 0.0 {
            return Some(length);
        }
        self.findings.cured("size_range", at, "must be a number above 0", left_out);
        None
    }

    fn flag(&mut self, flag: Maybe<bool>, at: &At<'_>) -> bool {
        flag.read(&mut self.findings, at, "is now false").unwrap_or(false)
    }

    /// A position in the plan; None where it is absent, or a defect.
    fn place(&mut self, place: Maybe<Fields<chart::Place>>, at: &At<'_>, frame: Frame) -> Option<Point> {
        let Fields(chart::Place { x, y }) = place.read(&mut self.findings, at, "was left out")?;
        self.point(x, y, at, frame)
    }

    fn point(&mut self, x: Maybe<f64>, y: Maybe<f64>, at: &At<'_>, frame: Frame) -> Option<Point> {
        let (Maybe::Is(x), Maybe::Is(y)) = (x, y) else {
            self.findings.cured("position_missing", at, "x and y must be numbers", "was left out");
            return None;
        };
        let point = frame.of(Point { x, y });
        if !(point.x.is_finite() && point.y.is_finite()) {
            self.findings.cured("position_not_finite", at, "lies beyond all bounds", "was left out");
            return None;
        }
        Some(point)
    }
}
