//! General admission and booths.

use super::chart;
use super::drawings::Drawn;
use super::{ChartReader, Maybe, Scope};
use crate::domain::plan::{Area, QUANTITY_MAX};
use crate::plans::pointer::At;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Area,
    /// One piece for whoever takes it.
    Booth,
}

impl ChartReader {
    pub(super) fn area(&mut self, mut area: chart::Area, at: &At<'_>, n: usize, kind: Kind, scope: &Scope) {
        let named = area.named();
        let noun = if kind == Kind::Booth { "booth" } else { "area" };
        let label = self.label(&named, at, noun, n);
        let shown = label.shown().to_owned();
        let (id, label) = self.claim(label.inside(scope.section.as_ref()), at);
        let zone = self.zone_of(&area.zone, at, scope);
        let category = self.need_category(&named, at, scope.category.as_deref());
        let whole = kind == Kind::Booth || self.flag(area.book_as_a_whole, &at.key("bookAsAWhole"));
        let varies = self.flag(area.variable_occupancy, &at.key("variableOccupancy"));
        let all = if kind == Kind::Booth && area.capacity == Maybe::Absent {
            1
        } else {
            self.count(area.capacity, &at.key("capacity")).unwrap_or(1)
        };
        let (capacity, min_guests) = if whole && varies {
            let most = self.guests(area.max_occupancy, &at.key("maxOccupancy"), all).unwrap_or(all);
            let least = self.guests(area.min_occupancy, &at.key("minOccupancy"), most).unwrap_or(1);
            (most, Some(least))
        } else {
            (all, None)
        };
        let Drawn { middle, shape, .. } = self.shape(area.outline(), at, scope.frame);
        let shape = shape.map(|shape| shape.named(Some(&shown)));
        let area = Area {
            id,
            label,
            section: scope.section.as_ref().map(|section| section.id.clone()),
            capacity,
            category,
            whole,
            min_guests,
            x: middle.map(|point| point.x),
            y: middle.map(|point| point.y),
            shape,
        };
        self.zones.of(zone.as_deref(), scope.floor).areas.push(area);
    }

    /// How many there is room for.
    fn count(&mut self, count: Maybe<f64>, at: &At<'_>) -> Option<u32> {
        let count = count.need(&mut self.findings, at);
        let whole =
            count.filter(|count| (1.0..=f64::from(QUANTITY_MAX)).contains(count) && count.fract() == 0.0);
        if whole.is_none() {
            let wrong = format!("must be a whole number between 1 and {QUANTITY_MAX}");
            self.findings.beyond_repair("capacity_range", at, wrong);
        }
        whole.map(|count| count as u32)
    }

    /// A number of guests, at least 1 and at most `max`.
    fn guests(&mut self, count: Maybe<f64>, at: &At<'_>, max: u32) -> Option<u32> {
        let count = count.need(&mut self.findings, at)?;
        if (1.0..=f64::from(max)).contains(&count) && count.fract() == 0.0 {
            return Some(count as u32);
        }
        let wrong = format!("must be a whole number between 1 and {max}");
        self.findings.beyond_repair("quantity_range", at, wrong);
        None
    }
}

impl chart::Table {
    /// The table as an area for as many as it has seats.
    pub(super) fn into_area(mut self, seats: usize) -> chart::Area {
        let capacity = if self.capacity == Maybe::Absent { Maybe::Is(seats as f64) } else { self.capacity };
        let named = self.named();
        chart::Area {
            label: named.label,
            display_label: named.display_label,
            displayed_label: named.displayed_label,
            category_key: named.category_key,
            category_label: named.category_label,
            zone: self.zone,
            capacity,
            book_as_a_whole: self.book_as_a_whole,
            variable_occupancy: self.variable_occupancy,
            min_occupancy: self.min_occupancy,
            max_occupancy: self.max_occupancy,
            center: self.center,
            radius: self.radius,
            width: self.width,
            height: self.height,
            rotation_angle: self.rotation_angle,
            ..chart::Area::default()
        }
    }
}
