//! The checks of a document that need nothing but the value itself: texts, colours, sizes, drawings.
//!
//! Ids of units, references, prices and capacities are the compiler's.

use std::collections::BTreeSet;

use super::{Defect, PlanDocument, Point, Shape, Size, Style, Zone};
use crate::domain::text;

/// The most corners of a polygon.
const POLYGON_POINTS_MAX: usize = 10_000;
/// The longest colour name of CSS has 20 letters.
const COLOR_LEN_MAX: usize = 30;

/// Appends what is wrong with the document's texts and drawings.
pub(super) fn check(document: &PlanDocument, defects: &mut Vec<Defect>, oddities: &mut Vec<Defect>) {
    let mut checker = Checker { defects, oddities };
    checker.document(document);
    for (z, zone) in document.zones.iter().enumerate() {
        let zone_at = format!("/zones/{z}");
        checker.label(&zone.name, &zone_at, "name");
        checker.row_ids(zone, &zone_at);
        for (n, section) in zone.sections.iter().enumerate() {
            checker.label(&section.name, &zone_at, format_args!("sections/{n}/name"));
            let entrance = section.entrance.as_deref().unwrap_or("");
            checker.label(entrance, &zone_at, format_args!("sections/{n}/entrance"));
        }
        for (r, row) in zone.rows.iter().enumerate() {
            checker.label(&row.label, &zone_at, format_args!("rows/{r}/label"));
            for (s, seat) in row.seats.iter().enumerate() {
                checker.label(&seat.label, &zone_at, format_args!("rows/{r}/seats/{s}/label"));
            }
        }
        for (t, table) in zone.tables.iter().enumerate() {
            checker.label(&table.label, &zone_at, format_args!("tables/{t}/label"));
            for (s, seat) in table.seats.iter().enumerate() {
                checker.label(&seat.label, &zone_at, format_args!("tables/{t}/seats/{s}/label"));
            }
            table.shape.iter().for_each(|shape| checker.shape(shape, &format!("{zone_at}/tables/{t}/shape")));
        }
        for (a, area) in zone.areas.iter().enumerate() {
            checker.label(&area.label, &zone_at, format_args!("areas/{a}/label"));
            area.shape.iter().for_each(|shape| checker.shape(shape, &format!("{zone_at}/areas/{a}/shape")));
        }
        for (s, shape) in zone.shapes.iter().enumerate() {
            checker.shape(shape, &format!("{zone_at}/shapes/{s}"));
        }
    }
}

struct Checker<'a> {
    defects: &'a mut Vec<Defect>,
    /// What no new plan may have.
    oddities: &'a mut Vec<Defect>,
}

impl Checker<'_> {
    fn document(&mut self, document: &PlanDocument) {
        if let Some(Size { width, height }) = document.size {
            self.length(width, "/size", "width");
            self.length(height, "/size", "height");
        }
        for (n, category) in document.categories.iter().enumerate() {
            self.color(category.color.as_deref(), &format!("/categories/{n}"), "color");
        }
        for (n, floor) in document.floors.iter().enumerate() {
            self.label(&floor.name, "/floors", format_args!("{n}/name"));
        }
        for (n, item) in document.items.iter().enumerate() {
            self.label(&item.label, "/items", format_args!("{n}/label"));
            self.label(item.measure.as_deref().unwrap_or(""), "/items", format_args!("{n}/measure"));
        }
        for (n, offer) in document.offers.iter().enumerate() {
            self.label(&offer.label, "/offers", format_args!("{n}/label"));
        }
    }

    /// A row or table may go without an id, but none has that of another in its zone.
    fn row_ids(&mut self, zone: &Zone, at: &str) {
        let rows = zone.rows.iter().enumerate().map(|(n, row)| ("rows", n, row.id.as_str()));
        let tables = zone.tables.iter().enumerate().map(|(n, table)| ("tables", n, table.id.as_str()));
        let mut ids = BTreeSet::new();
        for (list, n, id) in rows.chain(tables).filter(|(_, _, id)| !id.is_empty()) {
            self.word(id, at, format_args!("{list}/{n}/id"));
            if !ids.insert(id) {
                let detail = format!("row or table {id:?} exists already in this zone");
                self.defect("duplicate_id", format!("{at}/{list}/{n}/id"), detail);
            }
        }
    }

    fn shape(&mut self, shape: &Shape, at: &str) {
        match shape {
            Shape::Rectangle { x, y, width, height, style } => {
                self.point(Point { x: *x, y: *y }, at);
                self.length(*width, at, "width");
                self.length(*height, at, "height");
                self.style(style, at);
            }
            Shape::Circle { x, y, radius, style } => {
                self.point(Point { x: *x, y: *y }, at);
                self.length(*radius, at, "radius");
                self.style(style, at);
            }
            Shape::Ellipse { x, y, radius_x, radius_y, style } => {
                self.point(Point { x: *x, y: *y }, at);
                self.length(*radius_x, at, "radius_x");
                self.length(*radius_y, at, "radius_y");
                self.style(style, at);
            }
            Shape::Polygon { points, style } => {
                if !(3..=POLYGON_POINTS_MAX).contains(&points.len()) {
                    let detail = format!("must have between 3 and {POLYGON_POINTS_MAX} points");
                    self.defect("polygon_points", format!("{at}/points"), detail);
                }
                points
                    .iter()
                    .enumerate()
                    .for_each(|(p, &point)| self.point(point, &format!("{at}/points/{p}")));
                self.style(style, at);
            }
            Shape::Text { x, y, text, color, size, rotation } => {
                self.point(Point { x: *x, y: *y }, at);
                self.word(text, at, "text");
                size.iter().for_each(|&size| self.length(size, at, "size"));
                self.color(color.as_deref(), at, "color");
                self.rotation(*rotation, at);
            }
        }
    }

    fn style(&mut self, style: &Style, at: &str) {
        self.color(style.color.as_deref(), at, "color");
        self.color(style.border_color.as_deref(), at, "border_color");
        self.rotation(style.rotation, at);
        self.label(style.label.as_deref().unwrap_or(""), at, "label");
    }

    fn point(&mut self, point: Point, at: &str) {
        if !(point.x.is_finite() && point.y.is_finite()) {
            self.defect("position_not_finite", at, "x and y must be finite numbers");
        }
    }

    fn rotation(&mut self, degrees: Option<f64>, at: &str) {
        if degrees.is_some_and(|degrees| !degrees.is_finite()) {
            self.defect("position_not_finite", format!("{at}/rotation"), "must be a finite number");
        }
    }

    fn length(&mut self, length: f64, at: &str, field: &str) {
        if !(length.is_finite() && length > 0.0) {
            self.defect("size_range", format!("{at}/{field}"), "must be a finite number above 0");
        }
    }

    fn color(&mut self, color: Option<&str>, at: &str, field: &str) {
        if color.is_some_and(|color| !is_color(color)) {
            let detail = "must be #rgb, #rgba, #rrggbb, #rrggbbaa or a colour name";
            self.defect("bad_color", format!("{at}/{field}"), detail);
        }
    }

    /// A text that may be empty.
    fn label(&mut self, label: &str, at: &str, field: impl std::fmt::Display) {
        if !label.is_empty() {
            self.word(label, at, field);
        }
    }

    fn word(&mut self, word: &str, at: &str, field: impl std::fmt::Display) {
        if let Err(bad) = text::check_clean(word) {
            self.defect("bad_text", format!("{at}/{field}"), bad.to_string());
        } else if let Err(bad) = text::check_seen(word) {
            self.oddities.push(Defect::new("bad_text", format!("{at}/{field}"), format!("{word:?} {bad}")));
        }
    }

    fn defect(&mut self, code: &str, pointer: impl Into<String>, detail: impl Into<String>) {
        self.defects.push(Defect::new(code, pointer, detail));
    }
}

/// A colour as drawings may name it: hexadecimal or one word, so that it can stand in a style as it is.
pub fn is_color(color: &str) -> bool {
    match color.strip_prefix('#') {
        Some(digits) => {
            matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        None => {
            (1..=COLOR_LEN_MAX).contains(&color.len()) && color.bytes().all(|byte| byte.is_ascii_alphabetic())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Plan;
    use crate::domain::plan::{Area, Category, Floor, Item, Row, Seat};

    /// The codes and pointers of what is wrong in a plan of one seat, after `change`.
    fn defects(change: impl FnOnce(&mut PlanDocument)) -> Vec<String> {
        let category = Some("R".to_owned());
        let seats = vec![Seat { id: "1".to_owned(), category, ..Seat::default() }];
        let rows = vec![Row { id: "A".to_owned(), seats, ..Row::default() }];
        let zones = vec![Zone { id: "z".to_owned(), rows, ..Zone::default() }];
        let name = "R".to_owned();
        let categories = vec![Category { id: name.clone(), name, ..Category::default() }];
        let mut document =
            PlanDocument { name: "plan".to_owned(), categories, zones, ..PlanDocument::default() };
        change(&mut document);
        let Err(defects) = Plan::compile(document) else { return Vec::new() };
        defects.into_iter().map(|defect| format!("{} {}", defect.code, defect.pointer)).collect()
    }

    #[test]
    fn a_label_may_be_empty_and_is_then_the_id() {
        assert_eq!(defects(|_| {}), Vec::<String>::new());
        let items = vec![Item { id: "cup".to_owned(), sellable: true, ..Item::default() }];
        let document = PlanDocument { name: "plan".to_owned(), items, ..PlanDocument::default() };
        assert_eq!(&*Plan::compile(document).unwrap().unit(0).label, "cup");
    }

    #[test]
    fn every_text_is_checked() {
        let found = defects(|document| {
            document.floors = vec![Floor { id: "1F".to_owned(), name: "a\u{7}".to_owned() }];
            document.items = vec![Item {
                id: "cup".to_owned(),
                label: "e\u{301}".to_owned(),
                measure: Some("\n".to_owned()),
                ..Item::default()
            }];
            document.zones[0].name = "x".repeat(201);
            document.zones[0].rows[0].label = "\t".to_owned();
            document.zones[0].rows[0].seats[0].label = "\0".to_owned();
        });
        let expected = [
            "bad_text /floors/0/name",
            "bad_text /items/0/label",
            "bad_text /items/0/measure",
            "bad_text /zones/0/name",
            "bad_text /zones/0/rows/0/label",
            "bad_text /zones/0/rows/0/seats/0/label",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn drawings_have_finite_positive_sizes_and_plain_colours() {
        let found = defects(|document| {
            document.size = Some(Size { width: 0.0, height: f64::INFINITY });
            let style = Style { color: Some("url(x)".to_owned()), ..Style::default() };
            let circle = Shape::Circle { x: f64::NAN, y: 0.0, radius: -1.0, style: style.clone() };
            let line = Shape::Polygon { points: vec![Point { x: 0.0, y: 0.0 }; 2], style: Style::default() };
            document.zones[0].shapes = vec![circle, line];
            let shape = Shape::Text {
                x: 0.0,
                y: 0.0,
                text: String::new(),
                color: None,
                size: Some(0.0),
                rotation: Some(f64::NAN),
            };
            let id = "floor".to_owned();
            document.zones[0].areas = vec![Area { id, capacity: 1, shape: Some(shape), ..Area::default() }];
        });
        let expected = [
            "size_range /size/width",
            "size_range /size/height",
            "bad_text /zones/0/areas/0/shape/text",
            "size_range /zones/0/areas/0/shape/size",
            "position_not_finite /zones/0/areas/0/shape/rotation",
            "position_not_finite /zones/0/shapes/0",
            "size_range /zones/0/shapes/0/radius",
            "bad_color /zones/0/shapes/0/color",
            "polygon_points /zones/0/shapes/1/points",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn rows_and_tables_of_a_zone_differ_in_their_ids() {
        let found = defects(|document| {
            let mut row = document.zones[0].rows[0].clone();
            row.seats[0].id = "2".to_owned();
            document.zones[0].rows.push(row);
        });
        assert_eq!(found, ["duplicate_id /zones/0/rows/1/id"]);
    }

    #[test]
    fn a_colour_is_hexadecimal_or_a_word() {
        for good in ["#fff", "#F44336", "#11223344", "rebeccapurple"] {
            assert!(is_color(good), "{good}");
        }
        for bad in ["", "#", "#ff", "#ggg", "red;x:y", "rgb(1,2,3)", "#한글"] {
            assert!(!is_color(bad), "{bad}");
        }
    }
}
