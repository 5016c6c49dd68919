//! Single fields, each in its range or told as a defect.

use super::Compiler;
use crate::domain::plan::{PRICE_MAX, Point, QUANTITY_MAX};
use crate::domain::text::{self, BadText};

impl Compiler<'_> {
    /// A unit without a category is not its own offer; that is allowed.
    pub(super) fn category(&mut self, id: Option<&str>, at: &str) -> Option<u32> {
        let id = id?;
        let found = self.categories.get(id).copied();
        if found.is_none() {
            self.defect(
                "category_unknown",
                format!("{at}/category"),
                format!("no category has the id {id:?}"),
            );
        }
        found
    }

    pub(super) fn capacity(&mut self, capacity: u32, min: u32, at: &str) {
        if !(min..=QUANTITY_MAX).contains(&capacity) {
            let detail = format!("must be between {min} and {QUANTITY_MAX}");
            self.defect("capacity_range", format!("{at}/capacity"), detail);
        }
    }

    pub(super) fn price(&mut self, price: Option<i64>, at: &str) {
        self.priced |= price.is_some();
        if price.is_some_and(|price| !(0..=PRICE_MAX).contains(&price)) {
            self.defect("price_range", format!("{at}/price"), format!("must be between 0 and {PRICE_MAX}"));
        }
    }

    pub(super) fn point(&mut self, x: Option<f64>, y: Option<f64>, at: &str) -> Option<Point> {
        match (x, y) {
            (Some(x), Some(y)) if finite(Point { x, y }) => Some(Point { x, y }),
            (None, None) => None,
            (Some(_), Some(_)) => {
                self.defect("position_not_finite", at, "x and y must be finite numbers");
                None
            }
            _ => {
                self.defect("position_half", at, "x and y come together");
                None
            }
        }
    }

    /// An id is never changed silently, so it must be clean as it comes.
    pub(super) fn id(&mut self, id: &str, at: &str) {
        match text::check_clean(id) {
            Ok(()) => {
                if let Err(bad) = text::check_id(id) {
                    self.odd("bad_text", format!("{at}/id"), format!("{id:?} {bad}"));
                }
            }
            Err(BadText::Empty) => self.defect("id_missing", format!("{at}/id"), "an id is needed"),
            Err(bad) => self.defect("bad_text", format!("{at}/id"), bad.to_string()),
        }
    }

    pub(super) fn text(&mut self, field: &str, value: &str, at: &str) {
        if let Err(bad) = text::check_clean(value) {
            self.defect("bad_text", format!("{at}/{field}"), bad.to_string());
        } else if let Err(bad) = text::check_seen(value) {
            self.odd("bad_text", format!("{at}/{field}"), format!("{value:?} {bad}"));
        }
    }
}

pub(super) fn finite(point: Point) -> bool {
    point.x.is_finite() && point.y.is_finite()
}
