//! Seats: ids that are unique, labels that people can read, absolute positions.

use serde_json::Value;

use super::marks::Marks;
use super::{PlanReader, RowOf, fields, sum};
use crate::domain::plan::{Category, Point, Seat};
use crate::domain::text::TEXT_LEN_MAX;
use crate::plans::findings::{mended, quote};
use crate::plans::pattern::filled_for_each;
use crate::plans::pointer::At;

impl PlanReader {
    pub(super) fn seats(&mut self, row: &Value, at: &At<'_>, of: &RowOf<'_>) -> Vec<Seat> {
        let list = at.key("seats");
        let values = self.findings.list(row, at, "seats").iter().enumerate();
        let mut seats: Vec<Seat> = Vec::new();
        let mut is_gap = false;
        for (s, value) in values {
            let Some(seat) = self.seat(value, &list.index(s), of) else { continue };
            let gap_before = (is_gap || seat.gap_before) && !seats.is_empty();
            is_gap = fields::is_set(value, fields::GAP_BEHIND);
            seats.push(Seat { gap_before, ..seat });
        }
        seats
    }

    fn seat(&mut self, value: &Value, at: &At<'_>, row: &RowOf<'_>) -> Option<Seat> {
        if !self.findings.object(value, at) {
            return None;
        }
        let number = self.findings.text(value, at, "seat_number").unwrap_or_default();
        let id = self.seat_id(value, at, row, &number);
        self.places.insert(id.clone(), at.to_string().into());
        let label = label(row, &number);
        let category = self.category(value, at);
        let of_category = category.as_ref().and_then(|name| self.category_marks.get(name)).copied();
        let marks = Marks::of(value).and(Marks::in_words(&number)).and(row.marks);
        let marks = marks.and(of_category.unwrap_or_default());
        let is_listed = |numbers: &[String]| !number.is_empty() && numbers.contains(&number);
        let point = self.position(value, at, row.origin);
        let (x, y) = (point.map(|point| point.x), point.map(|point| point.y));
        Some(Seat {
            id,
            label,
            category,
            x,
            y,
            gap_before: fields::is_set(value, fields::GAP_BEFORE) || is_listed(&row.breaks),
            accessible: marks.accessible || is_listed(&row.wheelchairs),
            companion: marks.companion,
            restricted_view: marks.restricted_view,
        })
    }

    /// The guid; where it is missing or somebody else's already, a fresh id: zone, row and number if no other
    /// seat has that, else with `~` and the occurrence of the row.
    fn seat_id(&mut self, value: &Value, at: &At<'_>, row: &RowOf<'_>, number: &str) -> String {
        let guid_at = at.key("seat_guid");
        let guid = self.findings.text(value, at, "seat_guid");
        match guid {
            Some(guid) if self.ids.claim(&guid) => guid,
            Some(guid) => {
                let fresh = self.fresh_id(row, number, &guid);
                let wrong = match self.places.get(&guid) {
                    Some(first) => format!("{} stands at {first} too", quote(&guid)),
                    None => format!("{} exists already", quote(&guid)),
                };
                let done = format!("{} is now {}", quote(&guid), quote(&fresh));
                self.findings.cured("duplicate_id", guid_at, wrong, done);
                fresh
            }
            None => {
                let fresh = self.fresh_id(row, number, "seat");
                let done = format!("is now {}", quote(&fresh));
                self.findings.cured("id_missing", guid_at, "a seat needs a seat_guid", done);
                fresh
            }
        }
    }

    fn fresh_id(&mut self, row: &RowOf<'_>, number: &str, base: &str) -> String {
        if row.number.is_empty() || number.is_empty() {
            return self.ids.another(base, 0);
        }
        let qualified = format!("{}-{}-{number}", row.zone_id, row.number);
        let fits = qualified.chars().count() <= TEXT_LEN_MAX;
        if fits && self.ids.claim_fresh(&qualified) {
            return qualified;
        }
        let base = if base == "seat" { &qualified } else { base };
        self.ids.another(base, row.occurrence)
    }

    /// A seat without a category is not for sale; a category that the file does not list is added.
    pub(super) fn category(&mut self, value: &Value, at: &At<'_>) -> Option<String> {
        let name = self.findings.text(value, at, "category")?;
        let listed = self.category_names.get(&name).copied();
        if listed != Some(true) {
            let quoted = quote(&name);
            let wrong = format!("no category has the name {quoted}");
            let done = format!("category {quoted} was added, without a price");
            self.findings.cured("category_unknown", at.key("category"), wrong, done);
        }
        if listed.is_none() {
            self.category_names.insert(name.clone(), false);
            self.categories.push(Category { id: name.clone(), name: name.clone(), ..Category::default() });
        }
        Some(name)
    }

    /// A seat without a position can be sold, but not drawn.
    fn position(&mut self, value: &Value, at: &At<'_>, origin: Point) -> Option<Point> {
        let (position_at, without) = (at.key("position"), "the seat is without a position");
        if value.get("position").is_none_or(Value::is_null) {
            self.findings.cured("position_missing", position_at, "a seat needs a position", without);
            return None;
        }
        let point = sum(origin, self.findings.point(value, at, "position")?);
        if point.x.is_finite() && point.y.is_finite() {
            return Some(point);
        }
        self.findings.cured("position_not_finite", position_at, "lies beyond all bounds", without);
        None
    }
}

/// `A-7`, or with words in the file `Row A, Seat 7`. Without a number: none, then the id is the label.
fn label(row: &RowOf<'_>, number: &str) -> String {
    if number.is_empty() {
        return String::new();
    }
    let seat = row.seat_label.map_or_else(|| number.to_owned(), |pattern| filled_for_each(pattern, number));
    let in_words = row.seat_label.is_some() || row.label != row.number;
    let label = match (row.label, in_words) {
        ("", _) => seat,
        (row, true) => format!("{row}, {seat}"),
        (row, false) => format!("{row}-{seat}"),
    };
    // Two good texts can be too long together.
    mended(&label).unwrap_or(label)
}
